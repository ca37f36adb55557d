"""What a phone says about when something was done, and how far it is believed.

A step taken without signal is heard later. The phone tells two readings of its clock: at the tap and at the sending.
Only their difference counts, so that a phone whose clock is wrong tells as good a time as any other.
"""

from datetime import datetime, timedelta

TOLD_APART = timedelta(minutes=2)
"""From here on history shows the phone's time beside the server's."""


def tapped_at(tapped: datetime, sent: datetime, now: datetime) -> datetime:
    """When the step was taken, by the server's clock: `now` less as long as it lay on the phone, never after `now`."""
    return now - max(sent - tapped, timedelta(0))


def ended_at(now: datetime, phone_at: datetime | None, begun: datetime | None) -> datetime:
    """When a time that is paid for ended: as the phone says, but not before it had begun (as the server knows it).

    What begins such a time is counted from when the server heard it, what ends it from when the phone says: a dead spot
    may make waiting shorter, never longer than the server can vouch for.
    """
    if phone_at is None:
        return now
    return min(now, max(phone_at, begun or phone_at))


def apart(at: datetime, phone_at: datetime | None) -> bool:
    """Whether the phone's time differs so much from the server's that both are told."""
    return phone_at is not None and abs(at - phone_at) > TOLD_APART
