"""Form A: the company is Party A 甲方, the customer Party B 乙方."""

from datetime import date

from contracts.forms.common import READINGS, UNDERTAKINGS
from contracts.forms.model import Clause, Form
from contracts.wording import Wording

A_2026_1 = Form(
    id="A",
    version="A-2026.1",
    published=date(2026, 1, 1),
    title=Wording("酒后代驾服务协议", "Designated-driver service agreement"),
    company_is_party_a=True,
    copies=2,
    preamble=Wording(
        "乙方以电话向甲方预约代驾服务。双方本着自愿、公平、诚实信用的原则，就本次服务订立本协议，共同遵守。",
        "The customer has booked a designated driver with the company by phone. Freely, fairly and in good faith, "
        "both agree on the following for this service.",
    ),
    clauses=(
        Clause(
            "A1",
            Wording("服务的开始与结束", "Beginning and end of the service"),
            (
                Wording(
                    "甲方按照乙方的预约指派代驾员，驾驶乙方车辆，将乙方和车辆从约定地点安全送到目的地。",
                    "As booked, the company's driver takes the customer, in the customer's car, safely from the "
                    "agreed place to the destination.",
                ),
                Wording(
                    "服务在乙方签字确认送达时结束；目的地在途中有变更的，以乙方签字确认送达的地点和时间为准。",
                    "The service ends where and when the customer signs that it is complete, even if the destination "
                    "was changed under way.",
                ),
            ),
        ),
        Clause(
            "A2",
            Wording("费用", "Fees"),
            (
                Wording(
                    "服务费和其他费用按照预约电话中向乙方报明、并载于本协议的收费标准计算。",
                    "The fare and other fees follow the fee standard quoted to the customer on the phone and printed "
                    "in this agreement.",
                ),
                Wording(
                    "因乙方原因取消预约的，乙方支付代驾员交通费 {cancel_fee}。",
                    "If the customer cancels, the customer pays a transport fee of {cancel_fee}.",
                ),
                Wording(
                    "因甲方原因取消预约的，乙方不承担任何费用。",
                    "If the company cancels, the customer pays nothing.",
                ),
                Wording(
                    "等候超过 {waiting_free}的，{waiting_charge}。",
                    "If the driver waits longer than {waiting_free}, {waiting_charge}.",
                ),
            ),
        ),
        Clause(
            "A3",
            Wording("出发前验车", "Condition check before departure"),
            (
                Wording(
                    "出发前，双方一同查看车辆；车辆已有损伤的，逐处记入本协议的车况记录，由双方确认。",
                    "Before departure both look the car over; damage that is already there is entered in the "
                    "condition report of this agreement and confirmed by both.",
                ),
                Wording(
                    "因车辆自身状况不良造成的损坏，甲方不承担赔偿责任。",
                    "Damage that comes from the car's own bad condition is not the company's.",
                ),
            ),
        ),
        Clause(
            "A4",
            Wording("财物保管", "Belongings"),
            (
                Wording(
                    "乙方自行照管车辆和随身财物；代驾员不得触碰车内物品和乙方的随身物品。",
                    "The customer looks after the car and the belongings in it; the driver does not touch them.",
                ),
                Wording(
                    "服务期间有物品丢失的，报请公安机关处理。",
                    "If something is lost during the service, the matter goes to the police.",
                ),
            ),
        ),
        Clause(
            "A5",
            Wording("途中", "Under way"),
            (
                Wording(
                    "乙方不得妨碍代驾员驾驶，不得要求代驾员违反交通法规。",
                    "The customer does not disturb the driver and asks for nothing that breaks traffic law.",
                ),
                Wording(
                    "对不合理的要求，代驾员有权拒绝，并应当及时向甲方报告，按甲方的答复处理。",
                    "The driver may refuse unreasonable demands, reports them to the company at once and follows its "
                    "answer.",
                ),
            ),
        ),
        Clause(
            "A6",
            Wording("严重醉酒", "Severely drunk"),
            (
                Wording(
                    "乙方严重醉酒的，须有陪同人同车照料，代驾员方可出发。",
                    "If the customer is severely drunk, the driver sets out only with a companion in the car who "
                    "takes care of the customer.",
                ),
                Wording(
                    "无人陪同的，代驾员可以拒绝提供服务。",
                    "Where there is none, the driver may refuse.",
                ),
                Wording(
                    "代驾员因此拒绝服务的，乙方支付交通费 {refusal_range}。",
                    "If the driver refuses for this reason, the customer pays {refusal_range} for transport.",
                ),
            ),
        ),
        Clause(
            "A7",
            Wording("交通事故", "Accidents"),
            (
                Wording(
                    "事故由代驾员的过错造成的，保险赔付之外的损失由甲方承担；车辆修理期间，"
                    "甲方还可以承担合理的交通费用。",
                    "Where the driver is at fault, the company bears what insurance does not, and may also bear "
                    "reasonable transport costs while the car is repaired.",
                ),
                Wording(
                    "事故主要由对方造成，或者由乙方妨碍驾驶造成的，甲方不承担赔偿责任，但应协助交警调查和保险理赔。",
                    "Where the other side is mainly at fault, or the customer disturbed the driver, the company pays "
                    "nothing but helps with the police and the insurance claim.",
                ),
            ),
        ),
        Clause(
            "A8",
            Wording("交通违章", "Traffic violations"),
            (
                Wording(
                    "代驾员驾驶造成的交通违章，经交管部门出示的违章时间在服务时段之内的，由甲方承担。",
                    "A traffic violation by the driver is the company's if the time that the traffic police show "
                    "falls inside the service.",
                ),
            ),
        ),
        Clause(
            "A9",
            Wording("保险告知", "Insurance"),
            (
                Wording(
                    "乙方应当如实向甲方说明车辆的投保情况。",
                    "The customer states truthfully how the car is insured.",
                ),
            ),
        ),
    ),
    undertakings=UNDERTAKINGS,
    readings=READINGS,
    declaration=(
        Wording(
            "甲方只为同时投保车损险、三者险和交强险的车辆提供代驾服务。",
            "The company drives only cars that have all three insurances: damage, third-party and compulsory.",
        ),
        Wording(
            "甲方只承接经电话向甲方预约的服务；与代驾员私下约定、以本协议名义签署的，对甲方无效。",
            "The company serves only bookings made with it by phone; a private deal with a driver under this "
            "agreement is void.",
        ),
        Wording(
            "乙方对上述情况隐瞒或者作不实说明的，由此发生的车辆损失和人身损害，甲方不承担赔偿责任。",
            "Where the customer conceals this or states it untruthfully, the company is not liable for damage or "
            "injury that follows.",
        ),
    ),
    table_note=Wording(
        "乙方如实填写下表，保险情况列于首位；到达目的地后，在表末栏再次签字。",
        "The customer fills in this table truthfully, insurance first of all, and signs its last column again on "
        "arrival.",
    ),
    effect=(
        Wording(
            "本协议经甲方盖章、乙方签名后生效；签订时间精确到时、分，与签订地点一并载于文末。",
            "This agreement takes effect with the company's seal and the customer's signature; hour, minute and place "
            "of signing are given below.",
        ),
        Wording(
            "本协议一式{copies}份，客户联由乙方留存。",
            "There are {copies} copies, one of which the customer keeps.",
        ),
        Wording(
            "未尽事宜由双方友好协商解决；协商不影响任何一方依法主张权利。",
            "Whatever is not settled here is settled between the two in good will, without limiting anyone's rights "
            "in law.",
        ),
    ),
)
