"""The form that lets personal data out unmasked: password, reason, kind of file."""

from flask import g, request

from dispatch.services import exporting
from dispatch.web.personal import Personal
from dispatch.web.runtime import runtime


def let_out(what: str) -> Personal:
    """Whole facts, once the posted password and reason are in order and the journal has them. Raises Invalid.

    Nothing is kept under the form's key: the file would be kept with it, and taking it twice is in the journal twice.
    """
    days = "–".join(day for name in ("from", "until", "month") if (day := request.args.get(name)))
    given = request.form
    with runtime().db.transaction() as session:
        exporting.in_full(
            session, g.actor, g.now,
            what=what, period=days[:40], password=given.get("password", ""), reason=given.get("reason", ""),
        )  # fmt: skip
    return Personal(whole=True)
