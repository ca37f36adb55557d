"""Who sees the photos of a trip, by the API and on pages: its driver until the end, care on a complaint, managers."""

import re

import pytest
from werkzeug.test import TestResponse

from dispatch.domain import commands as c
from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.inspection import Damage, DamageKind, Panel
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import callbacks, complaints
from dispatch.store.callbacks import CallbackTask
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.queries import counted

JPEG = b"\xff\xd8\xff"


@pytest.fixture(autouse=True)
def in_english(web: Web) -> None:
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"


def inspected(web: Web, photos: int = 1) -> tuple[int, list[int]]:
    """A trip whose left front is scratched, with so many photos of it, and one more of nothing in particular."""
    trip_id = web.world.to(State.ON_SITE)
    loose = web.world.photo(trip_id)
    taken = [web.world.photo(trip_id) for _ in range(photos)]
    scratched = {**dict.fromkeys(Panel), Panel.LEFT_FRONT: Damage(DamageKind.SCRATCH, "", tuple(taken))}
    web.world.do(trip_id, c.Inspect(web.world.inspection(panels=scratched)))
    return trip_id, [loose, *taken]


def complain(web: Web, trip_id: int) -> None:
    given = Registration(
        Channel.CALL, web.world.now, "李建国", "+8613807930001", "", web.world.now, "代驾员", "车门", "赔偿", trip_id
    )
    with web.world.db.transaction() as session:
        complaints.register(session, given, web.world.agent)


def get(web: Web, actor: Actor, path: str) -> TestResponse:
    return web.client(actor).get(path)


def thumbnails(page: TestResponse) -> list[str]:
    assert page.status_code == 200
    return re.findall(r'<img src="(/api/v1/[^"]*photos/\d+)" loading="lazy"', page.text)


def test_the_list_says_what_each_photo_shows(web: Web) -> None:
    trip_id, (loose, scratch) = inspected(web)
    listed = get(web, web.world.manager, f"/api/v1/trips/{trip_id}/photos").get_json()["photos"]
    assert [(one["id"], one["panel"], one["kind"]) for one in listed] == [
        (loose, None, None),
        (scratch, "left_front", "scratch"),
    ]
    content = get(web, web.world.manager, f"/api/v1/photos/{scratch}").data
    assert (listed[1]["content_type"], listed[1]["size"]) == ("image/jpeg", len(content))


def test_a_photo_is_answered_as_what_it_is_and_kept_nowhere(web: Web) -> None:
    _, (photo_id, _) = inspected(web)
    answer = get(web, web.world.manager, f"/api/v1/photos/{photo_id}")
    assert answer.data.startswith(JPEG)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_driver_sees_photos_of_the_own_trip_until_it_ends(web: Web) -> None:
    trip_id, photos = inspected(web)
    listed, read = f"/api/v1/driver/trips/{trip_id}/photos", f"/api/v1/driver/photos/{photos[0]}"
    page = get(web, web.world.driver, f"/driver/trip/{trip_id}")
    assert thumbnails(page) == [f"/api/v1/driver/photos/{one}" for one in photos]
    assert get(web, web.world.driver, read).data.startswith(JPEG)
    web.world.to(State.CLOSED, trip_id)
    assert thumbnails(get(web, web.world.driver, f"/driver/trip/{trip_id}")) == []
    assert {get(web, web.world.driver, path).status_code for path in (listed, read)} == {404}


def test_another_drivers_photos_do_not_exist(web: Web) -> None:
    trip_id, (photo_id, _) = inspected(web)
    for path in (f"/api/v1/driver/trips/{trip_id}/photos", f"/api/v1/driver/photos/{photo_id}"):
        assert get(web, web.world.drivers[1], path).status_code == 404


def test_customer_service_sees_photos_only_where_somebody_complained(web: Web) -> None:
    trip_id, photos = inspected(web)
    listed, read = f"/api/v1/trips/{trip_id}/photos", f"/api/v1/photos/{photos[0]}"
    assert {get(web, web.world.agent, path).status_code for path in (listed, read)} == {404}
    assert thumbnails(get(web, web.world.agent, f"/desk/trips/{trip_id}")) == []
    complain(web, trip_id)
    assert {get(web, web.world.agent, path).status_code for path in (listed, read)} == {200}
    assert len(thumbnails(get(web, web.world.agent, f"/desk/trips/{trip_id}"))) == 2


def test_the_callback_of_a_trip_with_a_complaint_shows_its_photos(web: Web) -> None:
    trip_id, photos = inspected(web)
    web.world.to(State.CLOSED, trip_id)
    with web.world.db.reading() as session:
        callback_id = session.query(CallbackTask.id).filter_by(trip_id=trip_id).scalar()
        assert callbacks.find(session, callback_id, web.world.agent).trip_id == trip_id
    assert thumbnails(get(web, web.world.agent, f"/care/{callback_id}")) == []
    complain(web, trip_id)
    shown = thumbnails(get(web, web.world.agent, f"/care/{callback_id}"))
    assert shown == [f"/api/v1/photos/{one}" for one in photos]


def test_a_manager_sees_photos_and_each_one_read_is_in_the_journal(web: Web) -> None:
    trip_id, photos = inspected(web)
    page = get(web, web.world.manager, f"/desk/trips/{trip_id}")
    assert thumbnails(page) == [f"/api/v1/photos/{one}" for one in photos]
    assert "Left front · Scratch" in page.text
    assert read_by_managers(web) == []  # the page alone reads none: they lie folded away
    get(web, web.world.manager, f"/api/v1/photos/{photos[1]}")
    assert read_by_managers(web) == [photos[1]]


def test_looking_at_many_photos_is_one_line_of_the_trips_history(web: Web) -> None:
    trip_id, photos = inspected(web, 3)
    for photo_id in photos:
        get(web, web.world.manager, f"/api/v1/photos/{photo_id}")
    assert get(web, web.world.manager, f"/desk/trips/{trip_id}").text.count("Photo read") == 1
    assert len(read_by_managers(web)) == len(photos)


def read_by_managers(web: Web) -> list[int]:
    entries = get(web, web.world.manager, "/api/v1/journal").get_json()["entries"]
    return [entry["data"]["photo"] for entry in entries if entry["type"] == "photo.read"]


def test_the_desk_sees_no_photos(web: Web) -> None:
    trip_id, (photo_id, _) = inspected(web)
    for path in (f"/api/v1/trips/{trip_id}/photos", f"/api/v1/photos/{photo_id}"):
        assert get(web, web.world.dispatcher, path).status_code == 403
    assert thumbnails(get(web, web.world.dispatcher, f"/desk/trips/{trip_id}")) == []


def test_a_photo_that_does_not_exist_is_404(web: Web) -> None:
    assert get(web, web.world.manager, "/api/v1/photos/999").status_code == 404
    assert get(web, web.world.manager, "/api/v1/trips/999/photos").status_code == 404


def test_a_page_asks_the_database_as_often_for_many_photos_as_for_one(web: Web) -> None:
    asked = []
    for photos in (1, 12):
        trip_id, _ = inspected(web, photos)
        client = web.client(web.world.manager)
        with counted(web) as statements:
            client.get(f"/desk/trips/{trip_id}")
        asked.append(len(statements))
        web.world.to(State.CLOSED, trip_id)
    assert asked[0] == asked[1]
