"""Whether this process can work: for load balancers."""

from flask import Response, g
from sqlalchemy import text

from dispatch.domain.roles import Permission
from dispatch.services import housekeeping
from dispatch.web.access import requires
from dispatch.web.auth import blueprint
from dispatch.web.runtime import runtime


@blueprint.get("/health")
@requires(Permission.PUBLIC)
def health() -> Response:
    """200 when the database answers; says too whether a scheduler is at work."""
    with runtime().db.reading() as session:
        session.execute(text("SELECT 1"))
        silent = housekeeping.is_silent(session, "scheduler", g.now)
    return Response(f"ok\nscheduler {'silent' if silent else 'at work'}\n", content_type="text/plain")
