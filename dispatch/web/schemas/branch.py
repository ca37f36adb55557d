"""A branch's settings as managers send and read them."""

from dataclasses import replace
from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field

from dispatch.domain.dispatching import DispatchMode
from dispatch.domain.workdays import MAX_DAYS
from dispatch.services.branch_settings import BranchSettings
from dispatch.web.schemas.common import Id, Schema

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Local time", examples=["10:00"])]
Hours = Annotated[int, Field(ge=1, le=24, description="Hours")]
TIMES = ("calling_from", "calling_until", "service_day_cutover")


class BranchIn(Schema):
    """What to set; all that is left out stays as it is."""

    company_name: Annotated[str, Field(max_length=120)] | None = None
    registration: Annotated[str, Field(max_length=40)] | None = None
    address: Annotated[str, Field(max_length=200)] | None = None
    name: Annotated[str, Field(max_length=80)] | None = None
    city: Annotated[str, Field(max_length=40)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    area_code: Annotated[str, Field(max_length=6)] | None = None
    form: Literal["A", "B"] | None = None
    document_language: Literal["zh", "zh-en", "en"] | None = None
    callback_workdays: Annotated[int, Field(ge=1, le=MAX_DAYS, description="Working days")] | None = None
    calling_from: Clock | None = None
    calling_until: Clock | None = None
    service_day_cutover: Clock | None = None
    dispatch_mode: DispatchMode | None = None
    ask_at_once: Annotated[int, Field(ge=2, le=10, description="Drivers, in mode several")] | None = None
    assign_directly: Annotated[bool, Field(description="In mode automatic")] | None = None
    search_radius_km: Annotated[int, Field(ge=1, le=100, description="Kilometres as the crow flies")] | None = None
    release_minutes: Annotated[int, Field(ge=0, le=240, description="Minutes, beside the way there")] | None = None
    nobody_minutes: Annotated[int, Field(ge=1, le=120, description="Minutes")] | None = None
    give_up_minutes: Annotated[int, Field(ge=0, le=720, description="Minutes; 0: only by a person")] | None = None
    declines_to_pause: Annotated[int, Field(ge=0, le=20, description="Offers; 0: nobody is paused")] | None = None
    declines_within_minutes: Annotated[int, Field(ge=5, le=720, description="Minutes")] | None = None
    pause_minutes: Annotated[int, Field(ge=1, le=240, description="Minutes")] | None = None
    offer_seconds: Annotated[int, Field(ge=5, le=600, description="Seconds")] | None = None
    max_shift_hours: Hours | None = None
    min_rest_hours: Hours | None = None
    code_for_signing: bool | None = None
    sms_on: bool | None = None
    webhook_url: Annotated[str, Field(max_length=400, description="Empty for none")] | None = None
    totp_for_managers: bool | None = None

    def to_domain(self, present: BranchSettings) -> BranchSettings:
        """The settings wanted."""
        given = self.model_dump(exclude_none=True)
        times = {name: time.fromisoformat(given[name]) for name in TIMES if name in given}
        return replace(present, **{**given, **times})


class BranchOut(Schema):
    """The settings of the branch."""

    id: Id
    code: str
    timezone: str
    company_name: str
    registration: str
    address: str
    name: str
    city: str
    phone: str
    area_code: str
    form: str
    document_language: str
    callback_workdays: int
    calling_from: Clock
    calling_until: Clock
    service_day_cutover: Clock
    dispatch_mode: DispatchMode
    ask_at_once: int
    assign_directly: bool
    search_radius_km: int
    release_minutes: int
    nobody_minutes: int
    give_up_minutes: int
    declines_to_pause: int
    declines_within_minutes: int
    pause_minutes: int
    offer_seconds: int
    max_shift_hours: int
    min_rest_hours: int
    code_for_signing: bool
    sms_on: bool
    webhook_url: str
    webhook_secret: Annotated[str | None, Field(description="Shown once, when it is made")] = None
    totp_for_managers: bool

    @classmethod
    def of(cls, branch_id: int, code: str, timezone: str, found: BranchSettings, secret: str | None = None) -> Self:
        """The settings as they are; `secret` when it has just been made."""
        values = {name: getattr(found, name) for name in BranchSettings.__slots__}
        times = {name: f"{values[name]:%H:%M}" for name in TIMES}
        return cls(id=branch_id, code=code, timezone=timezone, webhook_secret=secret, **{**values, **times})


class SecretOut(Schema):
    """A secret just made: it is not shown again."""

    webhook_secret: str
