"""Several trips at once: chosen on the board, one command, and what became of each."""

from typing import Any

from flask import g, render_template, request

from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.roles import Permission
from dispatch.services import trips
from dispatch.store.trips import Trip
from dispatch.web import bulk
from dispatch.web.access import requires
from dispatch.web.bulk import Outcome
from dispatch.web.desk import blueprint
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import ONCE, who


@blueprint.get("/bulk")
@requires(Permission.TRIP_DISPATCH)
def choose_bulk() -> str:
    """What to do with the trips ticked on the board."""
    return _page(_chosen(request.args.getlist("trip_ids")), BLANK, [])


@blueprint.post("/bulk")
@requires(Permission.TRIP_DISPATCH)
def do_bulk() -> str | tuple[str, int]:
    """Do it, and say trip by trip what became of it."""
    chosen = _chosen(request.form.getlist("trip_ids"))
    try:
        found = bulk.carry_out(request.form.get("command", ""), _values(), chosen, who(), request.form.get(ONCE, ""))
    except DomainError as error:
        placed = _placed(error)
        return _page(chosen, FormState.typed(request.form, placed), []), status_of(placed)
    return _page([one.trip_id for one in found if not one.done], BLANK, found)


def _chosen(given: list[str]) -> list[int]:
    return [int(one) for one in dict.fromkeys(given) if one.isascii() and one.isdigit() and len(one) < 10][: bulk.MOST]


def _values() -> dict[str, Any]:
    typed = request.form
    if typed.get("command") == "offer":
        return {"badge_ids": typed.get("badge_ids", "").replace(",", " ").replace("，", " ").split()}
    fields = ("by", "reason") if typed.get("command") == "cancel" else ("reason",)
    return {field: typed[field] for field in fields if typed.get(field)}


def _placed(error: DomainError) -> DomainError:
    if isinstance(error, Invalid) and (error.field or "").startswith("badge_ids"):
        return Invalid("no_driver", N_("Choose at least one driver"), field="badge_ids")
    if isinstance(error, Invalid) and error.field == "trip_ids":
        return Invalid(error.code, error.message, field="command", **error.params)
    return error


def _page(chosen: list[int], form: FormState, outcomes: list[Outcome]) -> str:
    with runtime().db.reading() as session:
        found: list[Trip] = []
        for trip_id in chosen:
            try:
                found.append(trips.find(session, trip_id, g.actor))
            except DomainError:
                continue  # somebody else's, or none: it is not shown
        return render_template("desk/bulk.html", form=form, trips=found, outcomes=outcomes)
