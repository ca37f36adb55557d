"""A trip in dispute: one sealed file with everything in it, each part verifiable; and the badge that a driver wears."""

import json
import re
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2 as pdfium  # type: ignore[import-untyped]  # ships no types
import pytest
from flask.testing import FlaskClient
from pikepdf import pdfa
from PIL import Image

from contracts.sealing.examine import examine
from dispatch.domain import commands as c
from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.inspection import Damage, DamageKind, Panel
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import complaints
from dispatch.services.pack_parts import parts_of
from dispatch.store import agreements, ceremonies, journal
from dispatch.store.agreements import DocumentKind
from dispatch.store.drivers import Driver
from dispatch.web.runtime import EXTENSION
from tests.web.conftest import Web
from tests.web.forms import hidden

REASON = "客户称车门划痕为代驾所致"


@pytest.fixture
def manager(web: Web) -> FlaskClient:
    return web.client(web.world.manager)


def sealed_trip(web: Web) -> int:
    """A closed trip with really sealed documents and two photos."""
    world = web.world
    trip_id = world.to(State.ON_SITE)
    panels: dict[Panel, Damage | None] = dict.fromkeys(Panel)
    panels[Panel.ROOF] = Damage(DamageKind.DENT, "", (world.photo(trip_id), world.photo(trip_id, "red")))
    world.do(trip_id, c.Inspect(world.inspection(panels=panels)))
    settings = web.app.extensions[EXTENSION]
    for command, state in ((world.agreement(), State.DELIVERED), (world.receipt(), State.CLOSED)):
        drawn = world.draft(trip_id, command)
        pdf = settings.seals.seal(drawn.office, drawn.render(settings.renderer), drawn.drawn_at)
        world.store(drawn, pdf)
        world.to(state, trip_id)
    return trip_id


@pytest.fixture
def trip_id(web: Web) -> int:
    """Such a trip, and a complaint about it."""
    world, trip_id = web.world, sealed_trip(web)
    with world.db.transaction() as session:
        registration = Registration(
            channel=Channel.CALL, registered_at=world.now, contact_name="李建国", contact_phone="+8613807930001",
            contact_address="", happened_at=world.now, about="SR001", problem="车门有新划痕", wish="修复",
            trip_id=trip_id,
        )  # fmt: skip
        complaints.register(session, registration, world.agent)
    return trip_id


def make(manager: FlaskClient, trip_id: int, reason: str = REASON) -> Any:
    address = f"/manage/trips/{trip_id}/dispute"
    return manager.post(address, data={**hidden(manager.get(address).text, address), "reason": reason})


