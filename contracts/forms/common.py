"""Wording that both forms share: the company's undertakings (P) and how the figures are counted.

<c> and <u> are the Chinese party words: <c> the company (甲方 in form A, 乙方 in form B), <u> the customer.
"""

from contracts.forms.model import Clause
from contracts.wording import Wording


def parties(clause: Clause, *, company: str, customer: str) -> Clause:
    """The clause with 甲方 and 乙方 in place, its figures still open."""
    return Clause(
        clause.id,
        clause.title,
        tuple(Wording(s.zh.replace("<c>", company).replace("<u>", customer), s.en) for s in clause.sentences),
    )


UNDERTAKINGS: tuple[Clause, ...] = (
    Clause(
        "P1",
        Wording("准时佩卡", "On time, with a badge"),
        (
            Wording(
                "代驾员在约定时间之前到场，全程佩戴印有工号和本人照片的胸卡。",
                "The driver is there before the appointed time and wears a badge with number and photo throughout.",
            ),
        ),
    ),
    Clause(
        "P2",
        Wording("代为签署", "Signing for the customer"),
        (
            Wording(
                "<u>严重醉酒或者意识不清的，只在有亲友陪同并代为签署时提供服务；代签人写明姓名和与<u>的关系。",
                "A severely drunk or unconscious customer is served only with a relative or friend who signs in the "
                "customer's place, with name and relation.",
            ),
        ),
    ),
    Clause(
        "P4",
        Wording("酒后不驾", "No driving after drinking"),
        (
            Wording(
                "代驾员饮酒后不得出车。<u>发现代驾员饮酒的，可以拒绝其驾驶并告知<c>调度中心，<c>应尽快另派代驾员，"
                "<u>不因此承担任何费用。",
                "No driver works after drinking. The customer may refuse one who has and tell the dispatch centre, "
                "which sends another as fast as it can, at no cost to the customer.",
            ),
        ),
    ),
    Clause(
        "P6",
        Wording("送达清点", "Checked together on arrival"),
        (
            Wording(
                "送达后，代驾员与<u>一同查看车辆并清点财物，由<u>签署服务回执、评定服务等级。",
                "On arrival the driver and the customer look over car and belongings together; the customer signs the "
                "service receipt and rates the service.",
            ),
        ),
    ),
    Clause(
        "P7",
        Wording("次日回访", "A call the next working day"),
        (
            Wording(
                "<c>客服在服务结束后的下一个工作日致电回访，听取<u>对服务的评价和建议。",
                "Customer service calls on the working day after the service to hear the customer's opinion and "
                "suggestions.",
            ),
        ),
    ),
)

VIOLATIONS = Clause(
    "P5",
    Wording("交通违章", "Traffic violations"),
    (
        Wording(
            "代驾员安全驾驶、文明行车。交通违章记载的时间在服务时段之内的，由<c>承担。",
            "The driver drives safely. A traffic violation whose recorded time falls inside the service is the "
            "company's.",
        ),
    ),
)

READINGS: tuple[Clause, ...] = (
    Clause(
        "N1",
        Wording("等候时间", "Waiting"),
        (
            Wording(
                "等候自代驾员到场时间与约定时间中较晚的一个起算，至车辆出发时止；途中应<u>要求停车等候的时间一并计入。",
                "Waiting runs from the later of arrival and appointed time to departure; stops that the customer asks "
                "for under way add to it.",
            ),
            Wording("等候费{waiting_counted}。", "For the waiting charge, {waiting_counted}."),
            Wording(
                "一次行程的等候费合计不超过 {waiting_cap}。", "Waiting is charged at no more than {waiting_cap} a trip."
            ),
        ),
    ),
    Clause(
        "N2",
        Wording("超出里程", "Longer way"),
        (
            Wording(
                "超出里程按里程表读数与预约里程之差计算，{detour_counted}；仅在<u>变更目的地或者要求途中停靠时收取，"
                "代驾员自行绕路的，<u>不承担费用。",
                "The longer way is the odometer distance beyond the booked one: {detour_counted}. It is charged only "
                "where the customer changed the destination or asked for stops; a detour of the driver's own is never "
                "charged.",
            ),
        ),
    ),
    Clause(
        "N3",
        Wording("取消预约", "Cancelling"),
        (
            Wording(
                "取消预约的交通费，{cancel_due}方才产生；此前取消的，<u>不承担费用。",
                "The transport fee for a cancelled booking is due only {cancel_due}; before that, cancelling is free.",
            ),
        ),
    ),
    Clause(
        "N4",
        Wording("金额区间", "Ranges"),
        (
            Wording(
                "本协议中的金额区间（{ranges}），由<c>经办人员根据实际情况在区间之内确定，不得超出。",
                "Where this agreement gives a range ({ranges}), the company's staff set the amount inside it, by the "
                "circumstances, never beyond it.",
            ),
        ),
    ),
)
