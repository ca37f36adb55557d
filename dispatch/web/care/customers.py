"""Customers: search, hot list, the profile and what is written into it, merging.

Searches are sent by POST, although nothing is changed: numbers and addresses stay out of web addresses and logs.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import customer_merging, customer_search, customer_tiers, customers, vouchers
from dispatch.services.customers import Change
from dispatch.store import tiers as tier_store
from dispatch.web.access import requires
from dispatch.web.care import blueprint
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of
from dispatch.web.revealing import Answer, Reveals
from dispatch.web.runtime import runtime
from dispatch.web.schemas.customers import CustomerRevealIn, TierGivenIn
from dispatch.web.submitting import read, submit

CUSTOM = "custom_"


@blueprint.get("/customers")
@requires(Permission.CUSTOMER_LOOKUP)
def find_customers() -> str:
    """Search, and below it who comes often and lately."""
    return _list("")


@blueprint.post("/customers")
@requires(Permission.CUSTOMER_LOOKUP)
def search_customers() -> str:
    """Who holds the fragment."""
    return _list(request.form.get("q", ""))


@blueprint.get("/customers/<int:customer_id>")
@requires(Permission.CUSTOMER_LOOKUP)
def show_customer(customer_id: int) -> str | Response:
    """The profile; a merged one leads to the one that it was merged into."""
    with runtime().db.reading() as session:
        kept = customers.find(session, customer_id, g.actor).id
    return redirect(f"/care/customers/{kept}") if kept != customer_id else profile_page(customer_id)


@blueprint.post("/customers/<int:customer_id>")
@requires(Permission.CUSTOMER_EDIT)
def change_customer(customer_id: int) -> Response | tuple[str, int]:
    """Write into the profile; a box that is not ticked, or a field left empty, takes an answer away."""
    given = request.form

    def work(session: Session) -> str:
        answers = {field.id: given.get(field.input, "") for field in customers.fields(session, g.actor.branch_id)}
        wanted = Change(given.get("name", ""), given.get("notes", ""), given.get("do_not_serve", ""), answers)
        customers.change(session, customer_id, wanted, g.actor, g.now)
        return f"/care/customers/{customer_id}"

    return _done(customer_id, work, gettext("Saved."), "profile")


@blueprint.post("/customers/<int:customer_id>/phones")
@requires(Permission.CUSTOMER_EDIT)
def add_number(customer_id: int) -> Response | tuple[str, int]:
    """A further number."""

    def work(session: Session) -> str:
        customers.add_phone(session, customer_id, request.form.get("phone", ""), g.actor, g.now)
        return f"/care/customers/{customer_id}"

    return _done(customer_id, work, gettext("The number is added."), "phone")


@blueprint.post("/customers/<int:customer_id>/phones/<int:phone_id>/remove")
@requires(Permission.CUSTOMER_EDIT)
def remove_number(customer_id: int, phone_id: int) -> Response | tuple[str, int]:
    """Take a further number off."""

    def work(session: Session) -> str:
        customers.remove_phone(session, customer_id, phone_id, g.actor, g.now)
        return f"/care/customers/{customer_id}"

    return _done(customer_id, work, gettext("The number is taken off."), "phone")


@blueprint.post("/customers/<int:customer_id>/merge")
@requires(Permission.CUSTOMER_EDIT)
def merge_in(customer_id: int) -> Response | tuple[str, int]:
    """Merge another profile into this one."""

    def work(session: Session) -> str:
        other = request.form.get("other_id", 0, type=int)
        customer_merging.merge(session, customer_id, other, g.actor, g.now)
        return f"/care/customers/{customer_id}"

    return _done(customer_id, work, gettext("Merged. It can be taken back for 30 days."), "merge")


@blueprint.post("/customers/<int:customer_id>/merges/<int:merge_id>/undo")
@requires(Permission.CUSTOMER_EDIT)
def undo_merging(customer_id: int, merge_id: int) -> Response | tuple[str, int]:
    """Take a merge back."""

    def work(session: Session) -> str:
        customer_merging.undo(session, merge_id, g.actor, g.now)
        return f"/care/customers/{customer_id}"

    return _done(customer_id, work, gettext("The merge is taken back."), "merge")


@blueprint.post("/customers/<int:customer_id>/tier")
@requires(Permission.CUSTOMER_RULES)
def give_tier(customer_id: int) -> Response | tuple[str, int]:
    """A tier by hand."""

    def work(session: Session) -> str:
        given = request.form
        values = {"tier_id": given.get("tier_id") or None, "until": given.get("until"), "reason": given.get("reason")}
        body = read(TierGivenIn, values)
        customer_tiers.give(
            session, customer_id, g.actor, g.now, tier_id=body.tier_id, until=body.until, reason=body.reason
        )
        return f"/care/customers/{customer_id}"

    return _done(customer_id, work, gettext("Saved."), "tier")


@blueprint.post("/customers/<int:customer_id>/reveal")
@requires(Permission.PERSONAL_REVEAL)
def reveal_customer(customer_id: int) -> tuple[str, int]:
    """Show a masked fact to somebody who says why. Nothing is kept under the form's key, as on trips."""
    what = request.form.get("what", "")
    with runtime().db.reading() as session:
        customers.find(session, customer_id, g.actor)
    try:
        body = read(CustomerRevealIn, {"what": what, "reason": request.form.get("reason", "")})
        with runtime().db.transaction() as session:
            customer = customers.find(session, customer_id, g.actor)
            value = customers.reveal(session, customer, g.actor, g.now, what=body.what, reason=body.reason)
    except DomainError as error:
        answer = Answer(what, form=FormState.typed(request.form, error), error=error)
        return profile_page(customer_id, answer=answer), status_of(error)
    return profile_page(customer_id, answer=Answer(what, value)), 200


