"""All trips, ended ones too: by state, or found by number, plate or phone."""

from urllib.parse import urlencode

from flask import g, render_template, request

from dispatch.domain.roles import Permission
from dispatch.domain.states import ENDS, LIVE, State
from dispatch.services import trip_search
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.runtime import runtime
from dispatch.web.trip_view import trips_out

PAGE = 50
GROUPS: dict[str, frozenset[State]] = {
    "live": LIVE,
    "ended": ENDS,
    **{state.value: frozenset({state}) for state in State},
}
LARGEST_ID = 2**31 - 1


@blueprint.get("/trips")
@requires(Permission.TRIP_READ)
def list_trips() -> str:
    """Newest first, a page at a time."""
    state = request.args.get("state", "")
    wanted = request.args.get("q", "").strip()[:40]
    before = request.args.get("before", type=int)
    with runtime().db.reading() as session:
        found = trip_search.find(
            session,
            g.actor.branch_id,
            wanted,
            states=GROUPS.get(state),
            before=min(before, LARGEST_ID) if before is not None else None,
            limit=PAGE,
        )
        older = {"state": state, "q": wanted, "before": found[-1].id} if len(found) == PAGE else {}
        return render_template(
            "desk/trips.html",
            views=trips_out(session, found, g.actor, g.now),
            state=state,
            q=wanted,
            older=f"?{urlencode(older)}" if older else "",
            newest=f"?{urlencode({'state': state, 'q': wanted})}" if before is not None else "",
        )
