"""What is done with several waiting trips at once: ticked on the board, confirmed here, reported one by one."""

from flask import g, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from dispatch.domain.commands import Party
from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.roles import Permission
from dispatch.services import trips
from dispatch.services.bulk import MOST_ASKED, MOST_TRIPS, Action
from dispatch.web import bulk as bulk_work
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.formstate import BLANK, FormState, Unfit
from dispatch.web.idempotency import Submission
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.schemas.bulk import BulkOut
from dispatch.web.submitting import ONCE, who

ACTIONS = frozenset({"offer", "give-up", "cancel"})


@blueprint.get("/bulk")
@requires(Permission.TRIP_DISPATCH)
def ask_bulk() -> str | Response:
    """What shall be done with the ticked trips, to be confirmed."""
    if request.args.get("do") not in ACTIONS or not _ids(request.args):
        return redirect("/desk")
    return _page(request.args, BLANK)


@blueprint.post("/bulk")
@requires(Permission.TRIP_DISPATCH)
def do_bulk() -> str | Response | tuple[str, int]:
    """Do it, and list what became of each."""
    ids = _ids(request.form)
    if request.form.get("do") not in ACTIONS or not ids:
        return redirect("/desk")
    try:
        action = _action(request.form)
        parts = [request.path.encode(), repr((ids, action)).encode()]
        reply = bulk_work.carry_out(Submission.of(who(), request.form.get(ONCE, ""), *parts), ids, action)
    except DomainError as error:
        return _page(request.form, FormState.typed(request.form, error)), status_of(error)
    return _page(request.form, BLANK, BulkOut.model_validate_json(reply.body))


def _ids(given: MultiDict[str, str]) -> list[int]:
    return list(dict.fromkeys(given.getlist("trip_ids", type=int)))[:MOST_TRIPS]


def _action(given: MultiDict[str, str]) -> Action:
    """Raises Unfit naming everything that is missing."""
    name, by, reason = given["do"], given.get("by", ""), given.get("reason", "").strip()[:200]
    missing = []
    if name == "cancel" and by not in set(Party):
        missing.append(Invalid("by", N_("Please choose one of the answers"), field="by"))
    if name != "offer" and not reason:
        missing.append(Invalid("missing", N_("Please fill this in"), field="reason"))
    if missing:
        raise Unfit(missing)
    return Action(name, reason, Party(by) if by in set(Party) else Party.COMPANY)


def _page(given: MultiDict[str, str], form: FormState, done: BulkOut | None = None) -> str:
    with runtime().db.reading() as session:
        found = []
        for trip_id in _ids(given) if done is None else []:
            found.append(trips.find(session, trip_id, g.actor))
        return render_template(
            "desk/bulk.html", doing=given["do"], trips=found, form=form, results=done and done.results, most=MOST_ASKED
        )
