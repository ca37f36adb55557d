"""`homeward demo`: a whole night, played through the HTTP API of a real server, checked and shown."""

import secrets
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from dispatch.cli.night.aftercare import leave_open, to_the_archive, with_voucher
from dispatch.cli.night.cast import DRIVERS, customer
from dispatch.cli.night.client import Person, Unexpected, set_up
from dispatch.cli.night.morning import call_again, call_back
from dispatch.cli.night.stage import StageClock, server
from dispatch.cli.night.stories import EVERY_END, STORIES, usual
from dispatch.cli.night.story import Job, Night
from dispatch.cli.output import json_option, say
from dispatch.domain.errors import Refused
from dispatch.domain.money import yuan

EVENING = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday, 20:00 in Shangrao
MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
LATER = (MORNING + timedelta(hours=4), MORNING + timedelta(days=1), MORNING + timedelta(days=1, hours=4))
USUAL_JOBS = 4


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out"), show_default=True,
              help="Where agreements and receipts go.")  # fmt: skip
@json_option
def demo(out: Path, *, as_json: bool) -> None:
    """Play a night of both agreement forms on fresh databases, check it, and write its documents to OUT."""
    console = Console(stderr=as_json)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    try:
        with Progress(console=console) as progress, ThreadPoolExecutor(2) as pool:
            nights = [pool.submit(_play, form, out, console, progress) for form in ("A", "B")]
            jobs = [job for night in nights for job in night.result()]
        _check_whole(jobs)
    except (Unexpected, httpx.HTTPError, RuntimeError) as error:
        raise Refused("night_went_wrong", "The night went wrong: %(why)s", why=str(error)) from error
    if not as_json:
        _show(jobs, console)
    documents = sorted(str(file) for file in out.glob("*.pdf"))
    lines = [f"Everything held. {len(documents)} documents are in {out}/"]
    say({"held": True, "jobs": [_answer(job) for job in jobs], "documents": documents}, lines, as_json=as_json)


def _play(form: str, out: Path, console: Console, progress: Progress) -> list[Job]:
    """One night in one branch; both forms are played at once, each by a server of its own."""
    password = secrets.token_urlsafe(18)
    with tempfile.TemporaryDirectory(prefix="homeward-demo-") as folder, server(Path(folder), EVENING) as (base, clock):
        set_up(base, form, password)
        night = _people(base, form, password, clock)
        stories = [*STORIES, *[usual] * USUAL_JOBS]
        task = progress.add_task(f"Form {form}", total=len(stories) + 1)
        for number, story in enumerate(stories):
            progress.update(task, description=f"Form {form}: {(story.__doc__ or '').splitlines()[0]}")
            story(night, number + (100 if form == "B" else 0))
            progress.advance(task)
        _check_repetition(night)
        _documents(night, out)
        progress.update(task, description=f"Form {form}: The next working days")
        told = _days_after(base, password, night)
        progress.advance(task)
    console.print(f"Form {form}: {len(night.jobs)} jobs; {told}")
    return night.jobs


def _days_after(base: str, password: str, night: Night) -> str:
    """Customer service on Monday and Tuesday; answers what came of it, in words."""
    rested = night.free[0]
    night.drivers[rested].post("/driver/shift/end")
    night.clock.to(MORNING)
    care, manager, night.desk = (Person(base, login, password) for login in ("care", "manager", "desk"))
    closed = sum(job.state == "closed" for job in night.jobs)
    calls = call_back(care, night.clock, closed, MONDAY)
    (first, _), *others = calls.complaints
    code = to_the_archive(first, care, night.desk, manager)
    for case_id, _ in others:
        leave_open(case_id, care)
    driver = night.drivers[rested] = Person(base, rested.lower(), password)
    driver.post("/driver/shift/start")
    with_voucher(night, calls, code, rested)
    for moment in LATER:
        night.clock.to(moment)
        call_again(Person(base, "care", password), calls)
    if calls.ended["unreachable"] != 1:
        raise Unexpected(f"one customer never answered, but on later days came of the calls: {dict(calls.ended)}")
    return f"{closed} closed; calls {dict(calls.told)}, one unreachable; cases: 1 archived, {len(others)} open"


