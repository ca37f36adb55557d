"""Everything about one person for the person: of a profile, or of the one trip that a link opens.

What is theirs is told whole; what is of others in it (drivers, colleagues, who came along) is masked.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from dispatch.domain import masking
from dispatch.domain.errors import N_, Conflict, Invalid
from dispatch.domain.events import Event
from dispatch.domain.logs import PERSONAL_READS
from dispatch.domain.person_file import (
    AccessFile,
    CallFile,
    CarFile,
    CaseFile,
    ConsentFile,
    MessageFile,
    PersonFile,
    ProfileFile,
    VoucherFile,
)
from dispatch.domain.roles import Actor
from dispatch.services import customer_tiers, customers, exported_trips, password_again, person_records
from dispatch.services.announce import announce
from dispatch.services.person_records import PersonRecords
from dispatch.store import accounts, complaint_remedies, consents, vouchers
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.journal import JournalEntry
from dispatch.store.outbox import OutboxMessage
from dispatch.store.phone_calls import PhoneCall
from dispatch.store.trips import Trip, number_of

MOST_REASON = 200


def ask(session: Session, customer_id: int, actor: Actor, now: datetime, *, reason: str, password: str) -> Customer:
    """Ask for the file of a person; the journal keeps who asked and why. Answers whose it is.

    Raises NotFound, Invalid for a missing reason or a wrong password, Conflict for somebody who was forgotten.
    """
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Invalid("reason_missing", N_("Please say why, in at most 200 characters"), field="reason")
    password_again.check(session, actor.id, password, now)
    customer = customers.find(session, customer_id, actor)
    if customer.erased_at is not None:
        raise Conflict("customer_erased", N_("This person was forgotten already"))
    event = Event("customer.export", {"reason": reason})
    announce(session, event, actor, now, subject="customer", subject_id=customer.id)
    return customer


def of_person(session: Session, customer: Customer, now: datetime) -> PersonFile:
    """Everything about a person, oldest first."""
    records = person_records.of(session, customer)
    branch = session.get_one(Branch, customer.branch_id)
    return PersonFile(
        made_at=now,
        company=branch.company_name,
        branch=branch.name,
        profile=_profile(session, customer, records),
        trips=tuple(exported_trips.told(session, trip) for trip in _trips(session, records)),
        callbacks=tuple(_callbacks(session, records.callbacks)),
        calls=tuple(_calls(session, records)),
        complaints=tuple(_cases(session, records.complaints)),
        vouchers=tuple(_vouchers(session, branch.id, records)),
        orders_on=tuple(account.name for account in accounts.of_phones(session, branch.id, records.numbers)),
        messages=tuple(_messages(session, records)),
        access=tuple(_access(session, branch.id, records)),
    )


def of_link(session: Session, trip: Trip, now: datetime) -> PersonFile:
    """What the link of a trip may see, with the number masked as there, and what was said by it."""
    said = select(ComplaintRow.id).where(
        ComplaintRow.trip_id == trip.id, ComplaintRow.contact_phone == trip.caller_phone
    )
    return PersonFile(
        made_at=now,
        company=trip.branch.company_name,
        branch=trip.branch.name,
        profile=None,
        trips=(exported_trips.told(session, trip, by_link=True),),
        complaints=tuple(_cases(session, tuple(session.scalars(said.order_by(ComplaintRow.id))))),
    )


def record_link(session: Session, trip: Trip, actor: Actor, now: datetime) -> None:
    """The journal keeps that a link's file was taken."""
    announce(session, Event("trip.export", {"trip": trip.number}), actor, now, subject="trip", subject_id=trip.id)


def _trips(session: Session, records: PersonRecords) -> list[Trip]:
    return list(session.scalars(select(Trip).where(Trip.id.in_(records.trips)).order_by(Trip.id)).unique())


