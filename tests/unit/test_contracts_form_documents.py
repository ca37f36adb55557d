"""Forms of an office's own: what is wrong with one is named where it stands, and what changed can be told."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.forms import BadForm, document, fill, form, parse, read
from contracts.forms.compare import Change, Piece, compare, pieces
from contracts.sample import TERMS
from contracts.wording import Wording
from dispatch.services import agreement_forms

A = fill(form("A-2026.1"), TERMS["A"])


def spoiled(version: str, before: str, after: str) -> str:
    text = document(version)
    assert before in text
    return text.replace(before, after, 1)


@pytest.mark.parametrize(
    ("before", "after", "where", "said"),
    [
        ('form = "A"', 'form = "A', "TOML", "this is not TOML"),
        ('form = "A"', 'form = "C"', "form", "'A' or 'B'"),
        ('form = "A"\n', "", "form", "missing"),
        ("copies = 2", "copies = 0", "copies", "at least 1"),
        ("copies = 2", "copies = 12", "copies", "at most 9"),
        ("copies = 2", "copies = 2\nstamp = 1", "stamp", "no such key"),
        ('id = "A4"', 'id = "A14"', "clauses", "in this order"),
        ('id = "A4"', 'id = "4"', "clauses.4.id", "a letter"),
        ('id = "P2"', 'id = "P1"', "undertakings", "P1, P2, P4, P6, P7, in this order"),
        ('id = "N4"', 'id = "N5"', "readings", "N1, N2, N3, N4, in this order"),
        ("交通费 {cancel_fee}。", "交通费 {cancel_fees}。", "A2.2", "no figure {cancel_fees}"),
        ("交通费 {cancel_fee}。", "交通费。", "A2.2", "only one states {cancel_fee}"),
        ("交通费 {cancel_fee}。", "交通费 {cancel_fee。", "A2.2", "braces are for figures"),
        ("交通费 {cancel_fee}。", "交通费 {}。", "A2.2", "braces are for figures"),
        ("交通费 {cancel_fee}。", "交通费 {cancel_fee:>30}。", "A2.2", "braces are for figures"),
        ("交通费 {cancel_fee}。", "交通费 {cancel_fee!r}。", "A2.2", "braces are for figures"),
        ("等候超过 {waiting_free}的", "等候超过 30 分钟的", "A2.4", "“30 分钟” is typed"),
        ("等候超过 {waiting_free}的", "等候超过半小时的", "A2.4", "“半小时” is typed"),
        ("transport fee of {cancel_fee}.", "transport fee of ¥10.", "A2.2", "“¥10.” is typed"),
        ("服务期间有物品丢失的", "服务期间有 50 % 物品丢失的", "A4.2", "“50 %” is typed"),
        ("is lost during the service", "is lost within 5 km", "A4.2", "“5 km” is typed"),
        ("服务期间有物品丢失的", "服务期间有百分之五十物品丢失的", "A4.2", "“百分之五十” is typed"),
        ("一式{copies}份", "一式两份", "effect.2", "only one states {copies}"),
        ("友好协商", "友好\U0001f600协商", "effect.3", "cannot print"),
        ("友好协商", "友好\\n协商", "effect.3", "one line"),
        ("友好协商", "友好\u202e协商", "effect.3", "cannot be seen"),
        ("友好协商", "友好<b>协商", "effect.3", "angle brackets"),
        ("in good will", "by <u> in good will", "effect.3", "in Chinese only"),
        ('en = "Fees"', 'en = ""', "clauses.2.title.en", "empty"),
        ('en = "Fees"', 'en = "  "', "A2", "empty"),
        ('en = "Fees"', "en = 7", "clauses.2.title.en", "a text in quotes"),
        ('{ zh = "费用", en = "Fees" }', '"费用"', "clauses.2.title", "zh and en"),
        ('en = "Fees"', f'en = "{"Fees" * 301}"', "clauses.2.title.en", "at most 1200"),
        ("As booked", "As booked {ranges}", "A1.1", "only one states {ranges}"),
    ],
)
def test_what_is_wrong_with_a_document_is_named_where_it_stands(before: str, after: str, where: str, said: str) -> None:
    with pytest.raises(BadForm) as refused:
        read(spoiled("A-2026.1", before, after))
    assert any(one.where == where and said in one.reason for one in refused.value.problems), refused.value


@pytest.mark.parametrize(
    ("zh", "en", "where"),
    [
        ("双方本着自愿", "Freely, fairly", "preamble"),
        ("私下约定", "a private deal", "declaration.2"),
        ("酒后代驾服务协议", "Designated-driver service agreement", "title"),
        ("严重醉酒", "Severely drunk", "A6"),
    ],
)
def test_a_figure_stands_only_where_a_sentence_can_be_left_out(zh: str, en: str, where: str) -> None:
    text = spoiled("A-2026.1", zh, f"{zh}{{waiting_cap}}").replace(en, f"{en} {{waiting_cap}}", 1)
    with pytest.raises(BadForm) as refused:
        read(text)
    assert [(one.where, "not here: {waiting_cap}" in one.reason) for one in refused.value.problems] == [(where, True)]


@pytest.mark.parametrize(
    ("version", "figures"),
    [
        ("A-2026.1", ["cancel_fee", "cancel_due", "waiting_charge", "refusal_range", "copies"]),
        ("B-2026.1", ["cancel_fee", "waiting_charge", "detour_step", "detour_fee", "fault_share", "allowance_range"]),
    ],
)
def test_a_figure_that_a_form_must_state_is_missed(version: str, figures: list[str]) -> None:
    for figure in figures:
        with pytest.raises(BadForm, match=rf"figures: no sentence states \{{{figure}\}}"):
            read(document(version).replace(f"{{{figure}}}", "另定"))


def test_a_clause_of_figures_alone_could_be_printed_empty_and_is_refused() -> None:
    text = document("A-2026.1")
    begin, end = text.index('  { zh = "乙方严重醉酒的'), text.index('  { zh = "代驾员因此拒绝服务的')
    with pytest.raises(BadForm, match="A6: a tariff may lack these figures"):
        read(text[:begin] + text[end:])


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("车损险、三者险和交强险的车辆", "车损险和交强险的车辆", "all three insurances"),
        ("damage, third-party and compulsory", "damage and compulsory", "all three insurances"),
        ("只承接经电话向甲方预约的服务", "只承接向甲方预约的服务", "by phone"),
        ("bookings made with it by phone", "bookings made with it", "by phone"),
        ("隐瞒或者作不实说明的", "未作说明的", "untrue statement"),
        ("conceals this or states it untruthfully", "says nothing", "untrue statement"),
    ],
)
def test_a_declaration_makes_its_three_statements_in_both_languages(before: str, after: str, said: str) -> None:
    with pytest.raises(BadForm, match=said):
        read(spoiled("A-2026.1", before, after))


def test_everything_that_is_wrong_is_told_at_once_with_its_line() -> None:
    text = spoiled("B-2026.1", "等候超过 {waiting_free}的", "等候超过 20 分钟的").replace("{detour_fee}", "20 元")
    with pytest.raises(BadForm) as refused:
        agreement_forms.read(text)
    problems = refused.value.problems
    assert {"B2.4", "B2.5", "figures"} <= {one.where for one in problems}
    line = next(one.line for one in problems if one.where == "B2.4")
    assert "20 分钟" in text.splitlines()[line - 1]
    lines = [one.line for one in problems if one.line]
    assert lines == sorted(lines)
    assert [one.line for one in problems[: len(lines)]] == lines  # what concerns the whole comes last


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("copies = 2", "copies = 0", "copies = 0"),
        ("copies = 2", "copies = 2\nstamp = 1", "stamp = 1"),
        ('en = "Fees"', 'en = ""', 'en = ""'),
        ("copies = 2", "copies = ", "copies = "),
        ("服务期间有物品丢失的", "服务期间有 10 元物品丢失的", "10 元"),
        ('id = "A4"', 'id = "A14"', "[[clauses]]"),
    ],
)
def test_a_mistake_of_any_kind_names_its_line(before: str, after: str, marked: str) -> None:
    text = spoiled("A-2026.1", before, after)
    with pytest.raises(BadForm) as refused:
        agreement_forms.read(text)
    assert marked in text.splitlines()[refused.value.problems[0].line - 1]


@pytest.mark.parametrize("version", ["A-2026.1", "B-2026.1"])
def test_a_declaration_of_two_sentences_is_too_short(version: str) -> None:
    text = document(version)
    first, second = text.index("[[declaration]]"), text.rindex("[[declaration]]")
    joined = text[:second] + text[text.index("[[effect]]") :]
    told = joined[:first] + joined[first:].replace('zh = "', 'zh = "隐瞒无效。', 1).replace(
        'en = "', 'en = "Untrue: void. ', 1
    )
    with pytest.raises(BadForm, match=r"^declaration: signers confirm it sentence by sentence"):
        read(told)


@pytest.mark.parametrize("version", ["A-2026.1", "B-2026.1"])
def test_what_comes_with_the_service_is_fit_to_be_published_again(version: str) -> None:
    assert read(document(version)) == form(version)


def test_party_words_are_put_in_wherever_they_stand() -> None:
    text = spoiled("A-2026.1", "甲方只为同时投保", "<c>只为同时投保").replace("乙方如实填写下表", "<u>如实填写下表")
    assert fill(read(text), TERMS["A"]) == A


def test_an_effect_whose_figure_the_tariff_lacks_is_left_out() -> None:
    text = spoiled("A-2026.1", "友好协商解决；", "友好协商解决，不超过 {waiting_cap}；")
    filled = fill(read(text.replace("in good will,", "in good will up to {waiting_cap},")), TERMS["A"])
    assert len(filled.effect) == 2
    assert filled.effect == A.effect[:2]


def test_what_was_published_once_is_read_even_when_more_is_asked_of_new_ones() -> None:
    assert parse(spoiled("A-2026.1", "友好协商", "友好协商 10 元")).version == "A-2026.1"


# What changed


def test_a_comparison_names_what_changed_and_nothing_else() -> None:
    older = form("A-2026.1")
    newer = read(spoiled("A-2026.1", "须有陪同人同车照料", "须有清醒的陪同人同车照料"))
    (found,) = compare(older, newer)
    assert found.where == "A6.1"
    assert [piece.text for piece in found.zh if piece.change is Change.ADDED] == ["清醒的"]
    assert all(piece.change is Change.SAME for piece in found.en)
    assert compare(older, older) == ()


def sentence(zh: str, en: str) -> str:
    return f'  {{ zh = "{zh}", en = "{en}" }},\n'


def test_a_sentence_put_in_is_one_difference_whatever_stands_behind_it() -> None:
    older = form("A-2026.1")
    newer = read(spoiled("A-2026.1", '  { zh = "因甲方原因', sentence("新增。", "New.") + '  { zh = "因甲方原因'))
    (added,) = compare(older, newer)
    assert (added.where, added.change, added.zh) == ("A2.3", Change.ADDED, (Piece(Change.ADDED, "新增。"),))
    (removed,) = compare(newer, older)
    assert (removed.where, removed.change, removed.en) == ("A2.3", Change.REMOVED, (Piece(Change.REMOVED, "New."),))


def test_one_sentence_put_in_and_the_next_changed_face_their_own_older_ones() -> None:
    text = spoiled("A-2026.1", "因甲方原因取消预约的", "因甲方或者代驾员原因取消预约的")
    newer = read(text.replace('  { zh = "因甲方或者', sentence("新增。", "New.") + '  { zh = "因甲方或者', 1))
    added, changed = compare(form("A-2026.1"), newer)
    assert (added.where, added.change) == ("A2.3", Change.ADDED)
    assert (changed.where, changed.change) == ("A2.4", Change.CHANGED)
    assert [one.text for one in changed.zh if one.change is Change.ADDED] == ["或者代驾员"]


def test_another_number_of_copies_is_a_difference() -> None:
    older = form("B-2026.1")
    (copies,) = compare(older, replace(older, copies=4))
    assert (copies.where, copies.zh) == ("copies", (Piece(Change.REMOVED, "3"), Piece(Change.ADDED, "4")))


WORDS = st.text("甲乙方的。", min_size=1, max_size=6)
SENTENCES = st.lists(st.builds(Wording, WORDS, st.sampled_from(["a b.", "c d.", "a d.", "e."])), min_size=1, max_size=6)


@given(SENTENCES, SENTENCES)
def test_applying_all_differences_to_a_clause_gives_the_newer_one(before: list[Wording], after: list[Wording]) -> None:
    base = form("A-2026.1")
    older, newer = (replace(base, effect=tuple(one)) for one in (before, after))
    found = compare(older, newer)
    gone, come = (
        [Wording(text(one.zh, left_out), text(one.en, left_out)) for one in found if one.change is not left_out]
        for left_out in (Change.ADDED, Change.REMOVED)
    )
    assert Counter(before) - Counter(gone) + Counter(come) == Counter(after)


def text(found: tuple[Piece, ...], left_out: Change) -> str:
    return "".join(piece.text for piece in found if piece.change is not left_out)


@given(st.text(max_size=40), st.text(max_size=40))
def test_applying_a_difference_gives_the_newer_text_and_undoing_it_the_older(older: str, newer: str) -> None:
    found = pieces(older, newer)
    assert "".join(piece.text for piece in found if piece.change is not Change.ADDED) == older
    assert "".join(piece.text for piece in found if piece.change is not Change.REMOVED) == newer
