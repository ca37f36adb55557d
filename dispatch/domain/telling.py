"""Whom a branch tells of a case, and when: its own people up the ladder, and the customer where it is tactful."""

from dataclasses import dataclass
from enum import StrEnum, auto

from dispatch.domain.complaint_clock import Level


class Occasion(StrEnum):
    """What a customer is told of by text message. Between them nothing is told that may yet change."""

    ACKNOWLEDGED = auto()
    REPLIED = auto()
    CARRIED_OUT = auto()


@dataclass(frozen=True, slots=True)
class Telling:
    """From which rung on heads and managers hear besides whose turn it is, and from which on by text message as well.

    `texts_from` None: never. `managers_phone` (E.164, or '') is where the managers' messages go; those of a head go to
    the department's number. `customers`: whether customers are told by text message.
    """

    heads_from: Level = Level.DUE
    managers_from: Level = Level.LATE
    texts_from: Level | None = Level.DUE
    managers_phone: str = ""
    customers: bool = True

    def told(self, level: Level, *, holder: int | None, head: int | None, managers: frozenset[int]) -> frozenset[int]:
        """Who hears of a rung, by staff id: the holder always, the head and the managers from their rungs on.

        Where the one whose turn it is does not exist, the next above hears of it at once.
        """
        people = {holder} - {None}
        if level.reaches(self.heads_from) or not people:
            people |= {head} - {None}
        if level.reaches(self.managers_from) or not people:
            people |= managers
        return frozenset(one for one in people if one is not None)

    def texts(self, level: Level) -> bool:
        """Whether a rung is told by text message too."""
        return self.texts_from is not None and level.reaches(self.texts_from)
