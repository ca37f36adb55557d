"""One trip at the desk: what is known of it, what happened, and what can be done with it now."""

from datetime import datetime
from typing import Any

from flask import g, render_template, request
from sqlalchemy.orm import Session

from dispatch.domain.commands import Party
from dispatch.domain.errors import DomainError
from dispatch.domain.events import name_of
from dispatch.domain.guards import STEP_BACK_WITHIN
from dispatch.domain.roles import Permission, Role
from dispatch.domain.states import LIVE, State
from dispatch.domain.trip import open_commands
from dispatch.services import (
    accidents,
    account_credit,
    documents,
    fares,
    matching,
    ratings,
    trip_standing,
    trips,
    visibility,
)
from dispatch.store import drivers, inspections, journal, offers, phone_corrections
from dispatch.store.agreements import DocumentKind
from dispatch.store.drivers import Driver
from dispatch.store.offers import Offer
from dispatch.store.trips import Trip
from dispatch.web import payers
from dispatch.web.access import requires
from dispatch.web.commanding import SPOKEN
from dispatch.web.desk import blueprint
from dispatch.web.desk.timeline import moments
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.labels import label, readable
from dispatch.web.payers import Payers
from dispatch.web.problems import status_of
from dispatch.web.revealing import Answer, asked, reveals
from dispatch.web.runtime import runtime
from dispatch.web.times import localtime
from dispatch.web.trip_view import photos_of, standing_of, trip_out

SEEKING = frozenset({State.BOOKED, State.OFFERED})
HISTORY = 200
GIVEN_AT_DESK = {one.name: one for one in SPOKEN if one.permission is not Permission.TRIP_DRIVE}


@blueprint.get("/trips/<int:trip_id>")
@requires(Permission.TRIP_READ)
def show_trip(trip_id: int) -> str:
    """The trip; `?do=cancel` opens the form of one action."""
    return trip_page(trip_id, request.args.get("do", ""), BLANK)[0]


@blueprint.get("/trips/<int:trip_id>/changed")
@requires(Permission.TRIP_READ)
def changed(trip_id: int) -> str | tuple[str, int]:
    """Whether the trip is still as the page shows it (204), or what it is now: told, but not moved under the cursor."""
    with runtime().db.reading() as session:
        trip = trips.find(session, trip_id, g.actor)
        if trip.version == request.args.get("version", type=int):
            return "", 204
        return render_template("desk/changed.html", trip=trip)


@blueprint.get("/trips/<int:trip_id>/standing")
@requires(Permission.TRIP_READ)
def how_it_stands(trip_id: int) -> str:
    """The clocks and the fare alone."""
    with runtime().db.reading() as session:
        trip = trips.find(session, trip_id, g.actor)
        return render_template(
            "desk/standing.html",
            trip=trip,
            standing=standing_of(session, trip, g.now),
            fare=trip_standing.fare(session, trip, g.now),
        )


@blueprint.post("/trips/<int:trip_id>/reveal")
@requires(Permission.PERSONAL_REVEAL)
def reveal(trip_id: int) -> tuple[str, int]:
    """Show one masked fact to somebody who says why."""
    answer = asked(trip_id)
    return trip_page(trip_id, "", BLANK, answer.error, answer)


def trip_page(
    trip_id: int, doing: str, form: FormState, error: DomainError | None = None, answer: Answer | None = None
) -> tuple[str, int]:
    """The page with one action's form open, with what was typed and what is wrong with it."""
    with runtime().db.reading() as session:
        heard = journal.position(session)
        trip = trips.find(session, trip_id, g.actor)
        actions, standing = available(trip, g.now), standing_of(session, trip, g.now)
        seeking = trip.state in SEEKING and "offer" in actions
        page = render_template(
            "desk/trip.html",
            position=heard,
            form=form,
            trip=trip,
            view=trip_out(session, trip, g.actor, g.now, standing),
            actions=actions,
            doing=doing if doing in actions else "",
            standing=standing,
            fare=trip_standing.fare(session, trip, g.now),
            cancel_fee=_cancel_fee(session, trip, g.now) if "cancel" in actions else None,
            candidates=matching.shortlist(session, trip, runtime().router, g.now) if seeking else [],
            asked=_offers(session, trip),
            report=inspections.of_trip(session, trip.id),
            agreement=documents.of_trip(session, trip, DocumentKind.AGREEMENT),
            receipt=documents.of_trip(session, trip, DocumentKind.RECEIPT),
            incidents=_incidents(trip),
            incident_cases=accidents.cases_of(session, trip),
            readable=readable,
            history=moments(_history(session, trip)),
            link=_link(trip),
            rating=ratings.of_trip(session, trip),
            payers=_payers(session, trip, form),
            **_correction(session, trip),
            photos=photos_of(session, trip, g.actor),
            reveals=reveals(session, trip, f"/desk/trips/{trip.id}/reveal", answer),
        )
        return page, status_of(error) if error is not None else 200


def available(trip: Trip, now: datetime) -> frozenset[str]:
    """The commands that this person can give now, by name; a mis-tap is the desk's to undo for ten minutes."""
    names = {name_of(command).replace("_", "-") for command in open_commands(trip.state)}
    if now - trip.state_since > STEP_BACK_WITHIN and not g.actor.has(Role.MANAGER):
        names.discard("step-back")
    return frozenset(name for name in names if name in GIVEN_AT_DESK and g.actor.may(GIVEN_AT_DESK[name].permission))


def _cancel_fee(session: Session, trip: Trip, now: datetime) -> int:
    """What the customer pays for cancelling now (A2, B2), told before it is done."""
    return fares.cancelled(session, trip, Party.CUSTOMER, now).total_fen


def _offers(session: Session, trip: Trip) -> list[tuple[Offer, Driver]]:
    """Newest first: what is still open stands on top."""
    made = offers.of_trip(session, trip.id)[::-1]
    asked = drivers.of_ids(session, {offer.driver_id for offer in made})
    return [(offer, asked[offer.driver_id]) for offer in made]


def _incidents(trip: Trip) -> list[tuple[int, str, str]]:
    """The incidents as choices, each with what the driver wrote."""
    return [(one.id, f"{label(one.kind)} · {localtime(one.at)}", one.note) for one in trip.incidents]


def _history(session: Session, trip: Trip) -> list[journal.JournalEntry]:
    return journal.page(session, trip.branch_id, subject="trip", subject_id=trip.id, limit=HISTORY)[::-1]


def _correction(session: Session, trip: Trip) -> dict[str, Any]:
    """A number that the customer asked to be called at, as whole as the trip's own is for this reader."""
    found = phone_corrections.open_of_trip(session, trip.id) if g.actor.may(Permission.TRIP_DISPATCH) else None
    if found is None:
        return {"correction": None}
    return {"correction": found, "correction_shown": visibility.other_phone(trip, found.phone, g.actor)}


def _payers(session: Session, trip: Trip, form: FormState) -> Payers:
    """Who could pay instead, while the fare is not settled: for those who may say so."""
    if trip.total_fen is not None or not g.actor.may(Permission.TRIP_DISPATCH):
        return Payers(form)
    found = account_credit.offered(session, trip.branch, trip.caller_phone, g.now)
    return payers.asked(form, found, trip.account_id)


def _link(trip: Trip) -> str:
    """The customer's link, to be sent again: it shows what the desk itself may see only while the trip lives."""
    may_have = trip.state in LIVE and g.actor.may(Permission.TRIP_DISPATCH)
    return runtime().keys.url(trip.id) if may_have else ""
