"""A dispute file is larger than anything else that is sent here: where files are verified, larger ones are taken."""

from io import BytesIO

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from contracts.sealing.examine import examine
from dispatch.store.photos import Photo
from tests.web.conftest import Web
from tests.web.forms import hidden
from tests.web.test_dispute_files import make, sealed_trip

LIMIT = 16 << 20


def verified(client: FlaskClient, pdf: bytes) -> TestResponse:
    fields = hidden(client.get("/verify").text, "/verify")
    reply = client.post("/verify", data={**fields, "file": (BytesIO(pdf), "file.pdf")})
    reply.request.environ["wsgi.input"].close()  # the test client leaves its file for a large body open
    return reply


def noisy(web: Web, trip_id: int, count: int) -> None:
    """Photos as large as they are kept: night, rain, nothing flat."""
    picture = BytesIO()
    Image.effect_noise((1600, 1200), 120).convert("RGB").save(picture, "JPEG", quality=82)
    for _ in range(count):
        photo_id = web.world.photo(trip_id)
        with web.world.db.transaction() as session:
            session.get_one(Photo, photo_id).content = picture.getvalue()


def test_a_dispute_file_larger_than_any_other_request_is_verified(web: Web) -> None:
    trip_id = sealed_trip(web)
    noisy(web, trip_id, 14)
    manager = web.client(web.world.manager)
    pdf = make(manager, trip_id).data
    assert len(pdf) > LIMIT
    assert examine(pdf).whole
    assert "争议卷宗不另存档" in verified(web.client(), pdf).text
    csrf = manager.get("/api/v1/sessions/current").get_json()["csrf_token"]
    told = manager.post("/api/v1/verify", data=pdf, headers={"X-CSRFToken": csrf}).get_json()
    assert (told["verdict"], told["findings"]) == ("genuine", [])


def test_what_is_larger_still_is_refused_and_so_is_a_large_request_to_any_other_page(web: Web) -> None:
    client, form = web.client(), "application/x-www-form-urlencoded"
    for page, limit in (("/verify", 64 << 20), ("/sign-in", LIMIT), ("/setup", LIMIT)):
        length = {"CONTENT_LENGTH": str(limit + 1)}
        assert client.post(page, data=b"x", content_type=form, environ_overrides=length).status_code == 413
