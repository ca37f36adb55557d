"""A telephone call as the exchange tells of it. Its events may come late, twice or out of order."""

from enum import StrEnum, auto


class CallState(StrEnum):
    """How far a call is. It only goes on."""

    RINGING = auto()
    ANSWERED = auto()
    ENDED = auto()


_ORDER = tuple(CallState)


def is_news(known: CallState, told: CallState, *, elsewhere: bool = False) -> bool:
    """Whether an event changes what is known of the call; `elsewhere`: it names another extension (put through)."""
    if _ORDER.index(told) > _ORDER.index(known):
        return True
    return told is known and elsewhere and told is not CallState.ENDED
