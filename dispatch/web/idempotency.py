"""A repeated submission is harmless (R3): the reply is stored with its key, in the transaction of the work."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Conflict, DomainError, Invalid, Refused
from dispatch.domain.errors import NotFound as Unknown
from dispatch.store.db import Database
from dispatch.store.idempotency import RememberedReply

KEY_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back. `replayed` marks an answer that was given before."""

    status: int
    body: str
    content_type: str = "application/json"
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """Who sends what under which key. An empty key means that the sender takes the risk of doing it twice."""

    actor: str
    key: str
    request_sha256: str

    @classmethod
    def of(cls, actor: str, key: str, *parts: bytes) -> "Submission":
        """`parts` are everything that makes the request what it is: method, address, body."""
        if len(key) > KEY_LENGTH:
            raise Invalid(
                "key_too_long",
                N_("An idempotency key has at most %(most)s characters"),
                field="Idempotency-Key",
                most=KEY_LENGTH,
            )
        return cls(actor, key, hashlib.sha256(b"\0".join(parts)).hexdigest())


def once(
    db: Database,
    submission: Submission,
    now: datetime,
    work: Callable[[Session], Reply],
    explain: Callable[[DomainError], Reply] | None = None,
) -> Reply:
    """Do the work in one transaction, or answer as it was answered before.

    What the rules say no to is an answer too when `explain` can put it into words: the same key gets it again.
    Raises Invalid when the key came with another request, Conflict while the first one is still being worked on.
    """
    try:
        with db.transaction() as session:
            return _kept(session, submission, now, work)
    except (Refused, Invalid, Unknown) as error:
        if explain is None:
            raise
        refusal = explain(error)
    # What was refused is rolled back whole, and the answer kept on its own: a savepoint would make every success pay.
    with db.transaction() as session:
        return _kept(session, submission, now, lambda _: refusal)


def _kept(session: Session, submission: Submission, now: datetime, work: Callable[[Session], Reply]) -> Reply:
    """The reply that is known, or that of the work, remembered with it."""
    if not submission.key:
        return work(session)
    _claim(session, submission)
    known = session.get(RememberedReply, (submission.actor, submission.key))
    if known is not None:
        return _replay(known, submission)
    reply = work(session)
    session.add(
        RememberedReply(
            actor=submission.actor,
            key=submission.key,
            request_sha256=submission.request_sha256,
            status=reply.status,
            body=reply.body,
            content_type=reply.content_type,
            created_at=now,
        )
    )
    return reply


def remembered(db: Database, submission: Submission) -> Reply | None:
    """The answer given before, for work that begins before its transaction (rendering a document)."""
    with db.reading() as session:
        known = session.get(RememberedReply, (submission.actor, submission.key)) if submission.key else None
        return None if known is None else _replay(known, submission)


def _replay(known: RememberedReply, submission: Submission) -> Reply:
    if known.request_sha256 != submission.request_sha256:
        raise Invalid(
            "key_reused",
            N_("This idempotency key was used for another request: take a new one"),
            field="Idempotency-Key",
        )
    return Reply(known.status, known.body, known.content_type, replayed=True)


def _claim(session: Session, submission: Submission) -> None:
    """On PostgreSQL, hold the key until the transaction ends. SQLite's writers come one after another anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return
    digest = hashlib.sha256(f"{submission.actor}\0{submission.key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": number}):
        raise Conflict("in_flight", N_("The same request is being worked on: ask again in a moment"))
