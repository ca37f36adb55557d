"""Photos: a few formats, a cap on pixels before decoding, re-encoded small, everything hidden in them dropped."""

import hashlib
import warnings
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageFile, ImageOps
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, undefer

from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Permission, Role
from dispatch.domain.states import LIVE
from dispatch.services.announce import announce
from dispatch.store import complaints, inspections
from dispatch.store.photos import Photo
from dispatch.store.trips import Trip

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_EDGE = 1600
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Taken:
    """A photo of a trip without its bytes; `panel` and `kind` say which damage it shows, where a report names it."""

    id: int
    panel: str | None
    kind: str | None
    content_type: str
    size: int  # bytes
    taken_at: datetime


def clean(content: bytes, *, max_bytes: int, max_pixels: int) -> bytes:
    """A picture as it is stored: upright, at most 1600 pixels long, JPEG, no EXIF. Raises Invalid."""
    if len(content) > max_bytes:
        raise _too_large()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own cap on pixels is lower than the one Pillow warns of
            ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for its whole process
            picture = Image.open(BytesIO(content), formats=FORMATS)
        _check_size(picture, max_pixels)
        picture.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # of a large JPEG only what is kept is decoded
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    except Invalid:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # decoders meet hostile bytes with errors of every kind (R11)
        words = N_("This is not a photo we can read: JPEG, PNG or WebP")
        raise Invalid("photo_unreadable", words, field="photo") from error
    upright.info = {}  # comments would be written again
    small = BytesIO()
    upright.save(small, "JPEG", quality=QUALITY, optimize=True)
    return small.getvalue()


def _check_size(picture: Image.Image, max_pixels: int) -> None:
    if picture.width * picture.height > max_pixels:
        raise _too_large()


def _too_large() -> Invalid:
    return Invalid("photo_large", N_("The photo is too large"), field="photo")


def store(
    session: Session,
    cleaned: bytes,
    actor: Actor,
    now: datetime,
    *,
    trip_id: int | None = None,
    driver_id: int | None = None,
) -> Photo:
    """Keep a cleaned picture of a car on a trip, or of a driver."""
    photo = Photo(
        branch_id=actor.branch_id,
        trip_id=trip_id,
        driver_id=driver_id,
        taken_by=actor.id,
        content_type="image/jpeg",
        content=cleaned,
        sha256=hashlib.sha256(cleaned).hexdigest(),
        created_at=now,
    )
    session.add(photo)
    session.flush()
    return photo


def read(session: Session, photo_id: int, actor: Actor, now: datetime) -> Photo:
    """A photo with its bytes, for those who may see it: its driver until the trip ends, customer service where there
    is a complaint, managers (noted in the journal). Raises NotFound for everybody else.
    """
    photo = session.get(Photo, photo_id, options=[undefer(Photo.content)])
    if photo is None or photo.branch_id != actor.branch_id or not _may_see(session, photo, actor):
        raise _unknown()
    if actor.has(Role.MANAGER) and photo.trip_id is not None:
        event = Event("photo.read", {"photo": photo.id})
        announce(session, event, actor, now, subject="trip", subject_id=photo.trip_id)
    return photo


def of_trip(session: Session, trip: Trip, actor: Actor) -> list[Taken]:
    """What was photographed on a trip, oldest first, for those who may see it. Raises NotFound for everybody else.

    Nothing of a picture is read by this, so nothing enters the journal.
    """
    if not may_see(session, trip, actor):
        raise _unknown()
    shows = {
        photo_id: (panel, damage["kind"])
        for report in inspections.all_of_trip(session, trip.id)
        for panel, damage in report.panels.items()
        if damage
        for photo_id in damage["photo_ids"]
    }
    query = select(Photo.id, Photo.content_type, func.length(Photo.content), Photo.created_at)
    rows = session.execute(query.where(Photo.trip_id == trip.id).order_by(Photo.id))
    return [Taken(row[0], *shows.get(row[0], (None, None)), *row[1:]) for row in rows]


def may_see(session: Session, trip: Trip, actor: Actor) -> bool:
    """Whether photos of this trip are for the actor: the access table of the service."""
    if trip.branch_id != actor.branch_id:
        return False
    if actor.has(Role.MANAGER):
        return True
    if actor.driver_id is not None and trip.driver_id == actor.driver_id and trip.state in LIVE:
        return True
    return actor.has(Role.CARE) and complaints.on_trip(session, trip.id)


def of_driver(session: Session, driver_id: int) -> Photo | None:
    """A driver's newest photo, with its bytes."""
    query = select(Photo).where(Photo.driver_id == driver_id).options(undefer(Photo.content))
    return session.scalars(query.order_by(Photo.id.desc()).limit(1)).first()


def driver_has_one(session: Session, driver_id: int) -> bool:
    """Whether a badge with a photo can be shown; its bytes are not read."""
    return bool(session.scalar(select(exists().where(Photo.driver_id == driver_id))))


def _may_see(session: Session, photo: Photo, actor: Actor) -> bool:
    if photo.trip_id is None:
        return actor.may(Permission.DRIVER_STATUS) or photo.driver_id == actor.driver_id
    return may_see(session, session.get_one(Trip, photo.trip_id), actor)


def _unknown() -> NotFound:
    return NotFound("photo_unknown", N_("There is no such photo"))
