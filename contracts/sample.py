"""Sample facts: what `homeward doctor` renders to prove an installation, and the preview of a form."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from math import cos, sin

from contracts import forms, labels
from contracts.facts import (
    AgreementFacts,
    Car,
    Check,
    Company,
    Condition,
    Customer,
    Damage,
    Drive,
    Driver,
    FareLine,
    FeeStandard,
    Insurance,
    ReceiptFacts,
    Signature,
    Step,
    Stroke,
    Trip,
    shown_digest,
)
from contracts.forms import FormId, Terms
from contracts.wording import Wording, plain

CHINA = timezone(timedelta(hours=8))
NIGHT = datetime(2026, 1, 9, 22, 40, tzinfo=CHINA)
COMPANY = Company(
    name="归途汽车代驾服务有限公司",
    branch="样张分公司",
    phone="0793-8000000",
    address="信州区样张路 1 号",
    registration="91360000SAMPLE0000",
)
CUSTOMER = Customer(name="样张客户", phone="138 **** 0000")
DRIVER = Driver(name="王师傅", badge="D0001", breath_mg="0")
CAR = Car(plate="赣E·A0001", model="大众 帕萨特", colour="黑色")
INSURANCE = tuple(
    Insurance(cover=cover, insured=True, insurer="样张财产保险", valid_until=date(2026, 12, 31), seen=True)
    for cover in labels.COVERS
)

TERMS: dict[FormId, Terms] = {
    "A": Terms(
        cancel_fee_fen=1000,
        waiting_free_minutes=30,
        waiting_fee_fen=1000,
        refusal_low_fen=1000,
        refusal_high_fen=2000,
    ),
    "B": Terms(
        cancel_fee_fen=2000,
        waiting_free_minutes=20,
        waiting_fee_fen=2000,
        waiting_per_minutes=60,
        detour_step_m=5000,
        detour_fee_fen=2000,
        allowance_low_fen=10000,
        allowance_high_fen=20000,
        allowance_fault_percent=50,
    ),
}


def _standard(form: FormId) -> FeeStandard:
    return FeeStandard(
        name=Wording("夜间标准", "Night standard"),
        version="2026-01",
        lines=(
            FareLine(
                rule=f"{form}2",
                label=Wording("起步价（22:00–06:00）", "Base fare (22:00–06:00)"),
                price=Wording("59 元，含 10 公里", "¥59, 10 km included"),
            ),
            FareLine(
                rule=f"{form}2",
                label=Wording("超出起步里程", "Beyond that"),
                price=Wording("每 5 公里 20 元", "¥20 per 5 km"),
            ),
        ),
    )


def _fare(form: FormId) -> tuple[FareLine, ...]:
    return (
        FareLine(
            rule=f"{form}2",
            label=Wording("起步价", "Base fare"),
            quantity=Wording("1 次", "1"),
            price=Wording("59 元，含 10 公里", "¥59, 10 km included"),
            amount_fen=5900,
        ),
        FareLine(
            rule=f"{form}2",
            label=Wording("超出起步里程", "Beyond the included distance"),
            quantity=plain("2 × 5 km"),
            price=Wording("每 5 公里 20 元", "¥20 per 5 km"),
            amount_fen=4000,
            basis=Wording("里程 18.4 公里", "18.4 km"),
        ),
    )


def agreement(form: FormId = "A") -> AgreementFacts:
    """A complete agreement in a form's first version, of nobody and no trip."""
    return AgreementFacts(
        number=f"SAMPLE-{form}",
        form=form,
        version=f"{form}-2026.1",
        wording=forms.fill(forms.form(f"{form}-2026.1"), TERMS[form]),
        company=COMPANY,
        customer=CUSTOMER,
        driver=DRIVER,
        car=CAR,
        trip=Trip(
            number="SAMPLE",
            booked_at=NIGHT - timedelta(minutes=55),
            appointed_at=NIGHT - timedelta(minutes=10),
            arrived_at=NIGHT - timedelta(minutes=16),
            origin="中心广场 北门",
            destination="滨江花园 3 栋",
            booked_m=18400,
        ),
        terms=TERMS[form],
        fee_standard=_standard(form),
        quote=_fare(form),
        quote_total_fen=9900,
        insurance=INSURANCE,
        condition=Condition(
            panels=tuple(labels.PANELS),
            damages=(
                Damage(panel="left_front", kind="scratch", note="车门下沿，长约 12 厘米"),
                Damage(panel="rear_bumper", kind="dent", note="右侧，直径约 3 厘米"),
            ),
            odometer_m=45_678_000,
            fuel_percent=60,
            inspected_at=NIGHT - timedelta(minutes=4),
        ),
        signature=signature(CUSTOMER.name, NIGHT),
        signed_at=NIGHT,
        place="中心广场 北门",
        verify_url="https://example.invalid/v/SAMPLE",
    )


def receipt(form: FormId = "A") -> ReceiptFacts:
    """The receipt that goes with the sample agreement."""
    end = NIGHT + timedelta(minutes=34)
    return ReceiptFacts(
        number=f"SAMPLE-{form}-R",
        agreement_number=f"SAMPLE-{form}",
        agreement_sha256="0" * 64,
        form=form,
        version=f"{form}-2026.1",
        company_is_party_a=form == "A",
        company=COMPANY,
        customer=CUSTOMER,
        driver=DRIVER,
        car=CAR,
        drive=Drive(
            origin="中心广场 北门",
            destination="滨江花园 3 栋",
            destination_changed=False,
            arrived_at=NIGHT - timedelta(minutes=16),
            departed_at=NIGHT + timedelta(minutes=2),
            delivered_at=end,
            odometer_start_m=45_678_000,
            odometer_end_m=45_696_400,
        ),
        fare=_fare(form),
        total_fen=9900,
        insurance=INSURANCE,
        checks=(
            Check(label=Wording("车辆外观与出发时一致", "Body as at departure"), ok=True),
            Check(label=Wording("随身及车内物品齐全", "Belongings complete"), ok=True),
            Check(label=Wording("车钥匙已交还", "Key handed back"), ok=True),
        ),
        signature=signature(CUSTOMER.name, end),
        signed_at=end,
        place="滨江花园 3 栋",
        verify_url="https://example.invalid/v/SAMPLE",
        rating=5,
        payment=Wording("现金", "cash"),
    )


def steps(shown: str) -> tuple[Step, ...]:
    """A signing on a phone, step by step, of what has this digest."""
    taken = ("opened", "read", *["confirmed"] * 6, "code_sent", "code_entered", "signed")
    phone = "Mozilla/5.0 (Linux; Android 16; Mobile)"
    return tuple(
        Step(kind=kind, at=NIGHT + timedelta(seconds=9 * place - 99), device=phone, address="192.0.2.17",
             shown_sha256=shown, detail="0000" if kind == "code_sent" else "")
        for place, kind in enumerate(taken)
    )  # fmt: skip


def signed(facts: AgreementFacts) -> AgreementFacts:
    """The facts with the record of a signing."""
    return replace(facts, steps=steps(shown_digest(facts)))


def signature(name: str, when: datetime) -> Signature:
    """A running line that looks like a signature and is nobody's."""
    line: Stroke = tuple(
        (30 + t * 2.1 + 14 * sin(t / 4), 60 - 26 * cos(t / 5) * cos(t / 31), 12 * t) for t in range(110)
    )
    under: Stroke = tuple((40 + t * 9.0, 104 - t * 0.6, 1700 + 9 * t) for t in range(25))
    return Signature(signer="customer", name=name, strokes=(line, under), width=320, height=130, signed_at=when)
