"""Tokens for machines: each acts as one staff member until it is revoked."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import staff
from dispatch.services.announce import announce
from dispatch.services.sign_in import digest
from dispatch.store.staff import ApiToken, Staff


def create(session: Session, staff_id: int, label: str, actor: Actor, now: datetime) -> tuple[ApiToken, str]:
    """A new token for a staff member of the branch; the text is shown once and stored nowhere."""
    person = staff.find(session, staff_id, actor)
    name = label.strip()
    if not 0 < len(name) <= 80:
        raise Invalid("label_length", N_("Say in up to 80 characters what the token is for"), field="label")
    token = secrets.token_urlsafe(32)
    row = ApiToken(token_sha256=digest(token), staff_id=person.id, label=name, created_at=now)
    session.add(row)
    session.flush()
    _tell(session, "create", row, actor, now)
    return row, token


def revoke(session: Session, token_id: int, actor: Actor, now: datetime) -> None:
    """End a token for good. Raises NotFound for another branch's."""
    row = session.get(ApiToken, token_id)
    if row is None or row.staff.branch_id != actor.branch_id:
        raise NotFound("token_unknown", N_("There is no such token"))
    if row.revoked_at is None:
        row.revoked_at = now
        _tell(session, "revoke", row, actor, now)


def of_branch(session: Session, branch_id: int, *, before: int | None = None, limit: int = 50) -> list[ApiToken]:
    """Newest first, those before an id."""
    query = select(ApiToken).join(Staff).where(Staff.branch_id == branch_id)
    if before is not None:
        query = query.where(ApiToken.id < before)
    return list(session.scalars(query.order_by(ApiToken.id.desc()).limit(limit)).unique())


def _tell(session: Session, what: str, row: ApiToken, actor: Actor, now: datetime) -> None:
    event = Event(f"api_token.{what}", {"label": row.label, "staff_id": row.staff_id})
    announce(session, event, actor, now, subject="api_token", subject_id=row.id)
