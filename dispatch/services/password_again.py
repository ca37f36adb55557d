"""The password once more, before what cannot be taken back or leaves the house: an open screen is not enough."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Invalid
from dispatch.services import passwords, throttle
from dispatch.services.throttle import Limit
from dispatch.store import throttle as counters
from dispatch.store.db import afterwards
from dispatch.store.staff import Staff

WRONG = Limit(10, timedelta(minutes=15))


def check(session: Session, user_id: int, password: str, now: datetime) -> None:
    """Raise Invalid (field `password`) unless it is the password of this staff member.

    A wrong one is counted though everything else of the transaction is undone; raises TooMany after ten of them.
    """
    key = f"password-again:{user_id}"
    throttle.check(session, key, WRONG, now)
    person = session.get(Staff, user_id)
    right = passwords.matches(person.password_hash if person else None, password)
    if person is None or not person.active or not right:
        afterwards(session, lambda counting: counters.hit(counting, key, now - WRONG.window, now))
        raise Invalid("password_wrong", N_("This is not your password"), field="password")
