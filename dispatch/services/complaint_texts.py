"""Text messages about cases: to a department's head and the managers up the ladder, and to the customer.

Nobody is woken: what falls into the quiet hours waits until they are over.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain import complaint_steps as s
from dispatch.domain import phone, reply_template
from dispatch.domain.calling_hours import after_quiet
from dispatch.domain.complaint_clock import Level
from dispatch.domain.money import yuan
from dispatch.domain.remedy import RemedyKind
from dispatch.domain.roles import Actor
from dispatch.domain.telling import Occasion, Telling
from dispatch.services.announce import put
from dispatch.store import complaint_remedies, departments, vouchers
from dispatch.store.branches import Branch
from dispatch.store.complaint_remedies import RemedyRow, RemedyState
from dispatch.store.complaints import ComplaintRow
from dispatch.store.departments import ComplaintTerms

USUAL = {
    Occasion.ACKNOWLEDGED: "您反映的问题（{number}）已经受理，由{agent}负责，查清后尽快答复您。客服电话{phone}",
    Occasion.REPLIED: "关于您反映的问题（{number}）：{reply} 客服电话{phone}",
    Occasion.CARRIED_OUT: "您反映的问题（{number}）已按约定办理：{remedies}。我们会再向您确认是否满意。客服电话{phone}",
}
"""What is said where a branch has no words of its own."""
_OF_STEP: dict[type[s.Step], Occasion] = {
    s.Acknowledge: Occasion.ACKNOWLEDGED,
    s.Reply: Occasion.REPLIED,
    s.CarryOut: Occasion.CARRIED_OUT,
}
_LATE = {
    Level.NEAR: "时限已用八成",
    Level.DUE: "已到时限",
    Level.LATE: "已超时一个工作日",
    Level.VERY_LATE: "已超时两个工作日",
}
_KINDS = {
    RemedyKind.APOLOGY: "致歉",
    RemedyKind.REFUND: "退款",
    RemedyKind.COMPENSATION: "赔偿",
    RemedyKind.VOUCHER: "代金券",
    RemedyKind.OTHER: "",
}


def telling_of(session: Session, branch_id: int) -> Telling:
    """Whom a branch tells."""
    row = session.get(ComplaintTerms, branch_id)
    if row is None:
        return Telling()
    return Telling(row.heads_from, row.managers_from, row.texts_from, row.managers_phone, row.tells_customers)


def escalate(
    session: Session, case: ComplaintRow, level: Level, now: datetime, *, head: bool, managers: bool
) -> list[str]:
    """Tell a rung by text message to the head and the managers who hear of it; answers who was written to."""
    telling = telling_of(session, case.branch_id)
    if not telling.texts(level):
        return []
    branch = session.get_one(Branch, case.branch_id)
    text = f"【{branch.name}】投诉{case.number}{_LATE[level]}，请尽快处理。"
    numbers = {"head": case.department.phone if head and case.department else ""}
    numbers["managers"] = telling.managers_phone if managers else ""
    written = {who: number for who, number in numbers.items() if number}
    for number in sorted(set(written.values())):
        _send(session, branch, number, text, now)
    return sorted(written)


def tell_customer(session: Session, case: ComplaintRow, step: s.Step, actor: Actor, now: datetime) -> list[str]:
    """Tell the customer what a step means to them, where it is tactful; answers what is sent, word for word."""
    occasion = _OF_STEP.get(type(step))
    branch = session.get_one(Branch, case.branch_id)
    if occasion is None or not _reachable(session, case, branch):
        return []
    body = departments.for_occasion(session, branch.id, occasion) or USUAL[occasion]
    said = reply_template.filled(
        body, {**case_words(case, branch, actor), "reply": step.words.strip(), "remedies": _remedies(session, case)}
    )
    texts = [f"【{branch.name}】{said}"]
    if occasion is Occasion.CARRIED_OUT:
        texts += _voucher_texts(session, case, branch, now)
    for text in texts:
        _send(session, branch, case.contact_phone, text, now)
    return texts


def case_words(case: ComplaintRow, branch: Branch, actor: Actor) -> dict[str, str]:
    """What the placeholders of every reply stand for."""
    return {
        "customer": case.contact_name,
        "number": case.number,
        "registered": f"{case.registered_at.astimezone(branch.zone):%Y-%m-%d}",
        "problem": case.problem,
        "company": branch.company_name,
        "phone": phone.display(branch.phone) if branch.phone.startswith("+") else branch.phone,
        "agent": actor.name,
    }


def _reachable(session: Session, case: ComplaintRow, branch: Branch) -> bool:
    if not branch.sms_on or not telling_of(session, branch.id).customers:
        return False
    return bool(case.contact_phone) and phone.is_mobile(case.contact_phone)


def _carried_out(session: Session, case: ComplaintRow) -> Collection[RemedyRow]:
    done = complaint_remedies.in_state(session, case.id, RemedyState.CARRIED_OUT)
    return [row for row in done if row.round == case.round]


def _remedies(session: Session, case: ComplaintRow) -> str:
    return "；".join(
        f"{_KINDS[row.kind]}{f'{yuan(row.amount_fen)}元' if row.amount_fen else ''} {row.words}".strip()
        for row in _carried_out(session, case)
    )


def _voucher_texts(session: Session, case: ComplaintRow, branch: Branch, now: datetime) -> list[str]:
    return [
        f"【{branch.name}】送您代金券{row.code}，{yuan(row.amount_fen)}元，有效期至{row.valid_until:%Y年%m月%d日}，"
        f"下次电话预约代驾时报券号即可抵扣。"
        for row in vouchers.of_complaint(session, case.id)
        if row.made_at == now
    ]


def _send(session: Session, branch: Branch, number: str, text: str, now: datetime) -> None:
    at = after_quiet(now, branch.zone)
    put(session, branch.id, now, channel="sms", recipient=number, body={"text": text}, not_before=at)
