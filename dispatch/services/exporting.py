"""Taking figures out of the house: masked for everybody who may, in full only for who proves and says why."""

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Invalid, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import password_again
from dispatch.services.announce import announce

MOST_ROWS = 50_000
MOST_REASON = 200


def in_full(
    session: Session, actor: Actor, now: datetime, *, what: str, period: str, password: str, reason: str
) -> None:
    """Let personal data out unmasked: the password again, a reason, and the access log keeps who took what and why.

    `what` names the table, `period` its days or month. Raises Invalid (fields `password`, `reason`), TooMany.
    """
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Invalid("reason_missing", N_("Please say why, in at most 200 characters"), field="reason")
    password_again.check(session, actor.id, password, now)
    told = {"export": what, "period": period, "reason": reason}
    announce(session, Event("figures.export", told), actor, now, subject="branch", subject_id=actor.branch_id)


def bounded(rows: int) -> None:
    """Raises Refused for a list that is too long for one file: nothing is left out unsaid."""
    if rows > MOST_ROWS:
        raise Refused(
            "export_long", N_("This list has more than %(most)s rows: choose a shorter period"), most=MOST_ROWS
        )
