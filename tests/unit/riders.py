"""Drivers and jobs for tests of matching, in a small town by the sea of numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dispatch.domain.dispatching import DispatchRules
from dispatch.domain.driver import Competence, DriverFile
from dispatch.domain.geo import Point
from dispatch.domain.matching import Job, Moment, Rider
from dispatch.domain.position import Fix

NOW = datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
CENTRE = Point(28.4451, 117.9650)
MOMENT = Moment(NOW, date(2026, 3, 6), DispatchRules())


def near(east_m: float = 0.0, north_m: float = 0.0) -> Point:
    """A point so many metres from the centre."""
    return Point(CENTRE.lat + north_m / 111_195, CENTRE.lon + east_m / 97_770)


def file(**over: Any) -> DriverFile:
    """A driver with nothing against them, on shift for two hours."""
    usual: dict[str, Any] = {
        "badge_id": "SR001",
        "name": "代驾1号",
        "badge_active": True,
        "held_reason": None,
        "licence_until": date(2031, 1, 1),
        "permit_until": date(2031, 1, 1),
        "competences": frozenset(Competence),
        "on_shift_since": NOW - timedelta(hours=2),
        "last_shift_ended": None,
        "busy_trip": None,
    }
    return DriverFile(**{**usual, **over})


def rider(number: int, at: Point | None = None, *, seen: datetime = NOW, **over: Any) -> Rider:
    """A free driver, seen just now where `at` says; without it their position is unknown."""
    drives = over.pop("file", file())
    fix = Fix(at, seen) if at is not None else None
    return Rider(number, replace(drives, badge_id=f"SR{number:03d}"), fix=fix, **over)


def job(number: int = 1, at: Point | None = CENTRE, **over: Any) -> Job:
    """A trip wanted now from `at`."""
    usual: dict[str, Any] = {"appointed_at": NOW, "since": NOW, "pickup": at, "destination": near(3_000)}
    return Job(number, **{**usual, **over})
