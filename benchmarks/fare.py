"""Fares per second, against the same tariff written out by hand as a Python function.

The function knows one tariff ("night step") and answers a sum; the product reads any tariff and answers every line with
its reason. Both are asked for the same trips, and must agree to the fen.
"""

import argparse
import time
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median

from benchmarks.stand import ROOT, show, spread
from dispatch.domain import tariff_document
from dispatch.domain.fare import compute
from dispatch.domain.fare_facts import FareFacts

DOCUMENT = Path(ROOT / "dispatch" / "tariffs" / "night-step.toml")
FEN = Decimal("1")
DAY_BEGINS = 7


def trips(number: int) -> list[FareFacts]:
    """Ways of 0 to 40 km at every hour, with and without waiting."""
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)  # in Shanghai
    return [
        FareFacts(
            appointed_at=midnight + timedelta(minutes=7 * index),
            zone="Asia/Shanghai",
            arrived_at=midnight + timedelta(minutes=7 * index),
            departed_at=midnight + timedelta(minutes=7 * index + index % 25),
            odometer_start_km=Decimal(1000),
            odometer_end_km=1000 + Decimal(index % 400) / 10,
        )
        for index in range(number)
    ]


def by_hand(facts: FareFacts) -> int:
    """The tariff's total in fen, as somebody would program it who has only this one."""
    departed, arrived = facts.departed_at, facts.arrived_at
    if departed is None or arrived is None or facts.odometer_end_km is None or facts.odometer_start_km is None:
        raise ValueError("a trip that was driven")
    night = facts.local(departed).hour < DAY_BEGINS
    km = facts.odometer_end_km - facts.odometer_start_km
    included, price = (3, 400) if night else (5, 300)
    minutes = Decimal((departed - arrived).total_seconds()) / 60
    parts = (
        max(km - included, Decimal(0)) * price,
        max(minutes - 10, Decimal(0)) * 100,
        max(km - 12, Decimal(0)) * 100,
    )
    return 1900 + sum(int(part.quantize(FEN, rounding=ROUND_HALF_UP)) for part in parts)


def main() -> None:
    """Compute the same fares in both ways, alternately."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--trips", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    tariff = tariff_document.read(DOCUMENT.read_text(encoding="utf-8"))
    facts = trips(asked.trips)
    rates: dict[str, list[float]] = {"product": [], "by hand": []}
    for _ in range(asked.rounds):
        began = time.perf_counter()
        ours = [compute(tariff, fact).total_fen for fact in facts]
        between = time.perf_counter()
        theirs = [by_hand(fact) for fact in facts]
        ended = time.perf_counter()
        if ours != theirs:
            raise SystemExit("the two ways do not agree")
        rates["product"].append(len(facts) / (between - began))
        rates["by hand"].append(len(facts) / (ended - between))
    row = {
        "fares/s": spread(rates["product"]),
        "by hand/s": spread(rates["by hand"]),
        "ratio": round(median(rates["product"]) / median(rates["by hand"]), 3),
    }
    show("Fares", [row], as_json=asked.json)


if __name__ == "__main__":
    main()
