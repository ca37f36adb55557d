"""One call is kept once, although the telephone system may tell of it from two places in the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from dispatch.domain.phone_call import CallState
from dispatch.domain.roles import Actor, Role
from dispatch.services import phone_calls
from dispatch.services.phone_calls import CallEvent
from dispatch.store import phone_calls as kept
from dispatch.store.journal import JournalEntry
from dispatch.store.phone_calls import PhoneCall
from tests.world import World

AT_ONCE = 6


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as world:
        yield world


def event(world: World, state: CallState) -> CallEvent:
    return CallEvent("1700.1", state, "13807934455", "801", world.now)


def hear(world: World, actor: Actor, state: CallState) -> None:
    with world.db.transaction() as session:
        phone_calls.hear(session, event(world, state), actor, world.now)


def rows(world: World) -> tuple[int, int]:
    """Calls that are kept, and what the journal says of them."""
    with world.db.reading() as session:
        said = select(func.count()).select_from(JournalEntry).where(JournalEntry.type.like("call.%"))
        return session.scalar(select(func.count(PhoneCall.id))) or 0, session.scalar(said) or 0


def test_of_the_same_news_told_many_times_at_once_one_is_kept_and_told(world: World) -> None:
    exchange = world.staff("exchange", "Exchange", Role.EXCHANGE)
    together = Barrier(AT_ONCE)

    def tell(_: int) -> None:
        together.wait()
        hear(world, exchange, CallState.RINGING)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(tell, range(AT_ONCE)))
    assert rows(world) == (1, 1)


def test_an_end_that_comes_together_with_the_answer_stays_the_end(world: World) -> None:
    exchange = world.staff("exchange", "Exchange", Role.EXCHANGE)
    hear(world, exchange, CallState.RINGING)
    together = Barrier(2)

    def tell(state: CallState) -> None:
        together.wait()
        hear(world, exchange, state)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(tell, (CallState.ENDED, CallState.ANSWERED)))
    with world.db.reading() as session:
        assert session.scalars(select(PhoneCall.state)).one() is CallState.ENDED


def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the other's row could not be seen yet: the first look of each finds nothing."""
    looked = [False]

    def look(*asked: object) -> PhoneCall | None:
        looked[0] = not looked[0]
        return None if looked[0] else found(*asked)  # type: ignore[arg-type]

    found = kept.by_call_id
    monkeypatch.setattr(kept, "by_call_id", look)


def test_the_index_alone_keeps_a_call_from_being_kept_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = world.staff("exchange", "Exchange", Role.EXCHANGE)
    hear(world, exchange, CallState.RINGING)
    unseen(monkeypatch)
    hear(world, exchange, CallState.RINGING)
    assert rows(world) == (1, 1)


def test_without_the_index_a_call_would_be_kept_twice(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.opened(postgres_url) as world:
        exchange = world.staff("exchange", "Exchange", Role.EXCHANGE)
        with world.db.transaction() as session:
            session.execute(text("ALTER TABLE phone_call DROP CONSTRAINT uq_phone_call_branch_id_call_id"))
        hear(world, exchange, CallState.RINGING)
        unseen(monkeypatch)
        hear(world, exchange, CallState.RINGING)
        assert rows(world) == (2, 2)
