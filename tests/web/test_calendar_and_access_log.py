"""The working days page shows an import before it is done and what came of it; managers read who looked at whom."""

import io
import re

import pytest

from dispatch.services import visibility
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip
from dispatch.store.working_days import WorkingDayRow
from tests.web.conftest import Web
from tests.web.forms import fill_in

FILE = "date,working,name\n2031-02-03,no,Founders’ day\n"


@pytest.fixture(autouse=True)
def in_english(web: Web) -> None:
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"


def rows(web: Web) -> int:
    with web.world.db.reading() as session:
        return session.query(WorkingDayRow).filter(WorkingDayRow.source.like("csv%")).count()


def test_a_file_is_shown_before_it_is_imported_and_then_imported_from_the_page(web: Web) -> None:
    client = web.client(web.world.manager)
    upload = {"do": "preview", "file": (io.BytesIO(FILE.encode()), "founders.csv")}
    seen = fill_in(client, "/manage/days", "/manage/days", upload)
    assert seen.status_code == 200
    assert "1 days would change, 0 callbacks would move" in seen.text
    assert "2031-02-03" in seen.text
    assert 'value="founders.csv"' in seen.text
    assert rows(web) == 0

    done = fill_in(client, "/manage/days", "/manage/days", {"do": "import", "text": FILE, "source": "founders.csv"})
    assert done.headers["Location"] == "/manage/days?year=2031"
    page = client.get("/manage/days?year=2031").text
    assert "csv founders.csv · version 1" in page
    assert "Working days changed" in page


def test_faulty_lines_are_told_when_looked_at(web: Web) -> None:
    faulty = {"do": "preview", "text": "date,working,name\n2031-13-01,no,x\n"}
    answer = fill_in(web.client(web.world.manager), "/manage/days", "/manage/days", faulty)
    assert answer.status_code == 422
    assert re.findall(r'data-line="(\d+)"', answer.text) == ["2"]


def test_a_day_corrected_by_hand_is_listed(web: Web) -> None:
    client = web.client(web.world.manager)
    fill_in(client, "/manage/days", "/manage/days",
            {"do": "day", "day": "2031-02-04", "is_working": "no", "name": "Moving house"})  # fmt: skip
    page = client.get("/manage/days?year=2031").text
    assert "Corrected by hand" in page
    assert "Moving house" in page


def test_the_manager_reads_who_was_shown_what_and_why(web: Web) -> None:
    trip_id = web.world.book()
    client = web.client(web.world.manager)
    assert "Nobody has looked at personal data yet" in client.get("/manage/access").text
    with web.world.db.transaction() as session:
        trip = session.get_one(Trip, trip_id)
        visibility.reveal(session, trip, web.world.manager, web.world.now, what="phone", reason="lost umbrella")
    page = client.get("/manage/access").text
    assert "lost umbrella" in page
    assert "Booked" not in page


@pytest.mark.parametrize("who", ["dispatcher", "agent"])
def test_nobody_else_reads_it(web: Web, who: str) -> None:
    assert web.client(getattr(web.world, who)).get("/manage/access").status_code == 403
