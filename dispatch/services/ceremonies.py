"""Signing ceremonies: what is shown is frozen, each step kept, and the signature kept before anything is printed."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.facts import AgreementFacts, ReceiptFacts, shown_digest
from dispatch.domain import ceremony as rules
from dispatch.domain import phone
from dispatch.domain.ceremony import Channel, Codes, Done, Kind, Opening, Plan, Stage, Step
from dispatch.domain.commands import SignAgreement, SignReceipt
from dispatch.domain.errors import N_, Conflict, Invalid, NotFound
from dispatch.domain.inspection import Intoxication, Signature, Signer, check_signer
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import document_facts, fares, messages, trips
from dispatch.services.agreement_facts import agreement_facts
from dispatch.services.announce import put
from dispatch.services.links import LinkKey
from dispatch.services.receipt_facts import receipt_facts
from dispatch.store import ceremonies, inspections
from dispatch.store.ceremonies import Ceremony, CeremonyEvent, Ending
from dispatch.store.trips import Trip

_STATE = {Kind.AGREEMENT: State.INSPECTED, Kind.RECEIPT: State.DELIVERED}
Facts = AgreementFacts | ReceiptFacts


@dataclass(frozen=True, slots=True)
class Where:
    """From which device and address a step comes."""

    device: str
    address: str

    @classmethod
    def of(cls, device: str, address: str) -> "Where":
        """Printable and short, whatever a browser says of itself."""
        return cls("".join(c for c in device if c.isprintable())[:200], address[:45])


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand takes a step: on which trip, who is signed in or holds the link, on whose phone, from where, when."""

    trip_id: int
    actor: Actor
    channel: Channel
    where: Where
    now: datetime

    def __post_init__(self) -> None:
        if not rules.acts_on(self.channel, of_customer=self.actor.trip_id is not None):
            raise ValueError(f"{self.actor.name} does not act on {self.channel}")


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the signer drew, and their rating where a receipt is signed."""

    strokes: tuple[tuple[tuple[float, float, int], ...], ...]
    width: float
    height: float
    rating: int = 0
    comment: str = ""


def shown_facts(session: Session, trip: Trip, kind: Kind, place: str, *, now: datetime, keys: LinkKey) -> Facts:
    """What is shown before signing, from the trip as it stands: the same trip gives the same facts."""
    if kind is Kind.AGREEMENT:
        return agreement_facts(session, trip, place, keys)
    return receipt_facts(session, trip, fares.completed(session, trip, now), keys)


def open_anew(session: Session, hand: Hand, opening: Opening, *, keys: LinkKey) -> Ceremony:
    """Begin: freeze what is shown. One that was under way is set aside.

    Raises Conflict when the trip is not at this point, Refused when somebody else must sign (P2, A6, B8), Invalid for
    what a companion must tell.
    """
    now, trip = hand.now, trips.locked(session, hand.trip_id, hand.actor)
    _check_point(trip, opening.kind, hand.actor)
    opening = _checked(session, trip, opening)
    facts = shown_facts(session, trip, opening.kind, opening.place, now=now, keys=keys)
    _set_aside(session, trip, opening.kind, shown_digest(facts), now)
    agreement = facts if isinstance(facts, AgreementFacts) else None
    begun = Ceremony(
        trip_id=trip.id,
        kind=opening.kind,
        channel=hand.channel,
        signer=opening.signer,
        name=opening.name,
        phone=opening.phone,
        relation=opening.relation,
        place=opening.place,
        code_asked=agreement is not None and trip.branch.code_for_signing,
        statements=list(rules.statements(len(agreement.wording.declaration))) if agreement is not None else [],
        shown=document_facts.stored(facts),
        shown_sha256=shown_digest(facts),
        opened_at=now,
    )
    session.add(begun)
    session.flush()
    _step(session, begun, Step.OPENED, hand, detail=hand.channel.value)
    return begun


def find(session: Session, trip_id: int, ceremony_id: int, actor: Actor) -> Ceremony:
    """A ceremony of a trip that the actor may see. Raises NotFound."""
    trip = trips.find(session, trip_id, actor)
    found = session.get(Ceremony, ceremony_id)
    if found is None or found.trip_id != trip.id:
        raise NotFound("ceremony_unknown", N_("There is no such signing"))
    return found


def current(session: Session, trip: Trip, now: datetime, keys: LinkKey) -> Ceremony | None:
    """The ceremony under way; None when there is none, or the trip has changed since and must be read again."""
    kind = next((kind for kind, state in _STATE.items() if trip.state is state), None)
    if kind is None:
        return None
    found = ceremonies.open_of_trip(session, trip.id, kind)
    if found is None or found.shown_sha256 != shown_digest(
        shown_facts(session, trip, kind, found.place, now=now, keys=keys)
    ):
        return None
    return found


def done(ceremony: Ceremony) -> list[Done]:
    """The steps taken, as the rules see them."""
    return [_done(event) for event in ceremony.events]


def plan(ceremony: Ceremony) -> Plan:
    """What the ceremony asks for."""
    return Plan(tuple(ceremony.statements), ceremony.code_asked)


def stage(ceremony: Ceremony) -> Stage:
    """What comes next."""
    return rules.stage(plan(ceremony), done(ceremony))


def read(session: Session, hand: Hand, ceremony_id: int) -> Ceremony:
    """Everything was read."""
    ceremony = _locked(session, hand, ceremony_id)
    rules.check_turn(plan(ceremony), done(ceremony), Stage.READ)
    _step(session, ceremony, Step.READ, hand)
    return ceremony


def confirm(session: Session, hand: Hand, ceremony_id: int, statement: str) -> Ceremony:
    """One statement is confirmed."""
    ceremony = _locked(session, hand, ceremony_id)
    rules.check_statement(plan(ceremony), done(ceremony), statement)
    _step(session, ceremony, Step.CONFIRMED, hand, detail=statement)
    return ceremony


def back(session: Session, hand: Hand, ceremony_id: int) -> Ceremony:
    """One step back: the newest statement, or the reading, is taken back; both stay on record."""
    ceremony = _locked(session, hand, ceremony_id)
    over = rules.back_over(plan(ceremony), done(ceremony))
    _step(session, ceremony, Step.BACK, hand, detail=over.detail or over.step.value)
    return ceremony


def send_code(session: Session, hand: Hand, ceremony_id: int) -> Ceremony:
    """A one-time code goes to the customer's phone, or the companion's. It is made only when it leaves.

    Raises TooMany too soon after the one before, and after too many, however often signing was begun anew.
    """
    ceremony = _locked(session, hand, ceremony_id)
    trip = session.get_one(Trip, hand.trip_id)
    codes = _codes(session, trip, ceremony.kind)
    rules.check_code_may_be_sent(plan(ceremony), done(ceremony), codes, ceremony.channel, hand.now)
    recipient = ceremony.phone or trip.caller_phone
    event = _step(session, ceremony, Step.CODE_SENT, hand, detail=recipient[-4:])
    body = {"text": messages.code(trip), "trip_id": trip.id, "code_of": [ceremony.id, event.position]}
    put(session, trip.branch_id, hand.now, channel="sms", recipient=recipient, body=body)
    return ceremony


def enter_code(session: Session, hand: Hand, ceremony_id: int, entered: str, *, keys: LinkKey) -> bool:
    """Whether the code is right. A wrong one is kept too, so that guessing ends, over all signings of this on the trip:
    the caller must commit either way.
    """
    ceremony = _locked(session, hand, ceremony_id)
    codes = _codes(session, session.get_one(Trip, hand.trip_id), ceremony.kind)
    rules.check_code_may_be_entered(plan(ceremony), done(ceremony), codes, ceremony.channel, hand.now)
    sent = max(event.position for event in ceremony.events if event.step is Step.CODE_SENT)
    right = hmac.compare_digest(keys.code(ceremony.id, sent).encode(), "".join(entered.split()).encode())
    _step(session, ceremony, Step.CODE_ENTERED if right else Step.CODE_WRONG, hand)
    return right


def draw(
    session: Session, hand: Hand, ceremony_id: int, shown_sha256: str, drawing: Drawing, *, keys: LinkKey
) -> Ceremony:
    """Keep the signature. Whatever happens afterwards, nobody has to draw it again.

    Raises Conflict when what was shown is not what would be signed now.
    """
    ceremony = _locked(session, hand, ceremony_id)
    if ceremony.drawing is not None:
        return ceremony  # a repetition, or the document could not be made the first time
    rules.check_turn(plan(ceremony), done(ceremony), Stage.DRAW)
    trip, now = session.get_one(Trip, hand.trip_id), hand.now
    now_shown = shown_digest(shown_facts(session, trip, ceremony.kind, ceremony.place, now=now, keys=keys))
    if not shown_sha256 == ceremony.shown_sha256 == now_shown:
        raise changed()
    ceremony.drawing = {
        "strokes": [[list(point) for point in stroke] for stroke in drawing.strokes],
        "width": drawing.width,
        "height": drawing.height,
        "rating": drawing.rating,
        "comment": drawing.comment,
    }
    ceremony.drawn_at = now
    trips.decided(session, trip, command_of(ceremony), hand.actor, now)
    _step(session, ceremony, Step.SIGNED, hand)
    return ceremony


def command_of(ceremony: Ceremony) -> SignAgreement | SignReceipt:
    """What the trip is told. Raises Conflict before the signature is drawn."""
    drawn: dict[str, Any] | None = ceremony.drawing
    if drawn is None:
        raise Conflict("not_drawn", N_("The signature is not drawn yet"))
    signature = Signature(
        ceremony.signer,
        ceremony.name,
        tuple(tuple((x, y, ms) for x, y, ms in stroke) for stroke in drawn["strokes"]),
        drawn["width"],
        drawn["height"],
        ceremony.relation,
        ceremony.phone,
    )
    if ceremony.kind is Kind.AGREEMENT:
        return SignAgreement(signature, ceremony.place)
    return SignReceipt(signature, drawn["rating"], drawn["comment"])


def changed() -> Conflict:
    """What was shown is no longer what would be signed."""
    return Conflict("shown_changed", N_("Something has changed since it was shown: please read it again"))


def end(ceremony: Ceremony, ending: Ending, now: datetime) -> None:
    """The ceremony is over."""
    ceremony.ended_at, ceremony.ending = now, ending


def _check_point(trip: Trip, kind: Kind, actor: Actor) -> None:
    own = actor.trip_id == trip.id or (actor.driver_id is not None and actor.driver_id == trip.driver_id)
    if not own:
        raise NotFound("trip_unknown", N_("There is no such trip"))
    if trip.state is not _STATE[kind]:
        raise Conflict(
            "wrong_state",
            N_("Trip %(trip)s is already further, or not yet there: it is “%(state)s”"),
            trip=trip.number,
            state=str(trip.state),
        )


def _checked(session: Session, trip: Trip, opening: Opening) -> Opening:
    """Who signs is able to, and everything about them is told. Both forms name the place."""
    report = document_facts.known(inspections.of_trip(session, trip.id), "condition report")
    check_signer(trip.form, Intoxication(report.intoxication), opening.signer, companion_sober=report.companion_sober)
    if not opening.name.strip():
        raise Invalid("signer_name", N_("Please enter the signer's name"), field="name")
    if opening.kind is Kind.AGREEMENT and not opening.place.strip():
        raise Invalid("place_missing", N_("Please enter where the agreement is signed"), field="place")
    companion = opening.signer is Signer.COMPANION
    if companion and not opening.relation.strip():
        raise Invalid(
            "relation_missing", N_("Please say how the companion is related to the customer"), field="relation"
        )
    number = phone.parse(opening.phone, area_code=trip.branch.area_code or None) if companion else ""
    place = opening.place if opening.kind is Kind.AGREEMENT else trip.destination_address
    return Opening(
        opening.kind,
        opening.signer,
        opening.name.strip(),
        place.strip(),
        number,
        opening.relation.strip() if companion else "",
    )


def _set_aside(session: Session, trip: Trip, kind: Kind, shown: str, now: datetime) -> None:
    earlier = ceremonies.open_of_trip(session, trip.id, kind)
    if earlier is None:
        return
    _hold(session, earlier)  # somebody may be drawing on the other phone
    if earlier.drawing is not None and earlier.shown_sha256 == shown:
        raise _signed()
    end(earlier, Ending.STARTED_ANEW if earlier.shown_sha256 == shown else Ending.TRIP_CHANGED, now)
    session.flush()


def _locked(session: Session, hand: Hand, ceremony_id: int) -> Ceremony:
    """A ceremony under way, for its next step on the phone it was begun on: of two taps the second sees what the first
    did.
    """
    found = find(session, hand.trip_id, ceremony_id, hand.actor)
    _hold(session, found)
    if found.ended_at is not None:
        raise _signed() if found.ending is Ending.SEALED else changed()
    _check_point(session.get_one(Trip, hand.trip_id), found.kind, hand.actor)
    if found.channel is not hand.channel:
        raise _signed() if found.drawing is not None else rules.other_phone()
    return found


def _hold(session: Session, ceremony: Ceremony) -> None:
    """Lock a ceremony, and see what whoever held it before has done."""
    session.execute(select(Ceremony.id).where(Ceremony.id == ceremony.id).with_for_update())
    session.refresh(ceremony)


def _done(event: CeremonyEvent) -> Done:
    return Done(event.step, event.at, event.detail)


def _codes(session: Session, trip: Trip, kind: Kind) -> Codes:
    """The codes of every signing of this since the trip came to this point: a step back of the desk grants new ones.

    The caller holds the lock on the signing under way. Another one begins only after that one has ended, which waits
    for the lock: of two phones the second counts the first one's code.
    """
    return Codes.of(_done(event) for event in ceremonies.code_steps(session, trip.id, kind, trip.state_since))


def _signed() -> Conflict:
    return Conflict("already_signed", N_("This was signed already"))


def _step(session: Session, ceremony: Ceremony, step: Step, hand: Hand, *, detail: str = "") -> CeremonyEvent:
    where = hand.where
    return ceremonies.append(
        session, ceremony, step, hand.now, device=where.device, address=where.address, detail=detail
    )