def text_of(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_a_dispute_file_holds_everything_and_proves_each_part(web: Web, manager: FlaskClient, trip_id: int) -> None:
    reply = make(manager, trip_id)
    assert (reply.status_code, reply.content_type) == (200, "application/pdf")
    report = examine(reply.data)
    assert report.whole
    assert (report.kind, report.sealed_by) == ("pack", "归途汽车代驾服务有限公司 上饶分公司")
    said = text_of(reply.data)
    facts = (
        "争议卷宗",
        REASON,
        "孙经理",
        "车门有新划痕",
        "修复",
        "李建国",
        "逐条确认",
        "192.0.2.17",
        "车顶",
        "协议条款",
    )
    for fact in facts:
        assert fact in said
    assert not {"base", "insurance.damage", "driver_phone"} & set(re.findall(r"[a-z_.]+", said))
    parts = {part.name: part.pdf for part in parts_of(reply.data, examine)}
    assert len(parts) == 2
    assert all(examine(pdf).whole for pdf in parts.values())
    with pikepdf.open(BytesIO(reply.data)) as file:
        told = json.loads(file.attachments["manifest.json"].get_file().read_bytes())
        assert [part["kind"] for part in told["parts"]] == ["agreement", "receipt", *["record"] * 5, *["photo"] * 2]
        assert {"photo-01.jpg", "photo-02.jpg", *parts} < set(file.attachments)
        assert len(file.pages) >= 6


def test_a_dispute_file_is_verified_like_any_document(manager: FlaskClient, trip_id: int) -> None:
    pdf = make(manager, trip_id).data
    csrf = manager.get("/api/v1/sessions/current").get_json()["csrf_token"]
    told = manager.post("/api/v1/verify", data=pdf, headers={"X-CSRFToken": csrf}).get_json()
    assert (told["verdict"], told["kind"], told["findings"]) == ("genuine", "pack", [])
    assert told["seal"]["known"] is True
    assert REASON not in json.dumps(told, ensure_ascii=False)


def handed_in(client: FlaskClient, pdf: bytes) -> tuple[str, Any]:
    """What the page and the API say of a file."""
    fields = hidden(client.get("/verify").text, "/verify")
    reply = client.post("/verify", data={**fields, "file": (BytesIO(pdf), "file.pdf")})
    reply.request.environ["wsgi.input"].close()  # the test client leaves its file for a large body open
    csrf = client.get("/api/v1/sessions/current").get_json()["csrf_token"]
    return reply.text, client.post("/api/v1/verify", data=pdf, headers={"X-CSRFToken": csrf}).get_json()


def test_the_page_says_of_a_dispute_file_that_its_seal_proves_it(manager: FlaskClient, trip_id: int) -> None:
    pdf = make(manager, trip_id).data
    page, told = handed_in(manager, pdf)
    assert "争议卷宗不另存档" in page
    assert "is-wrong" not in page
    assert [(part["verdict"], part["holds"], part["as_listed"]) for part in told["parts"]] == [
        ("genuine", True, True)
    ] * 2
    for part in told["parts"]:
        assert f"{part['name']}:" in page
        assert part["sha256"] in page


def test_a_dispute_file_with_a_document_that_is_no_longer_on_record_is_not_called_genuine(
    web: Web, manager: FlaskClient, trip_id: int
) -> None:
    pdf = make(manager, trip_id).data
    with web.world.db.transaction() as session:
        receipt = agreements.of_trip(session, trip_id, DocumentKind.RECEIPT)
        session.delete(receipt)
    page, told = handed_in(manager, pdf)
    assert (told["verdict"], told["findings"]) == ("part_fails", [])
    assert [(part["verdict"], part["holds"]) for part in told["parts"]] == [("genuine", True), ("missing", False)]
    assert "卷宗内有文件不符" in page
    assert "存档中已无此文件" in page
    assert "完全一致，其中文件与照片齐全" not in page
    assert page.count('class="is-wrong"') == 1


def test_a_dispute_file_that_is_not_as_we_made_it_is_not_opened(
    manager: FlaskClient, trip_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object) -> None:
        raise AssertionError("a stranger's file was opened in the web process")

    pdf = make(manager, trip_id).data
    monkeypatch.setattr("dispatch.web.handed_in.parts_of", opened)
    _, told = handed_in(manager, pdf + b"%")
    assert (told["verdict"], told["parts"]) == ("altered", [])


def test_a_part_taken_out_of_a_dispute_file_or_replaced_is_named(manager: FlaskClient, trip_id: int) -> None:
    pdf = make(manager, trip_id).data
    with pikepdf.open(BytesIO(pdf)) as file:
        file.attachments["photo-01.jpg"] = b"another photo"
        del file.attachments["photo-02.jpg"]
        out = BytesIO()
        file.save(out)
    found = {f"{one.fault} {one.about}" for one in examine(out.getvalue()).findings}
    assert {"annex_changed photo-01.jpg", "annex_missing photo-02.jpg"} <= found


def test_who_makes_a_dispute_file_says_why_and_is_in_the_journal(web: Web, manager: FlaskClient, trip_id: int) -> None:
    for reason in (" ", "x" * 201):
        reply = make(manager, trip_id, reason)
        assert reply.status_code == 422
        assert 'href="#f-reason"' in reply.text
    make(manager, trip_id)
    with web.world.db.reading() as session:
        made = [one for one in journal.page(session, web.world.branch_id) if one.type == "dispute.file"]
    assert [(one.actor_id, one.payload["reason"]) for one in made] == [(web.world.manager.id, REASON)]
    assert "已制作争议卷宗" in manager.get(f"/desk/trips/{trip_id}").text


def test_only_managers_make_dispute_files(web: Web, trip_id: int) -> None:
    for actor in (web.world.agent, web.world.dispatcher, web.world.driver):
        client = web.client(actor)
        assert client.get(f"/manage/trips/{trip_id}/dispute").status_code == 403
        assert web.post(client, f"/api/v1/trips/{trip_id}/dispute-file", {"reason": REASON}).status_code == 403
    made = web.post(web.client(web.world.manager), f"/api/v1/trips/{trip_id}/dispute-file", {"reason": REASON})
    assert (made.status_code, made.content_type) == (200, "application/pdf")
    assert (
        web.post(web.client(web.world.manager), "/api/v1/trips/9999/dispute-file", {"reason": "x"}).status_code == 404
    )


def test_the_record_of_signing_is_shown_step_by_step(manager: FlaskClient, trip_id: int) -> None:
    page = manager.get(f"/manage/trips/{trip_id}/dispute").text
    assert page.count("192.0.2.17") == 9 + 3
    assert "在代驾员手机上" in page
    assert "车损险" in page
    assert "insurance.damage" not in page
    assert "driver_phone" not in page
    assert "somebody changed the record" not in page
    assert "有人改动过记录" not in page


def test_a_record_of_signing_that_was_changed_says_so_on_the_page_and_in_the_file(
    web: Web, manager: FlaskClient, trip_id: int
) -> None:
    with web.world.db.transaction() as session:
        ceremonies.of_trip(session, trip_id)[0].events[1].address = "192.0.2.99"
    assert "有人改动过记录" in manager.get(f"/manage/trips/{trip_id}/dispute").text
    assert "以上签署步骤与当时记录不符" in text_of(make(manager, trip_id).data)


# Badges


def photo_of(web: Web, driver: Actor) -> None:
    picture = BytesIO()
    Image.new("RGB", (300, 400), "silver").save(picture, "JPEG")
    address = f"/manage/drivers/{driver.driver_id}"
    client = web.client(web.world.manager)
    page = client.get(address).text
    fields = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page))
    data = {**fields, **hidden(page, address), "badge_active": "yes", "photo": (BytesIO(picture.getvalue()), "p.jpg")}
    assert client.post(address, data=data, content_type="multipart/form-data").status_code == 303


