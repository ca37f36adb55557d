"""Taking one person out of the tables, table by table: names, numbers, places and words go, figures and codes stay."""

from datetime import datetime

from sqlalchemy import Update, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from dispatch.domain.callback import OPEN as OPEN_CALLS
from dispatch.domain.callback import CallbackState
from dispatch.domain.erasure import ERASED, scrubbed, without_words
from dispatch.services import emptying
from dispatch.services.person_records import PersonRecords
from dispatch.store.accounts import AccountCaller
from dispatch.store.agreements import Document
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.ceremonies import Ceremony, Ending
from dispatch.store.complaint_clocks import ComplaintClock, ComplaintPause
from dispatch.store.complaint_events import ComplaintEvent
from dispatch.store.complaint_remedies import RemedyRow
from dispatch.store.complaints import ComplaintRow
from dispatch.store.consents import Consent
from dispatch.store.customer_merges import CustomerMerge
from dispatch.store.customer_search import SearchLine
from dispatch.store.customers import CustomerPhone, Vehicle
from dispatch.store.inspections import ConditionReport
from dispatch.store.journal import JournalEntry
from dispatch.store.links import CustomerLink
from dispatch.store.offers import Offer
from dispatch.store.outbox import OutboxMessage
from dispatch.store.phone_calls import PhoneCall
from dispatch.store.phone_corrections import PhoneCorrection
from dispatch.store.photos import Photo
from dispatch.store.ratings import LinkRating
from dispatch.store.sql_parts import district
from dispatch.store.tiers import TierChange
from dispatch.store.tracks import Track
from dispatch.store.trips import DestinationChange, Incident, Trip, TripStop

CLOCK = "clock"


def trips(session: Session, records: PersonRecords) -> None:
    """Who was driven, where and in which car. Districts stay: they are counted."""
    for trip in session.scalars(select(Trip).where(Trip.id.in_(records.trips))).unique():
        trip.caller_phone, trip.contact_name, trip.plate, trip.note, trip.closing_note = "", ERASED, "", "", ""
        trip.pickup_lat = trip.pickup_lon = trip.destination_lat = trip.destination_lon = None
        trip.end_note = scrubbed(trip.end_note, records.names)  # reasons of cancellations are counted by their words
        trip.duplicate_reason = trip.duplicate_reason and ERASED
    session.flush()
    addresses = {"pickup_address": district(Trip.pickup_address.expression),
                 "destination_address": district(Trip.destination_address.expression)}  # fmt: skip
    _do(session, update(Trip).where(Trip.id.in_(records.trips)).values(**addresses))
    of_trips = records.trips
    changed = {"address_before": district(DestinationChange.address_before.expression),
               "address": district(DestinationChange.address.expression)}  # fmt: skip
    _do(session, update(DestinationChange).where(DestinationChange.trip_id.in_(of_trips)).values(**changed))
    _do(session, update(TripStop).where(TripStop.trip_id.in_(of_trips)).values(reason=""))
    _do(session, update(Incident).where(Incident.trip_id.in_(of_trips)).values(note=""))
    _do(session, update(Offer).where(Offer.trip_id.in_(of_trips)).values(reason=""))
    for report in session.scalars(select(ConditionReport).where(ConditionReport.trip_id.in_(of_trips))).unique():
        report.noted = report.breath_mg = None
        report.companion_name = report.companion_name and ERASED
        report.belongings_note = ""
        report.panels = {panel: found and {**found, "note": "", "photo_ids": []} for panel, found in
                         report.panels.items()}  # fmt: skip
    session.flush()
    for table in (Photo, Track, CustomerLink, PhoneCorrection):
        session.execute(delete(table).where(table.trip_id.in_(of_trips)))


def signing(session: Session, records: PersonRecords, now: datetime) -> None:
    """What was signed is kept, and how, for its own term; ceremonies that led to nothing are forgotten at once."""
    unsealed = select(Ceremony.id).where(
        Ceremony.trip_id.in_(records.trips),
        Ceremony.erased_at.is_(None),
        or_(Ceremony.ending.is_(None), Ceremony.ending != Ending.SEALED),
    )
    emptying.signings(session, list(session.scalars(unsealed)), now)


