"""The signing ceremony, step by step: what has to happen before a signature may be drawn, and what a code is good for.

Read, confirm each statement on the insurance, enter the one-time code where the branch asks for one, draw. Every step
is kept as an event; what comes next follows from the events alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Conflict, Refused, TooMany
from dispatch.domain.inspection import Insurance, Signer

CODE_LASTS = timedelta(minutes=10)
CODE_PAUSE = timedelta(seconds=60)
MOST_WRONG = 5
"""Wrong entries that a code bears."""


class Kind(StrEnum):
    """What is signed in a ceremony."""

    AGREEMENT = auto()
    RECEIPT = auto()


class Channel(StrEnum):
    """Whose phone it is signed on."""

    DRIVER_PHONE = auto()
    CUSTOMER_LINK = auto()
    API = auto()  # a program with the driver's access: whose phone it ran on is that program's to know


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many codes may go out, and how many wrong ones be entered, in all signings of the same thing on a trip."""

    codes: int
    wrong: int


BOUNDS = {
    Channel.CUSTOMER_LINK: Bounds(codes=4, wrong=10),
    Channel.DRIVER_PHONE: Bounds(codes=8, wrong=20),
    Channel.API: Bounds(codes=8, wrong=20),
}
"""Beginning anew is free, so codes are counted over every beginning. They end on the customer's own phone first: a link
may be in anybody's hands, and the driver's phone is there to go on with. After that the desk takes the check back.
"""


class Step(StrEnum):
    """What is done, one event each."""

    OPENED = auto()
    READ = auto()
    CONFIRMED = auto()
    CODE_SENT = auto()
    CODE_WRONG = auto()
    CODE_ENTERED = auto()
    SIGNED = auto()
    BACK = auto()  # the step that `detail` names no longer counts; both stay on record


class Stage(StrEnum):
    """What comes next."""

    READ = auto()
    CONFIRM = auto()
    CODE = auto()
    DRAW = auto()
    SEAL = auto()  # everything is done by the signer; the document is being made


