"""What desks hear as it happens."""

from flask import Response, g

from dispatch.domain.roles import Permission
from dispatch.services import live
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.streaming import stream


@blueprint.get("/stream")
@requires(Permission.TRIP_DISPATCH)
def desk_stream() -> Response:
    """Events of the branch: `changed` (a trip or driver), `call`, `reset` (look at everything anew)."""
    return stream(live.for_desk(g.actor), Permission.TRIP_DISPATCH)
