"""Scripts of callbacks: a branch's own sentences in its languages, version by version; filled in for a call."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain import callback_script
from dispatch.domain.callback_script import DEFAULTS, LANGUAGES, CallbackScript
from dispatch.domain.errors import N_, Conflict, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services.announce import announce
from dispatch.store import callback_scripts
from dispatch.store.branches import Branch
from dispatch.store.callback_scripts import ScriptVersion
from dispatch.store.callbacks import CallbackTask
from dispatch.store.db import savepoint


def languages(branch: Branch) -> tuple[str, ...]:
    """What the branch speaks on the telephone, the usual one first."""
    return LANGUAGES[branch.document_language]


def in_use(session: Session, branch_id: int, language: str) -> tuple[CallbackScript, ScriptVersion | None]:
    """The sentences said now; without a version they are those that the service comes with. Raises NotFound."""
    _check_language(language)
    row = callback_scripts.newest(session, branch_id, language)
    return (row.as_script() if row else DEFAULTS[language]), row


def versions(session: Session, branch_id: int, language: str) -> list[ScriptVersion]:
    """Everything that was ever said, newest first. Raises NotFound."""
    _check_language(language)
    return callback_scripts.versions(session, branch_id, language)


def rewrite(
    session: Session, language: str, wanted: CallbackScript, actor: Actor, now: datetime, *, based_on: int
) -> ScriptVersion:
    """The next version, said from the next call on. The same sentences again are no new version.

    `based_on` is the version that was rewritten, 0 for the sentences the service comes with. Raises Invalid by part,
    NotFound for a language there is none in, Conflict when a colleague was faster.
    """
    present, row = in_use(session, actor.branch_id, language)
    script = callback_script.checked(wanted)
    newest = row.version if row else 0
    if based_on != newest:
        raise _changed()
    if row and script == present:
        return row
    fresh = ScriptVersion(
        branch_id=actor.branch_id, language=language, version=newest + 1, written_by=actor.id, written_at=now,
        **asdict(script),
    )  # fmt: skip
    try:
        with savepoint(session):
            session.add(fresh)
            session.flush()
    except IntegrityError as error:
        raise _changed() from error
    event = Event("callback_script.rewrite", {"language": language, "version": fresh.version})
    announce(session, event, actor, now, subject="callback_script", subject_id=fresh.id)
    return fresh


def spoken(session: Session, task: CallbackTask, language: str, actor: Actor) -> CallbackScript:
    """What the actor says to the customer. Raises NotFound for a language that the branch does not speak."""
    trip, branch = task.trip, task.trip.branch
    if language not in languages(branch):
        raise _no_language()
    script, _ = in_use(session, task.branch_id, language)
    return callback_script.spoken(
        script,
        {
            "customer": trip.contact_name,
            "agent": actor.name,
            "branch": branch.name,
            "company": branch.company_name,
            "driver": trip.driver.name if trip.driver else "",
            "badge": trip.driver.badge_id if trip.driver else "",
            "day": callback_script.day_in_words(task.service_day, language),
            "number": trip.number,
        },
    )


def _check_language(language: str) -> None:
    if language not in DEFAULTS:
        raise _no_language()


def _no_language() -> NotFound:
    return NotFound("script_language", N_("There is no script in this language"))


def _changed() -> Conflict:
    return Conflict("script_changed", N_("Somebody has rewritten the script meanwhile: look at it again"))
