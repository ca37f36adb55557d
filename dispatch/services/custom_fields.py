"""Fields of a branch's own on customers' profiles: added, renamed, taken off and put back by a manager."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain import custom_fields as rules
from dispatch.domain.custom_fields import FieldKind
from dispatch.domain.errors import N_, Conflict, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services.announce import announce
from dispatch.store import custom_fields as store
from dispatch.store.custom_fields import CustomFieldRow


def add(
    session: Session, actor: Actor, now: datetime, *, name: str, kind: FieldKind, choices: Sequence[str]
) -> CustomFieldRow:
    """Add a field at the end. Raises Invalid, Conflict for a name there is, Refused when there are thirty."""
    plain, offered = rules.checked(name, kind, choices)
    known = store.of_branch(session, actor.branch_id, all_of_them=True)
    if len(known) >= rules.MOST_FIELDS:
        raise Refused("fields_most", N_("At most %(most)s fields"), most=rules.MOST_FIELDS)
    _unique(known, plain, None)
    row = CustomFieldRow(
        branch_id=actor.branch_id,
        name=plain,
        kind=kind,
        choices=list(offered),
        position=len(known),
        active=True,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _tell(session, "field.add", row, actor, now)
    return row


def change(
    session: Session, field_id: int, actor: Actor, now: datetime, *, name: str, choices: Sequence[str], active: bool
) -> CustomFieldRow:
    """Rename a field, offer other answers, take it off or put it back; answers given stay. Raises NotFound, Invalid."""
    known = store.of_branch(session, actor.branch_id, all_of_them=True)
    row = next((one for one in known if one.id == field_id), None)
    if row is None:
        raise NotFound("field_unknown", N_("There is no such field"))
    plain, offered = rules.checked(name, row.kind, choices)
    _unique(known, plain, row.id)
    row.name, row.choices, row.active = plain, list(offered), active
    _tell(session, "field.change", row, actor, now)
    return row


def _unique(known: Sequence[CustomFieldRow], name: str, but: int | None) -> None:
    if any(one.name == name and one.id != but for one in known):
        raise Conflict("field_twice", N_("There is a field of this name"))


def _tell(session: Session, what: str, row: CustomFieldRow, actor: Actor, now: datetime) -> None:
    event = Event(what, {"name": row.name})
    announce(session, event, actor, now, subject="branch", subject_id=row.branch_id)
