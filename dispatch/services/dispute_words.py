"""How a dispute file tells things: in the language of its branch's documents, on its branch's clocks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.labels import LABELS
from contracts.wording import Language, Wording
from dispatch.services import document_facts
from dispatch.store import staff
from dispatch.store.journal import JournalEntry
from dispatch.store.trips import Trip

_TITLES = {
    "made": Wording("制作", "Made"),
    "reason": Wording("事由", "Reason"),
    "customer": Wording("客户", "Customer"),
    "history": Wording("服务经过", "History"),
    "signing": Wording("签署记录", "Record of signing"),
    "fare": Wording("费用与更正", "Fare and corrections"),
    "callbacks": Wording("回访", "Callbacks"),
    "complaints": Wording("投诉", "Complaints"),
    "complaint": Wording("投诉", "Complaint"),
    "who": Wording("经办", "Who"),
    "what": Wording("事项", "What"),
    "answers": Wording("答复", "Answers"),
    "due": Wording("应访日期", "Due on"),
    "call_again": Wording("约定再拨", "To be called again"),
    "agreement": Wording("协议", "Agreement"),
    "receipt": Wording("回执", "Receipt"),
    "superseded": Wording("（已被后签文件取代）", " (superseded)"),
    "not_as_taken": Wording("以上签署步骤与当时记录不符", "The steps above are not those that were recorded"),
    "round": Wording("轮次", "Round"),
    "case_kind": Wording("类别", "Kind of case"),
    "stage": Wording("现处环节", "Stands at"),
    "channel": Wording("接诉渠道", "Came by"),
    "registered": Wording("登记", "Registered"),
    "contact": Wording("投诉人", "Complainant"),
    "happened": Wording("发生时间", "Happened"),
    "about": Wording("投诉对象", "About"),
    "problem": Wording("问题", "Problem"),
    "wish": Wording("诉求", "Wish"),
    "severity": Wording("严重程度", "How grave"),
    "department": Wording("责任部门", "Department"),
    "cause": Wording("原因", "Cause"),
    "responsible": Wording("责任人", "Responsible"),
    "promise": Wording("承诺", "Promised"),
    "promise_by": Wording("承诺期限", "Promised by"),
    "duplicate_of": Wording("并入", "Handled under"),
    "lessons": Wording("总结", "Learnt"),
    "said": Wording("内容", "In words"),
    "remedies": Wording("补救措施", "Remedies"),
    "remedy": Wording("措施", "Remedy"),
    "state": Wording("状态", "State"),
    "proposed": Wording("提出", "Proposed"),
    "decided": Wording("审批", "Decided"),
    "carried_out": Wording("落实", "Carried out"),
    "voucher": Wording("代金券", "Voucher"),
    "voucher_until": Wording("代金券有效期至", "Voucher valid until"),
    "refunded": Wording("退款", "Refunded"),
    "clocks": Wording("办理时限", "Times"),
    "clock": Wording("时限", "Clock"),
    "from": Wording("起", "From"),
    "until": Wording("应办结", "Due"),
    "ended": Wording("办结", "Done"),
    "kept": Wording("是否按时", "In time"),
    "in_time": Wording("按时", "in time"),
    "late": Wording("超时", "late"),
    "running": Wording("进行中", "running"),
    "paused": Wording("暂停", "Paused"),
    "bearing": Wording("责任与承担", "Who bears what"),
    "fault": Wording("我方责任", "Our driver's fault"),
    "damage": Wording("损失", "Damage"),
    "insurer_pays": Wording("保险赔付", "Insurer pays"),
    "other_pays": Wording("对方赔付", "Other side pays"),
    "deductible": Wording("免赔额", "Deductible"),
    "transport": Wording("修车期间交通费", "Transport during repair"),
    "disturbed": Wording("客户干扰驾驶", "The customer disturbed the driver"),
    "fine": Wording("罚款", "Fine"),
    "points": Wording("记分", "Points"),
    "notice": Wording("通知书编号", "Notice"),
    "inside": Wording("发生在服务期间", "Inside the service"),
    "company_bears": Wording("公司承担", "Company bears"),
    "customer_bears": Wording("客户承担", "Customer bears"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """How entries of the journal and codes are worded, in the language of the file: pages know, use cases do not."""

    entry: Callable[[JournalEntry], str]
    code: Callable[[str, str], str]  # value and kind


@dataclass(frozen=True, slots=True)
class Telling:
    """One trip, and how everything about it is told."""

    session: Session
    trip: Trip
    words: Words

    @property
    def language(self) -> Language:
        """A file in two languages would be twice as long: where documents are bilingual, it is in Chinese."""
        return "en" if self.trip.branch.document_language == "en" else "zh"

    def of(self, words: Wording) -> str:
        """Words in the language of the file."""
        return words.en if self.language == "en" else words.zh

    def say(self, name: str) -> str:
        """A heading or label."""
        return self.of(_TITLES.get(name) or LABELS[name])

    def yes_no(self, answer: bool) -> str:
        """Yes or no."""
        return self.say("yes" if answer else "no")

    def at(self, moment: datetime | None) -> str:
        """A moment on the branch's clocks, to the second; '' where there is none."""
        return "" if moment is None else f"{document_facts.local(self.trip, moment):%Y-%m-%d %H:%M:%S}"

    def name(self, staff_id: int | None) -> str:
        """Who it was; '' where it was nobody of the staff."""
        return "" if not staff_id else staff.name_of(self.session, staff_id)

    def by(self, moment: datetime | None, staff_id: int | None) -> str:
        """When and who."""
        return " · ".join(one for one in (self.at(moment), self.name(staff_id)) if one)

    def called(self, name: str, value: str) -> str:
        """A label and its value."""
        return self.named(self.say(name), value)

    def named(self, name: str, value: str) -> str:
        """A name in words and its value."""
        return f"{name}{'：' if self.language == 'zh' else ': '}{value}"

    def joined(self, told: Iterable[str]) -> str:
        """Several things in one cell."""
        return ("；" if self.language == "zh" else "; ").join(one for one in told if one)
