"""Both agreement forms say every fact of the company's rules, with the tariff's figures, and never change."""

from dataclasses import replace
from hashlib import sha256

import pytest

from contracts import forms, labels
from contracts.facts import canonical
from contracts.forms import FilledForm, Terms, fill, form
from contracts.sample import TERMS
from dispatch.domain import inspection

A, B = fill(form("A-2027.1"), TERMS["A"]), fill(form("B-2027.1"), TERMS["B"])


def said(filled: FilledForm, clause_id: str, language: str = "zh") -> str:
    clauses = (*filled.clauses, *filled.undertakings, *filled.readings)
    return "".join(getattr(s, language) for clause in clauses if clause.id == clause_id for s in clause.sentences)


@pytest.mark.parametrize(
    ("filled", "clause", "fact"),
    [
        (A, "A1", "目的地在途中有变更的，以乙方签字确认送达的地点和时间为准"),
        (A, "A2", "乙方支付代驾员交通费 10 元"),
        (A, "A2", "等候超过 30 分钟的，一次性加收 10 元"),
        (A, "A2", "因甲方原因取消预约的，乙方不承担任何费用"),
        (A, "A3", "车辆自身状况不良造成的损坏，甲方不承担"),
        (A, "A4", "不得触碰车内物品"),
        (A, "A4", "公安机关"),
        (A, "A5", "不得要求代驾员违反交通法规"),
        (A, "A6", "须有陪同人同车照料"),
        (A, "A6", "乙方支付交通费 10 元至 20 元"),
        (A, "A7", "保险赔付之外的损失由甲方承担"),
        (A, "A7", "合理的交通费用"),
        (A, "A7", "妨碍驾驶造成的，甲方不承担"),
        (A, "A8", "服务时段之内的，由甲方承担"),
        (A, "A9", "如实"),
        (B, "B1", "确认完好并签字时，服务结束"),
        (B, "B2", "甲方支付代驾员交通费 20 元"),
        (B, "B2", "等候超过 20 分钟的，超出部分每小时加收 20 元"),
        (B, "B2", "每超出 5 公里加收 20 元"),
        (B, "B3", "车辆自身状况不良造成的损坏，乙方不承担"),
        (B, "B4", "警察到场调查之前，代驾员不得离开"),
        (B, "B5", "有权拒绝"),
        (B, "B6", "免赔部分由乙方承担"),
        (B, "B6", "责任达到 50% 以上（含 50%）"),
        (B, "B6", "100 元至 200 元"),
        (B, "B7", "如实"),
        (B, "B8", "须有清醒的同伴陪同，并由同伴代为签署"),
        (B, "P5", "由乙方承担"),
        (A, "P4", "乙方不因此承担任何费用"),
        (B, "P7", "下一个工作日"),
        (A, "N1", "到场时间与约定时间中较晚的一个起算"),
        (B, "N1", "以 1 小时为一个计费单位，不足一个单位的按一个单位计"),
        (B, "N2", "以 5 公里为一个计费单位，不足一个单位的部分不计"),
        (B, "N2", "代驾员自行绕路的，甲方不承担费用"),
        (A, "N3", "代驾员动身前往之后方才产生"),
    ],
)
def test_a_clause_states_its_fact(filled: FilledForm, clause: str, fact: str) -> None:
    assert fact in said(filled, clause)