def _people(base: str, form: str, password: str, clock: StageClock) -> Night:
    """The manager adds everybody; the drivers begin their shift."""
    manager = Person(base, "manager", password)
    for login, name, role in (("desk", "周调度", "dispatcher"), ("care", "吴客服", "care")):
        manager.post("/staff", {"login": login, "name": name, "roles": [role], "password": password}, expect=201)
    drivers = {}
    for number, name in enumerate(DRIVERS, start=1):
        badge = f"SR{number:03d}"
        manager.post("/drivers", _driver(badge, name, number, password), expect=201)
        drivers[badge] = Person(base, badge.lower(), password)
        drivers[badge].post("/driver/shift/start")
    return Night(form, Person(base, "desk", password), manager, drivers, clock, free=list(drivers))


def _driver(badge: str, name: str, number: int, password: str) -> dict[str, Any]:
    return {
        "badge_id": badge, "name": name, "phone": f"1507931{number:04d}", "licence_no": f"36110119800101{number:04d}",
        "licence_class": "C1", "licence_until": "2031-12-31", "permit_until": "2031-12-31",
        "competences": ["manual", "ev", "large", "sports"], "login": badge.lower(), "password": password,
    }  # fmt: skip


def _check_repetition(night: Night) -> None:
    """The same key twice: one trip, the same reply; with another body: refused (R3)."""
    who = customer(900)
    order = {
        "caller_phone": who.phone, "name": who.name, "plate": who.plate, "pickup": {"address": who.pickup},
        "destination": {"address": who.home}, "booked_km": "8", "appointed_at": night.clock.now().isoformat(),
    }  # fmt: skip
    key = secrets.token_hex(8)
    first, again = (night.desk.post("/trips", order, expect=201, key=key) for _ in range(2))
    if first != again:
        raise Unexpected("the same request under the same key was answered differently")
    night.desk.post("/trips", {**order, "booked_km": "9"}, expect=422, key=key)
    night.desk.command(first["trip_id"], "cancel", {"by": "customer", "reason": "重复"})


def _documents(night: Night, out: Path) -> None:
    """Write every document, and check that it verifies and that a flipped byte is found out (R9)."""
    for job in night.jobs:
        if job.state != "closed":
            continue
        for kind in ("agreement", "receipt"):
            pdf = night.manager.pdf(f"/trips/{job.trip_id}/documents/{kind}/pdf")
            number = night.manager.get(f"/trips/{job.trip_id}/documents/{kind}")["number"]
            (out / f"{night.form}-{number}.pdf").write_bytes(pdf)
            _verdict(night, pdf, "genuine")
        middle = len(pdf) // 2
        flipped = pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]
        if night.manager.put("/verify", flipped, "application/pdf")["verdict"] == "genuine":
            raise Unexpected(f"{job.number}: a flipped byte was not noticed")
        if httpx.get(job.link, timeout=30).status_code != 200:
            raise Unexpected(f"{job.number}: the customer's link does not open")


def _verdict(night: Night, pdf: bytes, expected: str) -> None:
    found = night.manager.put("/verify", pdf, "application/pdf")["verdict"]
    if found != expected:
        raise Unexpected(f"a document verifies as {found}, expected {expected}")


def _check_whole(jobs: list[Job]) -> None:
    missing = EVERY_END - {job.state for job in jobs}
    if missing or len(jobs) < 40:
        raise Unexpected(f"{len(jobs)} jobs; endings that never came: {sorted(missing)}")


def _answer(job: Job) -> dict[str, Any]:
    return {"trip": job.number, "form": job.form, "story": job.story, "end": job.state, "fare_fen": job.fen}


def _show(jobs: list[Job], console: Console) -> None:
    table = Table(title="The night", header_style="bold")
    for column in ("Trip", "Form", "Customer", "Car", "Story", "End"):
        table.add_column(column)
    table.add_column("Fare ¥", justify="right")
    for job in jobs:
        table.add_row(job.number, job.form, job.customer.name, job.customer.plate, job.story, job.state, yuan(job.fen))
    console.print(table)
