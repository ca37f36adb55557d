"""What happens in a night: every way a job can go, told as commands of the people concerned."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from dispatch.cli.night.cast import Customer, customer
from dispatch.cli.night.client import Person, Unexpected
from dispatch.cli.night.stage import StageClock
from dispatch.domain.commands import ClosingItem
from dispatch.domain.inspection import Insurance, Panel, SafetyItem

STROKES = [
    [[12.0, 60.0, 0], [40.0, 20.0, 120], [66.0, 88.0, 260], [98.0, 34.0, 390]],
    [[110.0, 52.0, 610], [150.0, 40.0, 720], [190.0, 70.0, 840]],
]
COMPANION_PHONE = "139 0793 0008"


@dataclass(slots=True)
class Job:
    """One job, as it went."""

    number: str
    story: str
    customer: Customer
    form: str
    trip_id: int
    link: str
    state: str = ""
    fen: int = 0
    note: str = ""


@dataclass(slots=True)
class Night:
    """Everybody on duty, and what they did."""

    form: str
    desk: Person
    manager: Person
    drivers: dict[str, Person]
    clock: StageClock
    free: list[str] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)

    def book(self, number: int, story: str, **over: Any) -> Job:
        """A call comes in."""
        who = customer(number)
        order = {
            "caller_phone": who.phone, "name": who.name, "plate": who.plate, "car_model": who.model,
            "needs": who.needs, "pickup": {"address": who.pickup}, "destination": {"address": who.home},
            "booked_km": "12", "appointed_at": (self.clock.now() + timedelta(minutes=15)).isoformat(),
            "insurance": "all_three",
        }  # fmt: skip
        done = self.desk.post("/trips", {**order, **over}, expect=201)
        job = Job(done["number"], story, who, self.form, done["trip_id"], done["link"])
        self.jobs.append(job)
        return job

    def take(self, job: Job) -> str:
        """Give the job to the driver who is free longest; answers the badge."""
        badge = self.free.pop(0)
        self.desk.command(job.trip_id, "assign", {"badge_id": badge})
        return badge

    def give_back(self, badge: str) -> None:
        """The driver is free again."""
        self.free.append(badge)

    def drive(self, job: Job, name: str, badge: str, body: Any = None, expect: int | tuple[int, ...] = 200) -> Any:
        """The driver does the next step."""
        return self.drivers[badge].command(job.trip_id, name, body, expect)

    def arrive(self, job: Job, badge: str, *, waits: float = 7) -> None:
        """Set off, arrive at the appointed time, wait so many minutes."""
        self.drive(job, "depart", badge)
        self.clock.forward(minutes=8)
        self.drive(job, "arrive", badge)
        self.clock.forward(minutes=waits)

    def inspect(self, job: Job, badge: str, expect: int = 200, **over: Any) -> Any:
        """The check before departure."""
        return self.drive(job, "inspect", badge, inspection(job.customer.name, **over), expect)

    def to_driving(self, job: Job, badge: str, *, waits: float = 7, **over: Any) -> None:
        """Everything up to the start of the drive."""
        self.arrive(job, badge, waits=waits)
        self.inspect(job, badge, **over)
        self.sign(job, badge, "agreement", over.get("signature") or signature(job.customer.name))
        self.drive(job, "start", badge)

    def finish(self, job: Job, badge: str, *, km: str = "45690.0", rating: int = 5, signed: Any = None) -> None:
        """Deliver, sign the receipt, close."""
        self.clock.forward(minutes=12)
        checks = {item.value: True for item in ClosingItem}
        self.drive(job, "deliver", badge, {"odometer_km": km, "checklist": checks})
        self.sign(job, badge, "receipt", signed or signature(job.customer.name), rating=rating, comment="")
        self.give_back(badge)

    def sign(self, job: Job, badge: str, kind: str, signed: Any, **more: Any) -> None:
        """Read, confirm, draw, on the driver's phone."""
        place = job.customer.pickup if kind == "agreement" else ""
        sign(self.drivers[badge], job.trip_id, kind, signed, place=place, **more)

    def look(self, job: Job) -> None:
        """Note how the job stands."""
        trip = self.desk.get(f"/trips/{job.trip_id}")
        job.state = trip["state"]
        job.fen = trip["total_fen"] if trip["total_fen"] is not None else trip["quote_total_fen"]


def sign(
    driver: Person, trip_id: int, kind: str, signed: Any, *, place: str = "",
    after: Callable[[], object] = lambda: None, **more: Any,
) -> None:  # fmt: skip
    """A whole signing through the API; `after` is called after each step."""
    at, companion = f"/trips/{trip_id}/ceremonies", signed["signer"] == "companion"
    opening = {"kind": kind, "place": place, "phone": COMPANION_PHONE if companion else ""}
    opening |= {name: signed[name] for name in ("signer", "name", "relation")}
    ceremony = driver.post(at, opening, expect=201)
    after()
    steps = [{"step": "read"}]
    steps += [{"step": "confirm", "statement": statement["id"]} for statement in ceremony["statements"]]
    for step in steps:
        driver.post(f"{at}/{ceremony['id']}/steps", step)
        after()
    drawn = {name: signed[name] for name in ("strokes", "width", "height")}
    body = {"ceremony": ceremony["id"], "shown_sha256": ceremony["shown_sha256"], "signature": drawn, **more}
    driver.command(trip_id, f"sign-{kind}", body)
    after()


def signature(name: str, signer: str = "customer", relation: str = "") -> dict[str, Any]:
    """A signature as a phone sends it."""
    return {"signer": signer, "name": name, "relation": relation, "strokes": STROKES, "width": 300, "height": 120}


def inspection(name: str, **over: Any) -> dict[str, Any]:
    """A check that finds a scratch and nothing else."""
    found: dict[str, Any] = {
        "panels": {panel.value: None for panel in Panel},
        "safety": {item.value: True for item in SafetyItem},
        "insurance_seen": {cover.value: True for cover in Insurance},
        "insurers": {"compulsory": "人保财险"}, "insurance_until": {"compulsory": "2027-06-30"},
        "odometer_km": "45678.0", "fuel_percent": 60, "intoxication": "mild", "driver_sober": True, "breath_mg": "0",
        "signature": signature(name),
    }  # fmt: skip
    found["panels"]["left_front"] = {"kind": "scratch", "note": "旧划痕约12厘米", "photo_ids": []}
    return {**found, **over}


def expect(job: Job, night: Night, state: str, fen: int | None = None) -> None:
    """The job must have ended like this. Raises Unexpected."""
    night.look(job)
    if job.state != state or (fen is not None and job.fen != fen):
        raise Unexpected(f"{job.number} {job.story}: {job.state} {job.fen}, expected {state} {fen}")


Story = Callable[[Night, int], None]
