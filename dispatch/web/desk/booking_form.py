"""What a dispatcher typed on the booking screen, read into the schema that the API uses."""

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from werkzeug.datastructures import MultiDict

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.geo import Point
from dispatch.web.formstate import Unfit
from dispatch.web.payers import FIELD, meant
from dispatch.web.runtime import runtime
from dispatch.web.schemas.bookings import BookingIn
from dispatch.web.submitting import read

SOON = {"now": timedelta(0), "15": timedelta(minutes=15), "30": timedelta(minutes=30), "60": timedelta(hours=1)}
USUAL = "30"
PICKED = "at"
EXTRA = "extra-"
_PLACES = {
    "pickup.address": "pickup",
    "destination.address": "destination",
    **{f"{place}.{side}": place for place in ("pickup", "destination") for side in ("lat", "lon")},
    "vouchers.0.amount": "voucher_amount",
    "vouchers.0.code": "voucher_code",
}

Typed = MultiDict[str, str]


def order(typed: Typed) -> BookingIn:
    """The booking as typed. Raises Invalid naming the field of the form."""
    try:
        return read(
            BookingIn,
            {
                "caller_phone": typed.get("caller_phone", ""),
                "name": typed.get("name", ""),
                "plate": typed.get("plate", ""),
                "car_model": typed.get("car_model", ""),
                "car_colour": typed.get("car_colour", ""),
                "needs": typed.getlist("needs"),
                "pickup": _place(typed, "pickup"),
                "destination": _place(typed, "destination"),
                "booked_km": _figures(typed),
                "appointed_at": appointed(typed),
                "insurance": typed.get("insurance", ""),
                "note": typed.get("note", ""),
                "duplicate_reason": typed.get("duplicate_reason", ""),
                "fare_options": fare_options(typed),
                "account_id": meant(typed.get(FIELD)),
            },
        )
    except Invalid as error:
        raise placed(error) from error


def _place(typed: Typed, name: str) -> dict[str, Any]:
    """An address with the point that was picked on the map or came with a known place, given in the map's datum."""
    place: dict[str, Any] = {"address": typed.get(name, "")}
    told = typed.get(f"{name}_point", "").strip()
    if not told:
        return place
    try:
        lat, lon = (float(part) for part in told.split(","))
        if not (isfinite(lat) and isfinite(lon)):
            raise ValueError(told)
    except ValueError as error:
        raise Invalid("point", N_("The point on the map cannot be read: pick it again"), field=name) from error
    meant = runtime().map.meant(Point(lat, lon))
    return place | {"lat": meant.lat, "lon": meant.lon}


def kilometres(typed: Typed) -> str:
    """The distance, also as 12。5 or １２.5 from a Chinese keyboard. Raises Invalid when there is none."""
    text = _figures(typed)
    if not text:
        raise Invalid("missing", N_("Please fill this in"), field="booked_km")
    return text


def _figures(typed: Typed) -> str:
    return typed.get("booked_km", "").strip().translate(str.maketrans("０１２３４５６７８９．。", "0123456789.."))


def appointed(typed: Typed) -> datetime:
    """When the driver is wanted: so long from now, or the time picked on the branch's clock. Raises Invalid."""
    when = typed.get("when", PICKED)
    if when in SOON:
        now: datetime = g.now
        return (now + SOON[when]).replace(second=0, microsecond=0)
    try:
        local = datetime.fromisoformat(typed.get("appointed_at", ""))
    except ValueError as error:
        raise Invalid("appointed_at", N_("Please enter a date and time"), field="appointed_at") from error
    return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(g.zone))).astimezone(UTC)


def fare_options(typed: Typed) -> dict[str, Any]:
    """What the tariff asks for, as far as it was answered."""
    given: dict[str, Any] = {
        name: text for name in ("service", "car", "member", "planned_hours") if (text := typed.get(name, "").strip())
    }
    extras = {
        name.removeprefix(EXTRA): count
        for name in typed
        if name.startswith(EXTRA) and (count := typed.get(name, "").strip()) not in ("", "0")
    }
    if extras:
        given["extras"] = extras
    code, worth = (typed.get(f"voucher_{name}", "").strip() for name in ("code", "amount"))
    if code or worth:
        given["vouchers"] = [{"code": code, **({"amount": worth} if worth else {})}]
    return given


def placed(error: Invalid) -> Invalid:
    """The same objection beside the field of the form that it is about."""
    if isinstance(error, Unfit):
        return Unfit([placed(one) for one in error.faults])
    field = error.field or ""
    if field.startswith("extras."):
        field = EXTRA + field.removeprefix("extras.")
    return Invalid(error.code, error.message, field=_PLACES.get(field, field) or None, **error.params)
