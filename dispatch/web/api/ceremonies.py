"""Signing over the API: begin, take the steps, draw."""

from flask import Response, g, request
from sqlalchemy.orm import Session

from dispatch.domain.ceremony import Channel
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.roles import Permission
from dispatch.services import ceremonies, trips
from dispatch.services.ceremonies import Hand
from dispatch.store import ceremonies as rows
from dispatch.store.agreements import Document
from dispatch.store.trips import Trip
from dispatch.web.access import requires
from dispatch.web.api.endpoint import Call, api, document, endpoint, submission
from dispatch.web.idempotency import Reply
from dispatch.web.problems import as_response, problem
from dispatch.web.schemas import ceremonies as s
from dispatch.web.schemas.trips import DoneOut
from dispatch.web.signing_flow import hand, sign
from dispatch.web.trip_view import trip_out


@endpoint(
    "POST",
    "/trips/<int:trip_id>/ceremonies",
    Permission.TRIP_DRIVE,
    body=s.CeremonyIn,
    reply=s.CeremonyOut,
    status=201,
    tag="signing",
)
def begin_ceremony(call: Call, trip_id: int) -> s.CeremonyOut:
    """Begin signing: what is shown is frozen, and named by its digest."""
    by = hand(trip_id, call.actor, Channel.API)
    begun = ceremonies.open_anew(call.session, by, call.body.to_domain(), keys=call.runtime.keys)
    return s.CeremonyOut.of(begun)


@endpoint(
    "GET",
    "/trips/<int:trip_id>/ceremonies/<int:ceremony_id>",
    Permission.TRIP_DRIVE,
    reply=s.CeremonyOut,
    tag="signing",
)
def read_ceremony(call: Call, trip_id: int, ceremony_id: int) -> s.CeremonyOut:
    """A signing of the driver's own trip as it stands."""
    trips.own(call.session, trip_id, call.actor)
    return s.CeremonyOut.of(ceremonies.find(call.session, trip_id, ceremony_id, call.actor))


@endpoint(
    "POST",
    "/trips/<int:trip_id>/ceremonies/<int:ceremony_id>/steps",
    Permission.TRIP_DRIVE,
    body=s.StepIn,
    reply=s.CeremonyOut,
    tag="signing",
)
def take_step(call: Call, trip_id: int, ceremony_id: int) -> s.CeremonyOut:
    """Take the next step of a signing begun through the API; one begun on a phone goes on there. A wrong code is
    answered with the stage unchanged: only so many are borne.
    """
    by = hand(trip_id, call.actor, Channel.API)
    _take(call, by, ceremony_id)
    return s.CeremonyOut.of(ceremonies.find(call.session, trip_id, ceremony_id, call.actor))


def _take(call: Call, by: Hand, ceremony_id: int) -> None:
    match call.body:
        case s.StepIn(step="read"):
            ceremonies.read(call.session, by, ceremony_id)
        case s.StepIn(step="back"):
            ceremonies.back(call.session, by, ceremony_id)
        case s.StepIn(step="confirm", statement=statement):
            if not statement:
                raise Invalid("statement_missing", N_("Say which statement is confirmed"), field="statement")
            ceremonies.confirm(call.session, by, ceremony_id, statement)
        case s.StepIn(step="send_code"):
            ceremonies.send_code(call.session, by, ceremony_id)
        case s.StepIn(code=code):
            ceremonies.enter_code(call.session, by, ceremony_id, code, keys=call.runtime.keys)


@endpoint("GET", "/trips/<int:trip_id>/ceremonies", Permission.AGREEMENT_DOWNLOAD, reply=s.RecordsOut, tag="signing")
def list_ceremonies(call: Call, trip_id: int) -> s.RecordsOut:
    """The record of every signing of a trip: steps, times, devices, addresses."""
    trip = trips.find(call.session, trip_id, call.actor)
    return s.RecordsOut(
        ceremonies=[
            s.RecordOut(
                id=one.id,
                kind=one.kind,
                channel=one.channel,
                signer=one.signer,
                ending=one.ending,
                steps=[s.StepOut.model_validate(event) for event in one.events],
            )
            for one in rows.of_trip(call.session, trip.id)
        ]
    )


def _done(session: Session, signed: Document) -> Reply:
    trip = session.get_one(Trip, signed.trip_id)
    return Reply(200, DoneOut(trip=trip_out(session, trip, g.actor, g.now)).model_dump_json())


def _sign(trip_id: int) -> Response:
    given: s.SignIn = request.context.json  # type: ignore[attr-defined]  # spectree puts it there
    by, asked = hand(trip_id, g.actor, Channel.API), submission()
    reply = sign(by, given.ceremony, given.shown_sha256, given.drawing(), asked, answer=_done, explain=problem)
    return as_response(reply)


def command_sign_agreement(trip_id: int) -> Response:
    """Sign the agreement: it is numbered, printed, sealed and stored before the trip moves on."""
    return _sign(trip_id)


def command_sign_receipt(trip_id: int) -> Response:
    """Sign the settled fare and rate the service: the trip is closed, and its callback planned."""
    return _sign(trip_id)


for _view, _body in ((command_sign_agreement, s.SignIn), (command_sign_receipt, s.SignAndRateIn)):
    _rule = f"/trips/<int:trip_id>/commands/{_view.__name__.removeprefix('command_').replace('_', '-')}"
    _documented = document(_view, method="POST", tag="commands", reply=DoneOut, body=_body)
    api.add_url_rule(_rule, _view.__name__, requires(Permission.TRIP_DRIVE)(_documented), methods=["POST"])
