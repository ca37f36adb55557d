"""The time. Rules and use cases are given it; only entry points ask here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


def shifted_clock(file: Path) -> Clock:
    """The machine's time plus the seconds that stand in a file: demonstrations move a whole night by writing it.

    Every process that reads the same file lives in the same time. A file that is missing or empty shifts nothing.
    """

    def now() -> datetime:
        try:
            shift = float(file.read_text() or 0)
        except FileNotFoundError:
            shift = 0.0
        return system_clock() + timedelta(seconds=shift)

    return now
