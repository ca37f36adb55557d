"""Staff: who signs in, and as what."""

from typing import Any

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import STAFF_ROLES, Permission, Role
from dispatch.services import phone_calls, sign_in, staff
from dispatch.store import staff as store
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import filled, submit

PAGE = 100


@blueprint.get("/staff")
@requires(Permission.STAFF_EDIT)
def list_staff() -> str:
    """Everybody who signs in."""
    return _list(BLANK)


@blueprint.post("/staff")
@requires(Permission.STAFF_EDIT)
def add_staff() -> Response | tuple[str, int]:
    """Add somebody. Drivers are added on their own page, with badge and papers."""

    def work(session: Session) -> str:
        filled("name", "login", "password")
        given = request.form
        staff.add(
            session,
            g.actor,
            g.now,
            login=given.get("login", ""),
            name=given.get("name", ""),
            roles=_roles() - {Role.DRIVER},
            password=given.get("password", ""),
        )
        return "/manage/staff"

    return _saved(work, _list)


@blueprint.get("/staff/<int:staff_id>")
@requires(Permission.STAFF_EDIT)
def show_staff(staff_id: int) -> str:
    """One person."""
    return _person(staff_id, None)


@blueprint.post("/staff/<int:staff_id>")
@requires(Permission.STAFF_EDIT)
def change_staff(staff_id: int) -> Response | tuple[str, int]:
    """Name, roles, whether they may sign in; a new password when one is typed."""

    def work(session: Session) -> str:
        given = request.form
        before = staff.find(session, staff_id, g.actor).role_set
        roles = (_roles() - {Role.DRIVER}) | (before & {Role.DRIVER})
        active = given.get("active") == "yes"
        staff.change(session, staff_id, g.actor, g.now, name=given.get("name", ""), roles=roles, active=active)
        person = staff.find(session, staff_id, g.actor)
        phone_calls.set_extension(session, person, given.get("extension", ""), g.actor, g.now)
        if given.get("password"):
            staff.set_password(session, staff_id, given["password"], g.actor, g.now)
        if given.get("clear_totp") == "yes":
            staff.clear_totp(session, staff_id, g.actor, g.now)
        return "/manage/staff"

    return _saved(work, lambda form: _person(staff_id, form))


@blueprint.post("/staff/<int:staff_id>/tokens")
@requires(Permission.STAFF_EDIT)
def add_token(staff_id: int) -> Response | str | tuple[str, int]:
    """Make a key with which a machine acts as this person. It is shown in the answer, and never again."""
    made: list[str] = []

    def work(session: Session) -> str:
        person = staff.find(session, staff_id, g.actor)
        made.append(sign_in.create_api_token(session, person, request.form.get("label", ""), g.now, g.actor))
        return f"/manage/staff/{staff_id}"

    try:
        done = submit(work)
    except DomainError as error:
        return _person(staff_id, None, FormState.typed(request.form, error)), status_of(error)
    return _person(staff_id, None, secret=made[0]) if made else done


@blueprint.post("/staff/<int:staff_id>/tokens/<int:token_id>/revoke")
@requires(Permission.STAFF_EDIT)
def revoke_token(staff_id: int, token_id: int) -> Response:
    """Withdraw a machine's key."""

    def work(session: Session) -> str:
        person = staff.find(session, staff_id, g.actor)
        sign_in.revoke_api_token(session, person, token_id, g.actor, g.now)
        return f"/manage/staff/{staff_id}"

    done = submit(work)
    flash(gettext("The key is withdrawn."), "success")
    return done


def _saved(work: Any, again: Any) -> Response | tuple[str, int]:
    try:
        done = submit(work)
    except DomainError as error:
        return again(FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _roles() -> frozenset[Role]:
    chosen = set(request.form.getlist("roles"))
    return frozenset(role for role in STAFF_ROLES if role.value in chosen)


def _list(form: FormState) -> str:
    with runtime().db.reading() as session:
        before = request.args.get("before", type=int)
        found = store.page(session, g.actor.branch_id, before=before, limit=PAGE)
        return render_template(
            "manage/staff.html",
            form=form,
            found=found,
            next=f"?before={found[-1].id}" if len(found) == PAGE else "",
            first="/manage/staff" if before is not None else "",
        )


def _person(staff_id: int, form: FormState | None, token_form: FormState = BLANK, secret: str = "") -> str:
    with runtime().db.reading() as session:
        person = staff.find(session, staff_id, g.actor)
        values: dict[str, str | list[str]] = {
            "name": person.name,
            "roles": person.roles,
            "active": "yes" if person.active else "",
            "extension": person.extension or "",
        }
        return render_template(
            "manage/person.html",
            form=form or FormState(values=values),
            token_form=token_form,
            person=person,
            tokens=sign_in.api_tokens(session, person),
            secret=secret,
        )
