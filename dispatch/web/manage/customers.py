"""Fields of the branch's own on customers' profiles, and the rules of the tiers."""

from collections.abc import Callable

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import money
from dispatch.domain.custom_fields import FieldKind
from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.domain.tiers import MOST_TIERS, Tier
from dispatch.services import custom_fields, customer_tiers
from dispatch.store import custom_fields as field_store
from dispatch.store import tiers as tier_store
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.schemas.customers import FieldChangeIn, FieldIn, TierIn
from dispatch.web.submitting import read, submit

ADDRESS = "/manage/customers"


@blueprint.get("/customers")
@requires(Permission.CUSTOMER_RULES)
def show_rules() -> str:
    """Fields and tiers."""
    return _page()


@blueprint.post("/customers/fields")
@requires(Permission.CUSTOMER_RULES)
def add_field() -> Response | tuple[str, int]:
    """Add a field."""

    def work(session: Session) -> str:
        body = read(FieldIn, {**_named(), "kind": request.form.get("kind", "")})
        custom_fields.add(session, g.actor, g.now, name=body.name, kind=body.kind, choices=body.choices)
        return ADDRESS

    return _done(work, "field")


@blueprint.post("/customers/fields/<int:field_id>")
@requires(Permission.CUSTOMER_RULES)
def change_field(field_id: int) -> Response | tuple[str, int]:
    """Change a field, take it off or put it back."""

    def work(session: Session) -> str:
        body = read(FieldChangeIn, {**_named(), "active": "active" in request.form})
        custom_fields.change(
            session, field_id, g.actor, g.now, name=body.name, choices=body.choices, active=body.active
        )
        return ADDRESS

    return _done(work, f"field_{field_id}")


@blueprint.post("/customers/tiers")
@requires(Permission.CUSTOMER_RULES)
def set_tiers() -> Response | tuple[str, int]:
    """Set all tiers; a line without a name is none."""

    def work(session: Session) -> str:
        customer_tiers.set_tiers(session, [tier for line in range(MOST_TIERS) if (tier := _tier(line))], g.actor, g.now)
        return ADDRESS

    return _done(work, "tiers")


def _named() -> dict[str, object]:
    return {"name": request.form.get("name", ""), "choices": request.form.get("choices", "").splitlines()}


def _tier(line: int) -> Tier | None:
    """A line of the form. Raises Invalid naming its field."""
    given = {
        name: request.form.get(f"{name}_{line}", "").strip() for name in ("id", "name", "trips_from", "spend_from_fen")
    }
    if not given["name"]:
        return None
    spend = given.pop("spend_from_fen")
    body = read(TierIn, {name: text or None for name, text in given.items()})
    fen = money.fen(spend, field=f"spend_from_fen_{line}") if spend else None
    return Tier(body.id or 0, body.name, body.trips_from, fen)


def _done(work: Callable[[Session], str], part: str) -> Response | tuple[str, int]:
    try:
        done = submit(work)
    except DomainError as error:
        return _page(part, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _page(part: str = "", form: FormState = BLANK) -> str:
    with runtime().db.reading() as session:
        rows = field_store.of_branch(session, g.actor.branch_id, all_of_them=True)
        tiers = tier_store.of_branch(session, g.actor.branch_id)
        forms = {f"field_{row.id}": _field_form(row) for row in rows} | {"tiers": _tier_form(tiers)} | {part: form}
        return render_template(
            "manage/customers.html",
            rows=rows,
            lines=min(len(tiers) + 2, MOST_TIERS),
            forms=forms,
            field_form=forms.get("field", BLANK),
            wrong=form,
            kinds=list(FieldKind),
        )


def _field_form(row: field_store.CustomFieldRow) -> FormState:
    return FormState(
        values={"name": row.name, "choices": "\n".join(row.choices), "active": "yes" if row.active else ""}
    )


def _tier_form(tiers: list[tier_store.TierRow]) -> FormState:
    values: dict[str, str] = {}
    for line, row in enumerate(tiers):
        values |= {
            f"id_{line}": str(row.id),
            f"name_{line}": row.name,
            f"trips_from_{line}": str(row.trips_from or ""),
            f"spend_from_fen_{line}": money.yuan(row.spend_from_fen) if row.spend_from_fen else "",
        }
    return FormState(values=values)
