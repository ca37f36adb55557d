"""The first set-up, and staff: who is added, changed, shut out."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from dispatch.domain.errors import Conflict, DomainError, Invalid, NotFound, Refused
from dispatch.domain.roles import Actor, Role
from dispatch.services import bookings, passwords, setting_up, sign_in, staff, tariffs, working_days
from dispatch.services.setting_up import Setup
from dispatch.store import journal
from dispatch.store.branches import any_branch
from dispatch.store.db import Database
from dispatch.store.staff import Staff
from tests.world import World

NOW = datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
PASSWORD = "紫薯配豆浆 very filling"
WANTED = Setup(
    code="SR", branch_name="上饶分公司", company_name="归途汽车代驾服务有限公司", city="上饶", phone="8000000",
    area_code="0793", form="B", manager_name="孙经理", login="Sun", password=PASSWORD,
    roles=frozenset({Role.DISPATCHER}),
)  # fmt: skip


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url, NOW, drivers=0) as opened:
        yield opened


def set_up(db: Database, wanted: Setup = WANTED) -> int:
    with db.transaction() as session:
        return setting_up.first_setup(session, wanted, NOW).id


def added(world: World, login: str = "wu", *roles: Role, password: str = PASSWORD) -> Actor:
    with world.db.transaction() as session:
        held = frozenset(roles) or frozenset({Role.CARE})
        person = staff.add(session, world.manager, NOW, login=login, name="吴客服", roles=held, password=password)
        return staff.actor_of(session, person)


def changed(
    world: World, person: Actor, by: Actor, *, roles: frozenset[Role] | None = None, active: bool = True
) -> frozenset[Role]:
    with world.db.transaction() as session:
        held = person.roles if roles is None else roles
        return staff.change(session, person.id, by, NOW, name="吴晓", roles=held, active=active).role_set


def token_of(world: World, person: Actor) -> str:
    with world.db.transaction() as session:
        return sign_in.open_session(session, session.get_one(Staff, person.id), NOW, timedelta(hours=1))


def is_in(world: World, token: str) -> bool:
    with world.db.reading() as session:
        return sign_in.by_session_token(session, token, NOW) is not None


def together(*deeds: Callable[[], object]) -> list[str]:
    """Do all at the same moment; `done`, or the code each was refused with."""
    start, answers = threading.Barrier(len(deeds)), list[str]()

    def run(deed: Callable[[], object]) -> None:
        start.wait()
        try:
            deed()
            answers.append("done")
        except DomainError as error:
            answers.append(error.code)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_after_the_set_up_the_manager_can_quote_and_due_dates_are_not_provisional(db: Database) -> None:
    manager_id = set_up(db)
    with db.reading() as session:
        branch = any_branch(session)
        assert branch is not None
        assert (branch.phone, branch.form) == ("+867938000000", "B")
        assert session.get_one(Staff, manager_id).role_set == {Role.MANAGER, Role.DISPATCHER}
        assert tariffs.in_force(session, branch.id, NOW).number == 1
        assert not working_days.of_year(session, 2026).provisional
        quote = bookings.quote(session, branch, NOW, appointed_at=NOW, booked_km=Decimal(12), options={})
        assert quote.fare.total_fen > 0
        told = {entry.type for entry in journal.page(session, branch.id)}
        assert told == {"branch.setup", "tariff.publish"}


def test_an_installation_is_set_up_once(db: Database) -> None:
    set_up(db)
    with pytest.raises(NotFound):
        set_up(db, replace(WANTED, code="NC", login="li"))


def test_of_two_first_managers_at_once_the_second_is_told(db: Database) -> None:
    other = replace(WANTED, code="NC", login="li")
    assert together(lambda: set_up(db), lambda: set_up(db, other)) == ["done", "set_up_already"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("code", {"code": "上饶"}),
        ("branch_name", {"branch_name": " "}),
        ("company_name", {"company_name": "长" * 121}),
        ("city", {"city": "饶" * 41}),
        ("phone", {"phone": "95x"}),
        ("area_code", {"area_code": "0793-0793"}),
        ("form", {"form": "C"}),
        ("timezone", {"timezone": "../etc/passwd"}),
        ("timezone", {"timezone": "Asia/Atlantis"}),
        ("login", {"login": "孙 经理"}),
        ("password", {"password": "short"}),
        ("name", {"manager_name": "孙" * 81}),
    ],
)
def test_the_set_up_says_which_field_is_wrong_and_stores_nothing(
    db: Database, field: str, change: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused, db.transaction() as session:
        setting_up.first_setup(session, replace(WANTED, **change), NOW)  # type: ignore[arg-type]  # all are strings
    assert refused.value.field == field
    with db.reading() as session:
        assert not setting_up.is_set_up(session)


@pytest.mark.parametrize(
    "password", ["elevenchars", "password1234", "Password1234", "123456789012", "abcabcabcabc", "sun.sun.sun.sun"]
)
def test_passwords_that_are_easy_to_guess_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.check(password, "sun.sun.sun.sun")


def test_a_sign_in_name_is_taken_whatever_its_case_and_however_close_the_race(world: World) -> None:
    added(world, "wu")
    with pytest.raises(Conflict):
        added(world, " WU ")
    deeds = [lambda: added(world, "zheng") for _ in range(3)]
    assert together(*deeds) == ["done", "login_taken", "login_taken"]


def test_a_name_longer_than_its_column_is_refused_by_field(world: World) -> None:
    with pytest.raises(Invalid) as refused, world.db.transaction() as session:
        staff.add(
            session, world.manager, NOW, login="x", name="吴" * 81, roles=frozenset({Role.CARE}), password=PASSWORD
        )
    assert refused.value.field == "name"


def test_roles_can_be_changed_but_a_driver_needs_a_file(world: World) -> None:
    wu, hired = added(world), world.hire()
    both = frozenset({Role.CARE, Role.DISPATCHER})
    assert changed(world, wu, world.manager, roles=both) == both
    for person, roles in [(wu, both | {Role.DRIVER}), (hired, both), (wu, frozenset[Role]())]:
        with pytest.raises(Invalid):
            changed(world, person, world.manager, roles=roles)
    with pytest.raises(Invalid):
        added(world, "driver", Role.DRIVER)
    assert Role.DRIVER in changed(world, hired, world.manager, roles=both | {Role.DRIVER})


def test_who_leaves_or_gets_a_new_password_is_signed_out(world: World) -> None:
    wu = added(world)
    first = token_of(world, wu)
    with world.db.transaction() as session:
        staff.set_password(session, wu.id, "另一个 long password", world.manager, NOW)
    second = token_of(world, wu)
    changed(world, wu, world.manager, active=False)
    assert (is_in(world, first), is_in(world, second)) == (False, False)


def test_one_s_own_password_is_changed_by_who_knows_it(world: World) -> None:
    wu = added(world)
    token = token_of(world, wu)
    for old, new, field in [("not the old one", "a new one for 吴", "old"), (PASSWORD, "password1234", "new")]:
        with pytest.raises(Invalid) as refused, world.db.transaction() as session:
            staff.change_own_password(session, wu, old, new, NOW)
        assert refused.value.field == field
    assert is_in(world, token)
    with world.db.transaction() as session:
        staff.change_own_password(session, wu, PASSWORD, "a new one for 吴", NOW)
    assert not is_in(world, token)


def test_managers_do_not_take_away_their_own_access(world: World) -> None:
    for roles, active in [(frozenset({Role.CARE}), True), (world.manager.roles, False)]:
        with pytest.raises(Refused):
            changed(world, world.manager, world.manager, roles=roles, active=active)


def test_two_managers_cannot_shut_each_other_out_at_the_same_moment(world: World) -> None:
    other = added(world, "second", Role.MANAGER)
    answers = together(
        lambda: changed(world, other, world.manager, active=False),
        lambda: changed(world, world.manager, other, active=False),
    )
    assert answers == ["done", "last_manager"]


def test_staff_of_another_branch_do_not_exist(world: World) -> None:
    with pytest.raises(NotFound):
        changed(world, added(world), replace(world.manager, branch_id=world.branch_id + 1))
