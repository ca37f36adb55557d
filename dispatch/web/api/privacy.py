"""Consents of customers, terms of retention, legal holds, forgetting a person, and their file."""

from flask import Response, g, request
from sqlalchemy.orm import Session

from dispatch.domain.consent import BASIS, Purpose, allowed
from dispatch.domain.errors import N_
from dispatch.domain.roles import Permission
from dispatch.services import consents, customers, legal_holds, person_erasure, retention
from dispatch.store import consents as consent_store
from dispatch.store import legal_holds as hold_store
from dispatch.store.customers import Customer
from dispatch.web.access import requires
from dispatch.web.api.endpoint import Call, api, document, endpoint
from dispatch.web.idempotency import Reply, Submission, once
from dispatch.web.person_files import for_person
from dispatch.web.problems import BadRequest, as_response, problem
from dispatch.web.runtime import runtime
from dispatch.web.schemas import privacy as s

_READ, _EDIT, _RIGHTS = Permission.CUSTOMER_LOOKUP, Permission.CUSTOMER_EDIT, Permission.PERSON_RIGHTS
_TAG = "privacy"


@endpoint("GET", "/customers/<int:customer_id>/consents", _READ, reply=s.ConsentsOut, tag=_TAG)
def read_consents(call: Call, customer_id: int) -> s.ConsentsOut:
    """How every purpose stands, and what was said."""
    return _consents(call.session, customers.find(call.session, customer_id, call.actor))


@endpoint(
    "POST", "/customers/<int:customer_id>/consents", _EDIT, body=s.ConsentIn, reply=s.ConsentsOut, status=201, tag=_TAG
)
def add_consent(call: Call, customer_id: int) -> s.ConsentsOut:
    """Write down what a customer gave or withdrew; it holds at once."""
    body = call.body
    consents.say(
        call.session, customer_id, body.purpose, call.actor, call.now, given=body.given, how=body.how, note=body.note
    )
    call.session.flush()
    return _consents(call.session, customers.find(call.session, customer_id, call.actor))


@endpoint("GET", "/retention", _RIGHTS, reply=s.RetentionOut, tag=_TAG)
def read_retention(call: Call) -> s.RetentionOut:
    """The terms, what the next sweep erases, and what the last ones did."""
    return _retention(call)


@endpoint("PUT", "/retention", _RIGHTS, body=s.TermsIn, reply=s.RetentionOut, tag=_TAG)
def set_retention(call: Call) -> s.RetentionOut:
    """Set the days of some kinds, within what the law leaves open."""
    retention.set_terms(call.session, call.body.terms, call.actor, call.now)
    call.session.flush()
    return _retention(call)


@endpoint("GET", "/legal-holds", _RIGHTS, reply=s.HoldsOut, tag=_TAG)
def list_holds(call: Call) -> s.HoldsOut:
    """What is held, newest first."""
    rows = hold_store.standing(call.session, call.actor.branch_id)
    return s.HoldsOut(holds=[_hold(row) for row in rows])


@endpoint("POST", "/legal-holds", _RIGHTS, body=s.HoldIn, reply=s.HoldOut, status=201, tag=_TAG)
def place_hold(call: Call) -> s.HoldOut:
    """Keep a trip, complaint or customer from being erased."""
    body = call.body
    return _hold(
        legal_holds.place(call.session, body.subject, body.subject_id, call.actor, call.now, reason=body.reason)
    )


@endpoint("POST", "/legal-holds/<int:hold_id>/lift", _RIGHTS, body=s.LiftIn, reply=s.HoldOut, tag=_TAG)
def lift_hold(call: Call, hold_id: int) -> s.HoldOut:
    """Lift a hold."""
    return _hold(legal_holds.lift(call.session, hold_id, call.actor, call.now, reason=call.body.reason))


@endpoint("GET", "/customers/<int:customer_id>/erasure", _RIGHTS, reply=s.ErasurePlanOut, tag=_TAG)
def plan_erasure(call: Call, customer_id: int) -> s.ErasurePlanOut:
    """What forgetting this person would do."""
    plan = person_erasure.plan(call.session, customers.find(call.session, customer_id, call.actor))
    return s.ErasurePlanOut(
        goes=plan.goes,
        stays=plan.stays,
        obstacles=[s.ObstacleOut(obstacle=what, name=name) for what, name in plan.obstacles],
    )


def erase_customer(customer_id: int) -> Response:
    """Forget a person, for good. The password is no part of what is remembered under the key."""
    given: s.ErasureIn = request.context.json  # type: ignore[attr-defined]  # spectree puts it there
    if not (key := request.headers.get("Idempotency-Key", "").strip()):
        raise BadRequest("key_missing", N_("Send an Idempotency-Key header: any text of your own, new for each action"))

    def work(session: Session) -> Reply:
        trips = person_erasure.erase(session, customer_id, g.actor, g.now, reason=given.reason, password=given.password)
        return Reply(200, s.ErasedOut(trips=trips).model_dump_json())

    sent = Submission.of(f"staff:{g.actor.id}", key, request.full_path.encode(), given.reason.encode())
    return as_response(once(runtime().db, sent, g.now, work, problem))


def export_customer(customer_id: int) -> Response:
    """Everything about a person, for the person, in one ZIP (docs/person-export.md). Never kept."""
    given: s.PersonFileIn = request.context.json  # type: ignore[attr-defined]  # spectree puts it there
    return for_person(customer_id, given.reason, given.password)


for _view, _rule, _body, _reply, _key in (
    (erase_customer, "/customers/<int:customer_id>/erasure", s.ErasureIn, s.ErasedOut, True),
    (export_customer, "/customers/<int:customer_id>/export", s.PersonFileIn, None, False),
):
    _documented = document(_view, method="POST", tag=_TAG, reply=_reply, body=_body, key=_key)
    api.add_url_rule(_rule, _view.__name__, requires(_RIGHTS)(_documented), methods=["POST"])


def _consents(session: Session, customer: Customer) -> s.ConsentsOut:
    history = consent_store.history(session, customer.id)
    last = consent_store.standing(history)
    return s.ConsentsOut(
        purposes=[
            s.PurposeOut(purpose=one, basis=BASIS[one], allowed=allowed(one, last[one].given if one in last else None))
            for one in Purpose
        ],
        history=[
            s.WordOut(purpose=word.purpose, given=word.given, at=word.at, how=word.how, by=word.by_name, note=word.note)
            for word in history
        ],
    )


def _retention(call: Call) -> s.RetentionOut:
    lines = retention.forecast(call.session, call.actor.branch_id, call.now)
    return s.RetentionOut(
        terms=[
            s.TermOut(
                kind=line.kind, days=line.days, least=line.bounds.least, most=line.bounds.most, due=line.due,
                held=line.held,
            )
            for line in lines
        ],
        swept=[
            s.SweptOut(day=one.day, kind=one.kind, count=one.count) for one in retention.done(call.session, call.branch)
        ],
    )  # fmt: skip


def _hold(row: hold_store.LegalHold) -> s.HoldOut:
    return s.HoldOut(
        id=row.id, subject=row.subject, subject_id=row.subject_id, reason=row.reason, placed_by=row.placed_by_name,
        placed_at=row.placed_at, lifted_at=row.lifted_at,
    )  # fmt: skip
