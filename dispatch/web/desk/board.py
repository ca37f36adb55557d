"""The board, and the list of trips."""

from flask import g, render_template, request
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dispatch.domain.roles import Permission
from dispatch.domain.states import State
from dispatch.services import board, housekeeping
from dispatch.store import trips
from dispatch.store.branches import Branch
from dispatch.store.trips import Trip
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.runtime import runtime
from dispatch.web.trip_view import trip_out

PAGE = 50


@blueprint.get("")
@requires(Permission.TRIP_DISPATCH)
def board_page() -> str:
    """Queue, live trips, drivers."""
    return _board("desk/board.html")


@blueprint.get("/rows")
@requires(Permission.TRIP_DISPATCH)
def board_rows() -> str:
    """The part of the board that is looked up again every few seconds."""
    return _board("desk/board_rows.html")


@blueprint.get("/trips")
@requires(Permission.TRIP_READ)
def list_trips() -> str:
    """All trips, newest first; by state, or found by number, plate or phone."""
    state = request.args.get("state", "")
    before = request.args.get("before", type=int)
    wanted = request.args.get("q", "").strip()
    with runtime().db.reading() as session:
        chosen = frozenset({State(state)}) if state in set(State) else None
        if wanted:
            found = _search(session, wanted)
        else:
            found = trips.page(session, g.actor.branch_id, states=chosen, before=before, limit=PAGE)
        views = [trip_out(session, trip, g.actor, g.now, whole=False) for trip in found]
        return render_template(
            "desk/trips.html",
            views=views,
            state=state,
            q=wanted,
            next=f"?state={state}&before={found[-1].id}" if len(found) == PAGE else "",
        )


def _board(template: str) -> str:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        return render_template(
            template,
            board=board.look(session, branch, g.now),
            silent=housekeeping.is_silent(session, "scheduler", g.now),
        )


def _search(session: Session, wanted: str) -> list[Trip]:
    plain = wanted.upper().replace("·", "").replace(" ", "")
    query = select(Trip).where(Trip.branch_id == g.actor.branch_id)
    if plain.removeprefix("T").isdigit() and len(plain.removeprefix("T")) <= 6:
        query = query.where(Trip.id == int(plain.removeprefix("T")))
    else:
        query = query.where(or_(Trip.plate == plain, Trip.caller_phone.endswith(plain[-11:])))
    return list(session.scalars(query.order_by(Trip.id.desc()).limit(PAGE)).unique())
