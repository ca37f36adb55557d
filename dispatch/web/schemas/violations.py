"""Traffic offences: the question, who had the car, and the case opened from it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from dispatch.domain.violation import Wheel
from dispatch.web.schemas.common import Id, LongText, Moment, Schema
from dispatch.web.schemas.trips import DriverBrief


class OffenceIn(Schema):
    """A plate in any spelling, and the minute on the notice."""

    plate: Annotated[str, Field(max_length=20)]
    at: Moment


class HeldOut(Schema):
    """A trip that had the car in that minute: who was at the wheel, and the agreement that proves it."""

    trip_id: Id
    trip_number: str
    wheel: Wheel
    driver: DriverBrief | None
    agreement: str | None


class NearOut(Schema):
    """A trip of the car before or after."""

    trip_id: Id
    trip_number: str
    appointed_at: datetime


class OffenceOut(Schema):
    """Who had the car; `near` names other trips around that time where nobody of ours had it."""

    plate: str
    held: list[HeldOut]
    near: list[NearOut]


class OffenceCaseIn(Schema):
    """The minute on the notice, what it says, and what is to be done."""

    at: Moment
    problem: LongText
    wish: LongText
