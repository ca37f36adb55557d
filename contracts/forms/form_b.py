"""Form B: the customer is Party A 甲方, the company Party B 乙方."""

from datetime import date

from contracts.forms.common import READINGS, UNDERTAKINGS, VIOLATIONS
from contracts.forms.model import Clause, Form
from contracts.wording import Wording

B_2026_1 = Form(
    id="B",
    version="B-2026.1",
    published=date(2026, 1, 1),
    title=Wording("酒后代驾服务协议", "Designated-driver service agreement"),
    company_is_party_a=False,
    copies=3,
    preamble=Wording(
        "甲方以电话向乙方预约代驾服务。双方本着自愿、公平、诚实信用的原则，就本次服务订立本协议，共同遵守。",
        "The customer has booked a designated driver with the company by phone. Freely, fairly and in good faith, "
        "both agree on the following for this service.",
    ),
    clauses=(
        Clause(
            "B1",
            Wording("服务的开始与结束", "Beginning and end of the service"),
            (
                Wording(
                    "乙方按照甲方的预约指派代驾员，驾驶甲方车辆，将甲方和车辆从约定地点安全送到约定的目的地。",
                    "As booked, the company's driver takes the customer, in the customer's car, safely from the "
                    "agreed place to the agreed destination.",
                ),
                Wording(
                    "到达约定地点后，甲方查验车辆和财物，确认完好并签字时，服务结束。",
                    "The service ends at the agreed place once the customer finds car and belongings unharmed and "
                    "signs.",
                ),
            ),
        ),
        Clause(
            "B2",
            Wording("费用", "Fees"),
            (
                Wording(
                    "服务费和其他费用按照预约电话中向甲方报明、并载于本协议的收费标准计算。",
                    "The fare and other fees follow the fee standard quoted to the customer on the phone and printed "
                    "in this agreement.",
                ),
                Wording(
                    "因甲方原因取消预约的，甲方支付代驾员交通费 {cancel_fee}。",
                    "If the customer cancels, the customer pays a transport fee of {cancel_fee}.",
                ),
                Wording(
                    "因乙方原因取消预约的，甲方不承担任何费用。",
                    "If the company cancels, the customer pays nothing.",
                ),
                Wording(
                    "等候超过 {waiting_free}的，{waiting_charge}。",
                    "If the driver waits longer than {waiting_free}, {waiting_charge}.",
                ),
                Wording(
                    "行驶里程超出预约里程的，每超出 {detour_step}加收 {detour_fee}。",
                    "Where the way is longer than booked, {detour_fee} is added for every {detour_step} beyond.",
                ),
            ),
        ),
        Clause(
            "B3",
            Wording("出发前验车", "Condition check before departure"),
            (
                Wording(
                    "出发前，甲方配合代驾员了解车辆的操作特点并一同验车；车辆已有损伤的，逐处记入本协议的车况记录，"
                    "由双方确认。",
                    "Before departure the customer shows the driver how the car handles and both look it over; damage "
                    "that is already there is entered in the condition report of this agreement and confirmed by both.",
                ),
                Wording(
                    "因车辆自身状况不良造成的损坏，乙方不承担赔偿责任。",
                    "Damage that comes from the car's own bad condition is not the company's.",
                ),
            ),
        ),
        Clause(
            "B4",
            Wording("财物保管", "Belongings"),
            (
                Wording(
                    "甲方自行照管车辆和随身财物；代驾员不得触碰车内物品和甲方的随身物品。",
                    "The customer looks after the car and the belongings in it; the driver does not touch them.",
                ),
                Wording(
                    "有财物丢失的，报请公安机关处理；警察到场调查之前，代驾员不得离开。",
                    "If something is lost, the matter goes to the police, and the driver stays until they have been.",
                ),
            ),
        ),
        Clause(
            "B5",
            Wording("途中", "Under way"),
            (
                Wording(
                    "甲方不得妨碍代驾员驾驶，不得要求代驾员违反交通法规。",
                    "The customer does not disturb the driver and asks for nothing that breaks traffic law.",
                ),
                Wording(
                    "对不合理的要求，代驾员有权拒绝，并应当及时向乙方报告，按乙方的答复处理。",
                    "The driver may refuse unreasonable demands, reports them to the company at once and follows its "
                    "answer.",
                ),
            ),
        ),
        Clause(
            "B6",
            Wording("交通事故", "Accidents"),
            (
                Wording(
                    "事故由代驾员的过错造成的，保险公司对车辆损失的免赔部分由乙方承担。",
                    "Where the driver is at fault, the company bears the insurer's deductible.",
                ),
                Wording(
                    "乙方一方的责任达到 {fault_share} 及以上的，车辆修理期间，乙方另付甲方交通补贴 {allowance_range}。",
                    "Where the company's share of fault is {fault_share} or more, it also pays a transport allowance "
                    "of {allowance_range} while the car is being repaired.",
                ),
                Wording(
                    "事故主要由对方造成，或者由甲方妨碍驾驶造成的，乙方不承担赔偿责任，但应协助交警调查和保险理赔。",
                    "Where the other side is mainly at fault, or the customer disturbed the driver, the company pays "
                    "nothing but helps with the police and the insurance claim.",
                ),
            ),
        ),
        Clause(
            "B7",
            Wording("保险告知", "Insurance"),
            (
                Wording(
                    "甲方应当如实向乙方说明车辆的投保情况。",
                    "The customer states truthfully how the car is insured.",
                ),
            ),
        ),
        Clause(
            "B8",
            Wording("醉酒与陪同", "Drunk or unconscious"),
            (
                Wording(
                    "甲方醉酒或者意识不清的，须有清醒的同伴陪同，并由同伴代为签署本协议，乙方方可提供服务。",
                    "If the customer is drunk or unconscious, the company serves only with a sober companion who "
                    "signs in the customer's place.",
                ),
            ),
        ),
    ),
    undertakings=(*UNDERTAKINGS[:3], VIOLATIONS, *UNDERTAKINGS[3:]),
    readings=READINGS,
    declaration=(
        Wording(
            "乙方只为同时投保车损险、三者险和交强险的车辆提供代驾服务。",
            "The company drives only cars that have all three insurances: damage, third-party and compulsory.",
        ),
        Wording(
            "乙方只承接经电话向乙方预约的服务；与代驾员私下约定、以本协议名义签署的，对乙方无效。",
            "The company serves only bookings made with it by phone; a private deal with a driver under this "
            "agreement is void.",
        ),
        Wording(
            "甲方对上述情况隐瞒或者作不实说明的，由此发生的车辆损失和人身损害，乙方不承担赔偿责任；"
            "代驾员因此受到的损失，由甲方赔偿。",
            "Where the customer conceals this or states it untruthfully, the company is not liable for damage or "
            "injury that follows, and the customer makes good what the driver loses by it.",
        ),
    ),
    table_note=Wording(
        "甲方如实填写下表，保险情况列于首位；到达目的地后，在表末栏再次签字。",
        "The customer fills in this table truthfully, insurance first of all, and signs its last column again on "
        "arrival.",
    ),
    effect=(
        Wording(
            "本协议经乙方盖章、甲方签名后生效；签订时间精确到时、分，与签订地点一并载于文末。",
            "This agreement takes effect with the company's seal and the customer's signature; hour, minute and place "
            "of signing are given below.",
        ),
        Wording(
            "本协议一式{copies}份，客户联由甲方留存。",
            "There are {copies} copies, one of which the customer keeps.",
        ),
        Wording(
            "未尽事宜由双方友好协商解决；协商不影响任何一方依法主张权利。",
            "Whatever is not settled here is settled between the two in good will, without limiting anyone's rights "
            "in law.",
        ),
    ),
)
