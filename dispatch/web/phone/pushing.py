"""The browser of a driver who wants offers pushed, and no longer."""

from flask import g, request
from werkzeug.wrappers import Response

from dispatch.domain.roles import Permission
from dispatch.services import pushing, sign_in
from dispatch.web.access import cookie_name, requires
from dispatch.web.phone import blueprint
from dispatch.web.runtime import runtime


@blueprint.post("/driver/push")
@requires(Permission.SHIFT_OWN)
def subscribe() -> Response:
    """Push offers to this browser from now on, until its session ends."""
    given = request.form
    browser = pushing.Browser(given.get("endpoint", ""), given.get("p256dh", ""), given.get("auth", ""))
    with runtime().db.transaction() as session:
        pushing.subscribe(session, sign_in.session_digest(request.cookies.get(cookie_name(), "")), browser, g.now)
    return Response(status=204)


@blueprint.post("/driver/push/off")
@requires(Permission.SHIFT_OWN)
def unsubscribe() -> Response:
    """Push nothing more to this browser."""
    with runtime().db.transaction() as session:
        pushing.unsubscribe(session, request.form.get("endpoint", ""))
    return Response(status=204)
