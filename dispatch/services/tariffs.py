"""Tariffs: checking a document, publishing it from a date, finding the one in force."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Invalid, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.domain.tariff import Tariff
from dispatch.domain.tariff_document import read
from dispatch.services.announce import announce
from dispatch.store import tariffs
from dispatch.store.tariffs import TariffVersion


@dataclass(frozen=True, slots=True)
class TariffInForce:
    """A published version, read."""

    id: int
    number: int
    tariff: Tariff


def publish(session: Session, document: str, valid_from: datetime | None, actor: Actor, now: datetime) -> TariffVersion:
    """Publish a tariff document for bookings made from `valid_from` on (None: now).

    Raises InvalidTariff with every fault and its line; the published one then stays in force. Raises Invalid when the
    day lies in the past: what was quoted is never changed afterwards.
    """
    tariff = read(document)
    if valid_from is not None and valid_from < now:
        raise Invalid("valid_from_past", N_("A tariff is published for a time to come, or for now"), field="valid_from")
    last = session.scalar(select(func.max(TariffVersion.number)).where(TariffVersion.branch_id == actor.branch_id))
    version = TariffVersion(
        branch_id=actor.branch_id,
        number=(last or 0) + 1,
        name=tariff.text.zh,
        document=document,
        sha256=hashlib.sha256(document.encode()).hexdigest(),
        valid_from=valid_from or now,
        published_by=actor.id,
        published_at=now,
    )
    session.add(version)
    session.flush()
    data = {"number": version.number, "name": version.name, "valid_from": version.valid_from.isoformat()}
    announce(session, Event("tariff.publish", data), actor, now, subject="tariff", subject_id=version.id)
    return version


def in_force(session: Session, branch_id: int, now: datetime) -> TariffInForce:
    """The tariff that a booking made now is quoted by. Raises Refused when none was published yet."""
    version = tariffs.in_force(session, branch_id, now)
    if version is None:
        raise Refused("no_tariff", N_("No tariff is in force: a manager publishes one first"))
    return _read(version)


def of_id(session: Session, branch_id: int, tariff_id: int) -> TariffInForce:
    """A version by id, as frozen in a trip. Raises NotFound for another branch's."""
    return _read(_version(session, branch_id, tariff_id))


def document_of(session: Session, branch_id: int, tariff_id: int) -> str:
    """A version as it was written, to begin the next one from. Raises NotFound for another branch's."""
    return _version(session, branch_id, tariff_id).document


def samples() -> dict[str, str]:
    """The documents that come with the service, by name, to begin one's own from."""
    found = sorted((files("dispatch") / "tariffs").iterdir(), key=lambda one: one.name)
    return {one.name.removesuffix(".toml"): one.read_text(encoding="utf-8") for one in found}


def _version(session: Session, branch_id: int, tariff_id: int) -> TariffVersion:
    version = session.get(TariffVersion, tariff_id)
    if version is None or version.branch_id != branch_id:
        raise NotFound("tariff_unknown", N_("There is no such tariff"))
    return version


def _read(version: TariffVersion) -> TariffInForce:
    return TariffInForce(version.id, version.number, _parsed(version.document))


@lru_cache(maxsize=64)
def _parsed(document: str) -> Tariff:
    return read(document)
