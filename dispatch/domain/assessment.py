"""Assessment (考核): points of a month, each by one rule from one source. Lines are added, never edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.period import next_month
from dispatch.domain.workdays import service_day

MOST_POINTS = 1000


class Source(StrEnum):
    """What a line comes from. One source gives a person one line of a kind, however often it is looked at."""

    RATING = auto()  # P6: the customer's rating of a trip
    PUNCTUALITY = auto()  # P1
    COMPLAINT = auto()  # an upheld complaint
    CALLBACK = auto()  # P7: the first call of a callback
    DEADLINE = auto()  # a step of a complaint


class Rule(StrEnum):
    """What a line is given for; the manager weighs each."""

    RATED_5 = auto()
    RATED_4 = auto()
    RATED_3 = auto()
    RATED_2 = auto()
    RATED_1 = auto()
    ON_TIME = auto()
    LATE = auto()
    COMPLAINT_UPHELD = auto()
    CALLED_IN_TIME = auto()
    CALLED_LATE = auto()
    DEADLINE_KEPT = auto()
    DEADLINE_MISSED = auto()

    @property
    def source(self) -> Source:
        """What such lines come from."""
        return _SOURCES[self]


_SOURCES = {
    **{rule: Source.RATING for rule in Rule if rule.startswith("rated")},
    Rule.ON_TIME: Source.PUNCTUALITY,
    Rule.LATE: Source.PUNCTUALITY,
    Rule.COMPLAINT_UPHELD: Source.COMPLAINT,
    Rule.CALLED_IN_TIME: Source.CALLBACK,
    Rule.CALLED_LATE: Source.CALLBACK,
    Rule.DEADLINE_KEPT: Source.DEADLINE,
    Rule.DEADLINE_MISSED: Source.DEADLINE,
}

USUAL_START = 100
USUAL: Mapping[Rule, int] = {
    Rule.RATED_5: 1,
    Rule.RATED_4: 0,
    Rule.RATED_3: -1,
    Rule.RATED_2: -3,
    Rule.RATED_1: -5,
    Rule.ON_TIME: 0,
    Rule.LATE: -2,
    Rule.COMPLAINT_UPHELD: -10,
    Rule.CALLED_IN_TIME: 0,
    Rule.CALLED_LATE: -1,
    Rule.DEADLINE_KEPT: 0,
    Rule.DEADLINE_MISSED: -3,
}
"""What counts until a manager says otherwise: a month begins at 100, and mostly what went wrong moves it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What everybody begins a month with, and the points of each rule. Raises Invalid naming the field."""

    start: int = USUAL_START
    points: Mapping[Rule, int] = field(default_factory=lambda: dict(USUAL))

    def __post_init__(self) -> None:
        for name, value in (("start", self.start), *((rule.value, self.points.get(rule)) for rule in Rule)):
            if value is None or not -MOST_POINTS <= value <= MOST_POINTS:
                raise Invalid(
                    "weight_range", N_("Points lie between −%(most)s and %(most)s"), field=name, most=MOST_POINTS
                )

    def of(self, rule: Rule) -> int:
        """The points of a rule."""
        return self.points[rule]


def rated(rating: int) -> Rule:
    """The rule of a rating from 1 to 5."""
    return Rule(f"rated_{rating}")


def arrived(arrived_at: datetime, appointed_at: datetime) -> Rule:
    """P1: there by the appointed time, or late by however little."""
    return Rule.ON_TIME if arrived_at <= appointed_at else Rule.LATE


def called(first_tried_at: datetime, due_on: date, zone: tzinfo) -> Rule:
    """P7: first tried on the due day at the latest; whether the customer answered is not the agent's doing."""
    return Rule.CALLED_IN_TIME if first_tried_at.astimezone(zone).date() <= due_on else Rule.CALLED_LATE


def month_of(moment: datetime, zone: tzinfo, cutover: time) -> date:
    """The first day of the month to whose work a moment belongs: the night that begins on the 31st is that month's."""
    return service_day(moment, zone, cutover).replace(day=1)


def lands_in(month: date, closed: frozenset[date]) -> date:
    """The month that a line goes to: its own, or when that is closed the first after it that is open."""
    while month in closed:
        month = next_month(month)
    return month
