"""Badge cards: printing one, and telling anyone whether it is in force (P1)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from sqlalchemy.orm import Session

from contracts import facts as paper
from contracts.badge import BadgeFacts
from contracts.compose import badge_sheet
from contracts.sheet import Sheet
from contracts.wording import Language
from dispatch.domain.errors import N_, NotFound, Refused
from dispatch.services import document_facts, photos
from dispatch.services.links import LinkKey
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver


@dataclass(frozen=True, slots=True)
class Shown:
    """What a badge shows by itself, and whether it is in force on this day."""

    driver_id: int
    name: str
    badge: str
    company: str
    branch: str
    phone: str
    in_force: bool
    has_photo: bool


def sheet(session: Session, driver: Driver, keys: LinkKey) -> Sheet:
    """The badge card to print. Raises Refused without a photo: a badge has one (P1)."""
    photo = photos.of_driver(session, driver.id)
    if photo is None:
        raise Refused("photo_missing", N_("A badge shows a photo: add one first"))
    branch = session.get_one(Branch, driver.branch_id)
    return badge_sheet(
        BadgeFacts(
            company=document_facts.company_of(branch),
            name=driver.name,
            badge=driver.badge_id,
            photo=paper.Photo(
                media_type=cast(Literal["image/jpeg", "image/png"], photo.content_type), content=photo.content
            ),
            valid_until=_until(driver),
            url=keys.badge_url(driver.id),
            language=cast(Language, branch.document_language),
        )
    )


def shown(session: Session, driver_id: int, today: date) -> Shown:
    """What anyone with the badge before them may see. Raises NotFound."""
    driver = session.get(Driver, driver_id)
    if driver is None:
        raise NotFound("badge_unknown", N_("There is no such badge"))
    branch = session.get_one(Branch, driver.branch_id)
    return Shown(
        driver.id,
        driver.name,
        driver.badge_id,
        branch.company_name,
        branch.name,
        branch.phone,
        driver.badge_active and driver.held_reason is None and _until(driver) >= today,
        photos.driver_has_one(session, driver.id),
    )


def _until(driver: Driver) -> date:
    return min(driver.licence_until, driver.permit_until)
