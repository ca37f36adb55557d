"""docs/tariffs.md says what is so."""

import json
import re
from dataclasses import fields
from pathlib import Path

from dispatch.domain import tariff_document
from dispatch.domain.fare import FareFlag, compute
from dispatch.domain.fare_facts import FareFacts
from dispatch.domain.tariff_document import SECTIONS
from tests.unit.tariff_samples import ALL_DAY, NAMED, NAMES, sample

GUIDE = (Path(__file__).parents[2] / "docs" / "tariffs.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_the_documents_shown_can_be_read() -> None:
    least, tiers = blocks("toml")
    assert tariff_document.read(least).code == "my-city"
    assert tariff_document.read(NAMED + ALL_DAY + tiers)


def test_the_fare_worked_out_comes_out() -> None:
    (facts,) = blocks("json")
    fare = compute(sample("night-step"), FareFacts.from_json(json.loads(facts)))
    assert [line.amount_fen for line in fare.lines] == [1900, 4200, 150, 400]


def test_every_section_fact_flag_and_shipped_document_is_named() -> None:
    spelled = {"refusal_fee_fen": "refusal_fee", "recorded_km": "driven_km"}
    facts = {spelled.get(field.name, field.name) for field in fields(FareFacts)}
    for name in {*SECTIONS, *facts, *FareFlag, *NAMES}:
        assert re.search(rf"\b{re.escape(name)}\b", GUIDE), name
