"""Every value a person may read has a word for it, in the language they read."""

from datetime import UTC, datetime
from enum import StrEnum

import pytest
from flask import Flask, g

from dispatch.domain import (
    accounts,
    booking,
    callback,
    commands,
    complaint,
    complaint_clock,
    consent,
    dialling,
    dispatching,
    driver,
    erasure,
    fare_facts,
    fare_lines,
    inspection,
    remedy,
    retention,
    roles,
)
from dispatch.domain import tariff as tariffs
from dispatch.domain.states import State
from dispatch.domain.text import Text
from dispatch.web import i18n, labels

SHOWN: tuple[type[StrEnum], ...] = (
    State,
    accounts.AccountKind,
    accounts.EntryKind,
    accounts.Stop,
    booking.InsuranceStated,
    callback.CallbackState,
    callback.Outcome,
    commands.ClosingItem,
    commands.IncidentKind,
    commands.Party,
    commands.RefusalReason,
    commands.ReplaceReason,
    consent.Basis,
    consent.How,
    consent.Purpose,
    complaint.CaseKind,
    complaint.Channel,
    complaint.Severity,
    complaint.Stage,
    complaint_clock.ClockKind,
    complaint_clock.Level,
    complaint_clock.PauseReason,
    dialling.DialWay,
    dispatching.DispatchMode,
    dispatching.PauseReason,
    driver.Competence,
    driver.Means,
    erasure.Obstacle,
    erasure.Stays,
    fare_facts.Ending,
    fare_facts.Side,
    fare_lines.FareFlag,
    inspection.DamageKind,
    inspection.Insurance,
    inspection.Intoxication,
    inspection.Panel,
    inspection.SafetyItem,
    inspection.Signer,
    remedy.RemedyKind,
    retention.Fixed,
    retention.Kept,
    retention.Kind,
    roles.Role,
    tariffs.Stage,
)


@pytest.fixture
def app() -> Flask:
    app = Flask("labels")
    i18n.init(app, lambda: g.get("locale"))
    return app


@pytest.mark.parametrize("enum", SHOWN, ids=lambda enum: f"{enum.__module__.rpartition('.')[2]}.{enum.__name__}")
def test_every_member_has_a_word(enum: type[StrEnum]) -> None:
    known = labels.LABELS[labels.kind_of(enum)]
    assert [member.value for member in enum if member.value not in known] == []


def test_the_word_follows_the_language(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN,zh;q=0.9"}):
        assert labels.label(State.BOOKED) == "待派单"
    with app.test_request_context(headers={"Accept-Language": "en-GB"}):
        assert labels.state_label("booked") == "Waiting for a driver"


def test_the_same_value_of_two_kinds_has_two_words(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert labels.label(State.REFUSED) != labels.label(callback.Outcome.REFUSED)
        assert labels.label(complaint.Stage.REGISTERED) == "Registered"
        assert labels.label(tariffs.Stage.ARRIVED) == "Driver had arrived"


def test_parameters_of_a_message_become_readable(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        g.zone = "Asia/Shanghai"
        assert labels.readable(
            {
                "state": State.EN_ROUTE,
                "missing": [inspection.Insurance.DAMAGE, inspection.Insurance.THIRD_PARTY],
                "at": datetime(2026, 11, 23, 14, 30, tzinfo=UTC),
                "what": Text("车", "car"),
                "number": 3,
            }
        ) == {
            "state": "On the way",
            "missing": "Damage insurance, Third-party insurance",
            "at": "11-23 22:30",
            "what": "car",
            "number": 3,
        }


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("driven_km", "13.5", "Driven 13.5 km"),
        ("departed_at", "2026-11-23 22:31:09", "Departed 11-23 22:31"),
        ("free", "0:30:00", "Free 30 min"),
        ("waiting", "1:05:20", "Waited 1 h 05 min 20 s"),
        ("cancelled_by", "customer", "Cancelled by Customer"),
        ("something_new", "7", "something_new 7"),
    ],
)
def test_a_fact_of_a_fare_line_is_told_in_words(app: Flask, name: str, value: str, words: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert labels.told(name, value) == words
