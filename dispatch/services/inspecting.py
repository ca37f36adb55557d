"""Condition reports: storing one, and setting one aside."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.inspection import Damage, Inspection
from dispatch.services.signatures import keep
from dispatch.store import agreements, inspections
from dispatch.store.agreements import DocumentKind
from dispatch.store.inspections import ConditionReport
from dispatch.store.photos import Photo
from dispatch.store.signatures import SignedFor
from dispatch.store.trips import Trip


def store(session: Session, trip: Trip, report: Inspection, now: datetime) -> None:
    """Keep a signed report, and what it saw of the car's insurance for the next call. Raises Invalid for a photo that
    is not of this trip.
    """
    _check_photos(session, trip, report)
    signature = keep(session, trip, SignedFor.CONDITION, report.signature, now)
    insurance = {
        cover.value: {
            "seen": seen,
            "insurer": report.insurers.get(cover, "").strip(),
            "until": until.isoformat() if (until := report.insurance_until.get(cover)) else None,
        }
        for cover, seen in report.insurance_seen.items()
    }
    session.add(
        ConditionReport(
            trip_id=trip.id,
            panels={panel.value: _damage(damage) for panel, damage in report.panels.items()},
            safety={item.value: sound for item, sound in report.safety.items()},
            insurance=insurance,
            odometer_km=report.odometer_km,
            fuel_percent=report.fuel_percent,
            noted=report.intoxication,
            companion_name=report.companion_name.strip(),
            companion_sober=report.companion_sober,
            driver_sober=report.driver_sober,
            breath_mg=report.breath_mg,
            belongings_note=report.belongings_note.strip(),
            signature_id=signature.id,
            inspected_at=now,
        )
    )
    trip.start_odometer_km = report.odometer_km
    trip.vehicle.insurance_seen = {"on": now.astimezone(trip.branch.zone).date().isoformat(), **insurance}


def supersede(session: Session, trip: Trip, now: datetime) -> None:
    """Set the report and the agreement in force aside: both stay on record."""
    report = inspections.of_trip(session, trip.id)
    if report is not None:
        report.superseded_at = now
    document = agreements.of_trip(session, trip.id, DocumentKind.AGREEMENT)
    if document is not None:
        document.superseded_at = now
    trip.start_odometer_km = None


def _damage(damage: Damage | None) -> dict[str, Any] | None:
    if damage is None:
        return None
    return {"kind": damage.kind.value, "note": damage.note.strip(), "photo_ids": list(damage.photo_ids)}


def _check_photos(session: Session, trip: Trip, report: Inspection) -> None:
    named = {photo_id for damage in report.panels.values() if damage for photo_id in damage.photo_ids}
    if not named:
        return
    own = set(session.scalars(select(Photo.id).where(Photo.trip_id == trip.id, Photo.id.in_(named))))
    if named - own:
        raise Invalid("photo_unknown", N_("A photo is missing: take it again"), field="panels")