def _list(typed: str) -> str:
    with runtime().db.reading() as session:
        branch_id = g.actor.branch_id
        return render_template(
            "care/customers.html",
            form=FormState(values={"q": typed}),
            typed=typed,
            hits=customer_search.search(session, branch_id, typed) if typed.strip() else None,
            hot=customer_tiers.hot(session, branch_id, g.now),
            shared=customer_merging.shared_cars(session, branch_id) if g.actor.may(Permission.CUSTOMER_EDIT) else [],
            tiers=customer_tiers.names(session, branch_id),
        )


def _done(customer_id: int, work: Callable[[Session], str], said: str, part: str) -> Response | tuple[str, int]:
    """Carry a form out, or show the page with that form as it was typed."""
    with runtime().db.reading() as session:
        customers.find(session, customer_id, g.actor)
    try:
        done = submit(work)
    except DomainError as error:
        return profile_page(customer_id, part, FormState.typed(request.form, error)), status_of(error)
    flash(said, "success")
    return done


def profile_page(customer_id: int, part: str = "", form: FormState = BLANK, answer: Answer | None = None) -> str:
    """The profile with its forms; `form` is the state of the one named by `part`."""
    with runtime().db.reading() as session:
        customer = customers.find(session, customer_id, g.actor)
        seen = customers.profile(session, customer, g.actor)
        editable = g.actor.may(Permission.CUSTOMER_EDIT)
        open_to = customers.REVEALABLE if seen.masked and g.actor.may(Permission.PERSONAL_REVEAL) else frozenset()
        answers = {f"{CUSTOM}{key}": text for key, text in customers.answers(customer).items()}
        usual = {
            "name": customer.name,
            "notes": customer.notes,
            "do_not_serve": customer.do_not_serve or "",
            **answers,
        }
        return render_template(
            "care/customer.html",
            customer=customer,
            seen=seen,
            forms={"profile": FormState(values=usual), part: form},
            blank=BLANK,
            reveals=Reveals(f"/care/customers/{customer.id}/reveal", open_to, answer),
            fields=customers.fields(session, customer.branch_id),
            choices_of=lambda field: [(one, one) for one in field.choices],
            editable=editable,
            likely=customer_merging.likely(session, customer) if editable else [],
            merges=customer_merging.standing(session, customer, g.now),
            tier_choices=[(row.id, row.name) for row in tier_store.of_branch(session, customer.branch_id)],
            tier_names=customer_tiers.names(session, customer.branch_id),
            history=tier_store.history(session, customer.id),
            year=customer_tiers.year_of(session, customer, g.now),
            vouchers=vouchers.of_customer(session, customer),
            today=g.now.astimezone(ZoneInfo(g.zone)).date(),
        )
