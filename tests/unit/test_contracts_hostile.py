"""Whatever names, notes and places hold, it is printed as text inside its box, or refused (spec 4)."""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from contracts import compose, render, sample
from contracts.errors import BadImage
from contracts.facts import AgreementFacts, Damage, Photo
from contracts.thumbnails import large, thumbnail
from tests.unit.documents import read

WIDTH, HEIGHT, MARGIN = 595.3, 841.9, 40.0


def everywhere(text: str) -> AgreementFacts:
    """An agreement that says one text wherever people write."""
    facts = sample.agreement("A")
    damages = tuple(replace(damage, note=text) for damage in facts.condition.damages)
    return replace(
        facts,
        place=text,
        customer=replace(facts.customer, name=text),
        driver=replace(facts.driver, name=text),
        car=replace(facts.car, model=text),
        trip=replace(facts.trip, origin=text, destination=text),
        condition=replace(facts.condition, damages=damages, belongings=text),
        signature=replace(sample.signature(text, sample.NIGHT), signer="companion", relation=text),
    )


def outside(pdf: bytes) -> list[str]:
    """Characters whose picture reaches beyond the margins."""
    import pypdfium2 as pdfium  # type: ignore[import-untyped]  # noqa: PLC0415 - ships no types

    found = []
    with pdfium.PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage()
            for index in range(text.count_chars()):
                left, bottom, right, top = text.get_charbox(index)
                if right > left and (left < MARGIN or right > WIDTH - MARGIN or bottom < 10 or top > HEIGHT - 10):
                    found.append(text.get_text_range(index, 1))
    return found


@pytest.mark.parametrize(
    "hostile",
    [
        "x" * 400,
        "无标点的很长的地名" * 40,
        "<style>*{position:fixed;left:-99mm}</style>",
        "\u202egnp.exe\u202c\u2066abc\u2069",
        "👩‍👩‍👧‍👦🚗💥" * 8,
        "{{ 7 * 7 }} {% raw %} ${x} %(y)s",
        "e" + "\u0301" * 60,
        "العربية עברית ไทย",
        "\n".join(["很多行"] * 30),
        "\x00\x08\x1b[31m\ufffe\uffff",
    ],
    ids=["one word", "no break", "css", "directions", "emoji", "templates", "accents", "scripts", "lines", "controls"],
)
def test_text_stays_inside_the_margins_whatever_it_is(hostile: str) -> None:
    pdf = render.render(compose.agreement_sheet(everywhere(hostile)))
    assert outside(pdf) == []


def test_what_looks_like_a_template_or_markup_is_printed_as_it_was_typed() -> None:
    page = compose.agreement_html(everywhere("{{ 7 * 7 }}<b>"))
    assert "{{ 7 * 7 }}&lt;b&gt;" in page


def test_ten_thousand_characters_are_printed_to_the_last_and_run_over_nothing() -> None:
    text = "路" * 9_999 + "终"
    pdf = render.render(compose.agreement_sheet(replace(sample.agreement("A"), place=text)))
    assert outside(pdf) == []
    assert "路终" in read(pdf).text


def test_a_direction_mark_reorders_nothing_and_an_emoji_is_told_by_its_number() -> None:
    page = compose.agreement_html(everywhere("甲\u202e乙👩"))
    assert "甲乙[U+1F469]" in page
    assert "\u202e" not in page


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_any_text_gives_a_page_that_is_well_formed(text: str) -> None:
    page = render.Page(compose.agreement_html(everywhere(text))).etree_element
    usual = render.Page(compose.agreement_html(sample.agreement("A"))).etree_element
    assert [element.tag for element in page.iter("table")] == [element.tag for element in usual.iter("table")]
    assert page.find(".//script") is None


# Photos


def jpeg(size: tuple[int, int] = (64, 48)) -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def png_bomb() -> bytes:
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("shrink", [thumbnail, large])
def test_a_photo_loses_what_the_camera_wrote_beside_it(shrink: object) -> None:
    from base64 import b64decode  # noqa: PLC0415 - used here only

    assert b"secret place" in jpeg()
    address = str(shrink(Photo(media_type="image/jpeg", content=jpeg())))  # type: ignore[operator]  # a function
    assert b"secret place" not in b64decode(address.partition("base64,")[2])


@pytest.mark.parametrize(
    "photo",
    [
        Photo(media_type="image/png", content=png_bomb()),
        Photo(media_type="image/jpeg", content=jpeg()[:200]),
        Photo(media_type="image/png", content=jpeg()),
        Photo(media_type="image/png", content=b"\x89PNG\r\n\x1a\n<svg onload=alert(1)>"),
    ],
    ids=["bomb", "cut off", "another type", "markup"],
)
def test_a_photo_that_is_none_is_refused(photo: Photo) -> None:
    facts = sample.agreement("A")
    damage = Damage(panel="roof", kind="dent", photo=photo)
    with pytest.raises(BadImage):
        compose.agreement_sheet(replace(facts, condition=replace(facts.condition, damages=(damage,))))
