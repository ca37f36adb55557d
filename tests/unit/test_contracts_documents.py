"""What is printed: whole, legible in another viewer, in the right fonts, and safe whatever the facts contain."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from markupsafe import escape
from PIL import Image

from contracts import compose, forms, labels, render, sample, typeface
from contracts.errors import BadImage, FontsMissing
from contracts.facts import AgreementFacts, Damage, Photo, ReceiptFacts
from contracts.sheet import Sheet
from contracts.typeface import FULL_FAMILY, SYSTEM_COLLECTION, font_file, missing_glyphs
from contracts.wording import Language, Wording
from tests.unit.documents import Reading, read

SIGNATURE = sample.signature("样张客户", sample.NIGHT)
RARE = "喆堃祎镕昇玥𬭎㛃龘"


@pytest.fixture(scope="session")
def agreement_pdf() -> bytes:
    return print_agreement(sample.agreement("A"))


@pytest.fixture(scope="session")
def agreement(agreement_pdf: bytes) -> Reading:
    return read(agreement_pdf)


@pytest.fixture(scope="session")
def receipt() -> Reading:
    return read(print_receipt(sample.receipt("B")))


@pytest.fixture(scope="session")
def crowded() -> Reading:
    """Form B, both languages, a companion, photos, long names with rare characters."""
    return read(print_agreement(crowd()))


def crowd() -> AgreementFacts:
    facts = sample.agreement("B")
    damages = tuple(Damage(panel=panel, kind="other", note=f"第{panel}处" * 12) for panel in labels.PANELS)
    return replace(
        facts,
        language="zh-en",
        customer=replace(facts.customer, name=f"欧阳{RARE}𠮷·阿卜杜热合曼·Featherstonehaugh"),
        company=replace(facts.company, name="上饶市信州区平安归途汽车代驾服务有限责任公司"),
        signature=replace(SIGNATURE, signer="companion", name="刘堃", relation="同事"),
        condition=replace(facts.condition, damages=(replace(damages[0], photo=photo()), *damages[1:])),
        trip=replace(facts.trip, destination="滨江花园小区" * 40),
    )


def print_agreement(facts: AgreementFacts) -> bytes:
    return render.render(compose.agreement_sheet(facts))


def print_receipt(facts: ReceiptFacts) -> bytes:
    return render.render(compose.receipt_sheet(facts))


def print_page(html: str) -> bytes:
    return render.render(Sheet(html=html))


def photo() -> Photo:
    picture = BytesIO()
    Image.new("RGB", (400, 300), "#445566").save(picture, "JPEG")
    return Photo(media_type="image/jpeg", content=picture.getvalue())


def test_an_agreement_names_everybody_and_everything(agreement: Reading) -> None:
    facts = sample.agreement("A")
    for fact in (
        facts.number,
        facts.company.name,
        facts.customer.name,
        facts.driver.name,
        facts.driver.badge,
        facts.car.plate,
        facts.trip.origin,
        facts.trip.destination,
        "2026年1月9日22时40分",
        "99.00",
        "车门下沿",
        "到达后签署，见服务回执",
        "合同专用章",
        "一式两份",
    ):
        assert "".join(fact.split()) in agreement.text


@pytest.mark.parametrize("form", ["A", "B"])
def test_every_clause_of_the_form_is_printed(form: forms.FormId) -> None:
    page = compose.agreement_html(sample.agreement(form))
    filled = sample.agreement(form).wording
    for clause in (*filled.clauses, *filled.undertakings, *filled.readings):
        assert f"<b>{clause.id}　{clause.title.zh}" in page
        assert all(sentence.zh in page for sentence in clause.sentences)
    assert all(sentence.zh in page for sentence in (*filled.declaration, *filled.effect))


def test_a_receipt_is_one_page_and_chained_to_its_agreement(receipt: Reading) -> None:
    facts = sample.receipt("B")
    assert len(receipt.pages) == 1
    for fact in (
        facts.number,
        facts.agreement_number,
        facts.agreement_sha256,
        "18.4km",
        "99.00",
        "非常满意",
        "服务专用章",
    ):
        assert "".join(fact.split()) in receipt.text


@pytest.mark.parametrize("language", ["zh-en", "en"])
def test_a_receipt_is_one_page_in_any_language(language: Language) -> None:
    assert len(read(print_receipt(replace(sample.receipt("B"), language=language))).pages) == 1


def test_pages_are_a4_numbered_and_carry_the_number(agreement: Reading) -> None:
    assert 2 <= len(agreement.pages) <= 3
    for place, (page, size) in enumerate(zip(agreement.pages, agreement.sizes, strict=True), start=1):
        assert size == pytest.approx((595.3, 841.9), abs=0.2)
        assert f"{place} / {len(agreement.pages)}" in page
        assert "SAMPLE-A" in page


def test_another_viewer_shows_ink_for_every_character(agreement: Reading, receipt: Reading, crowded: Reading) -> None:
    assert (agreement.blank, receipt.blank, crowded.blank) == ("", "", "")


def test_ink_that_cannot_be_seen_is_found() -> None:
    assert read(print_page('<p>看得见<span style="color: white">看不见</span></p>')).blank == "看不见"


def test_rare_characters_and_long_names_are_printed_whole(crowded: Reading) -> None:
    assert "".join(crowd().customer.name.split()) in crowded.text
    assert crowd().trip.destination in crowded.text
    assert crowded.text.count("第interior处") == 12


def test_a_companion_signs_by_name_and_relation(crowded: Reading) -> None:
    assert "刘堃" in crowded.text
    assert "同事" in crowded.text


def test_what_is_shown_before_signing_says_so_and_has_no_signature() -> None:
    page = compose.agreement_html(replace(sample.agreement("A"), signature=None, signed_at=None))
    assert "尚未签署" in page
    assert page.count('class="ink"') == 0


def test_the_document_says_in_its_metadata_what_it_is(agreement: Reading) -> None:
    assert agreement.about["Title"] == "酒后代驾服务协议 SAMPLE-A"
    assert agreement.about["Author"] == sample.COMPANY.name


def test_the_same_facts_give_the_same_bytes(agreement_pdf: bytes) -> None:
    assert print_agreement(sample.agreement("A")) == agreement_pdf


def all_wording() -> str:
    wordings: list[Wording] = [*labels.LABELS.values(), *labels.PANELS.values(), *labels.DAMAGES.values()]
    for form in forms.shipped():
        wordings += [form.title, form.preamble, form.table_note, *form.declaration, *form.effect]
        for clause in (*form.clauses, *form.undertakings, *form.readings):
            wordings += [clause.title, *clause.sentences]
    return "".join(words.zh + words.en for words in wordings)


def test_the_fonts_draw_all_our_wording_and_rare_names() -> None:
    assert missing_glyphs(all_wording() + RARE) == ""
    assert SYSTEM_COLLECTION.is_file(), "install fonts-noto-cjk"
    assert missing_glyphs("𠮷") == ""


def test_all_our_wording_is_in_the_small_font() -> None:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - slow to load, used here only

    for weight in (400, 700):
        with TTFont(font_file(weight), lazy=True) as font:
            assert {char for char in all_wording() if ord(char) not in font.getBestCmap()} == set()
            assert "glyf" in font
            assert "fvar" not in font


def test_a_character_that_no_font_can_draw_is_printed_as_its_code_point() -> None:
    assert missing_glyphs("a😀b") == "😀"
    assert compose.printable("张😀三") == "张[U+1F600]三"


def test_direction_marks_and_control_characters_are_not_printed() -> None:
    assert compose.printable("张\u202e三\u0007\u200b四\ufeff") == "张三四"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src="file:///etc/passwd">',
        "</title><style>*{display:none}</style>",
        "{{ 7 * 7 }}{% include '/etc/passwd' %}",
        "url(http://example.invalid/x) @import",
    ],
)
def test_hostile_text_is_printed_as_text(hostile: str) -> None:
    facts = sample.agreement("A")
    page = compose.agreement_html(
        replace(
            facts,
            place=hostile,
            number=hostile,
            customer=replace(facts.customer, name=hostile),
            company=replace(facts.company, name=hostile),
            signature=replace(SIGNATURE, name=hostile),
        )
    )
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("<style") == 0
    assert page.count(str(escape(hostile))) >= 5
    text = read(print_page(page)).text
    assert "".join(hostile.split()) in text


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "ftp://127.0.0.1/x", font_file(400).as_uri()]
)
@pytest.mark.parametrize(
    "page",
    [
        '<img src="{}"/>',
        '<link rel="stylesheet" href="{}"/>',
        '<p style="background:url({})">x</p>',
        "<style>@import '{}';</style>x",
    ],
)
def test_nothing_is_fetched_from_a_page(address: str, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    render.shared()  # our own fonts are read, once
    opened: list[str] = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda _self, request, *_a, **_k: opened.append(request))
    print_page(f"<html><body>{page.format(address)}</body></html>")
    assert opened == []


def test_a_photo_of_another_type_is_refused_and_not_left_out() -> None:
    facts = sample.agreement("A")
    wrong = Damage(panel="roof", kind="dent", photo=Photo(media_type="image/png", content=b"GIF89a"))
    with pytest.raises(BadImage):
        compose.agreement_html(replace(facts, condition=replace(facts.condition, damages=(wrong,))))


def test_fonts_that_are_not_built_name_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("contracts.typeface.FONTS", tmp_path)
    with pytest.raises(FontsMissing, match="python -m"):
        render.OwnFonts()


def test_fonts_of_an_earlier_release_print_nothing_for_their_boxes_would_all_look_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = typeface._characters
    monkeypatch.setattr(typeface, "_characters", lambda path: known(path) - {"☑"})
    typeface._have_boxes.cache_clear()
    try:
        with pytest.raises(FontsMissing, match="earlier release"):
            render.OwnFonts()
    finally:
        typeface._have_boxes.cache_clear()


def test_harfbuzz_cuts_the_fonts(agreement_pdf: bytes) -> None:
    """Without libharfbuzz-subset a document takes twenty times as long, silently."""
    from weasyprint.text.ffi import harfbuzz_subset  # noqa: PLC0415 - looks at what WeasyPrint found

    assert harfbuzz_subset
    assert len(agreement_pdf) < 200_000


@pytest.mark.parametrize("draw", [lambda: sample.agreement("B"), lambda: sample.receipt("A")])
def test_a_document_in_english_alone_has_no_chinese_wording(draw: Callable[[], AgreementFacts]) -> None:
    facts = replace(draw(), language="en")
    page = compose.agreement_html(facts) if isinstance(facts, AgreementFacts) else compose.receipt_html(facts)
    body = page[page.index("<body>") :]
    assert "协议条款" not in body
    assert "费用结算" not in body
    assert FULL_FAMILY in body


def test_both_documents_name_the_company_s_particulars() -> None:
    for pdf in (print_agreement(sample.agreement("A")), print_receipt(sample.receipt("A"))):
        first = read(pdf).pages[0]
        assert sample.COMPANY.address in first
        assert sample.COMPANY.registration in first
