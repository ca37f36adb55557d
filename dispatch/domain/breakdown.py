"""What a report counts. Every number is one value of one breakdown, so that it leads to the rows behind it."""

from dataclasses import dataclass
from enum import StrEnum, auto

from dispatch.domain.errors import N_, NotFound


class Subject(StrEnum):
    """What is counted, and by which day it belongs to a period.

    Trips by their appointed time, entries of the ledger by when they were written, callbacks by the service day of
    their trip, complaints by when they were registered.
    """

    TRIP = auto()
    LEDGER = auto()
    CALLBACK = auto()
    COMPLAINT = auto()


class Breakdown(StrEnum):
    """By what the rows of a subject are told apart. Each row has one value, or none and is not counted."""

    TRIP_STATE = auto()
    PUNCTUALITY = auto()  # P1: of trips whose driver arrived
    WAITING = auto()  # of trips that were driven: whether the driver waited for the customer
    REFUSED_BECAUSE = auto()
    CANCELLED_BY = auto()
    CANCELLED_BECAUSE = auto()
    CLOSED_BY_DRIVER = auto()
    ON_TIME_BY_DRIVER = auto()
    LATE_BY_DRIVER = auto()
    RATED_BY_DRIVER = auto()
    CUSTOMER_KIND = auto()
    CUSTOMER_VOLUME = auto()
    DISTRICT = auto()
    LEDGER_KIND = auto()
    LEDGER_DRIVER = auto()  # '' where no driver had the trip
    CALLBACK_STATE = auto()
    CALLBACK_COVERAGE = auto()
    SATISFACTION = auto()
    COMPLAINT_KIND = auto()
    COMPLAINT_STAGE = auto()
    COMPLAINT_CHANNEL = auto()
    COMPLAINT_DEADLINE = auto()

    @property
    def of_driver(self) -> bool:
        """Whether its values are drivers, by id."""
        return self is Breakdown.LEDGER_DRIVER or self.value.endswith("_by_driver")

    @property
    def subject(self) -> Subject:
        """What it breaks down."""
        name = self.value
        if name.startswith("ledger"):
            return Subject.LEDGER
        if name.startswith("complaint"):
            return Subject.COMPLAINT
        return Subject.CALLBACK if name.startswith("callback") or self is Breakdown.SATISFACTION else Subject.TRIP


class Punctuality(StrEnum):
    """Whether the driver was there by the appointed time (P1)."""

    ON_TIME = auto()
    LATE = auto()


class Waiting(StrEnum):
    """How long the driver stood ready before the drive, from the later of arrival and appointed time."""

    UNDER_10 = auto()
    UNDER_20 = auto()
    UNDER_30 = auto()
    LONGER = auto()


class CustomerKind(StrEnum):
    """Whether the customer had booked with the branch before the period."""

    NEW = auto()
    RETURNING = auto()


class Volume(StrEnum):
    """How many trips the customer booked in the period."""

    ONE = auto()
    TWO_OR_THREE = auto()
    FOUR_TO_NINE = auto()
    TEN_OR_MORE = auto()


class Coverage(StrEnum):
    """Whether a customer was called by the due day (P7)."""

    IN_TIME = auto()
    LATE = auto()
    NOT_YET = auto()
    NOT_CALLED = auto()  # ended without a call: the customer did not want one, or the trip was stepped back


class Deadline(StrEnum):
    """Whether the deadlines of a complaint were kept, as far as any has run out or been met."""

    KEPT = auto()
    MISSED = auto()
    OPEN = auto()


class Listed(StrEnum):
    """What is listed behind a number: what a count counted, the entries that a sum adds up, or whose trips they are."""

    ROWS = auto()
    ENTRIES = auto()  # of the ledger
    CUSTOMERS = auto()


@dataclass(frozen=True, slots=True)
class Behind:
    """Which number is asked about: of one value, or of the whole breakdown when None. Raises NotFound for none."""

    breakdown: Breakdown
    value: str | None = None
    listed: Listed = Listed.ROWS

    def __post_init__(self) -> None:
        needs = {Listed.ENTRIES: Subject.LEDGER, Listed.CUSTOMERS: Subject.TRIP}.get(self.listed)
        if needs is not None and self.breakdown.subject is not needs:
            raise NotFound("figure_unknown", N_("There is no such figure"))
