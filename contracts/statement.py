"""The monthly statement of a venue's or company's account: what was driven, what was paid, what is owed by when."""

from dataclasses import dataclass
from datetime import date

from contracts.facts import NOTHING, Company, canonical
from contracts.wording import Language, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTrip:
    """A trip of the month, or a fee or correction of one. `at` is local; a correction has none and no way."""

    number: str
    at: str
    origin: str
    destination: str
    caller: str
    amount_fen: int
    note: Wording = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPayment:
    """A payment (fen) as it was booked, or one taken back: then below zero."""

    day: date
    reference: str
    amount_fen: int
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFacts:
    """Everything a statement says. Amounts in fen: opening + charged - paid = closing."""

    number: str
    company: Company
    account: str
    contact: str
    address: str
    first_day: date
    last_day: date
    made_on: date
    due_on: date
    opening_fen: int
    charged_fen: int
    paid_fen: int
    closing_fen: int
    trips: tuple[StatementTrip, ...]
    payments: tuple[StatementPayment, ...]
    language: Language = "zh"

    def to_json(self) -> bytes:
        """Canonical JSON of the facts, attached for whoever books them by machine."""
        return canonical(self)


WORDS = {
    "title": Wording("月结对账单", "Monthly statement"),
    "number": Wording("对账单编号", "Statement No."),
    "to": Wording("记账单位", "Account"),
    "contact": Wording("联系人", "Contact"),
    "address": Wording("地址", "Address"),
    "period": Wording("账期", "Period"),
    "made_on": Wording("出账日期", "Made on"),
    "due_on": Wording("最迟付款日", "To be paid by"),
    "summary": Wording("本期汇总", "The month"),
    "opening": Wording("上期结余", "Brought forward"),
    "charged": Wording("本期代驾费用", "Trips of the month"),
    "paid": Wording("本期已付", "Paid in the month"),
    "closing": Wording("本期应付", "To pay"),
    "ahead": Wording("预付余额", "Paid ahead"),
    "trips": Wording("代驾明细", "Trips"),
    "trip": Wording("服务单号", "Trip"),
    "at": Wording("约定时间", "Time"),
    "way": Wording("出发地 → 目的地", "From → to"),
    "caller": Wording("叫车人", "Ordered by"),
    "amount": Wording("金额（元）", "Amount (¥)"),
    "total": Wording("合计", "Total"),
    "payments": Wording("收款明细", "Payments"),
    "day": Wording("日期", "Day"),
    "reference": Wording("凭证号", "Reference"),
    "taken_back": Wording("冲销", "taken back"),
    "none": Wording("本期无记录。", "Nothing in this month."),
    "how": Wording(
        "请于最迟付款日前付清，并注明对账单编号。逾期未付的，暂停记账用车，付清后恢复。对明细有异议的，请在收到后联系我们核对。",
        "Please pay by the day above and give the number of this statement. While one is overdue, nothing can be "
        "ordered on the account. If a line is not as you know it, please call us.",
    ),
}