def words(session: Session, records: PersonRecords, now: datetime) -> None:
    """What they said: under a receipt, by link, on the phone. Their ratings stay; calls not made are not made."""
    _do(session, update(Document).where(Document.trip_id.in_(records.trips)).values(comment=""))
    _do(session, update(LinkRating).where(LinkRating.trip_id.in_(records.trips)).values(comment=""))
    said = {"opinions": "", "suggestions": "", "note": ""}
    _do(session, update(CallbackAttempt).where(CallbackAttempt.callback_id.in_(records.callbacks)).values(**said))
    planned = select(CallbackTask).where(CallbackTask.id.in_(records.callbacks), CallbackTask.state.in_(OPEN_CALLS))
    for task in session.scalars(planned).unique():
        task.state, task.ended_at, task.claimed_by, task.lease_until = CallbackState.DECLINED, now, None, None
    session.flush()


def complaints(session: Session, records: PersonRecords) -> None:
    """Their words go, and their name out of what colleagues wrote; stages, clocks, causes and sums stay."""

    def clean(text: str) -> str:
        return scrubbed(text, records.names)

    for case in session.scalars(select(ComplaintRow).where(ComplaintRow.id.in_(records.complaints))).unique():
        case.contact_name, case.contact_phone, case.contact_address = ERASED, "", ""
        case.problem = case.wish = ERASED
        case.about, case.cause, case.promise = clean(case.about), clean(case.cause), clean(case.promise)
        case.lessons = clean(case.lessons)
        case.facts = None if case.facts is None else without_words(case.facts)
    steps = select(ComplaintEvent).where(ComplaintEvent.complaint_id.in_(records.complaints))
    for event in session.scalars(steps):
        event.words = ERASED if event.step == "register" or not event.actor_id else clean(event.words)
        event.facts = {name: value for name, value in event.facts.items() if name != "wish"}
        if not event.actor_id and event.actor_name != CLOCK:
            event.actor_name = ERASED
    for remedy in session.scalars(select(RemedyRow).where(RemedyRow.complaint_id.in_(records.complaints))):
        remedy.words = clean(remedy.words)
    pauses = select(ComplaintPause).join(ComplaintClock, ComplaintClock.id == ComplaintPause.clock_id)
    for pause in session.scalars(pauses.where(ComplaintClock.complaint_id.in_(records.complaints))):
        pause.words = clean(pause.words)
    session.flush()


def messages(session: Session, records: PersonRecords) -> None:
    """Messages to them or about their trips, sent or not, and their calls."""
    body = OutboxMessage.body
    about_trip = body["trip_id"].as_integer().in_(records.trips)
    told = [and_(body["subject"].as_string() == name, body["id"].as_integer().in_(ids))
            for name, ids in records.subjects.items()]  # fmt: skip
    to_them = and_(OutboxMessage.channel == "sms", OutboxMessage.recipient.in_(records.numbers))
    session.execute(delete(OutboxMessage).where(or_(to_them, about_trip, *told)),
                    execution_options={"synchronize_session": False})  # fmt: skip
    session.execute(delete(PhoneCall).where(PhoneCall.id.in_(records.calls)))


def journal_entries(session: Session, records: PersonRecords) -> None:
    """What happened stays on record, by whom and when; what anybody wrote about it goes, and the customer's name."""
    about = [and_(JournalEntry.subject == name, JournalEntry.subject_id.in_(ids))
             for name, ids in records.subjects.items()]  # fmt: skip
    query = select(JournalEntry).where(JournalEntry.branch_id == records.profiles[0].branch_id, or_(*about))
    for entry in session.scalars(query):
        entry.payload = without_words(entry.payload)
        if not entry.actor_id and entry.actor_name != CLOCK:
            entry.actor_name = ERASED
    session.flush()


def profiles(session: Session, records: PersonRecords, now: datetime) -> None:
    """The profiles stay as nobody's, so that who came back is still counted; nobody finds them by a number."""
    ids = [one.id for one in records.profiles]
    for table, column in (
        (SearchLine, SearchLine.customer_id),
        (CustomerPhone, CustomerPhone.customer_id),
        (CustomerMerge, CustomerMerge.kept_id),
    ):
        session.execute(delete(table).where(column.in_(ids)))
    session.execute(delete(AccountCaller).where(AccountCaller.id.in_(records.orders)))
    _do(session, update(Consent).where(Consent.customer_id.in_(ids)).values(note=""))
    _do(session, update(TierChange).where(TierChange.customer_id.in_(ids)).values(reason=""))
    for car in session.scalars(select(Vehicle).where(Vehicle.customer_id.in_(ids))):
        car.plate, car.model, car.colour, car.insurance_seen = f"#{car.id}", "", "", None
    for one in records.profiles:
        one.phone, one.phone_dialled, one.name, one.notes = f"#{one.id}", "", ERASED, ""
        one.do_not_serve = one.custom = None
        one.erased_at = now


def _do(session: Session, statement: Update) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})
