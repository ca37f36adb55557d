"""Signing goes step by step: nothing is drawn before everything was read, confirmed and, where asked for, proved."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import ceremony as rules
from dispatch.domain.ceremony import Channel, Codes, Done, Plan, Stage, Step
from dispatch.domain.errors import Conflict, DomainError, Refused, TooMany

NOW = datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
STATEMENTS = rules.statements(3)
PLAN = Plan(STATEMENTS, code=True)
PHONE = Channel.DRIVER_PHONE
READ = [Done(Step.OPENED, NOW), Done(Step.READ, NOW)]
CONFIRMED = [*READ, *(Done(Step.CONFIRMED, NOW, statement) for statement in STATEMENTS)]
SENT = [*CONFIRMED, Done(Step.CODE_SENT, NOW)]


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


def test_an_agreement_asks_for_each_cover_and_each_sentence_of_the_declaration() -> None:
    assert STATEMENTS == (
        "insurance.damage", "insurance.third_party", "insurance.compulsory",
        "declaration.1", "declaration.2", "declaration.3",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "done", "stage"),
    [
        (PLAN, [], Stage.READ),
        (PLAN, READ[:1], Stage.READ),
        (PLAN, READ, Stage.CONFIRM),
        (PLAN, CONFIRMED[:-1], Stage.CONFIRM),
        (PLAN, CONFIRMED, Stage.CODE),
        (PLAN, SENT, Stage.CODE),
        (PLAN, [*SENT, Done(Step.CODE_WRONG, NOW)], Stage.CODE),
        (PLAN, [*SENT, Done(Step.CODE_ENTERED, NOW)], Stage.DRAW),
        (Plan(STATEMENTS), CONFIRMED, Stage.DRAW),
        (Plan(), READ, Stage.DRAW),
        (Plan(), [*READ, Done(Step.SIGNED, NOW)], Stage.SEAL),
    ],
)
def test_what_comes_next_follows_from_what_was_done(plan: Plan, done: list[Done], stage: Stage) -> None:
    assert rules.stage(plan, done) is stage


def test_statements_are_confirmed_one_by_one_in_their_order() -> None:
    rules.check_statement(PLAN, READ, STATEMENTS[0])
    for out_of_turn in (STATEMENTS[1], "declaration.9"):
        with pytest.raises(Refused):
            rules.check_statement(PLAN, READ, out_of_turn)
    with pytest.raises(Refused):
        rules.check_statement(PLAN, READ[:1], STATEMENTS[0])


BACK = Done(Step.BACK, NOW)


@pytest.mark.parametrize(
    ("done", "stage", "left"),
    [
        ([*CONFIRMED, BACK], Stage.CONFIRM, STATEMENTS[-1:]),
        ([*CONFIRMED, BACK, BACK], Stage.CONFIRM, STATEMENTS[-2:]),
        ([*CONFIRMED, *[BACK] * 6], Stage.CONFIRM, STATEMENTS),
        ([*CONFIRMED, *[BACK] * 7], Stage.READ, STATEMENTS),
        ([*CONFIRMED, BACK, Done(Step.CONFIRMED, NOW, STATEMENTS[-1])], Stage.CODE, ()),
        ([*SENT, Done(Step.CODE_ENTERED, NOW), BACK], Stage.CONFIRM, STATEMENTS[-1:]),
        ([*SENT, Done(Step.CODE_ENTERED, NOW), BACK, CONFIRMED[-1]], Stage.DRAW, ()),
    ],
)
def test_a_signer_goes_back_screen_by_screen_and_a_code_that_was_right_stays_right(
    done: list[Done], stage: Stage, left: tuple[str, ...]
) -> None:
    assert (rules.stage(PLAN, done), rules.unconfirmed(PLAN, done)) == (stage, left)


def test_nobody_goes_back_over_the_beginning_or_over_a_signature() -> None:
    assert rules.back_over(PLAN, CONFIRMED).detail == STATEMENTS[-1]
    assert rules.back_over(PLAN, [*READ, *CONFIRMED[2:4], BACK, BACK]).step is Step.READ
    for beginning in (READ[:1], [*READ, BACK]):
        with pytest.raises(Refused):
            rules.back_over(PLAN, beginning)
    with pytest.raises(Conflict):
        rules.back_over(Plan(), [*READ, Done(Step.SIGNED, NOW)])


def may_be_sent(codes: Codes, now: datetime = NOW, channel: Channel = PHONE) -> None:
    rules.check_code_may_be_sent(PLAN, CONFIRMED, codes, channel, now)


def may_be_entered(done: list[Done], now: datetime = NOW, before: Codes | None = None) -> None:
    rules.check_code_may_be_entered(PLAN, done, Codes.of(done) if before is None else before, PHONE, now)


def test_a_code_can_be_asked_for_again_after_a_minute_counted_over_every_beginning() -> None:
    may_be_sent(Codes())
    with pytest.raises(TooMany):
        may_be_sent(Codes.of(SENT), later(seconds=59))
    may_be_sent(Codes.of(SENT), later(seconds=60))


@pytest.mark.parametrize("channel", Channel)
def test_codes_and_guesses_are_bounded_over_every_beginning_and_the_last_word_says_what_to_do(channel: Channel) -> None:
    most, hour = rules.BOUNDS[channel], later(hours=1)
    may_be_sent(Codes(most.codes - 1, most.wrong - 1, NOW), hour, channel)
    for used_up in (Codes(most.codes, 0, NOW), Codes(1, most.wrong, NOW)):
        with pytest.raises(TooMany, match="driver’s phone" if channel is Channel.CUSTOMER_LINK else "call the desk"):
            may_be_sent(used_up, hour, channel)
    with pytest.raises(TooMany):
        rules.check_code_may_be_entered(PLAN, SENT, Codes(1, most.wrong, NOW), channel, NOW)


def test_codes_end_on_the_customer_s_own_phone_first() -> None:
    link, *others = (rules.BOUNDS[channel] for channel in (Channel.CUSTOMER_LINK, PHONE, Channel.API))
    assert all(link.codes < other.codes and link.wrong < other.wrong for other in others)


def test_a_code_is_good_for_ten_minutes_and_four_wrong_entries() -> None:
    with pytest.raises(Refused):
        may_be_entered(CONFIRMED)
    may_be_entered(SENT, later(minutes=10))
    with pytest.raises(Refused):
        may_be_entered(SENT, later(minutes=10, seconds=1))
    wrong = [Done(Step.CODE_WRONG, NOW)]
    may_be_entered(SENT + wrong * 4)
    with pytest.raises(Refused):
        may_be_entered(SENT + wrong * 5)
    may_be_entered([*SENT, *wrong * 5, Done(Step.CODE_SENT, NOW)])


def test_what_was_signed_takes_no_further_step() -> None:
    signed = [*CONFIRMED, Done(Step.SIGNED, NOW)]
    for stage in Stage:
        with pytest.raises(Conflict):
            rules.check_turn(PLAN, signed, stage)


@given(st.booleans(), st.integers(0, 5), st.lists(st.sampled_from([*Step, *STATEMENTS]), max_size=30))
def test_no_order_of_steps_reaches_the_signature_without_all_of_them(
    code: bool, declarations: int, tried: list[Step | str]
) -> None:
    plan, done = Plan(rules.statements(declarations), code=code), [Done(Step.OPENED, NOW)]
    for step in tried:
        try:
            take(plan, done, step)
        except DomainError:
            continue
    if Step.SIGNED in {one.step for one in done}:
        taken = [one.step for one in done]
        assert taken.index(Step.READ) < taken.index(Step.SIGNED)
        assert [one.detail for one in done if one.step is Step.CONFIRMED] == list(plan.statements)
        assert not code or taken.index(Step.CODE_SENT) < taken.index(Step.CODE_ENTERED) < taken.index(Step.SIGNED)


def take(plan: Plan, done: list[Done], step: Step | str) -> None:
    """A step as the service takes it: checked first, kept afterwards."""
    if not isinstance(step, Step):
        rules.check_statement(plan, done, step)
        done.append(Done(Step.CONFIRMED, NOW, step))
        return
    match step:
        case Step.READ:
            rules.check_turn(plan, done, Stage.READ)
        case Step.CODE_SENT:
            rules.check_code_may_be_sent(plan, done, Codes(), PHONE, NOW)
        case Step.CODE_WRONG | Step.CODE_ENTERED:
            rules.check_code_may_be_entered(plan, done, Codes(), PHONE, NOW)
        case Step.SIGNED:
            rules.check_turn(plan, done, Stage.DRAW)
        case _:
            return
    done.append(Done(step, NOW))
