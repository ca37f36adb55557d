"""The next working day: customer service calls back what the night left in the queue."""

from datetime import date, timedelta

from dispatch.cli.night.client import Person, Unexpected
from dispatch.cli.night.stage import StageClock

GOOD = {"badge_worn": True, "car_checked": True, "fee_explained": True, "copy_handed_over": True}


def call_back(care: Person, clock: StageClock, closed: int, due_on: date) -> dict[str, int]:
    """Call everybody; answers how often each outcome came. Raises Unexpected when a callback is missing or early."""
    told: dict[str, int] = {}
    for number in range(closed):
        task = care.post("/callbacks/next/claim")
        if date.fromisoformat(task["due_on"]) != due_on:
            raise Unexpected(f"callback of {task['trip_number']} is due on {task['due_on']}, expected {due_on}")
        care.post(f"/callbacks/{task['id']}/dial", {"attempt_no": task["attempt_no"]})
        attempt = _attempt(number, clock)
        done = care.post(f"/callbacks/{task['id']}/attempts", {"attempt_no": task["attempt_no"], **attempt}, expect=201)
        care.post(f"/callbacks/{task['id']}/attempts", {"attempt_no": task["attempt_no"], **attempt}, expect=(409, 422))
        outcome = str(attempt["outcome"])
        told[outcome] = told.get(outcome, 0) + 1
        if done["grounds"]:
            _complain(care, clock, task, done["draft"])
    care.post("/callbacks/next/claim", expect=404)
    return told


def _attempt(number: int, clock: StageClock) -> dict[str, object]:
    match number % 6:
        case 1:
            return {"outcome": "no_answer"}
        case 2:
            later = clock.now() + timedelta(hours=3)
            return {"outcome": "callback_requested", "call_again_at": later.isoformat()}
        case 3:
            return {"outcome": "answered", "satisfaction": 2, "opinions": "来得太慢", **GOOD}
        case _:
            return {"outcome": "answered", "satisfaction": 5, **GOOD}


def _complain(care: Person, clock: StageClock, task: dict[str, object], draft: str) -> None:
    care.post(
        "/complaints",
        {
            "channel": "callback", "contact_name": task["customer"], "contact_phone": "139 7930 0000",
            "happened_at": (clock.now() - timedelta(hours=30)).isoformat(), "about": "代驾员", "problem": draft,
            "wish": "希望改进", "trip_id": task["trip_id"], "callback_id": task["id"],
        },
        expect=201,
    )  # fmt: skip
