"""The facts of a service receipt (P6), frozen from the trip as it stands when the customer signs it."""

from sqlalchemy.orm import Session

from contracts import facts as paper
from contracts.wording import Wording
from dispatch.domain.commands import ClosingItem
from dispatch.domain.fare import Fare
from dispatch.services import agreement_forms
from dispatch.services import document_facts as common
from dispatch.services.document_facts import known, local, metres
from dispatch.services.links import LinkKey
from dispatch.store import agreements, inspections
from dispatch.store.agreements import DocumentKind
from dispatch.store.trips import Trip

_CHECKED = {
    ClosingItem.PARKED_SAFELY: Wording("车辆已停放妥当", "Parked safely"),
    ClosingItem.CAR_UNHARMED: Wording("车辆外观与出发时一致", "Body as at departure"),
    ClosingItem.BELONGINGS_COMPLETE: Wording("随身及车内物品齐全", "Belongings complete"),
    ClosingItem.KEY_RETURNED: Wording("车钥匙已交还", "Key handed back"),
}


def receipt_facts(session: Session, trip: Trip, fare: Fare, keys: LinkKey) -> paper.ReceiptFacts:
    """Everything the receipt of a delivered trip says before it is signed; `fare` is the settlement shown."""
    report = known(inspections.of_trip(session, trip.id), "condition report")
    agreement = known(agreements.of_trip(session, trip.id, DocumentKind.AGREEMENT), "agreement")
    number = common.number(session, trip, DocumentKind.RECEIPT, f"R{agreement.number}")
    return paper.ReceiptFacts(
        number=number,
        agreement_number=agreement.number,
        agreement_sha256=agreement.sha256,
        form=common.form_id(trip),
        version=trip.clause_version,
        company_is_party_a=agreement_forms.of_version(session, trip.branch_id, trip.clause_version).company_is_party_a,
        company=common.company(trip),
        customer=common.customer(trip),
        driver=common.driver(known(trip.driver, "driver"), report),
        car=common.car(trip),
        drive=_driven(trip),
        fare=common.fare_lines((line.to_json() for line in fare.lines), trip.form),
        total_fen=fare.total_fen,
        insurance=common.insurance(trip, report),
        checks=_checks(trip),
        place=trip.destination_address,
        verify_url=keys.verify_url(number),
        payment=_payment(trip),
        language=common.language(trip),
    )


def _payment(trip: Trip) -> Wording:
    """Who pays, where it is not the customer on the spot."""
    if trip.account is None:
        return paper.NOTHING
    name = trip.account.name
    return Wording(f"由{name}记账结算，客户无需付款", f"on account of {name}: nothing to pay now")


def _driven(trip: Trip) -> paper.Drive:
    return paper.Drive(
        origin=trip.pickup_address,
        destination=trip.destination_address,
        destination_changed=bool(trip.destination_changes),
        arrived_at=local(trip, known(trip.arrived_at, "arrival")),
        departed_at=local(trip, known(trip.started_at, "departure")),
        delivered_at=local(trip, known(trip.delivered_at, "delivery")),
        odometer_start_m=metres(known(trip.start_odometer_km, "odometer reading at the start")),
        odometer_end_m=metres(known(trip.end_odometer_km, "odometer reading at the end")),
    )


def _checks(trip: Trip) -> tuple[paper.Check, ...]:
    """The closing check; what the driver wrote stands beside the first item that is not in order, or the last."""
    found = known(trip.closing_checklist, "closing check")
    items = list(ClosingItem)
    noted = next((item for item in items if not found[item.value]), items[-1])
    return tuple(
        paper.Check(label=_CHECKED[item], ok=found[item.value], note=trip.closing_note if item is noted else "")
        for item in items
    )
