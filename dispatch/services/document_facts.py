"""What agreement and receipt say alike: parties, driver, car, insurance, signatures, lines of a fare, numbers."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts import facts as paper
from contracts.forms import FormId
from contracts.wording import Language, Wording, plain, spaced, yuan
from dispatch.domain import inspection as seen
from dispatch.domain import phone, plate
from dispatch.domain.booking import InsuranceStated
from dispatch.domain.fare_lines import plain as plain_number
from dispatch.domain.fare_text import FACTS
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver
from dispatch.store.inspections import ConditionReport
from dispatch.store.signatures import SignatureRow
from dispatch.store.trips import Trip

Known = TypeVar("Known")


def known(value: Known | None, what: str) -> Known:
    """A fact that the trip's state guarantees. Raises ValueError when it is missing all the same."""
    if value is None:
        raise ValueError(f"a trip in this state has no {what}")
    return value


def number(session: Session, trip: Trip, kind: DocumentKind, base: str) -> str:
    """The number of a new document: `base`, with -2, -3 … where earlier ones of this trip were superseded."""
    query = select(func.count()).where(Document.trip_id == trip.id, Document.kind == kind)
    earlier = session.scalar(query) or 0
    return f"{base}-{earlier + 1}" if earlier else base


def form_id(trip: Trip) -> FormId:
    """The trip's form as the wing of agreements names it."""
    return cast(FormId, trip.form)


def company(trip: Trip) -> paper.Company:
    """The company as a party."""
    return company_of(trip.branch)


def company_of(branch: Branch) -> paper.Company:
    """The company that a branch acts for."""
    return paper.Company(
        name=branch.company_name,
        branch=branch.name,
        phone=phone.display(branch.phone),
        address=branch.address,
        registration=branch.registration,
    )


def customer(trip: Trip) -> paper.Customer:
    """The customer as a party."""
    return paper.Customer(name=trip.contact_name, phone=phone.display(trip.caller_phone))


def language(trip: Trip) -> Language:
    """The language of the branch's documents."""
    return cast(Language, trip.branch.document_language)


def driver(who: Driver, report: ConditionReport) -> paper.Driver:
    """Who drives, with the declaration of the night (P1, P4)."""
    breath = "" if report.breath_mg is None else plain_number(report.breath_mg)
    return paper.Driver(name=who.name, badge=who.badge_id, sober=report.driver_sober, breath_mg=breath)


def car(trip: Trip) -> paper.Car:
    """The customer's car."""
    return paper.Car(plate=plate.parse(trip.plate).display(), model=trip.car_model, colour=trip.car_colour)


def insurance(trip: Trip, report: ConditionReport) -> tuple[paper.Insurance, ...]:
    """The three covers as the customer stated and the driver saw them (A9, B7).

    A cover is insured where the caller stated all three at booking, or, where they were to be checked on site, where
    its policy was seen. At signing the signer confirms each: that stands among the steps.
    """
    stated = trip.insurance_stated == InsuranceStated.ALL_THREE
    return tuple(
        paper.Insurance(
            cover=cover,
            insured=stated or found["seen"],
            seen=found["seen"],
            insurer=found["insurer"],
            valid_until=date.fromisoformat(found["until"]) if found["until"] else None,
        )
        for cover, found in ((cover.value, report.insurance[cover.value]) for cover in seen.Insurance)
    )


def signature(drawn: seen.Signature, signed_at: datetime) -> paper.Signature:
    """A signature just drawn; the time is the server's (R8)."""
    return paper.Signature(
        signer="customer" if drawn.signer is seen.Signer.CUSTOMER else "companion",
        name=drawn.name.strip(),
        relation=drawn.relation.strip(),
        phone=phone.display(drawn.phone) if drawn.phone else "",
        strokes=drawn.strokes,
        width=drawn.width,
        height=drawn.height,
        signed_at=signed_at,
    )


def kept_signature(row: SignatureRow, trip: Trip) -> paper.Signature:
    """A signature that was stored before."""
    strokes = tuple(tuple((x, y, ms) for x, y, ms in stroke) for stroke in row.drawing["strokes"])
    drawn = seen.Signature(row.signer, row.name, strokes, row.width, row.height, row.relation, row.phone)
    return signature(drawn, local(trip, row.signed_at))


def fare_lines(lines: Iterable[Mapping[str, Any]], form: str) -> tuple[paper.FareLine, ...]:
    """Lines of a fare as they are stored, in the words of a document.

    Facts come in the order in which they are told, not as stored: PostgreSQL does not keep the order of an object.
    """
    return tuple(_fare_line(line, form) for line in lines)


def clause(rule: str, form: str) -> str:
    """The clause that a line rests on; lines that only name their part of the tariff rest on clause 2, the fees."""
    return rule if rule[:1].isupper() else f"{form}2"


def local(trip: Trip, moment: datetime) -> datetime:
    """A moment on the branch's clocks, to the second: documents show no more."""
    return moment.astimezone(trip.branch.zone).replace(microsecond=0)


def metres(km: Decimal) -> int:
    """Kilometres as whole metres."""
    return int(km * 1000)


def stored(facts: paper.AgreementFacts | paper.ReceiptFacts) -> dict[str, Any]:
    """The facts as they are kept beside the document."""
    kept: dict[str, Any] = json.loads(facts.to_json())
    return kept


def _fare_line(line: Mapping[str, Any], form: str) -> paper.FareLine:
    unit = Wording(**line["unit"])
    price = yuan(line["unit_price_fen"])
    told = [(words, line["facts"][name]) for name, words in FACTS.items() if name in line["facts"]]
    share = unit.zh.startswith("×")  # a percentage: its unit already names the amount it is a share of
    return paper.FareLine(
        rule=clause(line["rule"], form),
        label=Wording(**line["text"]),
        quantity=_quantity(line["quantity"], unit),
        price=paper.NOTHING if share else Wording(f"{price} 元", f"¥{price}"),
        amount_fen=line["amount_fen"],
        basis=Wording(
            "；".join(f"{name.zh} {value}" for name, value in told),
            "; ".join(f"{name.en} {value}" for name, value in told),
        ),
    )


def _quantity(count: str, unit: Wording) -> Wording:
    """'2 × 5公里', '3.5 公里', '1 次'."""
    if unit.zh[:1].isdigit():
        return Wording(f"{count} × {spaced(unit.zh)}", f"{count} × {unit.en}")
    return plain(count) if not unit.zh else Wording(f"{count} {unit.zh}", f"{count} {unit.en}")
