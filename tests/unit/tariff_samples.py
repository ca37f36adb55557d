"""The tariff documents that come with the product, and short ways to say facts."""

from pathlib import Path
from typing import Any

from dispatch.domain import tariff_document
from dispatch.domain.fare import Fare, compute
from dispatch.domain.fare_facts import FareFacts
from dispatch.domain.tariff import Tariff

FOLDER = Path(__file__).parents[2] / "dispatch" / "tariffs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))

NAMED = """code = "t"
name = { zh = "价目", en = "List" }
"""
ALL_DAY = """
[[band]]
hours = "00:00-24:00"
base = 10
"""


def sample(name: str) -> Tariff:
    return tariff_document.read((FOLDER / f"{name}.toml").read_text())


def fare(tariff: Tariff, **facts: Any) -> Fare:
    """A fare from facts as in JSON; `km` stands for both odometer readings."""
    km = facts.pop("km", None)
    if km is not None:
        facts |= {"odometer_start_km": 1000, "odometer_end_km": str(1000 + float(km))}
    facts.setdefault("appointed_at", "2026-03-02T06:00:00")
    return compute(tariff, FareFacts.from_json(facts))


def all_day(sections: str, settings: str = "") -> Tariff:
    """A tariff with a base fare of 10 yuan all day, these settings before and these sections behind it."""
    return tariff_document.read(NAMED + settings + ALL_DAY + sections)
