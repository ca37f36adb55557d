"""The branch's own settings: particulars, the agreement, hours, messages and sign-in."""

from collections.abc import Callable

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import phone
from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import branch_settings, phone_calls
from dispatch.services.branch_settings import BranchSettings
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.formstate import FormState, Unfit
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.schemas.branch import TIMES, BranchIn
from dispatch.web.submitting import read, submit

TICKS = ("assign_directly", "code_for_signing", "sms_on", "totp_for_managers")
ADDRESS = "/manage/branch"


@blueprint.get("/branch")
@requires(Permission.BRANCH_EDIT)
def show_branch() -> str:
    """Everything that can be set."""
    return _page()


@blueprint.post("/branch")
@requires(Permission.BRANCH_EDIT)
def change_branch() -> Response | str | tuple[str, int]:
    """Save all of it, or say beside every field what does not fit."""
    return _done(_save, gettext("Saved."))


@blueprint.post("/branch/webhook-secret")
@requires(Permission.BRANCH_EDIT)
def rotate_webhook_secret() -> Response | str | tuple[str, int]:
    """A new secret for webhooks. It is shown in the answer, and never again."""
    return _done(lambda session: branch_settings.rotate_secret(session, g.actor, g.now), "")


@blueprint.post("/branch/calls-secret")
@requires(Permission.BRANCH_EDIT)
def rotate_calls_secret() -> Response | str | tuple[str, int]:
    """A new secret for the telephone system. It is shown in the answer, and never again."""
    return _done(lambda session: phone_calls.rotate_secret(session, g.actor, g.now), "")


def _done(work: Callable[[Session], str | None], said: str) -> Response | str | tuple[str, int]:
    made: list[str] = []

    def once(session: Session) -> str:
        secret = work(session)
        made.extend([secret] if secret else [])
        return ADDRESS

    try:
        done = submit(once)
    except DomainError as error:
        return _page(FormState.typed(request.form, error)), status_of(error)
    if said:
        flash(said, "success")
    return _page(secret=made[0]) if made else done


def _save(session: Session) -> str | None:
    branch = session.get_one(Branch, g.actor.branch_id)
    wanted = read(BranchIn, _given()).to_domain(branch_settings.of(branch))
    if faults := branch_settings.faults(wanted):
        raise Unfit(faults)
    return branch_settings.change(session, wanted, g.actor, g.now)


def _given() -> dict[str, str | bool]:
    """The form's fields; a box that is not ticked says no."""
    fields = {name: text.strip() for name, text in request.form.items() if name in BranchSettings.__slots__}
    return {**fields, **{name: name in request.form for name in TICKS}}


def _page(form: FormState | None = None, secret: str = "") -> str:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        return render_template(
            "manage/branch.html",
            branch=branch,
            form=form or FormState(values=_values(branch_settings.of(branch))),
            secret=secret,
        )


def _values(found: BranchSettings) -> dict[str, str | list[str]]:
    values = {name: getattr(found, name) for name in BranchSettings.__slots__}
    times = {name: f"{values[name]:%H:%M}" for name in TIMES}
    ticks = {name: "yes" if values[name] else "" for name in TICKS}
    return {
        name: str(value) for name, value in {**values, **times, **ticks, "phone": phone.display(found.phone)}.items()
    }
