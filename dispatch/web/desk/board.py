"""The board: queue, trips under way, drivers on duty."""

from flask import g, render_template
from flask_babel import get_locale
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.roles import Permission
from dispatch.services import board, housekeeping, pausing
from dispatch.store import journal
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.runtime import runtime
from dispatch.web.streaming import position
from dispatch.web.submitting import submit


@blueprint.get("")
@requires(Permission.TRIP_DISPATCH)
def board_page() -> str:
    """The whole page."""
    return _board("desk/board.html")


@blueprint.get("/rows")
@requires(Permission.TRIP_DISPATCH)
def board_rows() -> str:
    """The part of the board that is looked up again when something has changed: the same for every dispatcher."""
    moment = (position(), int(g.now.timestamp()))
    part = ("board", g.actor.branch_id, str(get_locale()))
    return runtime().shared.get(part, moment, lambda: _board("desk/board_rows.html"))


@blueprint.post("/drivers/<int:driver_id>/resume")
@requires(Permission.TRIP_DISPATCH)
def resume_driver(driver_id: int) -> Response:
    """End a driver's pause: offers go out to them again."""

    def work(session: Session) -> str:
        pausing.resume(session, driver_id, g.actor, g.now)
        return "/desk"

    return submit(work)


def _board(template: str) -> str:
    with runtime().db.reading() as session:
        heard = journal.position(session)  # before the rows are read: what comes between is told again, never lost
        branch = session.get_one(Branch, g.actor.branch_id)
        return render_template(
            template,
            board=board.look(session, branch, runtime().router, g.now),
            position=heard,
            silent=housekeeping.is_silent(session, "scheduler", g.now),
        )
