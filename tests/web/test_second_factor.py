"""Where the branch asks managers for a second factor, one without it sets it up before anything else."""

import re

import pytest
from flask.testing import FlaskClient

from dispatch.domain.errors import Busy
from dispatch.services import sign_in, totp
from dispatch.store.branches import Branch
from dispatch.store.staff import ApiToken, Staff
from tests.web.conftest import Web
from tests.web.forms import fill_in

ENROL = "/account/authenticator"


@pytest.fixture(autouse=True)
def asked_for(web: Web) -> None:
    with web.world.db.transaction() as session:
        session.get_one(Branch, web.world.branch_id).totp_for_managers = True


@pytest.fixture
def manager(web: Web) -> FlaskClient:
    return web.client(web.world.manager)


def key(web: Web, staff_id: int) -> dict[str, str]:
    """What a machine that acts as somebody sends."""
    with web.world.db.transaction() as session:
        token = sign_in.create_api_token(session, session.get_one(Staff, staff_id), "电话系统", web.world.now)
    return {"Authorization": f"Bearer {token}"}


def code_of(web: Web, page: str) -> str:
    secret = re.search(r'code secret">(\w+)<', page)
    assert secret is not None
    return totp.code_at(secret[1], int(web.world.now.timestamp()) // totp.STEP_SECONDS)


@pytest.mark.parametrize("page", ["/manage/drivers", "/manage/branch", "/account", "/desk/trips", "/care"])
def test_every_page_leads_to_the_setting_up(manager: FlaskClient, page: str) -> None:
    answer = manager.get(page)
    assert (answer.status_code, answer.headers["Location"]) == (303, ENROL)


def test_the_way_in_ends_there_too(manager: FlaskClient) -> None:
    assert manager.get("/", follow_redirects=True).request.path == ENROL


def test_no_form_of_another_page_is_taken(web: Web, manager: FlaskClient) -> None:
    fill_in(manager, ENROL, "/sign-out", {})
    manager = web.client(web.world.manager)
    token = re.search(r'name="csrf-token" content="([^"]+)"', manager.get(ENROL).text)
    assert token is not None
    answer = manager.post("/manage/staff", data={"csrf_token": token[1], "name": "x", "login": "x"})
    assert answer.headers["Location"] == ENROL


def test_the_api_answers_with_a_code_of_its_own(manager: FlaskClient) -> None:
    for path in ("/api/v1/sessions/current", "/api/v1/staff", "/api/v1/branch"):
        answer = manager.get(path)
        assert (answer.status_code, answer.content_type) == (403, "application/problem+json")
        assert answer.get_json()["code"] == "second_factor_required"


def test_once_set_up_everything_is_open(web: Web, manager: FlaskClient) -> None:
    page = manager.get(ENROL).text
    wrong = fill_in(manager, ENROL, ENROL, {"code": "000000"})
    assert wrong.status_code == 422
    assert code_of(web, wrong.text) == code_of(web, page)
    done = fill_in(manager, ENROL, ENROL, {"code": code_of(web, page)})
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert manager.get("/manage/branch").status_code == 200
    assert manager.get(ENROL).headers["Location"] == "/account"


def test_nobody_but_managers_is_asked(web: Web) -> None:
    assert web.client(web.world.dispatcher).get("/desk").status_code == 200
    assert web.client(web.world.driver).get("/driver").status_code == 200


def test_managers_are_not_asked_where_the_branch_does_not(web: Web, manager: FlaskClient) -> None:
    with web.world.db.transaction() as session:
        session.get_one(Branch, web.world.branch_id).totp_for_managers = False
    assert manager.get("/manage/branch").status_code == 200


def test_machines_with_a_key_work_on_and_their_use_is_noted(web: Web) -> None:
    machine = key(web, web.world.manager.id)
    client = web.app.test_client()
    seen = []
    for seconds in (0, 30, 31):
        web.world.later(seconds=seconds)
        assert client.get("/api/v1/staff", headers=machine).status_code == 200
        with web.world.db.reading() as session:
            seen.append(session.query(ApiToken).one().last_used_at)
    assert seen[0] == seen[1]
    assert seen[2] == web.world.now


def test_a_machine_is_served_although_its_use_cannot_be_noted(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise Busy("database_busy", "busy")

    monkeypatch.setattr(sign_in, "note_use", busy)
    assert web.app.test_client().get("/api/v1/staff", headers=key(web, web.world.manager.id)).status_code == 200


def test_the_person_s_page_says_when_a_key_was_last_used(web: Web) -> None:
    with web.world.db.transaction() as session:
        session.get_one(Branch, web.world.branch_id).totp_for_managers = False
        session.get_one(Staff, web.world.manager.id).locale = "en"
    machine = key(web, web.world.dispatcher.id)
    manager, page = web.client(web.world.manager), f"/manage/staff/{web.world.dispatcher.id}"
    assert "never used" in manager.get(page).text
    web.world.later(minutes=7)
    web.app.test_client().get("/api/v1/sessions/current", headers=machine)
    assert "last used 03-06 22:37" in manager.get(page).text