def test_a_badge_card_is_printed_with_photo_number_and_a_code_that_leads_to_its_page(
    web: Web, manager: FlaskClient
) -> None:
    driver = web.world.driver
    missing = manager.get(f"/manage/drivers/{driver.driver_id}/badge.pdf")
    assert missing.status_code == 409
    photo_of(web, driver)
    card = manager.get(f"/manage/drivers/{driver.driver_id}/badge.pdf")
    assert (card.status_code, card.content_type) == (200, "application/pdf")
    assert web.client(web.world.manager).get(f"/api/v1/drivers/{driver.driver_id}/badge-card").status_code == 200
    said = text_of(card.data)
    for fact in ("SR001", "代驾1号", "归途汽车代驾服务有限公司", "有效期至2031-01-01", "拒绝其驾驶"):
        assert fact in said
    with pikepdf.open(BytesIO(card.data)) as file:
        assert len(file.pages) == 1
        assert pdfa.check(file, "3b").findings == []


def test_anyone_with_a_badge_before_them_sees_whether_it_is_in_force(web: Web) -> None:
    driver, anyone = web.world.driver, web.client()
    address = web.app.extensions[EXTENSION].keys.badge_url(driver.driver_id).partition("/badge/")[2]
    assert "今日有效" in anyone.get(f"/badge/{address}").text
    with web.world.db.transaction() as session:
        session.get_one(Driver, driver.driver_id).badge_active = False
    page = anyone.get(f"/badge/{address}").text
    assert "未生效或已停用" in page
    assert "1590793" not in page  # the driver's own number is not on the badge
    for other in (address[:-1] + ("A" if address[-1] != "A" else "B"), "1-x", "x", "99999999999-x"):
        assert anyone.get(f"/badge/{other}").status_code == 404


def test_what_managers_print_keeps_no_signing_waiting(
    web: Web, manager: FlaskClient, trip_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The presses of signing are not used at all."""

    def refuse(*_: object) -> bytes:
        raise AssertionError("a press that prints what is signed")

    monkeypatch.setattr(web.app.extensions[EXTENSION].renderer, "_ask", refuse)
    assert make(manager, trip_id).data.startswith(b"%PDF-")
    photo_of(web, web.world.driver)
    for address in (f"/manage/drivers/{web.world.driver.driver_id}/badge.pdf", "/manage/forms/A-2026.1/specimen.pdf"):
        assert manager.get(address).data.startswith(b"%PDF-"), address