@dataclass(frozen=True, slots=True)
class Done:
    """One step that was taken; `detail` names the statement confirmed, or what was gone back over."""

    step: Step
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Codes:
    """What became of the codes in all signings of the same thing on a trip, those that were begun anew among them."""

    sent: int = 0
    wrong: int = 0
    last_sent: datetime | None = None

    @classmethod
    def of(cls, done: Iterable[Done]) -> "Codes":
        """Counted from the steps of all of them, in the order of time."""
        steps = list(done)
        sent = [one.at for one in steps if one.step is Step.CODE_SENT]
        wrong = sum(one.step is Step.CODE_WRONG for one in steps)
        return cls(len(sent), wrong, sent[-1] if sent else None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What this ceremony asks for: statements to confirm one by one, and whether a code is sent."""

    statements: tuple[str, ...] = ()
    code: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """Who signs what, where. A companion gives phone and relation too (P2, A6, B8)."""

    kind: Kind
    signer: Signer
    name: str
    place: str
    phone: str = ""
    relation: str = ""


def statements(declarations: int) -> tuple[str, ...]:
    """What an agreement's signer confirms: each of the three covers (A9, B7), and each sentence of the declaration."""
    covers = (f"insurance.{cover.value}" for cover in Insurance)
    return (*covers, *(f"declaration.{number}" for number in range(1, declarations + 1)))


def acts_on(channel: Channel, *, of_customer: bool) -> bool:
    """Whether somebody acts on such a phone: the customer by their link, the driver everywhere else."""
    return (channel is Channel.CUSTOMER_LINK) is of_customer


def other_phone() -> Conflict:
    """It was begun on another phone: the record says whose, so every step is taken there."""
    return Conflict("other_phone", N_("This is being signed on another phone: finish there, or begin anew on this one"))


def stage(plan: Plan, done: Sequence[Done]) -> Stage:
    """What comes next."""
    steps = {one.step for one in standing(done)}
    if Step.SIGNED in steps:
        return Stage.SEAL
    if Step.READ not in steps:
        return Stage.READ
    if unconfirmed(plan, done):
        return Stage.CONFIRM
    if plan.code and Step.CODE_ENTERED not in steps:
        return Stage.CODE
    return Stage.DRAW


def unconfirmed(plan: Plan, done: Sequence[Done]) -> tuple[str, ...]:
    """Statements that are still to be confirmed, in their order."""
    confirmed = {one.detail for one in standing(done) if one.step is Step.CONFIRMED}
    return tuple(statement for statement in plan.statements if statement not in confirmed)


def standing(done: Sequence[Done]) -> list[Done]:
    """The steps that still count: each step back takes the newest one with it that can be taken back."""
    counts: list[Done] = []
    for one in done:
        if one.step is not Step.BACK:
            counts.append(one)
        elif (last := _last_to_take_back(counts)) is not None:
            counts.remove(last)
    return counts


def back_over(plan: Plan, done: Sequence[Done]) -> Done:
    """What a step back takes back: the newest statement, or the reading. A code that was right stays right: it proves
    that the phone was there, and is good once.

    Raises Conflict when it is signed already, Refused at the very beginning.
    """
    if stage(plan, done) is Stage.SEAL:
        raise Conflict("already_signed", N_("This was signed already"))
    last = _last_to_take_back(standing(done))
    if last is None:
        raise Refused("nothing_to_take_back", N_("There is nothing before this: begin anew instead"))
    return last


def _last_to_take_back(counts: Sequence[Done]) -> Done | None:
    return next((one for one in reversed(counts) if one.step in (Step.READ, Step.CONFIRMED)), None)


def check_turn(plan: Plan, done: Sequence[Done], wanted: Stage) -> None:
    """It is this one's turn. Raises Conflict when signed already, Refused when something else comes first."""
    here = stage(plan, done)
    if here is Stage.SEAL:
        raise Conflict("already_signed", N_("This was signed already"))
    if here is not wanted:
        raise Refused("step_out_of_turn", N_("Something else comes first: look at the page again"), next=str(here))


def check_statement(plan: Plan, done: Sequence[Done], statement: str) -> None:
    """This statement is next: they are confirmed one by one. Raises Refused."""
    check_turn(plan, done, Stage.CONFIRM)
    if statement != unconfirmed(plan, done)[0]:
        raise Refused("statement_out_of_turn", N_("Please confirm the statements one by one"))


def codes_sent(done: Sequence[Done]) -> int:
    """How many codes went out in this signing; the newest one counts."""
    return sum(one.step is Step.CODE_SENT for one in done)


def check_code_may_be_sent(plan: Plan, done: Sequence[Done], codes: Codes, channel: Channel, now: datetime) -> None:
    """`codes` are those of every signing of this on the trip. Raises TooMany within a minute of the one before, and
    when the bounds are reached.
    """
    check_turn(plan, done, Stage.CODE)
    bounds = BOUNDS[channel]
    if codes.sent >= bounds.codes or codes.wrong >= bounds.wrong:
        raise _used_up(channel)
    if codes.last_sent is not None and now - codes.last_sent < CODE_PAUSE:
        raise TooMany("code_just_sent", N_("A code was sent just now: wait a minute before asking for another"))


def check_code_may_be_entered(plan: Plan, done: Sequence[Done], codes: Codes, channel: Channel, now: datetime) -> None:
    """Raises TooMany when codes were guessed at too often in all signings of this on the trip, Refused when there is
    no code, or it has run out or was guessed at too often itself.
    """
    check_turn(plan, done, Stage.CODE)
    if codes.wrong >= BOUNDS[channel].wrong:
        raise _used_up(channel)
    last = max((place for place, one in enumerate(done) if one.step is Step.CODE_SENT), default=None)
    if last is None:
        raise Refused("code_not_sent", N_("Ask for a code first"))
    wrong = sum(one.step is Step.CODE_WRONG for one in done[last:])
    if wrong >= MOST_WRONG or now - done[last].at > CODE_LASTS:
        raise Refused("code_over", N_("This code is no longer good: ask for another"))


def _used_up(channel: Channel) -> TooMany:
    if channel is Channel.CUSTOMER_LINK:
        return TooMany("codes_used_up", N_("No more codes on this phone: please sign on the driver’s phone"))
    return TooMany(
        "codes_used_up",
        N_("No more codes for this trip: call the desk, which takes the check back (a manager, after ten minutes)"),
    )
