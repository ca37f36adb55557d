"""Signing in and out, the second factor, tokens for machines."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from dispatch.domain.errors import Invalid, TooMany
from dispatch.domain.roles import Actor, Role
from dispatch.services import passwords, sign_in, staff, totp
from dispatch.store import journal
from dispatch.store.staff import ApiToken, SignIn, Staff
from tests.world import World

NOW = datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
LASTS = timedelta(hours=12)
PASSWORD = "紫薯配豆浆 very filling"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url, NOW, drivers=0) as opened:
        yield opened


@pytest.fixture
def wu(world: World) -> Actor:
    """An agent with a password."""
    with world.db.transaction() as session:
        person = staff.add(
            session, world.manager, NOW, login="Wu", name="吴客服", roles=frozenset({Role.CARE}), password=PASSWORD
        )
        return staff.actor_of(session, person)


def signed_in(world: World, login: str = "wu", password: str = PASSWORD, code: str = "", now: datetime = NOW) -> str:
    """The two steps of every sign-in."""
    with world.db.transaction() as session:
        sign_in.count_try(session, login, "10.0.0.1", now)
    with world.db.transaction() as session:
        return sign_in.sign_in(session, login, password, code, now, lasts=LASTS)[0]


def whose(world: World, token: str, now: datetime = NOW) -> str | None:
    with world.db.reading() as session:
        person = sign_in.by_session_token(session, token, now)
        return person.login if person else None


def test_each_sign_in_makes_a_session_of_its_own_and_signing_out_ends_one(world: World, wu: Actor) -> None:
    first, second = signed_in(world, "WU"), signed_in(world, "wu ")
    assert first != second
    with world.db.transaction() as session:
        sign_in.sign_out(session, first)
    assert (whose(world, first), whose(world, second)) == (None, "wu")


def test_a_session_ends_when_its_time_is_over(world: World, wu: Actor) -> None:
    token = signed_in(world)
    assert whose(world, token, NOW + LASTS - timedelta(seconds=1)) == "wu"
    assert whose(world, token, NOW + LASTS) is None


def test_an_account_that_was_closed_opens_nothing_any_more(world: World, wu: Actor) -> None:
    token = signed_in(world)
    with world.db.transaction() as session:
        session.get_one(Staff, wu.id).active = False
        key = sign_in.create_api_token(session, session.get_one(Staff, wu.id), "电话系统", NOW)
    with world.db.reading() as session:
        assert sign_in.by_api_token(session, key) is None
    assert whose(world, token) is None


def test_unknown_names_wrong_passwords_and_closed_accounts_get_the_same_answer(world: World, wu: Actor) -> None:
    answers = set()
    for login, password in [("nobody", PASSWORD), ("wu", "something else 12"), ("agent", PASSWORD)]:
        with pytest.raises(Invalid) as refused:
            signed_in(world, login, password)
        answers.add((refused.value.code, refused.value.field))
    with world.db.transaction() as session:
        session.get_one(Staff, wu.id).active = False
    with pytest.raises(Invalid) as refused:
        signed_in(world)
    assert answers == {(refused.value.code, refused.value.field)}


def test_an_unknown_name_costs_a_verification_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str | None] = []
    plain = passwords.matches

    def watched(stored: str | None, given: str) -> bool:
        verified.append(stored)
        return plain(stored, given)

    monkeypatch.setattr(passwords, "matches", watched)
    with pytest.raises(Invalid):
        signed_in(world, "nobody")
    assert verified == [None]


def test_the_eleventh_wrong_try_for_one_account_has_to_wait(world: World, wu: Actor) -> None:
    for _ in range(sign_in.PER_ACCOUNT.most):
        with pytest.raises(Invalid):
            signed_in(world, password="not the password")
    with pytest.raises(TooMany):
        signed_in(world)
    signed_in(world, now=NOW + timedelta(minutes=15))


def test_who_gets_the_password_right_is_not_kept_waiting(world: World, wu: Actor) -> None:
    for _ in range(2 * sign_in.PER_ACCOUNT.most):
        signed_in(world)


def test_many_accounts_tried_from_one_address_have_to_wait(world: World) -> None:
    with world.db.transaction() as session:
        for number in range(sign_in.PER_ADDRESS.most):
            sign_in.count_try(session, f"name{number}", "10.9.9.9", NOW)
    with pytest.raises(TooMany), world.db.transaction() as session:
        sign_in.count_try(session, "wu", "10.9.9.9", NOW)


def test_an_authenticator_app_is_asked_for_once_it_is_set_up_and_each_code_works_once(world: World, wu: Actor) -> None:
    secret, step = totp.new_secret(), int(NOW.timestamp()) // totp.STEP_SECONDS
    with world.db.transaction() as session:
        staff.set_totp(session, wu, secret, totp.code_at(secret, step), NOW)
    for code in ("", "123456x", totp.code_at(secret, step - 2), totp.code_at(secret, step + 2)):
        with pytest.raises(Invalid) as refused:
            signed_in(world, code=code)
        assert (refused.value.code, refused.value.field) == ("code_wrong", "code")
    code = totp.code_at(secret, step)
    assert whose(world, signed_in(world, code=f"{code[:3]} {code[3:]}")) == "wu"
    with pytest.raises(Invalid) as refused:
        signed_in(world, code=code)
    assert refused.value.code == "code_used"
    signed_in(world, code=totp.code_at(secret, step + 1))
    with world.db.transaction() as session:
        staff.clear_totp(session, wu.id, world.manager, NOW)
    signed_in(world)


@pytest.mark.parametrize("secret", ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "not base 32"])
def test_an_app_that_shows_other_digits_is_not_set_up(world: World, wu: Actor, secret: str) -> None:
    for code in ("000000", "", "一二三四五六"):
        with pytest.raises(Invalid), world.db.transaction() as session:
            staff.set_totp(session, wu, secret, code, NOW)


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp.code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", seconds // totp.STEP_SECONDS) == code


def test_a_machine_acts_as_its_staff_member_until_its_key_is_withdrawn(world: World, wu: Actor) -> None:
    with world.db.transaction() as session:
        token = sign_in.create_api_token(session, session.get_one(Staff, wu.id), "电话系统", NOW)
    with world.db.reading() as session:
        found = sign_in.by_api_token(session, token)
        assert found is not None
        assert staff.actor_of(session, found.staff) == wu
        assert sign_in.by_session_token(session, token, NOW) is None
    with world.db.transaction() as session:
        key, *others = sign_in.api_tokens(session, session.get_one(Staff, wu.id))
        assert (key.label, others) == ("电话系统", [])
        sign_in.revoke_api_token(session, session.get_one(Staff, wu.id), key.id, wu, NOW)
    with world.db.reading() as session:
        assert sign_in.by_api_token(session, token) is None
        assert sign_in.api_tokens(session, session.get_one(Staff, wu.id)) == []


def test_the_use_of_a_key_is_noted_once_a_minute(world: World, wu: Actor) -> None:
    with world.db.transaction() as session:
        token = sign_in.create_api_token(session, session.get_one(Staff, wu.id), "电话系统", NOW)

    def used(seconds: int) -> datetime | None:
        now = NOW + timedelta(seconds=seconds)
        with world.db.transaction() as session:
            key = sign_in.by_api_token(session, token)
            assert key is not None
            is_old = sign_in.is_use_old(key, now)
            sign_in.note_use(session, key, now)
            session.refresh(key)
            assert is_old is (key.last_used_at == now)
            return key.last_used_at

    assert [used(0), used(59), used(60)] == [NOW, NOW, NOW + timedelta(seconds=60)]


def test_no_secret_is_stored_and_the_journal_says_who_signed_in(world: World, wu: Actor) -> None:
    token = signed_in(world)
    with world.db.transaction() as session:
        key = sign_in.create_api_token(session, session.get_one(Staff, wu.id), "电话系统", NOW)
    with world.db.reading() as session:
        stored = [*session.scalars(select(SignIn.token_sha256)), *session.scalars(select(ApiToken.token_sha256))]
        assert not {token.encode(), key.encode()} & set(stored)
        assert session.get_one(Staff, wu.id).password_hash.startswith("$argon2id$")
        entries = journal.page(session, world.branch_id, subject="staff", subject_id=wu.id)
        assert [entry.type for entry in entries] == ["staff.token_create", "staff.sign_in", "staff.add"]
        assert not any(secret in str(entry.payload) for entry in entries for secret in (token, key, PASSWORD))
