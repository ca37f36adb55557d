"""Who bears what after an accident (A7, B6) or a traffic violation (A8): facts of a case, and what follows."""

from dataclasses import asdict, dataclass
from typing import Any

from dispatch.domain.errors import N_, Invalid


@dataclass(frozen=True, slots=True)
class Bearing:
    """The damage by who pays for it; `transport_fen` comes on top of the company's share. All in fen."""

    insurer_fen: int
    other_fen: int
    company_fen: int
    customer_fen: int
    transport_fen: int = 0

    @property
    def owed_fen(self) -> int:
        """What the company owes the customer in all."""
        return self.company_fen + self.transport_fen


@dataclass(frozen=True, slots=True)
class Accident:
    """An accident under way: the damage, who pays already, and our driver's share of fault in percent.

    `disturbed`: the customer disturbed the driver.  `transport_fen` is what is chosen towards transport during the
    repair. Raises Invalid naming the field.
    """

    fault_percent: int
    damage_fen: int
    insurer_fen: int = 0
    other_fen: int = 0
    deductible_fen: int = 0
    transport_fen: int = 0
    disturbed: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.fault_percent <= 100:
            raise Invalid("fault_percent", N_("From 0 to 100"), field="fault_percent")
        for name in ("damage_fen", "insurer_fen", "other_fen", "deductible_fen", "transport_fen"):
            if getattr(self, name) < 0:
                raise Invalid("amount_negative", N_("An amount is not below zero"), field=name)
        if self.insurer_fen + self.other_fen > self.damage_fen:
            raise Invalid("more_than_damage", N_("Others cannot pay more than the damage"), field="damage_fen")
        if self.transport_fen and not self.company_is_liable:
            raise Invalid(
                "transport_not_owed",
                N_("Transport is paid for only where our driver is at fault"),
                field="transport_fen",
            )

    @property
    def company_is_liable(self) -> bool:
        """Whether the company pays at all: not where the other side is at fault or the customer disturbed."""
        return self.fault_percent > 0 and not self.disturbed

    def bearing(self, form: str) -> Bearing:
        """Who bears the damage by the agreement form: A7 all that insurance does not pay, B6 the deductible."""
        rest = self.damage_fen - self.insurer_fen - self.other_fen
        company = 0
        if self.company_is_liable:
            company = rest if form == "A" else min(rest, self.deductible_fen)
        return Bearing(self.insurer_fen, self.other_fen, company, rest - company, self.transport_fen)


@dataclass(frozen=True, slots=True)
class Violation:
    """A traffic offence: fine (fen), points, number of the notice, and whether it fell inside the service (A8)."""

    fine_fen: int
    points: int = 0
    notice: str = ""
    inside_service: bool = False

    def __post_init__(self) -> None:
        if self.fine_fen < 0:
            raise Invalid("amount_negative", N_("An amount is not below zero"), field="fine_fen")
        if not 0 <= self.points <= 12:
            raise Invalid("points", N_("From 0 to 12"), field="points")

    def bearing(self, _form: str) -> Bearing:
        """The fine is the company's when our driver was at the wheel, else the customer's."""
        ours = self.fine_fen if self.inside_service else 0
        return Bearing(0, 0, ours, self.fine_fen - ours)


CaseFacts = Accident | Violation
_SORTS: dict[str, type[Accident] | type[Violation]] = {"accident": Accident, "violation": Violation}


def to_json(facts: CaseFacts) -> dict[str, Any]:
    """Facts as they are stored."""
    return {"sort": "accident" if isinstance(facts, Accident) else "violation", **asdict(facts)}


def from_json(stored: dict[str, Any] | None) -> CaseFacts | None:
    """Facts as they were stored; None where none are recorded."""
    if not stored:
        return None
    values = {name: value for name, value in stored.items() if name != "sort"}
    return _SORTS[stored["sort"]](**values)
