"""What a tariff wants to know of a job besides distance and time, so that the desk asks for it and for nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

from dispatch.domain.tariff import Adjustment, Service, When


@dataclass(frozen=True, slots=True)
class Questions:
    """Kinds of car and member the prices tell apart; extras to be ordered; whether hours are planned (packages)."""

    cars: tuple[str, ...]
    members: tuple[str, ...]
    extras: tuple[Adjustment, ...]
    hours: bool


def questions(service: Service) -> Questions:
    """The questions of one service, in the order of its document."""
    conditions = list(_conditions(service))
    return Questions(
        cars=_distinct(car for when in conditions for car in when.cars),
        members=_distinct(member for when in conditions for member in when.members),
        extras=tuple(term for term in (*service.surcharges, *service.discounts) if term.on_request),
        hours=bool(service.packages),
    )


def _conditions(service: Service) -> Iterator[When]:
    yield from (term.when for term in (*service.surcharges, *service.discounts))
    yield from (term.when for term in service.cancellations)


def _distinct(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
