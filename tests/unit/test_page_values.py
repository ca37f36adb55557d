"""How pages show money, times, phones and plates, choose their language, and keep what was typed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, g
from werkzeug.datastructures import MultiDict

from dispatch.domain.errors import Invalid, Refused
from dispatch.domain.roles import Actor, Role
from dispatch.domain.text import Text
from dispatch.web import assets, filters, i18n, navigation, times
from dispatch.web.formstate import BLANK, FormState

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


@pytest.fixture
def app() -> Flask:
    app = Flask("pages")
    i18n.init(app, lambda: g.get("locale"))
    return app


@pytest.mark.parametrize(("fen", "shown"), [(6650, "¥66.50"), (0, "¥0.00"), (-50, "−¥0.50"), (123456, "¥1234.56")])
def test_money_is_shown_in_yuan(fen: int, shown: str) -> None:
    assert filters.yuan(fen) == shown


def test_times_are_shown_in_the_branchs_zone(app: Flask) -> None:
    with app.test_request_context():
        g.zone = "Asia/Shanghai"
        assert times.localtime(NOW) == "11-23 22:30"
        assert times.clock(NOW, "UTC") == "14:30"


def test_a_time_without_a_zone_is_an_error_rather_than_wrong(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(LookupError):
        times.localtime(NOW)


@pytest.mark.parametrize(
    ("back", "english", "chinese"),
    [
        (timedelta(seconds=59), "just now", "刚刚"),
        (timedelta(minutes=5), "5 min ago", "5分钟前"),
        (timedelta(hours=1), "1 hour ago", "1小时前"),
        (timedelta(days=3), "3 days ago", "3天前"),
    ],
)
def test_how_long_ago_in_the_largest_unit(app: Flask, back: timedelta, english: str, chinese: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert times.ago(NOW - back, NOW) == english
    with app.test_request_context():
        assert times.ago(NOW - back, NOW) == chinese


def test_a_length_of_time_in_hours_and_minutes(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert times.duration(719) == "11 min"
        assert times.duration(timedelta(hours=1, minutes=5)) == "1 h 05 min"


def test_phones_and_plates_are_shown_as_people_read_them() -> None:
    assert filters.phone_display("+8613812345678") == "138 1234 5678"
    assert filters.masked("+8613812345678") == "138****5678"
    assert filters.masked("") == ""
    assert filters.plate_display("沪A12345") == "沪A·12345"
    assert filters.plate_display("浙AD12345") == "浙A·D12345"
    assert filters.plate_display("B-MW 1234") == "B-MW 1234"
    assert filters.new_energy("浙AD12345")
    assert not filters.new_energy("沪A12345")


@pytest.mark.parametrize(
    ("own", "cookie", "browser", "language"),
    [
        (None, None, "", "zh"),
        (None, None, "zh-TW,zh;q=0.8,en;q=0.5", "zh"),
        (None, None, "en-US,en;q=0.9", "en"),
        (None, None, "fr-FR", "en"),
        (None, "en", "zh-CN", "en"),
        (None, "tlh", "zh-CN", "zh"),
        ("zh", "en", "en-US", "zh"),
    ],
)
def test_own_choice_then_cookie_then_browser_decides_the_language(
    app: Flask, own: str | None, cookie: str | None, browser: str, language: str
) -> None:
    headers = {"Accept-Language": browser} if browser else {}
    if cookie:
        headers["Cookie"] = f"{i18n.COOKIE}={cookie}"
    with app.test_request_context(headers=headers):
        assert i18n.choose(own) == language


def test_frozen_wording_follows_the_language_also_from_stored_json(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert filters.text(Text("等候", "Waiting")) == "Waiting"
        assert filters.text({"zh": "等候", "en": "Waiting"}) == "Waiting"
        assert filters.text("13.5") == "13.5"


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong_beside_its_field(app: Flask) -> None:
    typed: MultiDict[str, str] = MultiDict([("phone", "138"), ("needs", "ev"), ("needs", "large")])
    with app.test_request_context(headers={"Accept-Language": "en"}):
        wrong = Invalid("x", "“%(text)s” is wrong", field="phone", text="138")
        form = FormState.typed(typed, wrong, Refused("y", "No"))
        assert form.value("phone") == "138"
        assert form.error("phone") == "“138” is wrong"
        assert form.error("") == "No"
        assert form.chosen("needs", "large")
        assert not form.chosen("rush", "yes", "yes")  # sent without the box: it was unticked, whatever the default
        assert BLANK.chosen("rush", "yes", "yes")
        assert BLANK.value("km", 12) == "12"


def test_the_menu_holds_only_what_one_may_do_and_marks_the_nearest_page(app: Flask) -> None:
    both = Actor(1, "林晓雯", 1, frozenset({Role.DISPATCHER, Role.CARE}))
    with app.test_request_context(headers={"Accept-Language": "en"}):
        shown = navigation.items(both, "/desk/new")
        assert [(item.label, item.current) for item in shown] == [
            ("Board", False),
            ("New booking", True),
            ("All trips", False),
            ("Violations", False),
            ("Callbacks", False),
            ("Complaints", False),
            ("Customers", False),
            ("My department", False),
        ]
        assert navigation.items(None, "/") == []


def test_the_address_of_a_static_file_changes_with_its_content(tmp_path: Path) -> None:
    app = Flask("pages", static_folder=str(tmp_path))
    (tmp_path / "a.css").write_text("a {}")
    with app.test_request_context():
        first = assets.versioned(app)("a.css")
        (tmp_path / "a.css").write_text("b {}")
        assert assets.versioned(app)("a.css") != first
        with pytest.raises(FileNotFoundError):
            assets.versioned(app)("missing.css")
