"""Errors as replies: problem+json for the API (RFC 9457), a page in plain words for people."""

import json
from datetime import datetime
from typing import Any

from flask import Flask, Response, g, redirect, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from dispatch.domain.errors import N_, Busy, DomainError, Forbidden, Invalid, NotFound, Refused, TooMany
from dispatch.domain.events import plain
from dispatch.web.idempotency import Reply
from dispatch.web.labels import state_label
from dispatch.web.times import localtime

PROBLEM = "application/problem+json"
STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (Invalid, 422),
    (Forbidden, 403),
    (Busy, 503),
    (TooMany, 429),
    (Refused, 409),
)
RETRY_SECONDS = "1"


class NotSignedIn(DomainError):
    """Nobody is signed in (401)."""


class NotEnrolled(Forbidden):
    """Signed in, but the branch asks for a second factor that is not set up yet (403)."""


class BadRequest(DomainError):
    """The request itself is malformed (400)."""


class SchemaFault(DomainError):
    """The body or query does not fit its schema (422); `faults` has one entry a field."""

    def __init__(self, faults: list[dict[str, str]]) -> None:
        super().__init__("invalid_input", N_("Some of the input is missing or wrong"))
        self.faults = faults


def status_of(error: DomainError) -> int:
    """The one table from rules to HTTP."""
    if isinstance(error, NotSignedIn):
        return 401
    if isinstance(error, BadRequest):
        return 400
    if isinstance(error, SchemaFault):
        return 422
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def words(error: DomainError) -> str:
    """The message in the reader's language, with values of enumerations as people say them."""
    return gettext(error.message, **{name: _readable(name, value) for name, value in error.params.items()})


def _readable(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value)
    return state_label(value) if name == "state" else value


def problem(error: DomainError) -> Reply:
    """An error as problem+json: `code` is stable, `detail` is for people, parameters stand beside them."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": words(error),
        "status": status,
        "code": error.code,
        **({"params": plain(error.params)} if error.params else {}),
    }
    if isinstance(error, Invalid) and error.field:
        body["errors"] = [{"field": error.field, "message": words(error)}]
    if isinstance(error, SchemaFault):
        body["errors"] = error.faults
    faults = getattr(error, "problems", None)
    if faults:
        body["errors"] = [plain(fault) for fault in faults]
    return Reply(status, json.dumps(body, ensure_ascii=False, default=str), PROBLEM)


def as_response(reply: Reply) -> Response:
    """A reply as Flask sends it."""
    response = Response(reply.body, status=reply.status, content_type=reply.content_type)
    if reply.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    if reply.status == 503 or '"in_flight"' in reply.body[:200]:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def wants_json() -> bool:
    """Whether the caller is a program: everything below /api is answered in JSON."""
    return request.path.startswith("/api/")


def takes_problems() -> bool:
    """Whether errors go to a program: one of the API, or the script of a page that asks for problems by their type."""
    return wants_json() or PROBLEM in request.headers.get("Accept", "")


def init(app: Flask) -> None:
    """Answer errors in the caller's own form."""

    @app.errorhandler(DomainError)
    def _domain(error: DomainError) -> BaseResponse | tuple[str, int]:
        if takes_problems():
            return as_response(problem(error))
        if isinstance(error, NotSignedIn):
            return redirect(f"/sign-in?next={request.full_path.rstrip('?')}" if request.method == "GET" else "/sign-in")
        if isinstance(error, NotEnrolled):
            return redirect("/account/authenticator", code=303)
        return render_template("error.html", status=status_of(error), message=words(error)), status_of(error)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> BaseResponse | tuple[str, int]:
        status = error.code or 500
        if error.response is not None or status < 400:
            return error.get_response()
        if takes_problems():
            known = BadRequest(f"http_{status}", error.name)
            reply = problem(known)
            body = json.loads(reply.body) | {"status": status}
            return as_response(Reply(status, json.dumps(body), PROBLEM))
        return render_template("error.html", status=status, message=""), status

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> BaseResponse | tuple[str, int]:
        app.logger.exception("unexpected error on %s %s", request.method, request.path, exc_info=error)
        g.actor = g.get("actor")
        if takes_problems():
            body = {"type": "/problems/internal", "title": "Internal error", "status": 500, "code": "internal"}
            return as_response(Reply(500, json.dumps(body), PROBLEM))
        return render_template("error.html", status=500, message=""), 500
