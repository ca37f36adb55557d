"""Drivers' files: added, changed, listed, and who may take a job."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from dispatch.domain.driver import Competence
from dispatch.domain.errors import Conflict, DomainError, Invalid, NotFound
from dispatch.domain.roles import Role
from dispatch.domain.states import State
from dispatch.gateways.routing import GreatCircleRouter
from dispatch.services import driver_files, drivers, matching, sign_in, staff
from dispatch.services.driver_files import Particulars, Standing
from dispatch.store import journal
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip
from tests.world import World

PASSWORD = "紫薯配豆浆 very filling"
CHEN = Particulars(
    badge_id="sr 101", name=" 陈师傅 ", phone="138 0793 1001", licence_no="36110219850101001x", licence_class="b2",
    licence_until=date(2030, 5, 1), permit_until=date(2026, 3, 31), competences=frozenset({Competence.MANUAL}),
)  # fmt: skip


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def added(world: World, given: Particulars = CHEN, login: str = "chen") -> int:
    with world.db.transaction() as session:
        return driver_files.add(session, given, world.manager, world.now, login=login, password=PASSWORD).id


def changed(world: World, driver_id: int, given: Particulars) -> Driver:
    with world.db.transaction() as session:
        return driver_files.change(session, driver_id, given, world.manager, world.now)


def standing(world: World, now: datetime | None = None) -> dict[str, Standing]:
    with world.db.reading() as session:
        branch = session.get_one(Branch, world.branch_id)
        return {one.driver.badge_id: one for one in driver_files.overview(session, branch, now or world.now)}


def candidates(world: World, trip_id: int) -> list[tuple[str, list[str]]]:
    """Badges in order, each with the codes of what speaks against."""
    with world.db.reading() as session:
        found = matching.shortlist(session, session.get_one(Trip, trip_id), GreatCircleRouter(), world.now)
        return [(one.driver.badge_id, [obstacle.code for obstacle in one.rated.obstacles]) for one in found]


def test_a_new_driver_can_sign_in_and_is_found_by_badge(world: World) -> None:
    driver_id = added(world)
    with world.db.transaction() as session:
        _, person = sign_in.sign_in(session, "chen", PASSWORD, "", world.now, lasts=timedelta(hours=1))
        actor = staff.actor_of(session, person)
        driver = drivers.by_badge(session, "SR101", world.branch_id)
    assert (actor.driver_id, actor.roles) == (driver_id, frozenset({Role.DRIVER}))
    assert (driver.name, driver.phone, driver.licence_class) == ("陈师傅", "+8613807931001", "B2")


def test_a_badge_belongs_to_one_driver(world: World) -> None:
    driver_id = added(world)
    with pytest.raises(Conflict) as taken:
        added(world, replace(CHEN, badge_id="SR-001"), "other")
    assert taken.value.params == {"badge": "SR001"}
    with pytest.raises(Conflict):
        changed(world, driver_id, replace(CHEN, badge_id="SR001"))
    assert changed(world, driver_id, replace(CHEN, badge_id="SR102")).badge_id == "SR102"
    assert added(world, CHEN, "another") != driver_id


def test_of_two_drivers_given_the_same_badge_at_once_one_gets_it_and_the_other_no_login_either(world: World) -> None:
    start, answers = threading.Barrier(2), list[str]()

    def run(login: str) -> None:
        start.wait()
        try:
            added(world, CHEN, login)
            answers.append("done")
        except DomainError as error:
            answers.append(error.code)

    threads = [threading.Thread(target=run, args=(login,)) for login in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["badge_taken", "done"]
    with world.db.reading() as session:
        assert session.query(Staff).where(Staff.login.in_(["first", "second"])).count() == 1


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("badge_id", replace(CHEN, badge_id="饶 01")),
        ("name", replace(CHEN, name=" ")),
        ("phone", replace(CHEN, phone="12345")),
        ("licence_no", replace(CHEN, licence_no="3" * 25)),
        ("licence_class", replace(CHEN, licence_class="")),
    ],
)
def test_a_faulty_file_is_refused_by_field_and_nothing_is_stored(world: World, field: str, given: Particulars) -> None:
    with pytest.raises(Invalid) as refused:
        added(world, given)
    assert refused.value.field == field
    assert "SR101" not in standing(world)


def test_a_driver_of_another_branch_does_not_exist(world: World) -> None:
    driver_id = added(world)
    stranger = replace(world.manager, branch_id=world.branch_id + 1)
    with pytest.raises(NotFound), world.db.transaction() as session:
        driver_files.change(session, driver_id, CHEN, stranger, world.now)


def test_the_list_says_who_is_on_shift_on_a_trip_held_and_whose_papers_run_out(world: World) -> None:
    added(world)
    trip_id = world.to(State.EN_ROUTE)
    with world.db.transaction() as session:
        held = drivers.by_badge(session, "SR002", world.branch_id)
        drivers.hold(session, held, "疑似饮酒", world.manager, world.now)
    found = standing(world)
    assert (found["SR001"].trip_id, found["SR001"].trip_state) == (trip_id, State.EN_ROUTE)
    assert found["SR001"].on_shift_since is not None
    assert (found["SR002"].file.held_reason, found["SR002"].trip_number) == ("疑似饮酒", "")
    assert (found["SR101"].on_shift_since, found["SR101"].papers_soon) == (None, True)
    assert not found["SR001"].papers_soon


def test_for_a_job_the_fit_come_first_and_the_others_with_every_reason_against(world: World) -> None:
    added(world)
    world.to(State.ACCEPTED)
    known = set(standing(world))
    world.hire(competences=())
    (untrained,) = set(standing(world)) - known
    trip_id = world.book(needs=frozenset({Competence.EV}))
    assert candidates(world, trip_id) == [
        ("SR002", []),
        ("SR001", ["driver_busy"]),
        (untrained, ["lacks_ev"]),
        ("SR101", ["lacks_ev", "not_on_shift"]),
    ]


def test_among_the_fit_who_has_waited_longest_comes_first(world: World) -> None:
    world.to(State.CANCELLED)
    assert [badge for badge, _ in candidates(world, world.book())] == ["SR002", "SR001"]


def test_lists_and_suggestions_cost_the_same_however_many_drivers_there_are(world: World) -> None:
    statements: list[str] = []
    world.to(State.CANCELLED)
    trip_id = world.book()

    def selects() -> int:
        statements.clear()
        candidates(world, trip_id)
        return len(statements)

    event.listen(world.db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    few = selects()
    for _ in range(5):
        world.hire()
    assert selects() == few


def test_a_badge_taken_out_of_use_keeps_the_driver_from_jobs(world: World) -> None:
    driver_id = added(world)
    changed(world, driver_id, replace(CHEN, badge_active=False))
    reasons = dict(candidates(world, world.book()))
    assert reasons["SR101"] == ["badge_inactive", "not_on_shift"]
    with world.db.reading() as session:
        told = journal.page(session, world.branch_id, subject="driver", subject_id=driver_id)
    assert [entry.type for entry in told] == ["driver.change", "driver.add"]
