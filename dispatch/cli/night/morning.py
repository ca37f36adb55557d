"""The next working days: customer service calls back what the night left in the queue, until nobody is left to call."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dispatch.cli.night.client import Person, Unexpected
from dispatch.cli.night.stage import StageClock

GOOD = {"badge_worn": True, "car_checked": True, "fee_explained": True, "copy_handed_over": True}


@dataclass(slots=True)
class Calls:
    """What came of the calls: how often each outcome, what was given up or done on later days, who did not answer,
    and the complaints, by case and trip."""

    told: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    silent: list[int] = field(default_factory=list)
    complaints: list[tuple[int, int]] = field(default_factory=list)


def call_back(care: Person, clock: StageClock, closed: int, due_on: date) -> Calls:
    """Call everybody once. Raises Unexpected when a callback is missing or early."""
    calls = Calls()
    for number in range(closed):
        task = care.post("/callbacks/next/claim")
        if date.fromisoformat(task["due_on"]) != due_on:
            raise Unexpected(f"callback of {task['trip_number']} is due on {task['due_on']}, expected {due_on}")
        attempt = _attempt(number, clock)
        done = _call(care, task, attempt, calls)
        again = {"attempt_no": task["attempt_no"], **attempt}
        care.post(f"/callbacks/{task['id']}/attempts", again, expect=(409, 422))
        if attempt["outcome"] == "no_answer":
            calls.silent.append(task["id"])
        if done["grounds"]:
            calls.complaints.append((_complain(care, clock, task, done["draft"]), task["trip_id"]))
    care.post("/callbacks/next/claim", expect=404)
    return calls


def call_again(care: Person, calls: Calls) -> None:
    """Later: whoever asked for another time answers now, and so does everybody but the first who did not answer."""
    while (task := care.post("/callbacks/next/claim", expect=(200, 404))).get("id") is not None:
        silent = task["id"] == calls.silent[0]
        answer: dict[str, object] = {"outcome": "answered", "satisfaction": 5, **GOOD}
        done = _call(care, task, {"outcome": "no_answer"} if silent else answer, calls)
        calls.ended[done["state"]] += done["state"] != "scheduled"


def _call(care: Person, task: dict[str, Any], attempt: dict[str, object], calls: Calls) -> Any:
    care.post(f"/callbacks/{task['id']}/dial", {"attempt_no": task["attempt_no"]})
    calls.told[str(attempt["outcome"])] += 1
    body = {"attempt_no": task["attempt_no"], **attempt}
    return care.post(f"/callbacks/{task['id']}/attempts", body, expect=201)


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


def _complain(care: Person, clock: StageClock, task: dict[str, Any], draft: str) -> int:
    told = {
        "channel": "callback", "contact_name": task["customer"], "contact_phone": "139 7930 0000",
        "happened_at": (clock.now() - timedelta(hours=30)).isoformat(), "about": "代驾员", "problem": draft,
        "wish": "希望改进", "trip_id": task["trip_id"], "callback_id": task["id"],
    }  # fmt: skip
    found: int = care.post("/complaints", told, expect=201)["id"]
    return found
