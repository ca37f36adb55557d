"""Dispute files: what a trip left behind, gathered for a manager who says why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from contracts import facts as paper
from contracts.compose import pack_html
from contracts.errors import RenderError
from contracts.labels import PANELS
from contracts.pack import MOST_PHOTOS, PackDocument, PackFacts, PackPhoto, Section, assemble
from contracts.render_worker import Renderer
from contracts.wording import yuan
from dispatch.domain.ceremony import Step
from dispatch.domain.errors import N_, Busy, Invalid
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import dispute_care, dispute_records, document_facts, legal_holds, trips
from dispatch.services.announce import announce
from dispatch.services.ceremony_words import about
from dispatch.services.dispute_words import Telling, Words
from dispatch.services.sealing import Office, SealedPdf
from dispatch.store import ceremonies, fares, inspections, seals
from dispatch.store.agreements import Document
from dispatch.store.branches import Branch
from dispatch.store.photos import Photo

MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class DisputeFile:
    """A file about to be made."""

    trip_id: int
    trip: str
    reason: str
    facts: PackFacts
    office: Office
    made_at: datetime

    def render(self, renderer: Renderer) -> bytes:
        """The PDF, not sealed yet. Raises Busy when the renderer cannot do it now."""
        try:
            return assemble(self.facts, pack_html, renderer.print)
        except RenderError as error:
            raise Busy("rendering_failed", N_("The document could not be made just now: please try again")) from error


def gather(session: Session, trip_id: int, reason: str, actor: Actor, now: datetime, *, words: Words) -> DisputeFile:
    """Everything about a trip. Raises Invalid without a reason: it is kept in the journal."""
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Invalid("reason_missing", N_("Please say why, in at most 200 characters"), field="reason")
    trip = trips.find(session, trip_id, actor)
    telling = Telling(session, trip, words)
    found = _Gathering(telling)
    photos, left_out = found.photos()
    facts = PackFacts(
        number=f"D{trip.branch.code}-{document_facts.local(trip, now):%Y%m%d%H%M%S}-{trip.id:06d}",
        trip=trip.number,
        company=document_facts.company(trip),
        particulars=tuple(found.particulars(reason, actor, now)),
        sections=tuple(found.sections()),
        documents=tuple(found.documents()),
        records=tuple(dispute_records.records(telling)),
        photos=photos,
        left_out=left_out,
        made_at=document_facts.local(trip, now),
        language=telling.language,
    )
    return DisputeFile(trip.id, trip.number, reason, facts, Office.of(trip.branch), now)


def record(session: Session, made: DisputeFile, sealed: SealedPdf, actor: Actor) -> None:
    """Tell the journal who took a file, and why, and hold the trip: it is in dispute.

    The certificate is remembered, so that the file can be verified.
    """
    # Whoever is first with a seal keeps its certificate, here or with a document: one after another in a branch.
    session.execute(select(Branch.id).where(Branch.id == actor.branch_id).with_for_update(key_share=True))
    seals.remember(session, actor.branch_id, sealed.fingerprint, sealed.certificate, made.made_at)
    event = Event("dispute.file", {"trip": made.trip, "number": made.facts.number, "reason": made.reason})
    announce(session, event, actor, made.made_at, subject="trip", subject_id=made.trip_id)
    legal_holds.place_for_dispute(session, made.trip_id, made.facts.number, actor, made.made_at)


class _Gathering:
    """What is told of one trip besides what customer care did."""

    def __init__(self, telling: Telling) -> None:
        self._told, self._session, self._trip = telling, telling.session, telling.trip

    def particulars(self, reason: str, actor: Actor, now: datetime) -> Iterator[tuple[str, str]]:
        trip, say = self._trip, self._told.say
        customer = document_facts.customer(trip)
        yield say("trip_no"), trip.number
        yield say("customer"), f"{customer.name} {customer.phone}"
        if trip.driver is not None:
            yield say("driver"), f"{trip.driver.name} · {trip.driver.badge_id}"
        yield say("plate"), f"{document_facts.car(trip).plate} {trip.car_words}"
        yield say("origin"), trip.pickup_address
        yield say("destination"), trip.destination_address
        yield say("reason"), reason
        yield say("made"), f"{self._told.at(now)} · {actor.name}"

    def sections(self) -> Iterator[Section]:
        say = self._told.say
        yield Section(
            title=say("history"), head=(say("time"), say("who"), say("what")), shape=("when", "who", ""),
            rows=tuple(self._history()),
        )  # fmt: skip
        yield Section(
            title=say("signing"),
            head=(say("time"), say("step"), say("device"), say("address_ip"), say("shown_digest")),
            shape=("when", "step", "", "address", "digest"),
            rows=tuple(self._signing()),
        )
        yield Section(
            title=say("fare"), head=(say("rule"), say("item"), say("time"), say("amount")),
            shape=("narrow", "", "when", "sum"), rows=tuple(self._fare()),
        )  # fmt: skip
        yield dispute_care.callbacks(self._told)
        yield from dispute_care.complaints(self._told)

    def _history(self) -> Iterator[tuple[str, ...]]:
        for entry in dispute_records.history(self._told):
            yield self._told.at(entry.at), entry.actor_name, self._told.words.entry(entry)

    def _signing(self) -> Iterator[tuple[str, ...]]:
        code, say = self._told.words.code, self._told.say
        for ceremony in ceremonies.of_trip(self._session, self._trip.id):
            for event in ceremony.events:
                step = code(event.step.value, "ceremony_step")
                told = about(ceremony, event).in_(self._told.language)
                if event.step is Step.OPENED:
                    channel = code(ceremony.channel.value, "ceremony_channel")
                    told = f"{channel} · {say('signer')} {ceremony.name} {ceremony.relation}".rstrip()
                said = " · ".join(one for one in (say(ceremony.kind.value), step, told) if one)
                yield self._told.at(event.at), said, event.device, event.address, event.shown_sha256
            if ceremony.ending is not None:
                ending = code(ceremony.ending.value, "ceremony_ending")
                yield self._told.at(ceremony.ended_at), f"{say(ceremony.kind.value)} · {ending}", "", "", ""
            if not ceremony.holds:
                yield "", say("not_as_taken"), "", "", ""

    def _fare(self) -> Iterator[tuple[str, ...]]:
        for row in fares.of_trip(self._session, self._trip.id):
            name = row.line["text"][self._told.language]
            kind = self._told.words.code(row.kind.value, "line_kind")
            yield (
                document_facts.clause(row.line["rule"], self._trip.form),
                f"{name} · {kind}",
                self._told.at(row.created_at),
                yuan(row.amount_fen),
            )

    def documents(self) -> Iterator[PackDocument]:
        query = select(Document).where(Document.trip_id == self._trip.id).options(undefer(Document.pdf))
        for row in self._session.scalars(query.order_by(Document.chain_position)):
            title = self._told.say(row.kind.value) + (self._told.say("superseded") if row.superseded_at else "")
            yield PackDocument(
                title=title,
                kind=row.kind.value,
                number=row.number,
                signed=self._told.at(row.signed_at),
                chain_position=row.chain_position,
                pdf=row.pdf,
            )

    def photos(self) -> tuple[tuple[PackPhoto, ...], int]:
        count = self._session.scalar(select(func.count()).where(Photo.trip_id == self._trip.id)) or 0
        query = select(Photo).where(Photo.trip_id == self._trip.id).options(undefer(Photo.content))
        rows = self._session.scalars(query.order_by(Photo.id).limit(MOST_PHOTOS))
        panels = self._panels()
        found = tuple(
            PackPhoto(
                number=number,
                title=panels.get(row.id, self._told.say("photo")),
                taken=f"{self._told.at(row.created_at)} · {self._told.name(row.taken_by)}",
                photo=paper.Photo(
                    media_type=cast(Literal["image/jpeg", "image/png"], row.content_type), content=row.content
                ),
            )
            for number, row in enumerate(rows, start=1)
        )
        return found, count - len(found)

    def _panels(self) -> dict[int, str]:
        report = inspections.of_trip(self._session, self._trip.id)
        panels = {} if report is None else report.panels
        return {
            photo_id: self._told.of(PANELS[panel])
            for panel, damage in panels.items()
            if damage
            for photo_id in damage["photo_ids"]
        }
