"""What templates use to show a value: money, phones, plates, words, times. Registered once on the application."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Flask, g, request
from flask_babel import get_locale, gettext

from dispatch.domain import money, phone, plate
from dispatch.domain.booking import Place
from dispatch.domain.errors import Invalid
from dispatch.domain.fare_lines import plain
from dispatch.domain.geo import Point
from dispatch.domain.text import Text
from dispatch.web import assets, navigation
from dispatch.web.entries import nobody_because
from dispatch.web.i18n import LANGUAGES
from dispatch.web.labels import label, options, options_of, state_label, told
from dispatch.web.runtime import runtime
from dispatch.web.times import ago, clock, dated, duration, localtime, server_time


def yuan(fen: int) -> str:
    """Amount in fen with its sign: 6650 -> '¥66.50', -50 -> '−¥0.50'."""
    return f"{'−' if fen < 0 else ''}¥{money.yuan(abs(fen))}"


def text(words: Text | Mapping[str, str] | str) -> str:
    """Frozen two-language wording, as a value or as stored JSON, in the reader's language; plain text passes."""
    if isinstance(words, str):
        return words
    both = words if isinstance(words, Text) else Text(words["zh"], words["en"])
    return both.in_(str(get_locale()))


def figure(number: Decimal | int | str) -> str:
    """A number without needless zeros: 10.50 -> '10.5'."""
    return plain(Decimal(number))


def distance(metres: int) -> str:
    """How far, no finer than a position is known: 340 -> '350 m', 1234 -> '1.2 km'."""
    if metres < 975:
        return gettext("%(metres)s m", metres=max(50, round(metres / 50) * 50))
    return gettext("%(km)s km", km=plain(Decimal(metres / 1000).quantize(Decimal("0.1"))))


def phone_display(e164: str) -> str:
    """A phone number the way it is read out: '138 1234 5678'."""
    return e164 if "*" in e164 or not e164 else phone.display(e164)  # masked numbers stay as they are


def masked(e164: str) -> str:
    """A phone number of which only head and tail can be read: '138****5678'."""
    return phone.masked(e164) if e164 else ""


def plate_display(stored: str) -> str:
    """A number plate with its dot: '沪A12345' -> '沪A·12345'; one we cannot read (foreign, masked) as it is."""
    try:
        return plate.parse(stored).display()
    except Invalid:
        return stored


def new_energy(stored: str) -> bool:
    """Whether a number plate is a green one."""
    try:
        return plate.parse(stored).is_new_energy
    except Invalid:
        return False


def map_point(place: Point | Place | None) -> str:
    """A point as the page's map draws it: '28.445100,117.965000'; '' where none is known."""
    if place is None or place.lat is None or place.lon is None:
        return ""
    drawn = runtime().map.drawn(Point(place.lat, place.lon))
    return f"{drawn.lat:.6f},{drawn.lon:.6f}"


def combine(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Two mappings as one; the second wins."""
    return {**first, **second}


def _context() -> dict[str, Any]:
    actor = g.get("actor")
    return {
        "actor": actor,
        "nav": navigation.items(actor, request.path),
        "locale": str(get_locale()).split("_")[0],
        "languages": LANGUAGES,
    }


def _nonce() -> str:
    return str(g.get("csp_nonce", ""))


def register(app: Flask) -> None:
    """Give templates the filters and globals above. Needs Flask-Babel and CSRFProtect on the same application."""
    app.jinja_env.filters.update(
        yuan=yuan,
        localtime=localtime,
        dated=dated,
        clock=clock,
        ago=ago,
        duration=duration,
        text=text,
        distance=distance,
        figure=figure,
        phone_display=phone_display,
        masked=masked,
        plate_display=plate_display,
        state_label=state_label,
        label=label,
        combine=combine,
        map_point=map_point,
    )
    app.jinja_env.tests["new_energy"] = new_energy
    app.jinja_env.globals.update(
        label=label,
        nobody_because=nobody_because,
        options=options,
        options_of=options_of,
        told=told,
        asset=assets.versioned(app),
        nonce=_nonce,
        server_time=server_time,
        map_source=lambda: runtime().map,
    )
    app.context_processor(_context)
