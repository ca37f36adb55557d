"""Dispute files: what a trip left behind, gathered for a manager who says why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from contracts import facts as paper
from contracts.compose import pack_html
from contracts.errors import RenderError
from contracts.labels import LABELS, PANELS
from contracts.pack import MOST_PHOTOS, PackDocument, PackFacts, PackPhoto, Section, assemble
from contracts.render_worker import Renderer
from contracts.wording import Language, Wording, yuan
from dispatch.domain.errors import N_, Busy, Invalid
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import document_facts, legal_holds, trips
from dispatch.services.announce import announce
from dispatch.services.ceremony_words import about
from dispatch.services.sealing import Office, SealedPdf
from dispatch.store import callbacks, ceremonies, complaints, fares, inspections, journal, seals, staff
from dispatch.store.agreements import Document
from dispatch.store.journal import JournalEntry
from dispatch.store.photos import Photo
from dispatch.store.trips import Trip

MOST_REASON = 200
HISTORY = 500
_TITLES = {
    "made": Wording("制作", "Made"),
    "reason": Wording("事由", "Reason"),
    "customer": Wording("客户", "Customer"),
    "history": Wording("服务经过", "History"),
    "signing": Wording("签署记录", "Record of signing"),
    "fare": Wording("费用与更正", "Fare and corrections"),
    "callbacks": Wording("回访", "Callbacks"),
    "complaints": Wording("投诉", "Complaints"),
    "who": Wording("经办", "Who"),
    "what": Wording("事项", "What"),
    "answers": Wording("答复", "Answers"),
    "problem": Wording("问题", "Problem"),
    "wish": Wording("诉求", "Wish"),
    "number": Wording("编号", "Number"),
    "agreement": Wording("协议", "Agreement"),
    "receipt": Wording("回执", "Receipt"),
    "superseded": Wording("（已被后签文件取代）", " (superseded)"),
    "not_as_taken": Wording("以上签署步骤与当时记录不符", "The steps above are not those that were recorded"),
    "photo": Wording("照片", "Photo"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """How entries of the journal and codes are worded, in the language of the file: pages know, use cases do not."""

    entry: Callable[[JournalEntry], str]
    code: Callable[[str, str], str]  # value and kind


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
    telling = _Telling(session, trip, words)
    photos, left_out = telling.photos()
    facts = PackFacts(
        number=f"D{trip.branch.code}-{document_facts.local(trip, now):%Y%m%d%H%M%S}-{trip.id:06d}",
        trip=trip.number,
        company=document_facts.company(trip),
        particulars=tuple(telling.particulars(reason, actor, now)),
        sections=tuple(telling.sections()),
        documents=tuple(telling.documents()),
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
    seals.remember(session, actor.branch_id, sealed.fingerprint, sealed.certificate, made.made_at)
    event = Event("dispute.file", {"trip": made.trip, "number": made.facts.number, "reason": made.reason})
    announce(session, event, actor, made.made_at, subject="trip", subject_id=made.trip_id)
    legal_holds.place_for_dispute(session, made.trip_id, made.facts.number, actor, made.made_at)


class _Telling:
    """What is told of one trip, in the language of its branch's documents."""

    def __init__(self, session: Session, trip: Trip, words: Words) -> None:
        self._session, self._trip, self._words = session, trip, words
        chosen = trip.branch.document_language
        self.language: Language = "en" if chosen == "en" else "zh"

    def _say(self, name: str) -> str:
        words = _TITLES.get(name) or LABELS[name]
        return words.en if self.language == "en" else words.zh

    def _of(self, words: Wording) -> str:
        return words.en if self.language == "en" else words.zh

    def _at(self, moment: datetime | None) -> str:
        return "" if moment is None else f"{document_facts.local(self._trip, moment):%Y-%m-%d %H:%M:%S}"

    def _name(self, staff_id: int | None) -> str:
        return "" if not staff_id else staff.name_of(self._session, staff_id)

    def particulars(self, reason: str, actor: Actor, now: datetime) -> Iterator[tuple[str, str]]:
        trip = self._trip
        customer = document_facts.customer(trip)
        yield self._say("trip_no"), trip.number
        yield self._say("customer"), f"{customer.name} {customer.phone}"
        if trip.driver is not None:
            yield self._say("driver"), f"{trip.driver.name} · {trip.driver.badge_id}"
        yield self._say("plate"), f"{document_facts.car(trip).plate} {trip.car_words}"
        yield self._say("origin"), trip.pickup_address
        yield self._say("destination"), trip.destination_address
        yield self._say("reason"), reason
        yield self._say("made"), f"{self._at(now)} · {actor.name}"

    def sections(self) -> Iterator[Section]:
        at, who, what = self._say("time"), self._say("who"), self._say("what")
        yield Section(title=self._say("history"), head=(at, who, what), rows=tuple(self._history()))
        yield Section(
            title=self._say("signing"),
            head=(at, self._say("step"), self._say("device"), self._say("address_ip"), self._say("shown_digest")),
            rows=tuple(self._signing()),
        )
        yield Section(
            title=self._say("fare"), head=(self._say("rule"), self._say("item"), at, self._say("amount")),
            rows=tuple(self._fare()),
        )  # fmt: skip
        yield Section(title=self._say("callbacks"), head=(at, who, what, self._say("answers")),
                      rows=tuple(self._callbacks()))  # fmt: skip
        yield Section(
            title=self._say("complaints"),
            head=(self._say("number"), at, who, self._say("problem"), self._say("wish"), what),
            rows=tuple(self._complaints()),
        )

    def _history(self) -> Iterator[tuple[str, ...]]:
        found = journal.page(
            self._session, self._trip.branch_id, subject="trip", subject_id=self._trip.id, limit=HISTORY
        )
        for entry in reversed(found):
            yield self._at(entry.at), entry.actor_name, self._words.entry(entry)

    def _signing(self) -> Iterator[tuple[str, ...]]:
        for ceremony in ceremonies.of_trip(self._session, self._trip.id):
            for event in ceremony.events:
                step = self._words.code(event.step.value, "ceremony_step")
                told = about(ceremony, event).in_(self.language)
                said = " · ".join(one for one in (self._say(ceremony.kind.value), step, told) if one)
                yield self._at(event.at), said, event.device, event.address, event.shown_sha256
            if not ceremony.holds:
                yield "", self._say("not_as_taken"), "", "", ""

    def _fare(self) -> Iterator[tuple[str, ...]]:
        for row in fares.of_trip(self._session, self._trip.id):
            name = row.line["text"]["en" if self.language == "en" else "zh"]
            kind = self._words.code(row.kind.value, "line_kind")
            yield (
                document_facts.clause(row.line["rule"], self._trip.form),
                f"{name} ({kind})",
                self._at(row.created_at),
                yuan(row.amount_fen),
            )

    def _callbacks(self) -> Iterator[tuple[str, ...]]:
        for task in callbacks.of_trip(self._session, self._trip.id):
            for attempt in task.attempts:
                answers = [self._words.code(name, "callback_question") + (" ✓" if value else " ✗")
                           for name in ("badge_worn", "car_checked", "fee_explained", "copy_handed_over")
                           if (value := getattr(attempt, name)) is not None]  # fmt: skip
                if attempt.satisfaction is not None:
                    answers.insert(0, f"{attempt.satisfaction}/5")
                answers += [text for text in (attempt.opinions, attempt.suggestions, attempt.note) if text]
                outcome = self._words.code(attempt.outcome.value, "outcome")
                yield self._at(attempt.at), self._name(attempt.staff_id), outcome, "; ".join(answers)

    def _complaints(self) -> Iterator[tuple[str, ...]]:
        for row in reversed(complaints.page(self._session, self._trip.branch_id, trip_id=self._trip.id)):
            by = self._name(row.registered_by) or row.contact_name
            stage = self._words.code(row.stage.value, "complaint_stage")
            yield row.number, self._at(row.registered_at), by, row.problem, row.wish, stage

    def documents(self) -> Iterator[PackDocument]:
        query = select(Document).where(Document.trip_id == self._trip.id).options(undefer(Document.pdf))
        for row in self._session.scalars(query.order_by(Document.chain_position)):
            title = self._say(row.kind.value) + (self._say("superseded") if row.superseded_at else "")
            yield PackDocument(
                title=title,
                kind=row.kind.value,
                number=row.number,
                signed=self._at(row.signed_at),
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
                title=panels.get(row.id, self._say("photo")),
                taken=f"{self._at(row.created_at)} · {self._name(row.taken_by)}",
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
            photo_id: self._of(PANELS[panel])
            for panel, damage in panels.items()
            if damage
            for photo_id in damage["photo_ids"]
        }
