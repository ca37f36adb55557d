"""The rules by hand: check a tariff, compute a fare, count a due date."""

import json
import sys
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from dispatch.cli.output import json_option, say
from dispatch.domain.announced_days import announced_days
from dispatch.domain.errors import Invalid
from dispatch.domain.fare import compute
from dispatch.domain.fare_facts import FareFacts
from dispatch.domain.fee_standard import fee_standard
from dispatch.domain.money import yuan
from dispatch.domain.tariff_document import read
from dispatch.domain.tariff_problems import InvalidTariff
from dispatch.domain.workdays import Calendar
from dispatch.domain.workdays import due_date as count_due_date

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
YEARS = range(2000, 2101)


class _Read(click.ParamType[Any]):
    """What a function reads from text, and objects to by ValueError."""

    def __init__(self, name: str, read: Callable[[str], Any], example: str) -> None:
        self.name, self._read, self._example = name, read, example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, or a word on what one looks like."""
        try:
            return self._read(value) if isinstance(value, str) else value
        except (ValueError, ZoneInfoNotFoundError):
            self.fail(f"{value!r} is not one such as {self._example}", param, ctx)


ZONE = _Read("zone", ZoneInfo, "Asia/Shanghai")
CUTOVER = _Read("time", time.fromisoformat, "06:00")


@click.group()
def tariff() -> None:
    """Tariff documents."""


@tariff.command("check")
@click.argument("file", type=EXISTING_FILE)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="Language of the fee standard.")
@json_option
def check_tariff(file: Path, language: str, as_json: bool) -> None:
    """Check a tariff FILE and print its fee standard, or every mistake with its line. Exit 1 when it has any."""
    try:
        found = read(text_of(file))
    except InvalidTariff as error:
        _refuse(file, error, as_json=as_json)
    standard = [line.in_(language) for line in fee_standard(found)]
    answer = {
        "valid": True,
        "code": found.code,
        "services": [service.id for service in found.services],
        "fee_standard": standard,
    }
    say(answer, [f"{file}: in order", *standard], as_json=as_json)


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.option("--facts", type=EXISTING_FILE, required=True, help="The facts of the job, as JSON (docs/tariffs.md).")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="Language of the lines.")
@json_option
def fare(file: Path, facts: Path, language: str, as_json: bool) -> None:
    """Compute the fare of a job by the tariff in FILE."""
    try:
        by = read(text_of(file))
    except InvalidTariff as error:
        _refuse(file, error, as_json=as_json)
    computed = compute(by, FareFacts.from_json(_json_object(facts)))
    width = max((len(line.text.in_(language)) for line in computed.lines), default=0)
    lines = [
        f"{line.text.in_(language):<{width}}  {yuan(line.amount_fen):>10}  [{line.rule}]" for line in computed.lines
    ]
    total = f"{'合计' if language == 'zh' else 'Total'}: ¥{yuan(computed.total_fen)}"
    say(computed.to_json(), [*lines, total, *(f"! {flag.value}" for flag in computed.flags)], as_json=as_json)


@click.command("due-date")
@click.argument("when")
@click.option(
    "--days",
    type=click.IntRange(1, 30),
    default=1,
    show_default=True,
    help="How many working days after the service day.",
)
@click.option("--zone", type=ZONE, default="Asia/Shanghai", show_default=True, help="The branch's time zone.")
@click.option("--cutover", type=CUTOVER, default="06:00", show_default=True,
              help="Hours before this belong to the day before.")  # fmt: skip
@json_option
def due_date(when: str, days: int, zone: ZoneInfo, cutover: time, as_json: bool) -> None:
    """When the callback of a trip closed at WHEN (ISO 8601; without an offset: local time) is due."""
    closed_at = _moment(when, zone)
    years = {closed_at.year - 1, closed_at.year, closed_at.year + 1}
    rows = {row.date: row for year in sorted(years) for row in announced_days(year) or []}
    due = count_due_date(closed_at, zone, cutover, days, Calendar(rows))
    answer = {"service_day": due.service_day, "due_on": due.due_on, "provisional": due.provisional}
    note = "  (provisional: the year's working days are not announced yet)" if due.provisional else ""
    say(answer, [f"{due.due_on}{note}"], as_json=as_json)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a time such as 2026-09-24T21:30", param_hint="WHEN") from error
    if parsed.year not in YEARS:
        raise click.BadParameter(f"{parsed.year} is not a year this can count in", param_hint="WHEN")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)


def text_of(file: Path) -> str:
    """What a file says. Raises Invalid where it is not text in UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("not_utf8", "%(file)s is not text in UTF-8", file=file) from error


def _json_object(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(text_of(file))
    except json.JSONDecodeError as error:
        raise Invalid("facts_json", "%(file)s is not JSON: %(why)s", file=file, why=str(error)) from error
    if not isinstance(found, dict):
        raise Invalid("facts_json", "%(file)s is not a JSON object", file=file)
    return found


def _refuse(file: Path, error: InvalidTariff, *, as_json: bool) -> Any:
    problems = [{"line": problem.line, "key": problem.key, "reason": problem.reason} for problem in error.problems]
    lines = [f"{file}:{problem['line']}: {problem['key']}: {problem['reason']}" for problem in problems]
    say({"valid": False, "problems": problems}, lines, as_json=as_json)
    sys.exit(1)
