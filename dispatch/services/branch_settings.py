"""What managers set for their branch: particulars, the agreement, hours, and ways out to customers and machines."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.wording import Language
from dispatch.domain import phone, typed
from dispatch.domain.calling_hours import CallingWindow
from dispatch.domain.dispatching import DispatchMode
from dispatch.domain.errors import N_, Invalid, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services.announce import announce
from dispatch.store.branches import Branch

LANGUAGES: tuple[Language, ...] = ("zh", "zh-en", "en")
"""Those of documents: one, or both side by side with the Chinese binding."""
LATEST_CUTOVER = time(12)


@dataclass(frozen=True, slots=True)
class BranchSettings:
    """All that can be set, as it is or as it shall be."""

    company_name: str
    registration: str
    address: str
    name: str
    city: str
    phone: str
    area_code: str
    form: str
    document_language: str
    callback_workdays: int
    calling_from: time
    calling_until: time
    service_day_cutover: time
    dispatch_mode: DispatchMode
    ask_at_once: int
    assign_directly: bool
    search_radius_km: int
    release_minutes: int
    nobody_minutes: int
    give_up_minutes: int
    declines_to_pause: int
    declines_within_minutes: int
    pause_minutes: int
    offer_seconds: int
    max_shift_hours: int
    min_rest_hours: int
    code_for_signing: bool
    sms_on: bool
    webhook_url: str
    totp_for_managers: bool


def of(branch: Branch) -> BranchSettings:
    """The settings as they are."""
    values = {name: getattr(branch, name) for name in BranchSettings.__slots__}
    return BranchSettings(**{**values, "webhook_url": branch.webhook_url or ""})


def faults(wanted: BranchSettings) -> list[Invalid]:
    """Everything that does not fit, each with its field; ranges of numbers are the schemas' to check."""
    found: list[Invalid] = []
    for check in (_lines, _particulars, _phone, _hours, _search, _webhook):
        found.extend(check(wanted))
    return [*found, *_agreement(wanted)]


def change(session: Session, wanted: BranchSettings, actor: Actor, now: datetime) -> str | None:
    """Set everything as wanted; the journal keeps what was and what is.

    Answers the secret that webhooks are signed with when it is new: it is shown this once. Bookings already made keep
    their form and clause version. Raises Invalid for the first of `faults`.
    """
    branch = _locked(session, actor)
    for fault in faults(wanted):
        raise fault
    before, after = asdict(of(branch)), _tidied(wanted)
    changed = {name: value for name, value in after.items() if value != before[name]}
    for name, value in changed.items():
        setattr(branch, name, value)
    branch.webhook_url = after["webhook_url"] or None
    fresh = None
    if branch.webhook_url and not branch.webhook_secret:
        fresh = branch.webhook_secret = _secret()
    if changed:
        told = {name: [_told(name, before[name]), _told(name, value)] for name, value in changed.items()}
        announce(session, Event("branch.change", {"changes": told}), actor, now, subject="branch", subject_id=branch.id)
    return fresh


def rotate_secret(session: Session, actor: Actor, now: datetime) -> str:
    """A new secret for webhooks, good from the next message on; shown this once. Raises Refused without an address."""
    branch = _locked(session, actor)
    if not branch.webhook_url:
        raise Refused("webhook_off", N_("There is no address for webhooks"))
    fresh = branch.webhook_secret = _secret()
    announce(session, Event("branch.secret_rotate", {}), actor, now, subject="branch", subject_id=branch.id)
    return fresh


def _locked(session: Session, actor: Actor) -> Branch:
    """The branch, held until the transaction ends: of two managers who save at once the second sees the first's."""
    query = select(Branch).where(Branch.id == actor.branch_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _secret() -> str:
    return f"whs_{secrets.token_urlsafe(32)}"


def _lines(wanted: BranchSettings) -> Iterator[Invalid]:
    for field, most in (("company_name", 120), ("name", 80), ("city", 40)):
        try:
            typed.line(getattr(wanted, field), field, most)
        except Invalid as fault:
            yield fault


def _particulars(wanted: BranchSettings) -> Iterator[Invalid]:
    if not re.fullmatch(r"([0-9A-Z]{15}|[0-9A-Z]{18})?", wanted.registration.strip().upper()):
        yield Invalid(
            "registration", N_("A registration number has 18 letters and digits, an old one 15"), field="registration"
        )
    if len(wanted.address.strip()) > 200:
        yield Invalid("too_long", N_("At most %(most)s characters"), field="address", most=200)


def _phone(wanted: BranchSettings) -> Iterator[Invalid]:
    try:
        phone.parse(wanted.phone, area_code=phone.area_code(wanted.area_code) or None)
    except Invalid as fault:
        yield fault


def _agreement(wanted: BranchSettings) -> Iterator[Invalid]:
    if wanted.form not in {"A", "B"}:
        yield Invalid("form", N_("Please choose one of the answers"), field="form")
    if wanted.document_language not in LANGUAGES:
        yield Invalid("document_language", N_("Please choose one of the answers"), field="document_language")


def _hours(wanted: BranchSettings) -> Iterator[Invalid]:
    if wanted.service_day_cutover > LATEST_CUTOVER:
        yield Invalid(
            "service_day_cutover", N_("A service day begins at noon at the latest"), field="service_day_cutover"
        )
    try:
        CallingWindow(wanted.calling_from, wanted.calling_until)
    except Invalid as fault:
        yield Invalid(fault.code, fault.message, field="calling_from")


def _search(wanted: BranchSettings) -> Iterator[Invalid]:
    if 0 < wanted.give_up_minutes < wanted.nobody_minutes:
        yield Invalid(
            "give_up_early", N_("A trip is not given up before desk and customer are told"), field="give_up_minutes"
        )


def _webhook(wanted: BranchSettings) -> Iterator[Invalid]:
    address = wanted.webhook_url.strip()
    try:
        parts = urlsplit(address)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        sound = False
    if address and (not sound or len(address) > 400 or re.search(r"\s", address)):
        yield Invalid("webhook_url", N_("An address begins with https:// and holds no password"), field="webhook_url")


def _tidied(wanted: BranchSettings) -> dict[str, Any]:
    values = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(wanted).items()}
    values["registration"] = values["registration"].upper()
    values["phone"] = phone.parse(values["phone"], area_code=values["area_code"] or None)
    return values


def _told(name: str, value: Any) -> Any:
    """A value as the journal keeps it: of a webhook the host only, for the rest of its address may be a key."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return urlsplit(value).hostname or "" if name == "webhook_url" else value
