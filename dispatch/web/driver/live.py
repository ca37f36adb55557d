"""What a driver's phone hears as it happens."""

from flask import Response, g

from dispatch.domain.roles import Permission
from dispatch.services import live
from dispatch.web.access import requires
from dispatch.web.driver import blueprint
from dispatch.web.streaming import stream


@blueprint.get("/stream")
@requires(Permission.TRIP_DRIVE)
def driver_stream() -> Response:
    """Events of the driver's own trips, offers and standing."""
    return stream(live.for_driver(g.actor), Permission.TRIP_DRIVE)
