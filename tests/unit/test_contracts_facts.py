"""Facts are frozen as canonical JSON: the same facts, the same bytes, the same digest."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from contracts import sample
from contracts.facts import Anchor, Damage, Photo, Step, shown_digest, shown_digest_of
from contracts.wording import kilometres, minutes, money, money_range, spaced, yuan


def test_the_same_facts_give_the_same_bytes() -> None:
    assert sample.agreement().to_json() == sample.agreement().to_json()
    assert sample.receipt().to_json() == sample.receipt().to_json()


def test_canonical_json_is_sorted_compact_utf8() -> None:
    text = sample.agreement().to_json().decode()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert "归途汽车代驾服务有限公司" in text
    assert json.loads(text)["signed_at"] == "2026-01-09T22:40:00+08:00"


def test_any_other_fact_gives_another_digest() -> None:
    facts = sample.agreement()
    others = [
        replace(facts, place="别处"),
        replace(facts, quote_total_fen=facts.quote_total_fen + 1),
        replace(facts, terms=replace(facts.terms, cancel_fee_fen=0)),
        replace(facts, customer=replace(facts.customer, name="别人")),
    ]
    assert len({shown_digest(f) for f in [facts, *others]}) == len(others) + 1


def test_what_signing_adds_changes_nothing_of_what_was_shown() -> None:
    signed = sample.agreement()
    step = Step(kind="read", at=sample.NIGHT, device="phone", address="192.0.2.1", shown_sha256=shown_digest(signed))
    others = [
        replace(signed, signature=None, signed_at=None),
        replace(signed, signed_at=sample.NIGHT + timedelta(minutes=5)),
        replace(signed, steps=(step,), anchor=Anchor(position=1, sha256="0" * 64)),
    ]
    assert {shown_digest(facts) for facts in others} == {shown_digest(signed)}
    assert len({facts.to_json() for facts in [signed, *others]}) == 4
    assert shown_digest_of(json.loads(others[2].to_json())) == shown_digest(signed)


def test_a_photo_is_frozen_as_its_digest() -> None:
    photo = Photo(media_type="image/jpeg", content=b"\xff\xd8\xffphoto")
    facts = sample.agreement()
    with_photo = replace(
        facts, condition=replace(facts.condition, damages=(Damage(panel="roof", kind="dent", photo=photo),))
    )
    kept = json.loads(with_photo.to_json())["condition"]["damages"][0]["photo"]
    assert kept == {"media_type": "image/jpeg", "sha256": sha256(photo.content).hexdigest()}


@pytest.mark.parametrize(
    ("fen", "column", "zh"), [(1000, "10.00", "10 元"), (1050, "10.50", "10.50 元"), (-50, "-0.50", "-0.50 元")]
)
def test_money_in_columns_and_in_sentences(fen: int, column: str, zh: str) -> None:
    assert yuan(fen) == column
    assert money(fen).zh == zh


def test_figures_in_words() -> None:
    assert money_range(1000, 2000).en == "¥10–20"
    assert money_range(1000, 1000).zh == "10 元"
    assert (minutes(60).zh, minutes(120).en, minutes(90).zh, minutes(1).en) == (
        "1 小时",
        "2 hours",
        "90 分钟",
        "1 minute",
    )
    assert (kilometres(5000).zh, kilometres(2500).en) == ("5 公里", "2.5 km")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("前30分钟免费", "前 30 分钟免费"),
        ("超过50%的部分", "超过 50% 的部分"),
        ("22:00–次日06:00出发", "22:00–次日 06:00 出发"),
        ("10–20 元，含8公里", "10–20 元，含 8 公里"),
    ],
)
def test_figures_stand_apart_from_chinese_in_print(typed: str, printed: str) -> None:
    assert spaced(typed) == printed
