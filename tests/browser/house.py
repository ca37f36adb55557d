"""A branch with something to see on every page: trips in many states, callbacks due, complaints, a voucher."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dispatch.cli.night.aftercare import leave_open, to_the_archive
from dispatch.cli.night.client import Person, set_up
from dispatch.cli.night.stage import server
from dispatch.cli.night.stories import drunk_and_alone, usual
from dispatch.cli.night.story import Job, Night

PASSWORD = "a-long-password-of-the-branch"
EVENING = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday, 20:00 in Shangrao
MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
BADGES = ("SR001", "SR002", "SR003", "SR004")
STAFF = (
    ("desk", "周调度", ["dispatcher"]),
    ("care", "吴客服", ["care"]),
    ("all", "欧阳明华", ["dispatcher", "care", "manager"]),
)


@dataclass(frozen=True, slots=True)
class House:
    """Where it is, its trips by what they show, the number of somebody who calls again, who drives which trip,
    the customers' links, and the plate of the car whose trip is closed."""

    base: str
    trips: dict[str, int]
    caller: str
    drivers: dict[str, str]
    links: dict[str, str]
    plate: str


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """The branch on the Monday morning after its first night."""
    with server(folder, EVENING) as (base, clock), ExitStack() as open_until_then:

        def person(login: str) -> Person:
            return open_until_then.enter_context(closing(Person(base, login, PASSWORD)))

        set_up(base, "A", PASSWORD)
        manager = person("manager")
        for login, name, roles in STAFF:
            manager.post("/staff", {"login": login, "name": name, "roles": roles, "password": PASSWORD}, expect=201)
        for number, badge in enumerate(BADGES, start=1):
            manager.post("/drivers", driver_file(badge, number), expect=201)
        night = Night("A", person("desk"), manager, {}, clock, free=list(BADGES))
        _on_duty(night, person)
        usual(night, 0)
        drunk_and_alone(night, 1)
        for driver in night.drivers.values():
            driver.post("/driver/shift/end")
        clock.to(MORNING)
        night.desk = person("desk")
        _on_duty(night, person)
        closed, refused = night.jobs
        care = person("care")
        first, second = (_complaint(care, closed.trip_id) for _ in range(2))
        leave_open(first, care)
        to_the_archive(second, care, night.desk, person("manager"))
        jobs = {"closed": closed, "refused": refused}
        drivers = _under_way(night, jobs)
        trips = {name: job.trip_id for name, job in jobs.items()}
        links = {name: job.link.removeprefix(base) for name, job in jobs.items()}
        yield House(base, trips, closed.customer.phone, drivers, links, closed.customer.plate)


def _under_way(night: Night, jobs: dict[str, Job]) -> dict[str, str]:
    """Nobody yet, a driver at the customer, and a drive with an accident; answers who has which."""
    for name, number in (("waiting", 10), ("here", 11), ("hurt", 12)):
        jobs[name] = night.book(number, "")
    drivers = {"here": night.take(jobs["here"]), "hurt": night.take(jobs["hurt"]), "waiting": night.free[0]}
    night.arrive(jobs["here"], drivers["here"])
    night.to_driving(jobs["hurt"], drivers["hurt"])
    told = {"kind": "accident", "note": "与电动车轻微刮擦", "driver_fault_percent": 50}
    night.drive(jobs["hurt"], "report-incident", drivers["hurt"], told)
    night.desk.command(jobs["waiting"].trip_id, "offer", {"badge_ids": night.free[:1], "seconds": 600})
    return {name: badge.lower() for name, badge in drivers.items()}


def _on_duty(night: Night, person: Callable[[str], Person]) -> None:
    for badge in BADGES:
        night.drivers[badge] = person(badge.lower())
        night.drivers[badge].post("/driver/shift/start")


def driver_file(badge: str, number: int) -> dict[str, object]:
    """What the manager fills in for a new driver."""
    return {
        "badge_id": badge, "name": "刘师傅", "phone": f"1507931000{number}", "licence_no": f"36110119800101000{number}",
        "licence_class": "C1", "licence_until": "2026-12-20", "permit_until": "2031-12-31",
        "competences": ["manual", "ev", "large", "sports"], "login": badge.lower(), "password": PASSWORD,
    }  # fmt: skip


def _complaint(care: Person, trip_id: int) -> int:
    told = {
        "channel": "call", "contact_name": "王建国", "contact_phone": "13979300000", "about": "刘师傅 SR001",
        "happened_at": EVENING.isoformat(), "problem": "来得太慢，也没有说明收费", "wish": "退还等候费",
        "trip_id": trip_id,
    }  # fmt: skip
    found: int = care.post("/complaints", told, expect=201)["id"]
    return found
