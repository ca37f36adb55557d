"""The facts of an agreement, frozen from the trip as it stands when the customer signs (P3)."""

from collections.abc import Iterator
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from contracts import facts as paper
from contracts import forms
from contracts.wording import Wording, spaced
from dispatch.domain.fee_standard import Said, ruled
from dispatch.domain.inspection import Panel
from dispatch.domain.tariff import Service
from dispatch.services import agreement_forms, tariffs
from dispatch.services import document_facts as common
from dispatch.services.links import LinkKey
from dispatch.services.tariff_terms import terms
from dispatch.services.tariffs import TariffInForce
from dispatch.store import inspections
from dispatch.store.agreements import DocumentKind
from dispatch.store.inspections import ConditionReport
from dispatch.store.photos import Photo
from dispatch.store.trips import Trip


def agreement_facts(session: Session, trip: Trip, place: str, keys: LinkKey) -> paper.AgreementFacts:
    """Everything the agreement of an inspected trip says before it is signed. The same trip gives the same facts."""
    report = common.known(inspections.of_trip(session, trip.id), "condition report")
    current = tariffs.of_id(session, trip.branch_id, trip.tariff_id)
    service = current.tariff.service(trip.quote["service"])
    figures = terms(service)
    base = f"{trip.branch.code}-{common.local(trip, report.inspected_at):%Y%m%d}-{trip.id:06d}"
    number = common.number(session, trip, DocumentKind.AGREEMENT, base)
    return paper.AgreementFacts(
        number=number,
        form=common.form_id(trip),
        version=trip.clause_version,
        wording=forms.fill(agreement_forms.of_version(session, trip.branch_id, trip.clause_version), figures),
        company=common.company(trip),
        customer=common.customer(trip),
        driver=common.driver(common.known(trip.driver, "driver"), report),
        car=common.car(trip),
        trip=_booked(trip),
        terms=figures,
        fee_standard=standard(current, service, trip.form),
        quote=common.fare_lines(trip.quote["lines"], trip.form),
        quote_total_fen=trip.quote_total_fen,
        insurance=common.insurance(trip, report),
        condition=_condition(session, trip, report),
        place=place.strip(),
        verify_url=keys.verify_url(number),
        language=common.language(trip),
    )


def _booked(trip: Trip) -> paper.Trip:
    return paper.Trip(
        number=trip.number,
        booked_at=common.local(trip, trip.booked_at),
        appointed_at=common.local(trip, trip.appointed_at),
        arrived_at=None if trip.arrived_at is None else common.local(trip, trip.arrived_at),
        origin=trip.pickup_address,
        destination=trip.destination_address,
        booked_m=common.metres(trip.booked_km),
    )


def standard(current: TariffInForce, service: Service, form: str) -> paper.FeeStandard:
    """The fee standard of the service that was booked, as it was explained (P3)."""
    return paper.FeeStandard(
        name=Wording(current.tariff.text.zh, current.tariff.text.en),
        version=f"{current.tariff.code} · {current.number}",
        lines=tuple(_standard_line(said, form) for said in ruled(service)),
    )


def _standard_line(said: Said, form: str) -> paper.FareLine:
    """A sentence of the fee standard, its subject before the colon."""
    (item_zh, _, price_zh), (item_en, _, price_en) = said.text.zh.partition("："), said.text.en.partition(": ")
    return paper.FareLine(
        rule=common.clause(said.rule, form),
        label=Wording(spaced(item_zh), item_en),
        price=Wording(spaced(price_zh), price_en),
    )


def _condition(session: Session, trip: Trip, report: ConditionReport) -> paper.Condition:
    return paper.Condition(
        panels=tuple(panel.value for panel in Panel if panel.value in report.panels),
        damages=tuple(_damages(session, report)),
        odometer_m=common.metres(report.odometer_km),
        fuel_percent=report.fuel_percent,
        inspected_at=common.local(trip, report.inspected_at),
        belongings=report.belongings_note,
        signature=common.kept_signature(report.signature, trip),
    )


def _damages(session: Session, report: ConditionReport) -> Iterator[paper.Damage]:
    """Existing damage round the car, with the first of its photos; the others stay with the report."""
    found = {panel.value: damage for panel in Panel if (damage := report.panels.get(panel.value))}
    photos = _photos(session, found)
    for panel, damage in found.items():
        shown = damage["photo_ids"][0] if damage["photo_ids"] else None
        yield paper.Damage(panel=panel, kind=damage["kind"], note=damage["note"], photo=photos.get(shown))


def _photos(session: Session, damages: dict[str, dict[str, Any]]) -> dict[int | None, paper.Photo]:
    wanted = {damage["photo_ids"][0] for damage in damages.values() if damage["photo_ids"]}
    if not wanted:
        return {}
    rows = session.scalars(select(Photo).where(Photo.id.in_(wanted)).options(undefer(Photo.content)))
    return {row.id: paper.Photo(media_type=_media_type(row.content_type), content=row.content) for row in rows}


def _media_type(content_type: str) -> Literal["image/jpeg", "image/png"]:
    return cast(Literal["image/jpeg", "image/png"], content_type)
