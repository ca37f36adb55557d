"""What a driver does with a thumb."""

from playwright.sync_api import Browser, Page

PASSWORD = "a-long-password-of-the-branch"
PRIMARY = ".phone-foot .btn--primary:visible"


def signed_in(browser: Browser, base: str, login: str, width: int) -> tuple[Page, list[str]]:
    """A page of somebody signed in, and whatever its scripts complain of."""
    page = browser.new_context(viewport={"width": width, "height": 860}, locale="zh-CN").new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{base}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("button.btn--big")
    page.wait_for_load_state()
    return page, complaints


def step(page: Page) -> None:
    """Press the big button and wait for the next page."""
    with page.expect_navigation():
        page.click(PRIMARY)


def forward(page: Page) -> None:
    """To the next step of the check, on the same page."""
    heading = page.inner_text(".check-step:visible h2")
    page.click("[data-step-next]")
    page.wait_for_function(
        "told => document.querySelector('.check-step:not([hidden]) h2').innerText !== told", arg=heading
    )


def answer(page: Page, name: str, value: str) -> None:
    """Tap one of several answers."""
    page.check(f"[name={name}][value={value}]", force=True)


def sign(page: Page) -> None:
    """Draw a name with the finger."""
    canvas = page.locator("canvas.signature")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for point in range(12):
        page.mouse.move(box["x"] + 30 + point * 14, box["y"] + 40 + point % 3 * 18)
    page.mouse.up()


def through_signing(page: Page, *, statements: int, rating: int = 0) -> None:
    """From who signs to the signed document: begin, read, confirm one by one, draw."""
    step(page)
    assert page.locator("article.paper").count() == 1
    for _ in range(1 + statements):
        step(page)
    if rating:
        page.locator(f"input[name=rating][value='{rating}']").check(force=True)
    sign(page)
    step(page)