@pytest.mark.parametrize(
    ("filled", "clause", "fact"),
    [
        (A, "A1", "ends where and when the customer signs that it is complete, even if the destination was changed"),
        (A, "A2", "follow the fee standard quoted to the customer on the phone"),
        (A, "A2", "transport fee of ¥10."),
        (A, "A2", "If the company cancels, the customer pays nothing"),
        (A, "A2", "longer than 30 minutes, ¥10 is added, once"),
        (A, "A3", "Before departure both look the car over"),
        (A, "A3", "confirmed by both"),
        (A, "A3", "car's own bad condition is not the company's"),
        (A, "A4", "customer looks after the car and the belongings in it; the driver does not touch them"),
        (A, "A4", "goes to the police"),
        (A, "A5", "does not disturb the driver and asks for nothing that breaks traffic law"),
        (A, "A5", "may refuse unreasonable demands, reports them to the company"),
        (A, "A6", "only with a companion in the car"),
        (A, "A6", "the driver may refuse"),
        (A, "A6", "the customer pays ¥10–20 for transport"),
        (A, "A7", "company bears what insurance does not, and may also bear reasonable transport costs"),
        (A, "A7", "or the customer disturbed the driver, the company pays nothing but helps with the police"),
        (A, "A8", "is borne by the company if the time that the traffic police show falls inside the service"),
        (A, "A9", "states truthfully how the car is insured"),
        (A, "P4", "at no cost to the customer"),
        (A, "N1", "the later of arrival and appointed time to departure"),
        (A, "N3", "due only once the driver has set off"),
        (A, "N4", "¥10–20"),
        (B, "B1", "at the agreed place once the customer finds car and belongings unharmed and signs"),
        (B, "B2", "follow the fee standard quoted to the customer on the phone"),
        (B, "B2", "transport fee of ¥20."),
        (B, "B2", "longer than 20 minutes, ¥20 is added for every hour beyond"),
        (B, "B2", "longer than booked, ¥20 is added for every 5 km"),
        (B, "B3", "confirmed by both"),
        (B, "B3", "car's own bad condition is not the company's"),
        (B, "B4", "the driver does not touch them"),
        (B, "B4", "goes to the police, and the driver does not leave until the police"),
        (B, "B5", "does not disturb the driver and asks for nothing that breaks traffic law"),
        (B, "B5", "may refuse unreasonable demands, reports them to the company"),
        (B, "B6", "company bears the insurer's deductible"),
        (B, "B6", "50% or more, it also pays a transport allowance of ¥100–200 while the car is being repaired"),
        (B, "B6", "or the customer disturbed the driver, the company pays nothing but helps with the police"),
        (B, "B7", "states truthfully how the car is insured"),
        (B, "B8", "drunk or unconscious, the company serves only with a sober companion who signs"),
        (B, "P5", "inside the service is borne by the company"),
        (B, "P7", "on the working day after the service"),
        (B, "N1", "each started hour counts"),
        (B, "N2", "each completed 5 km counts"),
        (B, "N2", "a detour of the driver's own is never charged"),
        (B, "N4", "¥100–200"),
    ],
)
def test_the_english_states_every_fact_too(filled: FilledForm, clause: str, fact: str) -> None:
    assert fact in said(filled, clause, "en")


@pytest.mark.parametrize(("filled", "copies"), [(A, "two"), (B, "three")])
def test_declaration_table_seal_and_copies_are_in_english_too(filled: FilledForm, copies: str) -> None:
    served, by_phone, untrue = (one.en for one in filled.declaration)
    assert "all three insurances: damage, third-party and compulsory" in served
    assert "only bookings made with it by phone; a private deal with a driver under this agreement is void" in by_phone
    assert "states it untruthfully, the company is not liable" in untrue
    assert "insurance first of all, and signs its last column again on arrival" in filled.table_note.en
    effect = " ".join(one.en for one in filled.effect)
    assert "company's seal and the customer's signature; hour, minute and place of signing" in effect
    assert f"{copies} copies, one of which the customer keeps" in effect


@pytest.mark.parametrize(("filled", "letter", "count"), [(A, "A", 9), (B, "B", 8)])
def test_a_form_has_all_its_clauses_in_order(filled: FilledForm, letter: str, count: int) -> None:
    assert [clause.id for clause in filled.clauses] == [f"{letter}{n}" for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("filled", "company", "customer", "copies"), [(A, "甲方", "乙方", "一式两份"), (B, "乙方", "甲方", "一式三份")]
)
def test_parties_seal_signature_and_copies_are_the_forms_own(
    filled: FilledForm, company: str, customer: str, copies: str
) -> None:
    effect = "".join(sentence.zh for sentence in filled.effect)
    assert filled.company_is_party_a is (company == "甲方")
    assert f"{company}盖章、{customer}签名后生效" in effect
    assert copies in effect
    assert f"由{customer}留存" in effect
    assert "车损险、三者险和交强险" in filled.declaration[0].zh
    assert f"对{company}无效" in filled.declaration[1].zh
    assert f"{company}不承担赔偿责任" in filled.declaration[2].zh