def _profile(session: Session, customer: Customer, records: PersonRecords) -> ProfileFile:
    fields = {field.id: field.name for field in customers.fields(session, customer.branch_id)}
    said = [one for profile in records.profiles for one in consents.history(session, profile.id)]
    return ProfileFile(
        names=tuple(sorted(records.names)),
        phones=tuple(sorted(records.numbers)),
        customer_since=min(one.created_at for one in records.profiles),
        notes=customer.notes,
        not_served_because=customer.do_not_serve or "",
        tier=customer_tiers.names(session, customer.branch_id).get(customer.tier_id or 0, ""),
        own_fields={fields.get(key, str(key)): text for key, text in customers.answers(customer).items()},
        cars=tuple(
            CarFile(car.plate, car.model, car.colour, car.insurance_seen)
            for profile in records.profiles
            for car in profile.vehicles
        ),
        consents=tuple(
            ConsentFile(one.purpose.value, one.given, one.at, one.how.value, one.note)
            for one in sorted(said, key=lambda one: one.at)
        ),
    )


def _callbacks(session: Session, task_ids: tuple[int, ...]) -> Iterator[CallFile]:
    query = select(CallbackTask).where(CallbackTask.id.in_(task_ids)).order_by(CallbackTask.id)
    for task in session.scalars(query).unique():
        for row in task.attempts:
            yield CallFile(
                task.trip.number, row.at, row.outcome.value, row.satisfaction, row.opinions, row.suggestions, row.note
            )


def _calls(session: Session, records: PersonRecords) -> Iterator[CallFile]:
    for row in session.scalars(select(PhoneCall).where(PhoneCall.id.in_(records.calls)).order_by(PhoneCall.id)):
        yield CallFile("", row.began_at, row.state.value)


def _cases(session: Session, case_ids: tuple[int, ...]) -> Iterator[CaseFile]:
    query = select(ComplaintRow).where(ComplaintRow.id.in_(case_ids)).order_by(ComplaintRow.id)
    for row in session.scalars(query).unique():
        yield CaseFile(
            number=row.number,
            registered_at=row.registered_at,
            channel=row.channel.value,
            stage=row.stage.value,
            about=masking.free_text(row.about),
            problem=row.problem,
            wish=row.wish,
            cause=masking.free_text(row.cause),
            remedies=tuple(remedy.words for remedy in complaint_remedies.of_complaint(session, row.id)),
        )


def _vouchers(session: Session, branch_id: int, records: PersonRecords) -> Iterator[VoucherFile]:
    ids = [one.id for one in records.profiles]
    for row in reversed(vouchers.of_customer(session, branch_id, ids, records.numbers)):
        used_for = number_of(row.trip_id) if row.used_at and row.trip_id else ""
        yield VoucherFile(row.code, row.amount_fen, row.valid_until, used_for)


def _messages(session: Session, records: PersonRecords) -> Iterator[MessageFile]:
    query = select(OutboxMessage).where(OutboxMessage.channel == "sms", OutboxMessage.recipient.in_(records.numbers))
    for row in session.scalars(query.order_by(OutboxMessage.id)):
        yield MessageFile(row.sent_at or row.created_at, str(row.body.get("text", "")))


def _access(session: Session, branch_id: int, records: PersonRecords) -> Iterator[AccessFile]:
    about = [
        and_(JournalEntry.subject == name, JournalEntry.subject_id.in_(ids)) for name, ids in records.subjects.items()
    ]
    query = select(JournalEntry).where(
        JournalEntry.branch_id == branch_id, JournalEntry.type.in_(PERSONAL_READS), or_(*about)
    )
    for entry in session.scalars(query.order_by(JournalEntry.id)):
        yield AccessFile(
            at=entry.at,
            who=masking.name(entry.actor_name),
            what=entry.type,
            about=str(entry.payload.get("trip") or entry.payload.get("complaint") or entry.payload.get("what") or ""),
            reason=masking.free_text(str(entry.payload.get("reason", ""))),
        )
