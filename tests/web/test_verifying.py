"""Anyone may hand in anything to be verified: what strangers name is never asked of the database as it stands."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest

from contracts.render import render
from contracts.sheet import Annex, Sheet
from dispatch.domain.states import State
from tests.web.conftest import Web
from tests.web.forms import hidden

NO_NUMBERS = ("A%00B", "A%00", "%F0%9F%9A%97", "%EF%BF%BF", "A'--", "%25", "A" * 41, "x")


@pytest.fixture
def web(web_on: Callable[[str], Web], database_url: str) -> Web:
    """The application on both: SQLite takes what PostgreSQL refuses."""
    return web_on(database_url)


def naming(number: str) -> bytes:
    """A stranger's PDF with facts like ours, under this number."""
    facts = json.dumps({"number": number}).encode()
    return render(
        Sheet(html="<p>协议</p>", annexes=(Annex(name="agreement.json", content=facts, description="facts"),))
    )


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_what_cannot_be_a_number_of_ours_is_unknown(web: Web, number: str) -> None:
    for address in (f"/verify/{number}", f"/verify?number={number}"):
        page = web.client().get(address)
        assert page.status_code == 200
        assert "没有这份文件" in page.text


@pytest.mark.parametrize("number", ["A\0B", "\ud800", "A" * 5000, "' OR 1=1"])
def test_a_file_that_names_what_cannot_be_a_number_is_unknown(web: Web, number: str) -> None:
    pdf, client = naming(number), web.client(web.world.manager)
    csrf = client.get("/api/v1/sessions/current").get_json()["csrf_token"]
    told = client.post("/api/v1/verify", data=pdf, headers={"X-CSRFToken": csrf})
    assert (told.status_code, told.get_json()["verdict"], told.get_json()["number"]) == (200, "unknown", "")
    fields = hidden(client.get("/verify").text, "/verify")
    page = client.post("/verify", data={**fields, "file": (BytesIO(pdf), "file.pdf")})
    assert page.status_code == 200


def test_a_number_of_ours_is_found_however_it_is_typed(web: Web) -> None:
    web.world.to(State.AGREED)
    assert "有记录" in web.client().get("/verify?number=%20sr-20260306-000001%20").text


@pytest.mark.parametrize("fingerprint", ["A%00B", "0" * 63, "0" * 64, "..%2f"])
def test_a_certificate_that_there_is_not_is_not_found(web: Web, fingerprint: str) -> None:
    assert web.client().get(f"/verify/certificates/{fingerprint}.pem").status_code == 404
