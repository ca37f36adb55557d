"""Signing agreement and receipt: facts are frozen, rendered outside any transaction, and stored in a second one.

"Signed" means stored (R9): the trip moves on in the transaction that stores the bytes, and only if it is still the
trip that the document was drawn from.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.errors import RenderError
from contracts.facts import AgreementFacts, Anchor, ReceiptFacts, Step, shown_digest
from contracts.render_worker import Renderer
from contracts.sealing.chain import CHAIN_START, Link, sha256
from dispatch.domain.ceremony import acts_on
from dispatch.domain.commands import SignAgreement, SignReceipt
from dispatch.domain.errors import N_, Busy, Conflict
from dispatch.domain.events import Event
from dispatch.domain.fare import Fare
from dispatch.domain.roles import Actor
from dispatch.services import callbacks, ceremonies, document_facts, fares, trips
from dispatch.services.announce import announce
from dispatch.services.links import LinkKey
from dispatch.services.sealing import Office, SealedPdf
from dispatch.services.signatures import keep
from dispatch.store import agreements, seals
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.branches import Branch
from dispatch.store.ceremonies import Ceremony, CeremonyEvent, Ending
from dispatch.store.signatures import SignedFor
from dispatch.store.trips import Trip


@dataclass(frozen=True, slots=True)
class AgreementDraft:
    """An agreement about to be signed, as of one version of its trip."""

    trip_id: int
    trip_version: int
    ceremony_id: int
    command: SignAgreement
    facts: AgreementFacts
    office: Office
    drawn_at: datetime

    def render(self, renderer: Renderer) -> bytes:
        """The PDF. Raises Busy when the renderer cannot do it now."""
        try:
            return renderer.agreement(self.facts)
        except RenderError as error:
            raise _cannot_render() from error


@dataclass(frozen=True, slots=True)
class ReceiptDraft:
    """A receipt about to be signed, with the settlement it shows."""

    trip_id: int
    trip_version: int
    ceremony_id: int
    command: SignReceipt
    facts: ReceiptFacts
    fare: Fare
    office: Office
    drawn_at: datetime

    def render(self, renderer: Renderer) -> bytes:
        """The PDF. Raises Busy when the renderer cannot do it now."""
        try:
            return renderer.receipt(self.facts)
        except RenderError as error:
            raise _cannot_render() from error


Draft = AgreementDraft | ReceiptDraft


def draft(session: Session, trip_id: int, ceremony_id: int, actor: Actor, *, keys: LinkKey) -> Draft:
    """The document of a ceremony whose signature is drawn: what was shown, and what signing added to it.

    Raises what the rules raise, before anybody waits for a document; Conflict when what was shown is not what would
    be signed now, or it was signed on a phone that the actor does not act on.
    """
    ceremony = ceremonies.find(session, trip_id, ceremony_id, actor)
    command, now = ceremonies.command_of(ceremony), ceremony.drawn_at
    theirs = acts_on(ceremony.channel, of_customer=actor.trip_id is not None)
    if now is None or ceremony.ended_at is not None or not theirs:
        raise Conflict("already_signed", N_("This was signed already"))
    trip = trips.find(session, trip_id, actor)
    trips.decided(session, trip, command, actor, now)
    facts = ceremonies.shown_facts(session, trip, ceremony.kind, ceremony.place, now=now, keys=keys)
    if shown_digest(facts) != ceremony.shown_sha256:
        raise ceremonies.changed()
    about = trip.id, trip.version, ceremony.id
    office = Office.of(trip.branch)
    added = _added(session, trip, ceremony, command, now)
    if isinstance(facts, AgreementFacts) and isinstance(command, SignAgreement):
        return AgreementDraft(*about, command, replace(facts, **added), office, now)
    assert isinstance(facts, ReceiptFacts) and isinstance(command, SignReceipt)  # noqa: S101, PT018 - the kind says so
    signed = replace(facts, **added, rating=command.rating, comment=command.comment.strip())
    return ReceiptDraft(*about, command, signed, fares.completed(session, trip, now), office, now)


def store(session: Session, drawn: Draft, sealed: SealedPdf, actor: Actor) -> Document:
    """Store the signed document and move the trip on, in one transaction.

    Raises Conflict when the trip changed while the document was drawn: nobody signed what it would say now.
    """
    now = drawn.drawn_at
    trip = trips.locked(session, drawn.trip_id, actor)
    decision = trips.decided(session, trip, drawn.command, actor, now)
    if trip.version != drawn.trip_version:
        raise Conflict("changed_meanwhile", N_("Somebody else changed this at the same moment: look again"))
    if isinstance(drawn, AgreementDraft):
        document = _keep(session, trip, drawn, sealed, SignedFor.AGREEMENT)
        trip.agreed_at = now
    else:
        document = _keep(session, trip, drawn, sealed, SignedFor.RECEIPT)
        document.rating, document.comment = drawn.command.rating, drawn.command.comment.strip()
        fares.settle(session, trip, drawn.fare, actor, now)
        trip.ended_at = now
    ceremonies.end(session.get_one(Ceremony, drawn.ceremony_id), Ending.SEALED, now)
    announce(session, _sealed_event(document), actor, now, subject="document", subject_id=document.id)
    trips.move(session, trip, decision, actor, now)
    if isinstance(drawn, ReceiptDraft):
        callbacks.create_for_closed_trip(session, trip, now)
    return document


def _added(
    session: Session, trip: Trip, ceremony: Ceremony, command: SignAgreement | SignReceipt, now: datetime
) -> dict[str, Any]:
    """What signing adds to what was shown."""
    signed_at = document_facts.local(trip, now)
    return {
        "signature": document_facts.signature(command.signature, signed_at),
        "signed_at": signed_at,
        "steps": tuple(_step(trip, event) for event in ceremony.events),
        "anchor": _anchor(session, trip),
    }


def _step(trip: Trip, event: CeremonyEvent) -> Step:
    return Step(
        kind=event.step.value,
        at=document_facts.local(trip, event.at),
        device=event.device,
        address=event.address,
        shown_sha256=event.shown_sha256,
        detail=event.detail,
    )


def _anchor(session: Session, trip: Trip) -> Anchor | None:
    """The newest link of the chain, put into the document: whoever holds it can tell when an earlier one is gone."""
    last = agreements.chain_end(session, trip.branch_id)
    return None if last is None else Anchor(position=last.chain_position, sha256=last.chain_sha256)


def _sealed_event(document: Document) -> Event:
    """The new end of the chain, told to whoever listens outside: what was told cannot be taken back."""
    told = {"number": document.number, "position": document.chain_position, "chain": document.chain_sha256}
    return Event("document.seal", {**told, "timestamped": document.timestamped})


def _keep(session: Session, trip: Trip, drawn: Draft, sealed: SealedPdf, signed_for: SignedFor) -> Document:
    signature = keep(session, trip, signed_for, drawn.command.signature, drawn.drawn_at)
    # One document after another in a branch: each is chained to the one before it.
    session.execute(select(Branch.id).where(Branch.id == trip.branch_id).with_for_update(key_share=True))
    last = agreements.chain_end(session, trip.branch_id)
    link = Link(
        position=last.chain_position + 1 if last else 1,
        number=drawn.facts.number,
        kind=(DocumentKind.AGREEMENT if signed_for is SignedFor.AGREEMENT else DocumentKind.RECEIPT).value,
        signed_at=drawn.drawn_at,
        sha256=sha256(sealed.pdf),
        previous=last.chain_sha256 if last else CHAIN_START,
    )
    document = Document(
        branch_id=trip.branch_id,
        trip_id=trip.id,
        kind=DocumentKind(link.kind),
        number=link.number,
        form=trip.form,
        clause_version=trip.clause_version,
        facts=document_facts.stored(drawn.facts),
        pdf=sealed.pdf,
        sha256=link.sha256,
        shown_sha256=shown_digest(drawn.facts),
        chain_position=link.position,
        chain_previous=link.previous,
        chain_sha256=link.digest,
        seal_sha256=seals.remember(session, trip.branch_id, sealed.fingerprint, sealed.certificate, drawn.drawn_at),
        timestamped=sealed.timestamped,
        signature=signature,
        place=drawn.facts.place,
        signed_at=drawn.drawn_at,
    )
    session.add(document)
    session.flush()
    return document


def _cannot_render() -> Busy:
    return Busy("rendering_failed", N_("The document could not be made just now: please try again"))
