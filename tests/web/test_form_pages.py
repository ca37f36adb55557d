"""Managers write, check, look at, compare and publish agreement forms; nothing typed is lost."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from contracts import forms
from tests.web.conftest import Web
from tests.web.forms import hidden

OWN = forms.document("A-2026.1").replace("须有陪同人同车照料", "须有清醒的陪同人同车照料")


@pytest.fixture
def manager(web: Web) -> FlaskClient:
    return web.client(web.world.manager)


def send(manager: FlaskClient, do: str, document: str = OWN, **fields: str) -> Any:
    shown = hidden(manager.get("/manage/forms").text, "/manage/forms")
    return manager.post("/manage/forms", data={**shown, "document": document, "do": do, **fields})


def test_a_version_is_checked_compared_published_and_shown(manager: FlaskClient) -> None:
    checked = send(manager, "check").text
    assert "<ins>清醒的</ins>" in checked
    done = send(manager, "publish", valid_from="2026-03-06")
    assert (done.status_code, done.location) == (303, "/manage/forms/A-2026.2")
    page = manager.get("/manage/forms/A-2026.2?against=A-2026.1").text
    assert "<ins>清醒的</ins>" in page
    assert "交通费 10 元" in page  # with the figures of the tariff in force
    assert "<del>清醒的</del>" in manager.get("/manage/forms/A-2026.1?against=A-2026.2").text
    assert "清醒的" in manager.get("/manage/forms?version=A-2026.2").text
    assert "A-2026.2" in manager.get("/manage/journal").text


def test_what_a_later_release_ships_is_not_to_come_for_a_form_of_the_branch_s_own(manager: FlaskClient) -> None:
    assert manager.get("/manage/forms").text.count("待生效") == 2  # the next of A and of B
    send(manager, "publish", valid_from="2026-03-06")
    assert manager.get("/manage/forms").text.count("待生效") == 1


def test_mistakes_are_named_with_their_line_and_the_text_stays(manager: FlaskClient) -> None:
    spoiled = OWN.replace("{cancel_fee}", "10 元")
    for do in ("check", "publish", "preview"):
        page = send(manager, do, spoiled, valid_from="2026-03-06").text
        assert "“10 元”是手写的数值" in page
        assert 'data-line="' in page
        assert "交通费 10 元" in page
    assert "A-2026.2" not in manager.get("/manage/forms").text


@pytest.mark.parametrize("day", ["", "soon", "2026-03-01"])
def test_a_day_that_does_not_fit_is_said_beside_its_field(manager: FlaskClient, day: str) -> None:
    reply = send(manager, "publish", valid_from=day)
    assert reply.status_code == 422
    assert 'href="#f-valid_from"' in reply.text
    assert "清醒的" in reply.text


def test_a_specimen_can_be_looked_at_before_and_after_publishing(manager: FlaskClient) -> None:
    for reply in (send(manager, "preview"), manager.get("/manage/forms/B-2026.1/specimen.pdf")):
        assert (reply.status_code, reply.content_type) == (200, "application/pdf")
        assert reply.data.startswith(b"%PDF")


def test_mistakes_are_told_in_the_reader_s_language_and_nothing_in_them_becomes_markup(manager: FlaskClient) -> None:
    page = send(manager, "check", OWN.replace("友好协商", "友好<u>协商").replace("in good will", "<script>", 1)).text
    assert "尖括号只用于称谓 &lt;c&gt; 和 &lt;u&gt;" in page
    page = send(manager, "check", f'"<script>" = 1\n{OWN}').text
    assert "没有这个键" in page
    assert "<script>" not in page


def test_only_managers_come_here(web: Web) -> None:
    for actor in (web.world.dispatcher, web.world.agent, web.world.driver):
        client = web.client(actor)
        for path in ("/manage/forms", "/manage/forms/A-2026.1", "/manage/forms/A-2026.1/specimen.pdf"):
            assert client.get(path).status_code == 403
        for path in ("/api/v1/forms", "/api/v1/forms/A-2026.1"):
            assert client.get(path).status_code == 403
        given = {"document": OWN, "valid_from": "2026-03-06"}
        for path in ("/api/v1/forms", "/api/v1/forms/check"):
            assert web.post(client, path, given).status_code == 403


def test_the_api_lists_checks_and_publishes(web: Web, manager: FlaskClient) -> None:
    listed = manager.get("/api/v1/forms").get_json()["versions"]
    assert [one["version"] for one in listed if one["in_force"]] == ["A-2026.1", "B-2026.1"]
    assert manager.get("/api/v1/forms/A-2026.1").get_json()["document"] == forms.document("A-2026.1")
    assert manager.get("/api/v1/forms/A-2020.1").status_code == 404
    checked = web.post(manager, "/api/v1/forms/check", {"document": OWN}).get_json()
    assert checked == {"valid": True, "problems": [], "changes": ["A6.1"]}
    wrong = OWN.replace("{cancel_fee}", "10 元")
    assert web.post(manager, "/api/v1/forms/check", {"document": wrong}).get_json()["problems"][0]["line"] > 0
    refused = web.post(manager, "/api/v1/forms", {"document": wrong, "valid_from": "2026-03-06"})
    assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, "document")
    made = web.post(manager, "/api/v1/forms", {"document": OWN, "valid_from": "2026-03-06"})
    assert (made.status_code, made.get_json()["version"], made.get_json()["in_force"]) == (201, "A-2026.2", True)
