"""R3: the same key twice is one trip and the same reply, on both databases."""

from collections.abc import Callable
from datetime import timedelta

from dispatch.domain.states import State
from dispatch.store import trips
from tests.web.conftest import Web


def order(web: Web, km: str = "12") -> dict[str, object]:
    return {
        "caller_phone": "138 0793 4455",
        "name": "李雷",
        "plate": "赣E·12345",
        "pickup": {"address": "信州区 五三大道 8 号"},
        "destination": {"address": "广信区 旭日大道 1 号"},
        "booked_km": km,
        "appointed_at": (web.world.now + timedelta(minutes=20)).isoformat(),
    }


def test_the_same_request_twice_is_one_trip_and_one_reply(web_on: Callable[[str], Web], database_url: str) -> None:
    web = web_on(database_url)
    desk = web.client(web.world.dispatcher)
    first, again = (web.post(desk, "/api/v1/trips", order(web), key="one") for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"
    with web.world.db.reading() as session:
        assert len(trips.page(session, web.world.branch_id)) == 1


def test_a_key_used_for_something_else_is_refused(web_on: Callable[[str], Web], database_url: str) -> None:
    web = web_on(database_url)
    desk = web.client(web.world.dispatcher)
    web.post(desk, "/api/v1/trips", order(web), key="one")
    other = web.post(desk, "/api/v1/trips", order(web, km="13"), key="one")
    assert (other.status_code, other.get_json()["code"]) == (422, "key_reused")


def test_what_was_refused_is_refused_again_with_the_same_words(web_on: Callable[[str], Web], database_url: str) -> None:
    web = web_on(database_url)
    trip_id = web.world.to(State.ACCEPTED)
    driver = web.client(web.world.driver)
    first, again = (web.post(driver, f"/api/v1/trips/{trip_id}/commands/arrive", key="k") for _ in range(2))
    assert (first.status_code, first.get_json()["code"]) == (409, "wrong_state")
    assert first.data == again.data


def test_keys_are_each_persons_own(web: Web) -> None:
    desk, manager = web.client(web.world.dispatcher), web.client(web.world.manager)
    quote = {"booked_km": "12", "appointed_at": web.world.now.isoformat()}
    assert web.post(desk, "/api/v1/quotes", quote, key="k").status_code == 200
    assert "Idempotent-Replayed" not in web.post(manager, "/api/v1/quotes", quote, key="k").headers
