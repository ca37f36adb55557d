"""The desk's map: drivers on shift, waiting customers, trips under way."""

from dispatch.domain.roles import Permission
from dispatch.services import desk_map
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas.map import MapOut


@endpoint("GET", "/desk/map", Permission.TRIP_DISPATCH, reply=MapOut, tag="trips")
def show_map(call: Call) -> MapOut:
    """Where everybody is now; points are in the datum of the map that is set up."""
    return MapOut.of(
        desk_map.look(call.session, call.branch, call.runtime.router, call.now), call.runtime.map, call.now
    )
