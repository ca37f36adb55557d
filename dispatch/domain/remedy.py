"""What a customer is offered: apology, refund, compensation, voucher or something else, each within its limits."""

from dataclasses import dataclass
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.money import yuan

MAX_VOUCHER_FEN = 500_00


class RemedyKind(StrEnum):
    """The sorts of remedy."""

    APOLOGY = auto()
    REFUND = auto()  # a correction line on the settled fare
    COMPENSATION = auto()  # what the form makes the company bear
    VOUCHER = auto()
    OTHER = auto()


PAID = frozenset({RemedyKind.REFUND, RemedyKind.COMPENSATION, RemedyKind.VOUCHER})


@dataclass(frozen=True, slots=True)
class Remedy:
    """One remedy: what exactly is done, and the amount (fen) where something is paid. Raises Invalid."""

    kind: RemedyKind
    words: str
    amount_fen: int | None = None

    def __post_init__(self) -> None:
        if not self.words.strip():
            raise Invalid("remedy_words", N_("Please say what exactly is done"), field="words")
        if self.kind in PAID and (self.amount_fen is None or self.amount_fen <= 0):
            raise Invalid("remedy_amount", N_("Please enter an amount above zero"), field="amount")
        if self.kind not in PAID and self.amount_fen is not None:
            raise Invalid("remedy_free", N_("An amount belongs to refunds, compensation and vouchers"), field="amount")
        if self.kind is RemedyKind.VOUCHER and self.amount_fen is not None and self.amount_fen > MAX_VOUCHER_FEN:
            raise _above(MAX_VOUCHER_FEN)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is left to give in a case: of the settled fare, and of what the form makes the company bear (fen).

    None: there is nothing it could be given from.
    """

    refund_fen: int | None
    compensation_fen: int | None


def check(remedies: tuple[Remedy, ...], limits: Limits) -> None:
    """Raises Invalid (field amount) when together they exceed the limits, or when there is nothing to give from."""
    if not remedies:
        raise Invalid("remedy_none", N_("Please propose at least one remedy"), field="kind")
    _within(_sum(remedies, RemedyKind.REFUND), limits.refund_fen, N_("There is no settled fare to refund from"))
    _within(
        _sum(remedies, RemedyKind.COMPENSATION),
        limits.compensation_fen,
        N_("Record first who bears what: the compensation follows the agreement form"),
    )


def _sum(remedies: tuple[Remedy, ...], kind: RemedyKind) -> int:
    return sum(remedy.amount_fen or 0 for remedy in remedies if remedy.kind is kind)


def _within(asked: int, limit: int | None, nothing: str) -> None:
    if not asked:
        return
    if limit is None:
        raise Invalid("remedy_basis", nothing, field="amount")
    if asked > limit:
        raise _above(limit)


def _above(limit: int) -> Invalid:
    return Invalid("remedy_limit", N_("At most ¥%(most)s"), field="amount", most=yuan(limit))
