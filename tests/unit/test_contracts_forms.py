"""Both agreement forms say every fact of the company's rules, with the tariff's figures, and never change."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import forms, labels
from contracts.facts import canonical
from contracts.forms import BadForm, FilledForm, Terms, document, fill, form, read
from contracts.forms.compare import Change, Piece, compare, pieces
from contracts.sample import TERMS
from contracts.wording import Wording
from dispatch.domain import inspection

A, B = fill(form("A-2026.1"), TERMS["A"]), fill(form("B-2026.1"), TERMS["B"])


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
        (B, "B6", "责任达到 50% 及以上"),
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
        (A, "A2", "transport fee of ¥10."),
        (A, "A2", "longer than 30 minutes, ¥10 is added, once"),
        (A, "A6", "¥10–20"),
        (B, "B2", "¥20 is added for every 5 km"),
        (B, "B2", "¥20 is added for every hour beyond"),
        (B, "B6", "50% or more"),
        (B, "B6", "¥100–200"),
        (B, "N1", "each started hour counts"),
    ],
)
def test_the_english_states_the_same_figures(filled: FilledForm, clause: str, fact: str) -> None:
    assert fact in said(filled, clause, "en")


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


@pytest.mark.parametrize("version", ["A-2026.1", "B-2026.1"])
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
    ],
)
def test_a_published_version_never_changes(version: str, digest: str) -> None:
    """Wording is improved in a new version; this one is in signed agreements."""
    assert sha256(canonical(form(version))).hexdigest() == digest


def test_every_code_of_the_inspection_has_words() -> None:
    assert list(labels.PANELS) == [panel.value for panel in inspection.Panel]
    assert list(labels.DAMAGES) == [kind.value for kind in inspection.DamageKind]
    assert list(labels.COVERS) == [cover.value for cover in inspection.Insurance]


# Documents of one's own


def spoiled(version: str, before: str, after: str) -> str:
    text = document(version)
    assert before in text
    return text.replace(before, after, 1)


@pytest.mark.parametrize(
    ("before", "after", "where", "said"),
    [
        ('form = "A"', 'form = "A', "TOML", "line"),
        ('form = "A"', 'form = "C"', "form", "'A' or 'B'"),
        ("copies = 2", "copies = 0", "copies", "greater"),
        ("copies = 2", "copies = 2\nstamp = 1", "stamp", "not permitted"),
        ('id = "A4"', 'id = "A14"', "clauses", "in this order"),
        ('id = "P2"', 'id = "P1"', "P1", "two of this id"),
        ("交通费 {cancel_fee}。", "交通费 {cancel_fees}。", "A2.2", "no figure {cancel_fees}"),
        ("交通费 {cancel_fee}。", "交通费十元。", "A2.2", "different figures"),
        ("交通费 {cancel_fee}。", "交通费 {cancel_fee。", "A2.2", "stands alone"),
        ("等候超过 {waiting_free}的", "等候超过 30 分钟的", "A2.4", "“30 分钟” is typed"),
        ("transport fee of {cancel_fee}.", "transport fee of ¥10.", "A2.2", "“¥10” is typed"),
        ("一式{copies}份", "一式两份", "effect.2", "different figures"),
        ("友好协商", "友好\U0001f600协商", "effect.3", "cannot print"),
        ('en = "Fees"', 'en = ""', "clauses.1.title.en", "at least 1"),
    ],
)
def test_what_is_wrong_with_a_document_is_named_where_it_stands(before: str, after: str, where: str, said: str) -> None:
    with pytest.raises(BadForm) as refused:
        read(spoiled("A-2026.1", before, after))
    assert any(one.where.startswith(where) and said in one.message for one in refused.value.problems), refused.value


def test_everything_that_is_wrong_is_told_at_once_with_its_line() -> None:
    text = spoiled("B-2026.1", "等候超过 {waiting_free}的", "等候超过 20 分钟的").replace("{detour_fee}", "20 元")
    with pytest.raises(BadForm) as refused:
        read(text)
    problems = refused.value.problems
    assert {"B2.4", "B2.5", "figures"} <= {one.where for one in problems}
    line = next(one.line for one in problems if one.where == "B2.4")
    assert "20 分钟" in text.splitlines()[line - 1]


@pytest.mark.parametrize("version", ["A-2026.1", "B-2026.1"])
def test_a_declaration_of_two_sentences_is_too_short(version: str) -> None:
    text = document(version)
    begin = text.rindex("[[declaration]]")
    with pytest.raises(BadForm, match="declaration"):
        read(text[:begin] + text[text.index("[[effect]]") :])


# What changed


def test_a_comparison_names_what_changed_and_nothing_else() -> None:
    older = form("A-2026.1")
    newer = read(spoiled("A-2026.1", "须有陪同人同车照料", "须有清醒的陪同人同车照料"))
    (found,) = compare(older, newer)
    assert found.where == "A6.1"
    assert [piece.text for piece in found.zh if piece.change is Change.ADDED] == ["清醒的"]
    assert all(piece.change is Change.SAME for piece in found.en)
    assert compare(older, older) == ()


def test_a_sentence_put_in_or_taken_out_is_whole_in_the_comparison() -> None:
    older = form("B-2026.1")
    clause = older.clauses[6]
    newer = replace(
        older, clauses=(*older.clauses[:6], replace(clause, sentences=(*clause.sentences, Wording("新增。", "New."))),
                        older.clauses[7]), copies=4
    )  # fmt: skip
    added, copies = compare(older, newer)
    assert (added.where, added.zh) == ("B7.2", (Piece(Change.ADDED, "新增。"),))
    assert copies.where == "copies"
    (removed, _) = compare(newer, older)
    assert removed.en == (Piece(Change.REMOVED, "New."),)


@given(st.text(max_size=40), st.text(max_size=40))
def test_applying_a_difference_gives_the_newer_text_and_undoing_it_the_older(older: str, newer: str) -> None:
    found = pieces(older, newer)
    assert "".join(piece.text for piece in found if piece.change is not Change.ADDED) == older
    assert "".join(piece.text for piece in found if piece.change is not Change.REMOVED) == newer
