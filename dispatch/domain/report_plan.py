"""Reports by e-mail: which one, how often, when, to whom; and the next period that is due."""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.period import Grain, Period, day_begins
from dispatch.domain.spreadsheet import FileKind

MOST_RECIPIENTS = 20
LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[^\s@<>,;\"()]+@[^\s@<>,;\"()]+\.[^\s@<>,;\"().]+")


class ReportKind(StrEnum):
    """What is sent."""

    FIGURES = auto()
    ASSESSMENT = auto()


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """What a manager asks for. `hour` is the branch's; `language` is that of the file. Raises Invalid by field."""

    kind: ReportKind
    rhythm: Grain
    hour: int
    file: FileKind
    language: str
    recipients: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.kind is ReportKind.ASSESSMENT and self.rhythm is not Grain.MONTH:
            raise Invalid("rhythm_of_assessment", N_("The assessment is sent once a month"), field="rhythm")
        if not 0 <= self.hour <= 23:
            raise Invalid("hour", N_("An hour lies between 0 and 23"), field="hour")
        if self.language not in {"zh", "en"}:
            raise Invalid("language", N_("Please choose one of the answers"), field="language")


def recipients(text: str) -> tuple[str, ...]:
    """Addresses one a line, or between commas; each once, whatever its case. Raises Invalid (field recipients)."""
    found: dict[str, str] = {}
    for part in re.split(r"[\s,;，；]+", text):
        if not part:
            continue
        if len(part) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(part):
            raise Invalid("email", N_("“%(text)s” is not an e-mail address"), field="recipients", text=part[:60])
        found.setdefault(part.casefold(), part)
    if not found:
        raise Invalid("missing", N_("Please fill this in"), field="recipients")
    if len(found) > MOST_RECIPIENTS:
        raise Invalid("recipients_many", N_("At most %(most)s addresses"), field="recipients", most=MOST_RECIPIENTS)
    return tuple(found.values())


def sent_at(period: Period, hour: int, zone: tzinfo, cutover: time) -> datetime:
    """When a period's report leaves (UTC): at the hour of the day after, but never before its last night is over."""
    morrow = period.last + timedelta(days=1)
    return max(datetime.combine(morrow, time(hour), zone).astimezone(UTC), day_begins(morrow, zone, cutover))


def due(
    rhythm: Grain, hour: int, zone: tzinfo, cutover: time, *, since: datetime, mailed: Container[Period], now: datetime
) -> Period | None:
    """The oldest period that should have left since a moment and has not; None when nothing is due.

    A scheduler that stood still for days sends each of the periods it missed, one after the other.
    """
    period = Period.of(rhythm, since.astimezone(zone).date()).before().before()
    while (leaves := sent_at(period, hour, zone, cutover)) <= now:
        if leaves >= since and period not in mailed:
            return period
        period = period.after()
    return None
