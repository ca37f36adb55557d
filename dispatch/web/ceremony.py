"""The pages of a signing, the same on the driver's phone and on the customer's own: one step a screen."""

from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.ceremony import Channel, Kind, Stage, codes_sent, unconfirmed
from dispatch.domain.errors import N_, Busy, Conflict, DomainError, NotFound
from dispatch.domain.inspection import Signer, companion_required
from dispatch.domain.phone import display, masked
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import ceremonies
from dispatch.services.ceremonies import Hand
from dispatch.services.ceremony_words import statements
from dispatch.services.rendering import shown_html
from dispatch.store import inspections
from dispatch.store.ceremonies import Ceremony
from dispatch.store.trips import Trip
from dispatch.web.drawn import strokes
from dispatch.web.idempotency import Reply, Submission
from dispatch.web.problems import words
from dispatch.web.runtime import runtime
from dispatch.web.schemas.ceremonies import CeremonyIn, SignAndRateIn, SignIn
from dispatch.web.signing_flow import hand, seal, sign
from dispatch.web.submitting import ONCE, read, submit, who

KINDS = {State.INSPECTED: Kind.AGREEMENT, State.DELIVERED: Kind.RECEIPT}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a signing takes place: whose phone, who acts, and the address of its page."""

    channel: Channel
    actor: Actor
    trip_id: int
    page: str

    @property
    def action(self) -> str:
        """What the page's forms are posted under."""
        return f"{self.page}/sign" if self.channel is Channel.DRIVER_PHONE else self.page


def carry_out(desk: Desk, what: str) -> Response:
    """A posted step. Raises what the rules raise on opening, so that its form is shown again; the rest is told above
    the next screen.
    """
    if what == "open":
        return submit(lambda session: _open(session, desk))
    try:
        return _STEPS[what](desk) if what in _STEPS else _unknown()
    except NotFound:
        raise
    except DomainError as error:
        flash(words(error), "error")
        return redirect(desk.page, code=303)


def view(session: Session, trip: Trip, desk: Desk) -> dict[str, Any]:
    """What a page of a signing shows. Its stage is None before it has begun, and after what was shown has changed."""
    kind = KINDS[trip.state]
    found = ceremonies.current(session, trip, g.now, runtime().keys)
    report = inspections.of_trip(session, trip.id)
    here = found is not None and found.channel is desk.channel
    signing: dict[str, Any] = {
        "kind": kind,
        "channel": desk.channel,
        "action": desk.action,
        "elsewhere": None if found is None or here else found.channel,
        "stage": None,
        "companion": report is not None and companion_required(trip.form, report.noted),
        "report": report,
    }
    if found is None or not here:
        return signing
    return {**signing, **_under_way(session, trip, found)}


def _under_way(session: Session, trip: Trip, found: Ceremony) -> dict[str, Any]:
    stage = ceremonies.stage(found)
    told = {one.id: one.words for one in statements(found)}
    left = unconfirmed(ceremonies.plan(found), ceremonies.done(found))
    paper = stage is Stage.READ
    facts = (
        ceremonies.shown_facts(session, trip, found.kind, found.place, now=g.now, keys=runtime().keys)
        if paper
        else None
    )
    number = found.phone or trip.caller_phone
    return {
        "id": found.id,
        "stage": stage,
        "shown_sha256": found.shown_sha256,
        "paper": None if facts is None else shown_html(facts),
        "language": trip.branch.document_language,
        "statements": told,
        "next": left[0] if left else None,
        "confirmed": len(told) - len(left),
        "can_go_back": stage not in (Stage.READ, Stage.SEAL),
        "codes_sent": codes_sent(ceremonies.done(found)),
        "recipient": masked(number) if number.startswith("+86") else display(number)[-4:],
        "signer": found.signer,
        "name": found.name,
    }


def _open(session: Session, desk: Desk) -> str:
    given = request.form
    companion = given.get("signer") == Signer.COMPANION
    body = read(
        CeremonyIn,
        {
            "kind": given.get("kind", ""),
            "signer": given.get("signer", ""),
            "name": given.get("name", ""),
            "place": given.get("place", ""),
            "phone": given.get("phone", "") if companion else "",
            "relation": given.get("relation", "") if companion else "",
        },
    )
    ceremonies.open_anew(session, _hand(desk), body.to_domain(), keys=runtime().keys)
    return desk.page


def _read(desk: Desk) -> Response:
    return submit(lambda session: _done(ceremonies.read(session, _hand(desk), _ceremony()), desk))


def _confirm(desk: Desk) -> Response:
    statement = request.form.get("statement", "")
    return submit(lambda session: _done(ceremonies.confirm(session, _hand(desk), _ceremony(), statement), desk))


def _back(desk: Desk) -> Response:
    return submit(lambda session: _done(ceremonies.back(session, _hand(desk), _ceremony()), desk))


def _send_code(desk: Desk) -> Response:
    return submit(lambda session: _done(ceremonies.send_code(session, _hand(desk), _ceremony()), desk))


def _enter_code(desk: Desk) -> Response:
    right = []

    def work(session: Session) -> str:
        entered = request.form.get("code", "")
        right.append(ceremonies.enter_code(session, _hand(desk), _ceremony(), entered, keys=runtime().keys))
        return desk.page

    answer = submit(work)
    if right == [False]:
        flash(gettext("This is not the code. Please look again."), "error")
    return answer


def _draw(desk: Desk) -> Response:
    drawn = strokes("signature")
    given = {"ceremony": _ceremony(), "shown_sha256": request.form.get("shown_sha256", ""), "signature": drawn}
    rated = request.form.get("kind") == Kind.RECEIPT
    body = (
        read(SignAndRateIn, {**given, "rating": request.form.get("rating") or None,
                             "comment": request.form.get("comment", "")})
        if rated
        else read(SignIn, given)
    )  # fmt: skip
    return _sealed(
        desk,
        lambda asked: sign(
            _hand(desk), body.ceremony, body.shown_sha256, body.drawing(), asked, answer=lambda _s, _d: _SIGNED
        ),
    )


def _seal(desk: Desk) -> Response:
    return _sealed(desk, lambda asked: seal(_hand(desk), _ceremony(), asked, lambda _s, _d: _SIGNED))


_SIGNED = Reply(303, "signed", "text/plain")


def _sealed(desk: Desk, work: Any) -> Response:
    """A signed document, once however often the button is pressed. What cannot be made now is made at the next try."""
    asked = Submission.of(who(), request.form.get(ONCE, ""), request.path.encode())
    try:
        work(asked)
    except (Busy, Conflict) as error:
        if error.code not in {"already_signed", "in_flight"}:
            flash(words(error), "error")
    return redirect(desk.page, code=303)


def _hand(desk: Desk) -> Hand:
    return hand(desk.trip_id, desk.actor, desk.channel)


def _ceremony() -> int:
    number = request.form.get("ceremony", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def _done(_ceremony: Ceremony, desk: Desk) -> str:
    return desk.page


def _unknown() -> Response:
    raise NotFound("command_unknown", N_("There is no such step"))


_STEPS = {
    "read": _read,
    "confirm": _confirm,
    "back": _back,
    "send-code": _send_code,
    "enter-code": _enter_code,
    "draw": _draw,
    "seal": _seal,
}
