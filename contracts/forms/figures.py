"""The figures of a tariff in words, under the names that the clauses use."""

from contracts.forms.model import CancelDue, Rounding, Terms
from contracts.wording import Wording, kilometres, minutes, money, money_range, plain

CANCEL_DUE: dict[CancelDue, Wording] = {
    "booked": Wording("预约成立之后", "once the booking is made"),
    "accepted": Wording("代驾员接受派单之后", "once the driver has accepted the job"),
    "departed": Wording("代驾员动身前往之后", "once the driver has set off"),
    "arrived": Wording("代驾员到达约定地点之后", "once the driver has arrived"),
}
COPIES = {1: Wording("一", "one"), 2: Wording("两", "two"), 3: Wording("三", "three"), 4: Wording("四", "four")}
NAMES = frozenset({
    "cancel_fee", "cancel_due", "waiting_free", "waiting_charge", "waiting_at_once", "waiting_cap", "waiting_counted",
    "detour_step", "detour_fee", "detour_counted", "refusal_range", "allowance_range", "fault_share", "ranges",
    "copies",
})  # fmt: skip
"""Every figure that a sentence may state."""
ALWAYS_KNOWN = frozenset({"copies"})
"""Those that no tariff lacks."""


def figures(terms: Terms, copies: int) -> dict[str, Wording]:
    """Every figure that the terms have, in words. Clauses name them as placeholders."""
    known = {
        "cancel_fee": None if terms.cancel_fee_fen is None else money(terms.cancel_fee_fen),
        "cancel_due": None if terms.cancel_fee_fen is None else CANCEL_DUE[terms.cancel_due],
        "waiting_free": minutes(terms.waiting_free_minutes),
        "waiting_charge": _waiting_charge(terms, Wording("超出部分", " beyond")),
        "waiting_at_once": None if terms.waiting_free_minutes else _waiting_charge(terms, Wording("", "")),
        "waiting_cap": None if terms.waiting_cap_fen is None else money(terms.waiting_cap_fen),
        "waiting_counted": _waiting_counted(terms),
        "detour_step": None if terms.detour_step_m is None else kilometres(terms.detour_step_m),
        "detour_fee": None if terms.detour_fee_fen is None else money(terms.detour_fee_fen),
        "detour_counted": _detour_counted(terms),
        "refusal_range": _range(terms.refusal_low_fen, terms.refusal_high_fen),
        "allowance_range": _range(terms.allowance_low_fen, terms.allowance_high_fen),
        "fault_share": None if terms.allowance_fault_percent is None else plain(f"{terms.allowance_fault_percent}%"),
        "ranges": _ranges(terms),
        "copies": COPIES.get(copies, plain(str(copies))),
    }
    return {name: words for name, words in known.items() if words is not None}


def _range(low: int | None, high: int | None) -> Wording | None:
    return None if low is None or high is None else money_range(low, high)


def _ranges(terms: Terms) -> Wording | None:
    ranges = [
        _range(terms.refusal_low_fen, terms.refusal_high_fen),
        _range(terms.allowance_low_fen, terms.allowance_high_fen),
    ]
    known = [words for words in ranges if words is not None]
    return Wording("、".join(w.zh for w in known), ", ".join(w.en for w in known)) if known else None


def _waiting_charge(terms: Terms, part: Wording) -> Wording | None:
    if terms.waiting_fee_fen is None:
        return None
    fee = money(terms.waiting_fee_fen)
    if terms.waiting_per_minutes is None:
        return Wording(f"一次性加收 {fee.zh}", f"{fee.en} is added, once")
    step = minutes(terms.waiting_per_minutes)
    every = Wording("小时", "hour") if terms.waiting_per_minutes == 60 else Wording(f" {step.zh}", step.en)
    return Wording(f"{part.zh}每{every.zh}加收 {fee.zh}", f"{fee.en} is added for every {every.en}{part.en}")


def _waiting_counted(terms: Terms) -> Wording | None:
    """How the paid part of a waiting time is counted; nothing to count where it is charged once."""
    if terms.waiting_fee_fen is None or terms.waiting_per_minutes is None:
        return None
    return _counted(minutes(terms.waiting_per_minutes), terms.waiting_rounding)


def _detour_counted(terms: Terms) -> Wording | None:
    return None if terms.detour_step_m is None else _counted(kilometres(terms.detour_step_m), terms.detour_rounding)


def _counted(step: Wording, rounding: Rounding) -> Wording:
    once = step.en.removeprefix("1 ")
    unit = f"以 {step.zh}为一个计费单位"
    return {
        "started": Wording(f"{unit}，不足一个单位的按一个单位计", f"each started {once} counts as a whole one"),
        "completed": Wording(f"{unit}，不足一个单位的部分不计", f"each completed {once} counts, a part does not"),
        "prorated": Wording(f"{unit}，不足一个单位的按比例计", f"a part of {step.en} counts in proportion"),
        "nearest": Wording(f"{unit}，不足一个单位的四舍五入", f"parts of {step.en} are rounded"),
    }[rounding]
