"""Bookings and quotes as they come in, and as they are answered."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from dispatch.domain.booking import Booking, InsuranceStated, Place
from dispatch.domain.datum import Datum, to_wgs84
from dispatch.domain.driver import Competence
from dispatch.domain.geo import Point
from dispatch.web.schemas.common import Fen, Id, Km, LongText, Moment, Name, Schema, ShortText

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
FareOptions = Annotated[
    dict[str, Any], Field(description="What the tariff asks for: service, car, member, extras, vouchers, planned_hours")
]


class PlaceIn(Schema):
    """An address, with its point where one is known; `datum` says in which system it is given. Kept is WGS-84."""

    address: ShortText
    lat: Latitude | None = None
    lon: Longitude | None = None
    datum: Datum = Datum.WGS84

    @model_validator(mode="after")
    def _whole_point(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon come together or not at all")
        return self

    def to_domain(self) -> Place:
        """The domain's place."""
        if self.lat is None or self.lon is None:
            return Place(self.address)
        point = to_wgs84(Point(self.lat, self.lon), self.datum)
        return Place(self.address, point.lat, point.lon)


class BookingIn(Schema):
    """A caller's order."""

    caller_phone: Annotated[str, Field(max_length=40, examples=["138 0013 8000"])]
    name: Name
    plate: Annotated[str, Field(max_length=20, examples=["赣E·12345"])]
    car_model: Annotated[str, Field(max_length=60)] = ""
    car_colour: Annotated[str, Field(max_length=20)] = ""
    needs: list[Competence] = Field(default_factory=list)
    pickup: PlaceIn
    destination: PlaceIn
    booked_km: Km
    appointed_at: Moment
    insurance: InsuranceStated = InsuranceStated.CHECK_ON_SITE
    note: LongText = ""
    duplicate_reason: ShortText = ""
    fare_options: FareOptions = Field(default_factory=dict)
    account_id: Id | None = Field(None, description="Who pays once a month: an account of the caller’s number")

    def to_domain(self) -> Booking:
        """The domain's order."""
        return Booking(
            caller_phone=self.caller_phone,
            name=self.name,
            plate=self.plate,
            car_model=self.car_model,
            car_colour=self.car_colour,
            needs=frozenset(self.needs),
            pickup=self.pickup.to_domain(),
            destination=self.destination.to_domain(),
            booked_km=Decimal(self.booked_km),
            appointed_at=self.appointed_at,
            insurance=self.insurance,
            note=self.note,
            duplicate_reason=self.duplicate_reason,
            fare_options=self.fare_options,
            account_id=self.account_id,
        )


class QuoteIn(Schema):
    """What a quote needs."""

    booked_km: Km
    appointed_at: Moment
    fare_options: FareOptions = Field(default_factory=dict)


class FareOut(Schema):
    """A fare, line by line."""

    total_fen: Fen
    total: str
    lines: list[dict[str, Any]]
    flags: list[str]


class QuoteOut(Schema):
    """A quote, and why the job could not be booked at that time."""

    tariff_id: Id
    fare: FareOut
    refusal: str | None


class BookedOut(Schema):
    """The trip booked, with the customer's link."""

    trip_id: Id
    number: str
    link: str
    quote: FareOut
