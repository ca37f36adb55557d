"""Every page that can be opened from nothing opens, in both languages; a new installation is set up once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from dispatch.app import create_app
from dispatch.domain.roles import Permission
from dispatch.store.branches import Branch
from dispatch.store.staff import Staff
from dispatch.web.access import OPEN, STATIC, permission_of
from dispatch.web.i18n import LANGUAGES
from dispatch.web.runtime import EXTENSION
from tests.web.conftest import Web, settings
from tests.world import NIGHT

ROLES = ("dispatcher", "driver", "agent", "manager")
ONWARD = {"/", "/desk/bulk", "/setup", "/sign-in", "/account/authenticator"}
"""Addresses that lead somebody who is signed in on to another page."""
PARTS = {
    "/health", "/care/complaints/rows", "/care/department/rows", "/desk/calls", "/desk/rows", "/driver/phone",
    "/manifest.webmanifest", "/sw.js",
}  # fmt: skip
"""Answers that are no whole page, and so name no language."""
SET_UP = {
    "code": "SR",
    "branch_name": "上饶分公司",
    "company_name": "归途汽车代驾服务有限公司",
    "city": "上饶",
    "phone": "0793-8000000",
    "area_code": "0793",
    "form": "A",
    "name": "孙经理",
    "login": "sun",
    "password": "lantern over the river",
    "password_again": "lantern over the river",
}

STREAM = "text/event-stream"


def pages(web: Web) -> list[str]:
    """Addresses of pages that need nothing filled in."""
    return sorted(
        rule.rule
        for rule in web.app.url_map.iter_rules()
        if rule.endpoint != STATIC
        and not rule.arguments
        and "GET" in (rule.methods or set())
        and not rule.rule.startswith("/api/")
    )


def rule_permissions(web: Web) -> dict[str, Permission | None]:
    return {
        rule.rule: permission_of(web.app, rule.endpoint)
        for rule in web.app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
    }


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_opens(web: Web, role: str, language: str) -> None:
    actor = getattr(web.world, role)
    client = web.client(actor)
    with web.world.db.transaction() as session:
        session.get_one(Staff, actor.id).locale = language
    permissions = rule_permissions(web)
    wrong = []
    for path in pages(web):
        permission = permissions[path]
        if permission is None or (permission not in OPEN and not actor.may(permission)):
            continue
        answer = client.get(path)
        if answer.mimetype == STREAM:  # it has no end: that it begins is all there is to see
            answer.close()
            assert answer.status_code == 200
            continue
        spoken = re.search(r'<html[^>]*\blang="(zh|en)', answer.text)
        if path in ONWARD:
            fine = answer.status_code == 302
        elif path in PARTS:
            fine = answer.status_code == 200
        else:
            fine = answer.status_code == 200 and spoken is not None and spoken[1] == language
        if not fine:
            wrong.append((path, answer.status_code, spoken and spoken[0]))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_home_leads_each_role_to_a_page_it_may_open(web: Web, role: str) -> None:
    answer = web.client(getattr(web.world, role)).get("/", follow_redirects=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_pages_before_signing_in_follow_the_cookie(web: Web, language: str) -> None:
    client = web.client()
    client.set_cookie("lang", language)
    for path in ("/sign-in", "/verify"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert f'lang="{language}' in answer.text


@pytest.fixture
def bare(tmp_path: Path, sqlite_url: str) -> Iterator[Flask]:
    """The application on a database without a branch."""
    app = create_app(settings(sqlite_url, tmp_path))
    runtime = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(runtime, clock=lambda: NIGHT)
    yield app
    runtime.db.dispose()
    runtime.renderer.close()


def set_up(client: FlaskClient, **over: str) -> TestResponse:
    """Fill in the form as a browser does, with the token that any page of the same browser carries."""
    token = re.search(r'<meta name="csrf-token" content="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    return client.post("/setup", data={**SET_UP, "csrf_token": token[1], **over})


def test_a_new_installation_is_set_up_once(bare: Flask) -> None:
    first, late = bare.test_client(), bare.test_client()
    assert first.get("/setup").status_code == 200

    done = set_up(first)
    assert (done.status_code, done.location) == (302, "/manage/drivers")
    assert first.get("/manage/drivers").status_code == 200

    shown = late.get("/setup")
    assert (shown.status_code, shown.location) == (302, "/sign-in")
    assert set_up(late, code="XX", login="late").status_code == 404
    assert late.get("/manage/drivers").status_code == 302  # nobody was signed in by it
    with bare.extensions[EXTENSION].db.reading() as session:
        assert session.scalars(select(Branch.code)).all() == ["SR"]
        assert session.scalars(select(Staff.login)).all() == ["sun"]


def test_a_set_up_form_that_does_not_fit_makes_nothing_and_keeps_what_was_typed(bare: Flask) -> None:
    answer = set_up(bare.test_client(), password_again="something else entirely")
    assert answer.status_code == 422
    assert SET_UP["company_name"] in answer.text
    assert SET_UP["password"] not in answer.text
    with bare.extensions[EXTENSION].db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Branch)) == 0
