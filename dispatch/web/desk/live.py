"""What desks hear as it happens."""

from flask import Response, g, render_template

from dispatch.domain.roles import Permission
from dispatch.services import live
from dispatch.store import phone_calls
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.runtime import runtime
from dispatch.web.streaming import stream


@blueprint.get("/stream")
@requires(Permission.TRIP_DISPATCH)
def desk_stream() -> Response:
    """Events of the branch: `changed` (a trip or driver), `call`, `reset` (look at everything anew)."""
    return stream(live.for_desk(g.actor), Permission.TRIP_DISPATCH)


@blueprint.get("/calls")
@requires(Permission.TRIP_DISPATCH)
def open_calls() -> str:
    """The bar with who is calling: at this person's extension, or at one that is nobody's."""
    with runtime().db.reading() as session:
        found = phone_calls.open_for(session, g.actor.branch_id, g.actor.id, g.now)
        return render_template("desk/calls.html", calls=found)
