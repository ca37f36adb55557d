"""The page behind the code on a badge: who wears it, and whether it is in force. It tells no more than the badge."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Response, g, render_template, request

from dispatch.domain.errors import N_, NotFound
from dispatch.domain.roles import Permission
from dispatch.services import badges, photos, throttle
from dispatch.services.throttle import Limit
from dispatch.web.access import requires
from dispatch.web.customer import blueprint
from dispatch.web.runtime import runtime

PER_ADDRESS = Limit(120, timedelta(minutes=10))


@blueprint.get("/badge/<token>")
@requires(Permission.PUBLIC)
def badge_page(token: str) -> str:
    """Whether this badge is in force today."""
    with runtime().db.transaction() as session:
        throttle.count(session, f"badge-from:{request.remote_addr}", PER_ADDRESS, g.now)
    with runtime().db.reading() as session:
        driver_id = runtime().keys.badge_driver(token)
        found = badges.shown(session, driver_id, g.now.astimezone(ZoneInfo(g.zone)).date())
        return render_template("customer/badge.html", badge=found, token=token)


@blueprint.get("/badge/<token>/photo")
@requires(Permission.PUBLIC)
def badge_photo(token: str) -> Response:
    """The photo on it, to compare with the face."""
    with runtime().db.reading() as session:
        found = photos.of_driver(session, runtime().keys.badge_driver(token))
        if found is None:
            raise NotFound("photo_unknown", N_("There is no such photo"))
        return Response(found.content, content_type=found.content_type)
