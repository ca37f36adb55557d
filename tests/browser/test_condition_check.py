"""The condition check on a phone: step by step, damage by tapping the car, nothing that was answered is lost."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.house import House, house
from tests.browser.phone import answer, forward, sign, signed_in, step

SAVE = "[data-step-save]"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(Path(tmp_path_factory.mktemp("check"))) as built:
        yield built


@pytest.fixture
def phone(browser: Browser, full: House) -> Iterator[Page]:
    """The phone of a driver who is with the customer."""
    page, complaints = signed_in(browser, full.base, full.drivers["here"], 360)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"{full.base}/driver/trip/{full.trips['here']}")
    yield page
    page.context.close()
    assert complaints == []


def photo() -> bytes:
    """A picture as a camera takes it."""
    picture = BytesIO()
    Image.new("RGB", (900, 600), "silver").save(picture, "JPEG")
    return picture.getvalue()


def to_the_car(phone: Page) -> None:
    answer(phone, "driver_sober", "yes")
    forward(phone)
    answer(phone, "intoxication", "mild")
    forward(phone)


def tap(phone: Page, panel: str, kind: str, note: str = "") -> None:
    """Tap a part of the car and say what is wrong with it."""
    phone.click(f".outline [data-spot={panel}] >> nth=0")
    answer(phone, f"panel_{panel}", kind)
    if note:
        phone.fill(f"[name=note_{panel}]", note)


def put_away(phone: Page) -> None:
    phone.click("dialog[open] [data-closes]")


def shown(phone: Page) -> list[str]:
    """The numbered marks, as the list beside the outline tells them."""
    return [one.strip().replace("\n", " ") for one in phone.locator("#check-car .mark").all_inner_texts()]


def test_damage_is_marked_by_tapping_the_car(phone: Page) -> None:
    to_the_car(phone)
    tap(phone, "wheels", "scratch", "右后轮毂")
    for name in ("one.jpg", "two.jpg"):  # a camera hands over one picture at a time
        phone.set_input_files("[name=photo_wheels]", {"name": name, "mimeType": "image/jpeg", "buffer": photo()})
        phone.wait_for_selector(f"dialog[open] [aria-label$='{name}']")
    put_away(phone)
    tap(phone, "bonnet", "dent", "约5厘米")
    put_away(phone)
    assert shown(phone) == ["1 引擎盖 · 凹陷 约5厘米", "2 轮毂轮胎 · 划痕 右后轮毂 · 照片 2 张"]
    assert phone.inner_text(".outline .spot--bonnet .spot-mark") == "1"

    phone.click("[data-all-sound]")
    assert phone.locator(".outline .is-sound:not([data-again])").count() == 11
    forward(phone)
    phone.go_back()  # the phone's own back button goes one step back
    assert phone.locator("#check-car").is_visible()
    phone.reload()
    assert shown(phone)[0] == "1 引擎盖 · 凹陷 约5厘米"


def test_a_part_can_be_marked_with_the_keyboard_alone(phone: Page) -> None:
    to_the_car(phone)
    phone.focus(".outline .spot--roof")
    phone.keyboard.press("Enter")
    assert phone.locator("dialog[open] legend").inner_text() == "车顶"
    phone.keyboard.press("Space")  # the first answer
    phone.keyboard.press("ArrowDown")
    phone.keyboard.press("Escape")
    assert shown(phone) == ["1 车顶 · 划痕"]
    assert phone.evaluate("document.activeElement.dataset.spot") == "roof"


def test_a_question_left_open_is_shown_before_the_next(phone: Page) -> None:
    phone.click("[data-step-next]")
    assert phone.locator("#f-driver_sober-error").is_visible()
    phone.goto(f"{phone.url}#check-confirm")
    phone.click(SAVE)
    assert phone.locator("#check-driver").is_visible()


def test_a_reload_without_signal_keeps_the_draft(phone: Page) -> None:
    to_the_car(phone)
    tap(phone, "left_rear", "crack")
    phone.context.set_offline(True)
    phone.reload()  # as the phone has kept it
    assert shown(phone) == ["1 左后侧 · 裂纹"]
    phone.context.set_offline(False)
    phone.reload()
    assert shown(phone) == ["1 左后侧 · 裂纹"]
    phone.click(".check-nav a[href='#check-customer']")
    assert phone.is_checked("[name=intoxication][value=mild]")


def test_the_server_judges_on_the_same_page_and_everything_stays(phone: Page) -> None:
    to_the_car(phone)
    tap(phone, "roof", "dent")  # neither note nor photo: the server will object
    put_away(phone)
    phone.click("[data-all-sound]")
    forward(phone)
    for part in ("safety", "insurance"):
        for question in phone.locator(f"#check-{part} input[value=yes]").all():
            question.check(force=True)
        forward(phone)
    phone.fill("[name=odometer_km]", "45678")
    phone.fill("[name=fuel_percent]", "60")
    forward(phone)
    sign(phone)

    phone.click(SAVE)
    phone.wait_for_selector("dialog[open] #f-panel_roof-error:visible")
    phone.set_input_files("[name=photo_roof]", {"name": "roof.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    phone.wait_for_selector("dialog[open] [aria-label$='roof.jpg']")
    put_away(phone)
    phone.click(".check-nav a[href='#check-confirm']")
    with phone.expect_navigation():
        phone.click(SAVE)  # the signature is still there
    assert "签署协议" in phone.inner_text("h1")
    step(phone)
    assert phone.inner_text("article.paper .damages").split() == ["1", "车顶", "凹陷"]
    assert phone.evaluate("Object.keys(localStorage).filter(name => name.startsWith('draft:')).length") == 0
