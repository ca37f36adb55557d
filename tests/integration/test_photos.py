"""Photos: what is accepted, what is left of it, and who may see it."""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from struct import pack
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.errors import Invalid, NotFound
from dispatch.domain.roles import Actor, Role
from dispatch.domain.states import State
from dispatch.services import complaints, photos
from dispatch.store import journal
from dispatch.store.trips import Trip
from tests.world import World

MOST_BYTES, MOST_PIXELS = 1 << 20, 4_000_000


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def picture(kind: str = "JPEG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **save: Any) -> bytes:
    drawn = BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 0).save(drawn, kind, **save)
    return drawn.getvalue()


def cleaned(content: bytes) -> Image.Image:
    return Image.open(BytesIO(photos.clean(content, max_bytes=MOST_BYTES, max_pixels=MOST_PIXELS)))


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 pixels wide and high."""
    head = b"IHDR" + pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + pack(">I", 13) + head + pack(">I", crc32(head)) + picture("PNG")[33:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "CMYK"])
def test_every_usual_picture_becomes_a_plain_jpeg(kind: str, mode: str) -> None:
    if (kind, mode) in {("JPEG", "RGBA"), ("JPEG", "P"), ("PNG", "CMYK"), ("WEBP", "CMYK")}:
        mode = "RGB"  # the format has no such pictures
    done = cleaned(picture(kind, mode=mode))
    assert (done.format, done.mode, done.size) == ("JPEG", "RGB", (300, 200))


def test_a_large_picture_is_made_smaller_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    done = cleaned(picture(size=(2400, 1200), exif=exif))
    assert done.size == (800, 1600)


def test_nothing_hidden_in_a_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-MAKER"
    exif.get_ifd(0x8825)[1] = "N"
    dirty = picture(exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"PROFILE" * 20)
    assert b"CAMERA-MAKER" in dirty
    assert b"SECRET-COMMENT" in dirty
    clean = photos.clean(dirty, max_bytes=MOST_BYTES, max_pixels=MOST_PIXELS)
    assert not any(word in clean for word in (b"CAMERA-MAKER", b"SECRET-COMMENT", b"PROFILE", b"Exif"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo_unreadable"),
        (b"not a picture at all", "photo_unreadable"),
        (picture("GIF", mode="P"), "photo_unreadable"),
        (picture("BMP"), "photo_unreadable"),
        (picture("TIFF"), "photo_unreadable"),
        (picture()[:400], "photo_unreadable"),
        (picture("PNG")[:-30], "photo_unreadable"),
        (picture("PNG", size=(2001, 2000)), "photo_large"),
        (bomb(), "photo_large"),
        (b"x" * (MOST_BYTES + 1), "photo_large"),
    ],
    ids=["empty", "text", "gif", "bmp", "tiff", "cut jpeg", "cut png", "many pixels", "bomb", "many bytes"],
)
def test_what_is_no_photo_or_too_large_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        photos.clean(content, max_bytes=MOST_BYTES, max_pixels=MOST_PIXELS)
    assert (refused.value.code, refused.value.field) == (code, "photo")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=12))
def test_a_damaged_picture_is_read_or_refused_but_never_breaks_anything(
    kind: str, bytes_: list[tuple[int, int]]
) -> None:
    content = bytearray(picture(kind))
    for position, value in bytes_:
        content[position % len(content)] = value
    with suppress(Invalid):
        assert cleaned(bytes(content)).format == "JPEG"


def taken(world: World, trip_id: int) -> int:
    clean = photos.clean(picture(), max_bytes=MOST_BYTES, max_pixels=MOST_PIXELS)
    with world.db.transaction() as session:
        return photos.store(session, clean, world.driver, world.now, trip_id=trip_id).id


def may_see(world: World, photo_id: int, actor: Actor) -> bool:
    try:
        with world.db.transaction() as session:
            return photos.read(session, photo_id, actor, world.now).content[:2] == b"\xff\xd8"
    except NotFound:
        return False


def complain(world: World, trip_id: int) -> None:
    with world.db.transaction() as session:
        given = Registration(
            Channel.CALL, world.now, "李建国", "+8613807930001", "", world.now, "代驾员", "车门被刮", "赔偿", trip_id
        )
        complaints.register(session, given, world.agent)


def test_a_driver_sees_the_photos_of_a_trip_until_it_ends_and_other_drivers_never(world: World) -> None:
    trip_id = world.to(State.ON_SITE)
    photo_id = taken(world, trip_id)
    assert may_see(world, photo_id, world.drivers[0])
    assert not may_see(world, photo_id, world.drivers[1])
    world.to(State.REFUSED, trip_id)
    assert not may_see(world, photo_id, world.drivers[0])


def test_customer_service_sees_photos_where_there_is_a_complaint_and_the_desk_never(world: World) -> None:
    trip_id = world.to(State.ON_SITE)
    photo_id = taken(world, trip_id)
    assert not may_see(world, photo_id, world.agent)
    complain(world, trip_id)
    assert may_see(world, photo_id, world.agent)
    assert not may_see(world, photo_id, world.dispatcher)


def test_a_manager_sees_photos_and_the_journal_says_so(world: World) -> None:
    trip_id = world.to(State.ON_SITE)
    photo_id = taken(world, trip_id)
    assert may_see(world, photo_id, world.manager)
    with world.db.reading() as session:
        newest = journal.page(session, world.branch_id, subject="trip", subject_id=trip_id)[0]
    assert (newest.type, newest.payload) == ("photo.read", {"photo": photo_id})


def test_the_list_of_a_trip_s_photos_gives_their_size_and_reads_none(world: World) -> None:
    trip_id = world.to(State.ON_SITE)
    photo_id = taken(world, trip_id)
    with world.db.reading() as session:
        [one] = photos.of_trip(session, session.get_one(Trip, trip_id), world.manager)
        with pytest.raises(NotFound):
            photos.of_trip(session, session.get_one(Trip, trip_id), world.agent)
        newest = journal.page(session, world.branch_id, subject="trip", subject_id=trip_id)[0]
    with world.db.transaction() as session:
        assert one.size == len(photos.read(session, photo_id, world.manager, world.now).content)
    assert (one.id, one.content_type, one.panel, one.kind) == (photo_id, "image/jpeg", None, None)
    assert newest.type != "photo.read"


def test_a_photo_of_another_branch_does_not_exist(world: World) -> None:
    photo_id = taken(world, world.to(State.ON_SITE))
    assert not may_see(world, photo_id, Actor(9, "外人", world.branch_id + 1, frozenset({Role.MANAGER})))


def test_a_driver_s_newest_photo_counts(world: World) -> None:
    driver_id = world.driver.driver_id or 0
    with world.db.transaction() as session:
        assert photos.of_driver(session, driver_id) is None
        for content in (b"older", b"newer"):
            photos.store(session, content, world.manager, world.now, driver_id=driver_id)
        newest = photos.of_driver(session, driver_id)
    assert newest is not None
    assert newest.content == b"newer"
