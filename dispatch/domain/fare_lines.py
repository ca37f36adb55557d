"""The lines of a fare: what anyone needs to redo the sum by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from dispatch.domain.errors import N_
from dispatch.domain.money import round_fen, yuan
from dispatch.domain.text import Text


class FareFlag(StrEnum):
    """What staff must look at although the sum is right."""

    DRIVER_DETOUR = "driver_detour"  # longer than booked, not asked for by the customer: not charged
    DISTANCE_UNKNOWN = "distance_unknown"  # the fare has kilometre prices, the facts no kilometres
    DRIVER_REPLACED = "driver_replaced"  # P4
    COMPANY_SIDE = "company_side"  # the company cancelled or could not come
    OUTSIDE_HOURS = "outside_hours"
    SHORT_NOTICE = "short_notice"


FLAG_MESSAGES = {
    FareFlag.DRIVER_DETOUR: N_("The driver took a longer way than booked; it is not charged"),
    FareFlag.DISTANCE_UNKNOWN: N_("The distance is not known yet; the fare does not contain it"),
    FareFlag.DRIVER_REPLACED: N_("The driver was replaced; the customer pays nothing for that"),
    FareFlag.COMPANY_SIDE: N_("The company could not carry out the job; nothing is charged"),
    FareFlag.OUTSIDE_HOURS: N_("The appointed time is outside the service hours"),
    FareFlag.SHORT_NOTICE: N_("The booking comes at shorter notice than the tariff asks for"),
}


@dataclass(frozen=True, slots=True)
class FareLine:
    """One line: `quantity` times `unit_price_fen` is `amount_fen`, rounded half up to a fen.

    `part` is the section of the tariff it comes from, `rule` the rule of the service (A2, B2 …) or the part again;
    `facts` are the readings behind it in the order in which they are told.
    """

    part: str
    rule: str
    text: Text
    quantity: Decimal
    unit: Text
    unit_price_fen: int
    amount_fen: int
    facts: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The line as JSON; money both in fen and in yuan."""
        return {
            "part": self.part,
            "rule": self.rule,
            "text": {"zh": self.text.zh, "en": self.text.en},
            "quantity": plain(self.quantity),
            "unit": {"zh": self.unit.zh, "en": self.unit.en},
            "unit_price_fen": self.unit_price_fen,
            "amount_fen": self.amount_fen,
            "amount": yuan(self.amount_fen),
            "facts": dict(self.facts),
        }


@dataclass(frozen=True, slots=True)
class Fare:
    """A computed fare. The lines sum to `total_fen`, which is never negative."""

    tariff: str
    service: str
    lines: tuple[FareLine, ...]
    flags: tuple[FareFlag, ...] = ()

    @property
    def total_fen(self) -> int:
        """What the customer pays."""
        return sum(line.amount_fen for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        """The fare as JSON."""
        return {
            "tariff": self.tariff,
            "service": self.service,
            "total_fen": self.total_fen,
            "total": yuan(self.total_fen),
            "lines": [line.to_json() for line in self.lines],
            "flags": [flag.value for flag in self.flags],
        }


ONCE = Text("次", "time")


def single(part: str, rule: str, text: Text, amount_fen: int, facts: Mapping[str, str] | None = None) -> FareLine:
    """A line of one amount, charged or given once."""
    return FareLine(part, rule or part, text, Decimal(1), ONCE, amount_fen, amount_fen, facts or {})


def share(
    percent: Decimal, of_fen: int, *, part: str, rule: str, text: Text, facts: Mapping[str, str] | None = None
) -> FareLine:
    """A line that is a percentage of an amount: the quantity is the share, the unit price the whole amount."""
    amount = round_fen(percent * of_fen / 100)
    unit = Text(f"×{yuan(of_fen)}元", f"× ¥{yuan(of_fen)}")
    return FareLine(part, rule or part, text, percent / 100, unit, of_fen, amount, facts or {})


def plain(number: Decimal) -> str:
    """A decimal without exponent and needless zeros: 10.50 -> '10.5'."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
