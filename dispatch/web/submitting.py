"""Forms of pages: one transaction, done once however often the button is pressed, and nothing typed is lost."""

import secrets
from collections.abc import Callable
from typing import TypeVar

from flask import g, redirect, request
from flask_wtf.csrf import generate_csrf
from pydantic import ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, Invalid
from dispatch.web.formstate import Unfit
from dispatch.web.idempotency import Reply, Submission, once
from dispatch.web.runtime import runtime
from dispatch.web.schemas.common import Schema
from dispatch.web.wording import fault_message

S = TypeVar("S", bound=Schema)
ONCE = "once"
"""The hidden field with the form's key: a form that is sent twice is carried out once (R3)."""


def form_key() -> str:
    """A key for a form about to be shown, each form its own; templates call it in the macro `csrf`."""
    return secrets.token_urlsafe(16)


def submit(work: Callable[[Session], str]) -> Response:
    """Carry out a posted form in one transaction; `work` answers where to go then.

    Raises what the rules raise: the view shows the form again with the message, and the same key may be used again.
    """
    given = Submission.of(who(), request.form.get(ONCE, ""), request.path.encode())
    reply = once(runtime().db, given, g.now, lambda session: Reply(303, work(session), "text/plain"))
    return redirect(reply.body, code=303)


def who() -> str:
    """Whose keys these are: a staff member's, or those of one browser on a customer's link."""
    return f"staff:{g.actor.id}" if g.actor else f"form:{generate_csrf()[:24]}"


def read(schema: type[S], values: object) -> S:
    """Form values as a schema. Raises Unfit with every field that does not fit, in words for people."""
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        raise Unfit(
            [
                Invalid(str(fault["type"]), fault_message(fault), field=".".join(map(str, fault["loc"])))
                for fault in error.errors(include_url=False)
            ]
        ) from error


def filled(*fields: str) -> None:
    """Raises Unfit naming every one of these fields of the form that was left empty."""
    empty = [name for name in fields if not request.form.get(name, "").strip()]
    if empty:
        raise Unfit([Invalid("missing", N_("Please fill this in"), field=name) for name in empty])
