"""What the customer answered on the callback (P7), and when that calls for a complaint."""

from dataclasses import dataclass
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.text import Text

LOWEST, HIGHEST = 1, 5
DISSATISFIED = 2


@dataclass(frozen=True, slots=True)
class Answers:
    """Satisfaction 1–5 and the four questions; None where the customer does not remember. Raises Invalid."""

    satisfaction: int
    badge_worn: bool | None
    car_checked: bool | None
    fee_explained: bool | None
    copy_handed_over: bool | None
    opinions: str = ""
    suggestions: str = ""

    def __post_init__(self) -> None:
        if not LOWEST <= self.satisfaction <= HIGHEST:
            raise Invalid("satisfaction_range", N_("Satisfaction is a number from 1 to 5"), field="satisfaction")


class Ground(StrEnum):
    """A reason to offer the customer a complaint."""

    DISSATISFIED = auto()
    NO_BADGE = auto()  # P1
    CAR_NOT_CHECKED = auto()  # P3
    FEE_NOT_EXPLAINED = auto()  # P3
    NO_COPY = auto()


_WORDING = {
    Ground.DISSATISFIED: Text("客户对本次服务不满意", "The customer is not satisfied with the service"),
    Ground.NO_BADGE: Text("代驾员未佩戴工牌", "The driver did not wear the badge"),
    Ground.CAR_NOT_CHECKED: Text("出发前未与客户一起检查车辆", "The car was not checked with the customer first"),
    Ground.FEE_NOT_EXPLAINED: Text("未说明收费标准", "The fee was not explained"),
    Ground.NO_COPY: Text("未将协议交给客户一份", "The customer was not given a copy of the agreement"),
}


def grounds(answers: Answers) -> tuple[Ground, ...]:
    """Every reason in the answers to offer a complaint: satisfaction ≤ 2, or a plain "no" to a question."""
    said_no = {
        Ground.DISSATISFIED: answers.satisfaction <= DISSATISFIED,
        Ground.NO_BADGE: answers.badge_worn is False,
        Ground.CAR_NOT_CHECKED: answers.car_checked is False,
        Ground.FEE_NOT_EXPLAINED: answers.fee_explained is False,
        Ground.NO_COPY: answers.copy_handed_over is False,
    }
    return tuple(ground for ground, holds in said_no.items() if holds)


def offers_complaint(answers: Answers) -> bool:
    """Whether the agent is to offer a complaint."""
    return bool(grounds(answers))


def complaint_draft(answers: Answers, locale: str) -> str:
    """The problem a complaint is pre-filled with, one reason a line, the customer's own words last."""
    lines = [_WORDING[ground].in_(locale) for ground in grounds(answers)]
    return "\n".join([*lines, answers.opinions.strip()]).strip()