def test_figures_come_from_the_tariff_and_are_not_typed_in_the_wording() -> None:
    dearer = replace(TERMS["A"], cancel_fee_fen=1250, waiting_free_minutes=15, waiting_fee_fen=800)
    fees = said(fill(form("A-2026.1"), dearer), "A2")
    assert "交通费 12.50 元" in fees
    assert "等候超过 15 分钟的，一次性加收 8 元" in fees
    assert "30 分钟" not in fees


@pytest.mark.parametrize(
    ("rounding", "words"),
    [("started", "按一个单位计"), ("completed", "部分不计"), ("prorated", "按比例计"), ("nearest", "四舍五入")],
)
def test_the_chosen_reading_of_per_hour_is_printed(rounding: forms.model.Rounding, words: str) -> None:
    assert words in said(fill(form("B-2026.1"), replace(TERMS["B"], waiting_rounding=rounding)), "N1")


def test_a_waiting_cap_is_printed_where_there_is_one() -> None:
    assert "不超过 60 元" in said(fill(form("B-2026.1"), replace(TERMS["B"], waiting_cap_fen=6000)), "N1")
    assert "不超过" not in said(B, "N1")


@pytest.mark.parametrize(
    ("per_minutes", "zh", "en"),
    [
        (None, "等候不设免费时间，一次性加收 20 元。", "No waiting is free: ¥20 is added, once."),
        (60, "等候不设免费时间，每小时加收 20 元。", "No waiting is free: ¥20 is added for every hour."),
        (30, "等候不设免费时间，每 30 分钟加收 20 元。", "No waiting is free: ¥20 is added for every 30 minutes."),
    ],
)
def test_where_no_waiting_is_free_nothing_is_said_of_a_free_part(per_minutes: int | None, zh: str, en: str) -> None:
    terms = replace(TERMS["B"], waiting_free_minutes=0, waiting_per_minutes=per_minutes)
    filled = fill(form("B-2027.1"), terms)
    assert zh in said(filled, "B2")
    assert "等候超过" not in said(filled, "B2")
    assert en in said(filled, "B2", "en")
    assert "等候超过 0 分钟的，" in said(fill(form("B-2026.1"), terms), "B2")  # published: never another word


@pytest.mark.parametrize("version", ["A-2026.1", "B-2026.1", "A-2027.1", "B-2027.1"])
def test_a_tariff_without_a_figure_leaves_the_sentence_out_and_points_to_the_fee_standard(version: str) -> None:
    bare = fill(form(version), Terms())
    wording = "".join(said(bare, clause.id) for clause in (*bare.clauses, *bare.readings))
    assert "收费标准计算" in wording
    assert "None" not in wording
    assert "{" not in wording
    assert all(clause.sentences for clause in (*bare.clauses, *bare.undertakings, *bare.readings))


def test_chinese_and_english_state_the_same_placeholders() -> None:
    for published in forms.shipped():
        for clause in (*published.clauses, *published.undertakings, *published.readings):
            for sentence in clause.sentences:
                in_zh, in_en = (
                    forms.model.placeholders(replace(sentence, en="")),
                    forms.model.placeholders(replace(sentence, zh="")),
                )
                assert in_zh == in_en, sentence


@pytest.mark.parametrize(
    ("version", "digest"),
    [
        ("A-2026.1", "d1e9e85531ec8cec695c02b8e479010a5aa89b1fdc71b7fb6b9d77d003aca145"),
        ("B-2026.1", "8bba5af97b1c3140ba705c503531d43f11a519c577841831dbadb877f355ef86"),
        ("A-2027.1", "d09c05cdc6a043ea1cfd67ebbf29acf08ec3955e95fd4fbe9d7c9b01439577c9"),
        ("B-2027.1", "db090285f977931cd30b048f53a73ab35c5c5934634544a776ec5a036ae3a6a4"),
    ],
)
def test_a_published_version_never_changes(version: str, digest: str) -> None:
    """Wording is improved in a new version; this one is in signed agreements."""
    assert sha256(canonical(form(version))).hexdigest() == digest


def test_every_code_of_the_inspection_has_words() -> None:
    assert list(labels.PANELS) == [panel.value for panel in inspection.Panel]
    assert list(labels.DAMAGES) == [kind.value for kind in inspection.DamageKind]
    assert list(labels.COVERS) == [cover.value for cover in inspection.Insurance]
