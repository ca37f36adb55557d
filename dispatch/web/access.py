"""Who is asking, and may they? Deny by default: a route that names no permission answers nobody."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from flask import Flask, Response, g, request
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Busy, Forbidden
from dispatch.domain.roles import Actor, Permission
from dispatch.services import sign_in, staff
from dispatch.store.staff import Staff
from dispatch.web.problems import NotEnrolled, NotSignedIn, wants_json
from dispatch.web.runtime import runtime

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN = frozenset({Permission.PUBLIC, Permission.CUSTOMER_LINK})
STATIC = "static"
ENROLMENT = frozenset({"auth.enrolment_page", "auth.set_authenticator", "auth.sign_out_now", "api.sign_out"})
"""What is left to somebody who has to set up an authenticator app first."""

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
        g.actor, g.locale, g.zone, g.must_enrol = None, None, "Asia/Shanghai", False
        if request.endpoint is None or request.endpoint == STATIC:
            return
        bearer = _identify(request.headers.get("Authorization", ""))
        permission = permission_of(app, request.endpoint)
        if permission is None:
            raise Forbidden("no_permission_named", N_("This is not yours to do"))
        if permission not in OPEN:
            _check(permission)
            if g.must_enrol and request.endpoint not in ENROLMENT:
                raise NotEnrolled("second_factor_required", N_("Set up an authenticator app first: managers need one"))
        if request.method not in SAFE and not bearer and not (permission in OPEN and wants_json()):
            csrf.protect()


def still(permission: Permission) -> Callable[[], bool]:
    """Whether who is asking now may go on having what they asked for: asked again and again while a stream is open.

    The answer no longer needs the request. Raises Busy while the database cannot be asked.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    token, running = request.cookies.get(cookie_name(), ""), runtime()

    def allowed() -> bool:
        with running.db.reading() as session:
            if scheme.lower() == "bearer":
                found = sign_in.by_api_token(session, key.strip())
                person = found.staff if found else None
            else:
                person = sign_in.by_session_token(session, token, running.clock())
                if person is not None and staff.must_enrol(person):
                    return False
            return person is not None and staff.actor_of(session, person).may(permission)

    return allowed


def _check(permission: Permission) -> None:
    actor: Actor | None = g.actor
    if actor is None:
        raise NotSignedIn("not_signed_in", N_("Please sign in"))
    if not actor.may(permission):
        raise Forbidden("not_permitted", N_("This is not yours to do"))


def _identify(authorization: str) -> bool:
    """Find out who is asking; answers whether by a machine's token, which no browser sends by itself."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer" and token:
        _identify_machine(token.strip())
        return True
    if not (presented := request.cookies.get(cookie_name(), "")):
        return False
    with runtime().db.reading() as session:
        person = sign_in.by_session_token(session, presented, g.now)
        if person is not None:
            _is(session, person)
            g.must_enrol = staff.must_enrol(person)
    return False


def _identify_machine(token: str) -> None:
    """A second factor is nothing a machine could show: its key is long, and withdrawn in a moment."""
    with runtime().db.reading() as session:
        key = sign_in.by_api_token(session, token)
        if key is None:
            return
        _is(session, key.staff)
    if sign_in.is_use_old(key, g.now):
        with suppress(Busy), runtime().db.transaction() as session:  # a note is no reason to refuse the request
            sign_in.note_use(session, key, g.now)


def _is(session: Session, person: Staff) -> None:
    g.actor = staff.actor_of(session, person)
    g.locale = person.locale
    g.zone = person.branch.timezone
