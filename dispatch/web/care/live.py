"""What customer service and heads of departments hear as it happens."""

from flask import Response, g

from dispatch.domain.roles import Permission
from dispatch.services import live
from dispatch.store.journal import Told
from dispatch.web.access import requires
from dispatch.web.care import blueprint
from dispatch.web.streaming import stream


@blueprint.get("/stream")
@requires(Permission.COMPLAINT_FOLLOW)
def care_stream() -> Response:
    """Events of cases: `changed`, `reset` (look at everything anew); for a dispatcher also what the desk hears."""
    cases, desk = live.for_care(g.actor), live.for_desk(g.actor)
    dispatches = g.actor.may(Permission.TRIP_DISPATCH)

    def wants(told: Told) -> bool:
        return cases(told) or (dispatches and desk(told))

    return stream(wants, Permission.COMPLAINT_FOLLOW)
