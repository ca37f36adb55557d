"""Managers set their branch up: what fits is kept and told to the journal, what does not is named by field."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from contracts.facts import AgreementFacts, ReceiptFacts
from dispatch.domain.errors import Invalid, Refused
from dispatch.domain.states import State
from dispatch.services import branch_settings, delivering
from dispatch.services.branch_settings import BranchSettings
from dispatch.store import journal, outbox
from dispatch.store.branches import Branch
from tests.world import KEYS, World

HOOK = "https://erp.example.cn/hook?key=do-not-tell"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url, drivers=1) as opened:
        yield opened


def present(world: World) -> BranchSettings:
    with world.db.reading() as session:
        return branch_settings.of(session.get_one(Branch, world.branch_id))


def change(world: World, **over: Any) -> str | None:
    with world.db.transaction() as session:
        wanted = replace(branch_settings.of(session.get_one(Branch, world.branch_id)), **over)
        return branch_settings.change(session, wanted, world.manager, world.now)


def told(world: World) -> list[dict[str, Any]]:
    """What the journal says of settings, newest first."""
    with world.db.reading() as session:
        found = journal.page(session, world.branch_id, subject="branch", subject_id=world.branch_id)
        return [{"type": one.type, "by": one.actor_name, **one.payload} for one in found]


def webhook_secrets(world: World) -> list[str]:
    """What waiting webhooks would be signed with now."""
    with world.db.transaction() as session:
        taken = [delivering.take(session, one, world.now, KEYS) for one in outbox.due(session, world.now)]
    return [leased.message.secret for leased in taken if leased is not None and leased.channel == "webhook"]


def test_what_changed_is_in_the_journal_with_old_and_new(world: World) -> None:
    change(world, offer_seconds=45, calling_from=time(9, 30), totp_for_managers=True)
    assert (present(world).offer_seconds, present(world).calling_from) == (45, time(9, 30))
    assert told(world) == [
        {
            "type": "branch.change",
            "by": "孙经理",
            "changes": {
                "calling_from": ["10:00", "09:30"],
                "offer_seconds": [30, 45],
                "totp_for_managers": [False, True],
            },
        }
    ]


def test_saving_what_is_there_already_tells_nothing(world: World) -> None:
    assert change(world) is None
    assert told(world) == []


def test_numbers_and_names_are_kept_in_their_one_form(world: World) -> None:
    change(world, phone="8000000", area_code="0793", registration=" 91360000ma38abcd1x ", company_name=" 归途公司 ")
    found = present(world)
    assert (found.phone, found.registration, found.company_name) == ("+867938000000", "91360000MA38ABCD1X", "归途公司")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("company_name", "  ", "missing"),
        ("name", "x" * 81, "too_long"),
        ("city", "", "missing"),
        ("registration", "9136-0000", "registration"),
        ("address", "x" * 201, "too_long"),
        ("phone", "12", "phone_format"),
        ("area_code", "793", "area_code"),
        ("form", "C", "form"),
        ("document_language", "fr", "document_language"),
        ("calling_from", time(8, 59), "calling_window"),
        ("calling_from", time(20), "calling_window"),
        ("service_day_cutover", time(12, 1), "service_day_cutover"),
        ("webhook_url", "ftp://erp.example.cn", "webhook_url"),
        ("webhook_url", "https://name:word@erp.example.cn/", "webhook_url"),
        ("webhook_url", "https://[erp", "webhook_url"),
        ("webhook_url", "https:// erp.example.cn", "webhook_url"),
    ],
)
def test_what_does_not_fit_is_named_by_its_field_and_nothing_is_kept(
    world: World, field: str, value: object, code: str
) -> None:
    before = present(world)
    with pytest.raises(Invalid) as refused:
        change(world, **{"offer_seconds": 99, field: value})
    assert (refused.value.field, refused.value.code) == (field, code)
    assert present(world) == before


def test_every_fault_is_told_at_once(world: World) -> None:
    wanted = replace(present(world), city="", phone="", webhook_url="x", form="C", calling_until=time(22))
    fields = [fault.field for fault in branch_settings.faults(wanted)]
    assert fields == ["city", "phone", "calling_from", "webhook_url", "form"]


def test_another_form_holds_for_new_bookings_only(world: World) -> None:
    before = world.book()
    change(world, form="B")
    after = world.book()
    assert [(world.trip(one).form, world.trip(one).clause_version) for one in (before, after)] == [
        ("A", "A-2026.1"),
        ("B", "B-2026.1"),
    ]


# Webhooks


def test_the_first_address_for_webhooks_makes_a_secret_that_the_journal_does_not_know(world: World) -> None:
    secret = change(world, webhook_url=HOOK)
    assert secret is not None
    assert change(world, webhook_url=HOOK, offer_seconds=20) is None
    assert told(world)[-1]["changes"] == {"webhook_url": ["", "erp.example.cn"]}
    assert not any(private in str(told(world)) for private in (secret, "do-not-tell"))


def test_messages_are_signed_with_the_newest_secret(world: World) -> None:
    first = change(world, webhook_url=HOOK)
    with world.db.transaction() as session:
        second = branch_settings.rotate_secret(session, world.manager, world.now)
    assert first != second
    assert set(webhook_secrets(world)) == {second}
    assert told(world)[0]["type"] == "branch.secret_rotate"


def test_without_an_address_there_is_no_secret_to_renew(world: World) -> None:
    with pytest.raises(Refused, match="no address"), world.db.transaction() as session:
        branch_settings.rotate_secret(session, world.manager, world.now)


def test_an_address_taken_away_ends_the_messages(world: World) -> None:
    change(world, webhook_url=HOOK)
    change(world, webhook_url="")
    assert present(world).webhook_url == ""
    count = len(webhook_secrets(world))
    world.book()
    assert len(webhook_secrets(world)) == 0 < count


# Documents


def test_documents_name_the_company_s_particulars_in_the_language_of_the_branch(world: World) -> None:
    change(
        world,
        registration="91360000MA38ABCD1X",
        address="信州区 滨江路 1 号",
        phone="0793-8000000",
        document_language="zh-en",
    )
    trip_id = world.to(State.INSPECTED)
    drawn = world.draft(trip_id, world.agreement())
    agreement = drawn.facts
    world.store(drawn)
    receipt = world.draft(world.to(State.DELIVERED, trip_id), world.receipt()).facts
    assert isinstance(agreement, AgreementFacts)
    assert isinstance(receipt, ReceiptFacts)
    for facts in (agreement, receipt):
        assert (facts.company.registration, facts.company.address, facts.company.phone, facts.language) == (
            "91360000MA38ABCD1X", "信州区 滨江路 1 号", "0793 800 0000", "zh-en",
        )  # fmt: skip
