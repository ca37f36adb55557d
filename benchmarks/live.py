"""How long after a change on one desk it stands on another's board, against a board that polls every three seconds.

Two real browser pages on one server: one board lives by server-sent events, the baseline has no stream and asks for its
board every three seconds. Both wait for the same changes.
"""

import argparse
import random
import secrets
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.stand import database, running, show
from dispatch.cli.night.client import Person, set_up
from dispatch.store import migrate

POLL_SECONDS = 3
WATCH = """() => {
  globalThis.seen = {};
  const note = (row) => { seen[row.dataset.row] ??= Date.now(); };
  const look = () => document.querySelectorAll('[data-row]').forEach(note);
  new MutationObserver(look).observe(document.getElementById('board'), { childList: true, subtree: true });
  look();
}"""
POLL = "(seconds) => setInterval(() => htmx.trigger('#board', 'refresh'), seconds * 1000)"


def board(browser: Browser, base: str, password: str, *, live: bool) -> Page:
    """A dispatcher's board; without its stream it polls."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    if not live:
        page.route("**/js/live.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{base}/sign-in")
    page.fill("[name=login]", "desk")
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#board")
    page.evaluate(WATCH)
    if not live:
        page.evaluate(POLL, POLL_SECONDS)
    return page


def order(number: int) -> dict[str, object]:
    """A caller and a car of their own."""
    return {
        "caller_phone": f"139{79300000 + number}", "name": "李建国", "plate": f"赣E1{number:04d}",
        "pickup": {"address": "信州区 五三大道 8 号"}, "destination": {"address": "广信区 旭日大道 1 号"},
        "booked_km": "12", "appointed_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    }  # fmt: skip


def measure(kind: str, changes: int, browser: Browser) -> dict[str, object]:
    """Bookings over the API, at times that fall anywhere between two polls."""
    password = secrets.token_urlsafe(18)
    with database(kind) as (folder, url):
        migrate.upgrade(url)
        with running(Path(folder), "dispatch.cli", "serve", "--no-scheduler", DATABASE_URL=url) as (base, _):
            set_up(base, "A", password)
            with closing(Person(base, "manager", password)) as manager:
                who = {"login": "desk", "name": "Desk", "roles": ["dispatcher"], "password": password}
                manager.post("/staff", who, expect=201)
            pages = {
                "live": board(browser, base, password, live=True),
                "polling": board(browser, base, password, live=False),
            }
            waits: dict[str, list[float]] = {name: [] for name in pages}
            with closing(Person(base, "desk", password)) as desk:
                for number in range(1, changes + 1):
                    trip_id = desk.post("/trips", order(number), expect=201)["trip_id"]
                    done = time.time() * 1000  # answered, so committed: what the page takes from here on is ours
                    for name, page in pages.items():
                        page.wait_for_function("(id) => seen[id]", arg=trip_id, timeout=10_000)
                        waits[name].append(max(0.0, page.evaluate("(id) => seen[id]", trip_id) - done))
                    time.sleep(random.uniform(0, POLL_SECONDS))  # noqa: S311 - spreads the changes, keeps no secret
            for page in pages.values():
                page.context.close()
    p95 = {name: quantiles(found, n=20)[-1] for name, found in waits.items()}
    return {
        "database": kind,
        "changes": changes,
        "live p50 ms": round(median(waits["live"])),
        "live p95 ms": round(p95["live"]),
        f"polling every {POLL_SECONDS} s, p50 ms": round(median(waits["polling"])),
        "p95 ms": round(p95["polling"]),
        "ratio of p95": round(p95["live"] / p95["polling"], 3),
    }


def main() -> None:
    """Measure one or both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--changes", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium-headless-shell", args=["--no-sandbox", "--disable-gpu"]
        )
        kinds = asked.database or ["postgresql", "sqlite"]
        rows = [measure(kind, asked.changes, browser) for kind in kinds]
        browser.close()
    show("Change on one desk to another's board", rows, as_json=asked.json)


if __name__ == "__main__":
    main()
