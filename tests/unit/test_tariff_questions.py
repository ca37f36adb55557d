"""The desk asks what the tariff in force wants to know, and nothing else."""

from pathlib import Path

from dispatch.domain.tariff import Service
from dispatch.domain.tariff_document import read
from dispatch.domain.tariff_questions import questions

TARIFFS = Path(__file__).parents[2] / "dispatch" / "tariffs"


def service(tariff: str, service_id: str | None = None) -> Service:
    return read((TARIFFS / f"{tariff}.toml").read_text(encoding="utf-8")).service(service_id)


def test_the_forms_own_tariffs_ask_nothing() -> None:
    for name in ("form-a", "form-b"):
        asked = questions(service(name))
        assert (asked.cars, asked.members, asked.extras, asked.hours) == ((), (), (), False)


def test_members_are_asked_about_where_they_pay_less() -> None:
    assert questions(service("app-city")).members == ("gold",)


def test_kinds_of_car_are_asked_about_where_they_cost_more() -> None:
    assert questions(service("city-steps")).cars == ("coach",)


def test_extras_to_be_ordered_are_offered() -> None:
    assert "meal" in [extra.id for extra in questions(service("city-steps", "long_distance")).extras]


def test_hours_are_asked_for_where_they_are_sold() -> None:
    assert questions(service("city-steps", "day")).hours
