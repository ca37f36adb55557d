"""What a driver's forms hold, read into the schemas that the API uses."""

from collections.abc import Callable
from typing import Any

from flask import g, request
from sqlalchemy.orm import Session

from dispatch.domain import money
from dispatch.domain.commands import ClosingItem
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.inspection import Insurance, Panel, SafetyItem
from dispatch.services import photos
from dispatch.web.drawn import strokes
from dispatch.web.runtime import runtime

SOUND = "sound"
_YES_NO = {"yes": True, "no": False}


def signature(field: str = "signature") -> dict[str, Any]:
    """The strokes drawn and who drew them."""
    return {
        **strokes(field),
        "signer": request.form.get("signer", "customer"),
        "name": request.form.get("signer_name", ""),
        "relation": request.form.get("relation", ""),
    }


def answered(field: str) -> bool:
    """Yes or no. Raises Invalid while unanswered."""
    try:
        return _YES_NO[request.form.get(field, "")]
    except KeyError as error:
        raise Invalid("unanswered", N_("Please answer yes or no"), field=field) from error


def inspection(session: Session, trip_id: int) -> dict[str, Any]:
    """The condition check; photos are kept in the same transaction as the report that names them."""
    given = request.form
    return {
        "panels": {panel.value: _panel(session, trip_id, panel) for panel in Panel if given.get(f"panel_{panel}")},
        "safety": {item.value: answered(f"safety_{item}") for item in SafetyItem},
        "insurance_seen": {cover.value: answered(f"seen_{cover}") for cover in Insurance},
        "insurers": {cover.value: given.get(f"insurer_{cover}", "") for cover in Insurance},
        "insurance_until": {cover.value: day for cover in Insurance if (day := given.get(f"until_{cover}"))},
        "odometer_km": given.get("odometer_km", "").strip(),
        "fuel_percent": given.get("fuel_percent", "").strip(),
        "intoxication": given.get("intoxication", ""),
        "companion_name": given.get("companion_name", ""),
        "companion_sober": given.get("companion_sober") == "yes",
        "driver_sober": answered("driver_sober"),
        "breath_mg": given.get("breath_mg", "").strip() or None,
        "belongings_note": given.get("belongings_note", ""),
        "signature": signature(),
    }


def refusal(_session: Session, _trip_id: int) -> dict[str, Any]:
    """Why the customer is not served, and the fee inside the form's range."""
    fee = request.form.get("fee", "").strip()
    return {
        "reason": request.form.get("reason", ""),
        "note": request.form.get("note", ""),
        "fee_fen": money.fen(fee, field="fee") if fee else None,
    }


def destination(_session: Session, _trip_id: int) -> dict[str, Any]:
    """The new destination, signed."""
    return {"address": request.form.get("address", ""), "signature": signature()}


def incident(_session: Session, _trip_id: int) -> dict[str, Any]:
    """What happened."""
    fault = request.form.get("driver_fault_percent", "").strip()
    return {
        "kind": request.form.get("kind", ""),
        "note": request.form.get("note", ""),
        "driver_fault_percent": fault or None,
    }


def delivery(_session: Session, _trip_id: int) -> dict[str, Any]:
    """The closing check (P6)."""
    return {
        "odometer_km": request.form.get("odometer_km", "").strip(),
        "checklist": {item.value: answered(f"check_{item}") for item in ClosingItem},
        "note": request.form.get("note", ""),
    }


def stop(_session: Session, _trip_id: int) -> dict[str, Any]:
    """Who asked for the stop."""
    return {"requested_by": request.form.get("requested_by", ""), "reason": request.form.get("reason", "")}


def nothing(_session: Session, _trip_id: int) -> dict[str, Any]:
    """A command that needs no more than its name."""
    return {}


READERS: dict[str, Callable[[Session, int], dict[str, Any]]] = {
    "inspect": inspection,
    "refuse": refusal,
    "change-destination": destination,
    "report-incident": incident,
    "deliver": delivery,
    "stop": stop,
}


def _panel(session: Session, trip_id: int, panel: Panel) -> dict[str, Any] | None:
    kind = request.form[f"panel_{panel}"]
    if kind == SOUND:
        return None
    settings = runtime()
    taken = []
    for upload in request.files.getlist(f"photo_{panel}"):
        if not upload.filename:
            continue
        try:
            cleaned = photos.clean(
                upload.read(), max_bytes=settings.max_photo_bytes, max_pixels=settings.max_photo_pixels
            )
        except Invalid as error:
            error.field = f"panels.{panel}.photo_ids"
            raise
        taken.append(photos.store(session, cleaned, g.actor, g.now, trip_id=trip_id).id)
    return {"kind": kind, "note": request.form.get(f"note_{panel}", ""), "photo_ids": taken}
