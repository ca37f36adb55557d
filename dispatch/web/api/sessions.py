"""Signing in and out over the API; machines use a token instead: `Authorization: Bearer …`."""

from flask import Response, request
from flask_wtf.csrf import generate_csrf
from pydantic import BaseModel

from dispatch.domain.roles import Actor, Permission
from dispatch.services import sign_in, staff
from dispatch.web.access import cookie_name, requires, set_session_cookie
from dispatch.web.api.endpoint import Call, api, document, endpoint
from dispatch.web.auth.signing_in import enter
from dispatch.web.runtime import runtime
from dispatch.web.schemas.common import Schema
from dispatch.web.schemas.desk import SignedInOut, SignInIn


def _sign_in() -> Response:
    """Sign in with name and password; answers a session cookie."""
    given: SignInIn = request.context.json  # type: ignore[attr-defined]  # spectree puts it there
    token, person = enter(given.login, given.password, given.code)
    with runtime().db.reading() as session:
        actor = staff.actor_of(session, person)
    response = Response(_who(actor).model_dump_json(), status=201, content_type="application/json")
    set_session_cookie(response, token)
    return response


_documented = document(_sign_in, method="POST", tag="sessions", reply=SignedInOut, body=SignInIn, status=201, key=False)
api.add_url_rule("/sessions", "sign_in", requires(Permission.PUBLIC)(_documented), methods=["POST"])


@endpoint("GET", "/sessions/current", Permission.SIGNED_IN, reply=SignedInOut, tag="sessions")
def current_session(call: Call) -> SignedInOut:
    """Who is signed in."""
    return _who(call.actor)


class SignedOut(BaseModel):
    """Nobody is signed in any more."""

    signed_out: bool = True


@endpoint("POST", "/sessions/current/end", Permission.SIGNED_IN, body=Schema, reply=SignedOut, tag="sessions")
def sign_out(call: Call) -> SignedOut:
    """End the session."""
    sign_in.sign_out(call.session, request.cookies.get(cookie_name(), ""))
    return SignedOut()


def _who(actor: Actor) -> SignedInOut:
    return SignedInOut(
        name=actor.name,
        roles=sorted(role.value for role in actor.roles),
        driver_id=actor.driver_id,
        csrf_token=generate_csrf(),
    )
