"""Who is asking, and may they? Deny by default: a route that names no permission answers nobody."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, g, request
from flask_wtf import CSRFProtect

from dispatch.domain.errors import N_, Forbidden
from dispatch.domain.roles import Actor, Permission
from dispatch.services import sign_in, staff
from dispatch.web.problems import NotSignedIn, wants_json
from dispatch.web.runtime import runtime

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN = frozenset({Permission.PUBLIC, Permission.CUSTOMER_LINK})
STATIC = "static"

csrf = CSRFProtect()


def requires(permission: Permission) -> Callable[[View], View]:
    """Name the permission that a route asks for."""

    def named(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]  # functions take attributes
        return view

    return named


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission a route names; None for one that names none, which nobody may use."""
    if endpoint == STATIC:
        return Permission.PUBLIC
    return getattr(app.view_functions[endpoint], "permission", None)


def cookie_name() -> str:
    """The session cookie's name; behind TLS with the prefix that binds it to this host."""
    return "__Host-homeward" if runtime().secure_cookies else "homeward"


def set_session_cookie(response: Response, token: str) -> None:
    """Sign the browser in. The cookie goes when the browser closes; the session's own end is in the database."""
    response.set_cookie(cookie_name(), token, secure=runtime().secure_cookies, httponly=True, samesite="Lax", path="/")


def init(app: Flask) -> None:
    """Stand before every route."""
    csrf.init_app(app)

    @app.before_request
    def _guard() -> None:
        g.now = runtime().clock()
        g.actor, g.locale, g.zone = None, None, "Asia/Shanghai"
        if request.endpoint is None or request.endpoint == STATIC:
            return
        bearer = _identify()
        permission = permission_of(app, request.endpoint)
        if permission is None:
            raise Forbidden("no_permission_named", N_("This is not yours to do"))
        if permission not in OPEN:
            _check(permission)
        if request.method not in SAFE and not bearer and not (permission in OPEN and wants_json()):
            csrf.protect()


def _check(permission: Permission) -> None:
    actor: Actor | None = g.actor
    if actor is None:
        raise NotSignedIn("not_signed_in", N_("Please sign in"))
    if not actor.may(permission):
        raise Forbidden("not_permitted", N_("This is not yours to do"))


def _identify() -> bool:
    """Find out who is asking; answers whether by a machine's token, which no browser sends by itself."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    bearer = scheme.lower() == "bearer" and bool(token)
    presented = token.strip() if bearer else request.cookies.get(cookie_name(), "")
    if not presented:
        return False
    with runtime().db.reading() as session:
        resolve = sign_in.by_api_token if bearer else sign_in.by_session_token
        person = resolve(session, presented, g.now)
        if person is not None:
            g.actor = staff.actor_of(session, person)
            g.locale = person.locale
            g.zone = person.branch.timezone
    return bearer
