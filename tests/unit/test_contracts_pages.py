"""How documents are laid out: how many pages ordinary and crowded facts take, and what stands together on one."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from contracts import compose, labels, render, sample
from contracts.facts import AgreementFacts, Damage, Photo, ReceiptFacts, shown_digest
from contracts.wording import Language
from tests.unit.documents import Reading, read


def photo(number: int) -> Photo:
    picture = BytesIO()
    Image.new("RGB", (400, 300), (40 * number, 80, 120)).save(picture, "JPEG")
    return Photo(media_type="image/jpeg", content=picture.getvalue())


def damaged(language: Language, *panels: str) -> AgreementFacts:
    """A signed agreement with a photo of each of these panels."""
    facts = sample.agreement("B")
    damages = tuple(
        Damage(panel=panel, kind="scratch", note="长约 12 厘米", photo=photo(number))
        for number, panel in enumerate(panels)
    )
    return sample.signed(replace(facts, language=language, condition=replace(facts.condition, damages=damages)))


def receipt(lines: int, language: Language) -> ReceiptFacts:
    """A signed receipt with so many lines."""
    facts = replace(sample.receipt("B"), fare=(sample.receipt("B").fare * lines)[:lines], language=language)
    return replace(facts, steps=sample.steps(shown_digest(facts)))


def printed(facts: AgreementFacts | ReceiptFacts) -> Reading:
    sheet = compose.agreement_sheet(facts) if isinstance(facts, AgreementFacts) else compose.receipt_sheet(facts)
    return read(render.render(sheet))


@pytest.mark.parametrize("language", ["zh", "zh-en", "en"])
def test_an_agreement_with_four_photos_and_its_record_of_signing_takes_three_pages(language: Language) -> None:
    four = ("bonnet", "left_front", "right_rear", "rear_bumper")
    assert len(printed(damaged(language, *four)).pages) == 3


@pytest.mark.parametrize(("lines", "language"), [(7, "zh"), (5, "en"), (4, "zh-en")])
def test_a_receipt_with_many_lines_is_still_one_page(lines: int, language: Language) -> None:
    assert len(printed(receipt(lines, language)).pages) == 1


def test_whether_a_box_is_ticked_can_be_read_and_not_only_seen() -> None:
    facts = sample.agreement("B")
    damage, *others = facts.insurance
    insurance = (replace(damage, insured=True, seen=False), *others)
    text = printed(replace(facts, insurance=insurance, driver=replace(facts.driver, sober=False))).text
    assert "车损险☑已投保☐代驾员已查验" in text
    assert "三者险☑已投保☑代驾员已查验" in text
    assert "☐代驾员声明" in text


def test_a_telephone_that_reads_aloud_tells_which_box_is_ticked() -> None:
    shown = compose.shown(sample.agreement("A"))
    assert '<span class="box on">☑</span>' in shown


def test_what_is_signed_on_arrival_stands_on_one_page_when_the_fare_takes_up_the_first() -> None:
    first, second = printed(receipt(16, "zh")).pages
    for told in ("保险情况与到达确认", "到达检查", "服务评价", "客户确认", "签订时间", "协议文件 SHA-256"):
        assert told not in first
        assert told in second


def test_a_car_damaged_all_over_has_no_part_that_was_found_sound() -> None:
    assert "未见损伤" not in compose.agreement_html(damaged("zh", *labels.PANELS))
    assert "车内：逐处查看，未见损伤。" in compose.agreement_html(damaged("zh", "roof"))
    assert "Interior: looked over and found sound." in compose.agreement_html(damaged("en", "roof"))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("192.0.2.17", "192.0.2.*"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3:*"),
        ("::1", "0:0:0:*"),
        ("", "–"),
        ("<b>", "–"),
    ],
)
def test_the_print_tells_the_line_a_signer_came_by_and_not_the_machine(address: str, told: str) -> None:
    assert compose.network(address) == told


@pytest.mark.parametrize(
    "facts", [sample.signed(sample.agreement("A")), receipt(2, "zh")], ids=["agreement", "receipt"]
)
def test_the_whole_address_is_in_the_attached_facts_alone(facts: AgreementFacts | ReceiptFacts) -> None:
    page = compose.agreement_html(facts) if isinstance(facts, AgreementFacts) else compose.receipt_html(facts)
    assert "192.0.2.*" in page
    assert "192.0.2.17" not in page
    assert b"192.0.2.17" in facts.to_json()


def test_an_english_document_is_punctuated_in_english() -> None:
    page = compose.agreement_html(damaged("en", "roof"))
    assert "Party A (customer)" in page
    assert not set("（）：。、") & set(page.partition("<body>")[2])
