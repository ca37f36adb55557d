"""Signing in and out, and the start page of each role."""

from urllib.parse import urlsplit

from flask import g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Actor, Permission
from dispatch.services import setting_up, sign_in, staff
from dispatch.store.staff import Staff
from dispatch.web.access import cookie_name, requires, set_session_cookie
from dispatch.web.auth import blueprint
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.i18n import remember
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime

HOMES = (
    (Permission.TRIP_DISPATCH, "/desk"),
    (Permission.TRIP_DRIVE, "/driver"),
    (Permission.CALLBACK_WORK, "/care"),
    (Permission.DRIVER_EDIT, "/manage/drivers"),
)


@blueprint.get("/")
@requires(Permission.PUBLIC)
def home() -> Response:
    """Everybody's own first page; a new installation leads to its set-up."""
    if g.actor is not None:
        return redirect(home_of(g.actor))
    with runtime().db.reading() as session:
        return redirect("/sign-in" if setting_up.is_set_up(session) else "/setup")


@blueprint.get("/sign-in")
@requires(Permission.PUBLIC)
def sign_in_page() -> Response | str:
    """The form."""
    if g.actor is not None:
        return redirect(home_of(g.actor))
    return render_template("auth/sign_in.html", form=BLANK, next=_inside(request.args.get("next", "")))


@blueprint.post("/sign-in")
@requires(Permission.PUBLIC)
def sign_in_now() -> Response | tuple[str, int]:
    """Check name and password. The try is counted first, whatever comes of it."""
    login, wanted = request.form.get("login", ""), _inside(request.form.get("next", ""))
    try:
        token, person = enter(login, request.form.get("password", ""), request.form.get("code", ""))
    except DomainError as error:
        form = FormState.typed(request.form, error)
        return render_template("auth/sign_in.html", form=form, next=wanted), status_of(error)
    with runtime().db.reading() as session:
        actor = staff.actor_of(session, person)
    response = make_response(redirect(wanted or home_of(actor)))
    set_session_cookie(response, token)
    return remember(response, person.locale)


def enter(login: str, password: str, code: str) -> tuple[str, Staff]:
    """A new session for name and password; the browser's old one ends. Raises what signing in raises."""
    db = runtime().db
    with db.transaction() as session:
        sign_in.count_try(session, login, request.remote_addr or "", g.now)
    with db.transaction() as session:
        sign_in.sign_out(session, request.cookies.get(cookie_name(), ""))
        return sign_in.sign_in(session, login, password, code, g.now, lasts=runtime().session_lasts)


@blueprint.post("/sign-out")
@requires(Permission.SIGNED_IN)
def sign_out_now() -> Response:
    """End the session, here and in the database."""
    with runtime().db.transaction() as session:
        sign_in.sign_out(session, request.cookies.get(cookie_name(), ""))
    response = make_response(redirect("/sign-in"))
    response.delete_cookie(cookie_name(), secure=runtime().secure_cookies, httponly=True, samesite="Lax")
    return response


@blueprint.post("/language")
@requires(Permission.PUBLIC)
def choose_language() -> Response:
    """Switch the language: for the person when signed in, for the browser in any case."""
    chosen = request.form.get("lang", "")
    if g.actor is not None:
        with runtime().db.transaction() as session:
            staff.set_locale(session, g.actor, chosen)
    return remember(make_response(redirect(_inside(request.form.get("next", "")) or "/")), chosen)


def home_of(actor: Actor) -> str:
    """The page somebody starts from."""
    return next((path for permission, path in HOMES if actor.may(permission)), "/account")


def _inside(address: str) -> str:
    """The address when it is one of our own pages, else nothing: a link must not lead out through our sign-in."""
    parts = urlsplit(address)
    plain = not parts.scheme and not parts.netloc and address.startswith("/") and address[1:2] not in {"/", "\\"}
    return address if plain else ""
