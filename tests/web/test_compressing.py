"""Static texts are served compressed to browsers that read them so; pages never are."""

import gzip

from werkzeug.test import TestResponse

from tests.web.conftest import Web

STYLE = "/static/css/desk.css"


def get(web: Web, path: str = STYLE, **headers: str) -> TestResponse:
    """A static file, read and closed as a server does."""
    names = {"accept": "Accept-Encoding", "if_none_match": "If-None-Match", "range_": "Range"}
    answer = web.client().get(path, headers={names[name]: value for name, value in headers.items()})
    answer.get_data()
    answer.close()
    return answer


def test_a_static_text_is_compressed_for_browsers_that_can_read_it(web: Web) -> None:
    plain, packed = get(web), get(web, accept="gzip, br")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in plain.headers["Vary"] + packed.headers["Vary"]


def test_a_browser_that_has_a_compressed_file_is_told_that_it_is_unchanged(web: Web) -> None:
    tag = get(web, accept="gzip").headers["ETag"]
    again = get(web, accept="gzip", if_none_match=tag)
    assert (again.status_code, again.data) == (304, b"")


def test_a_part_of_a_static_file_is_a_part_of_the_file_itself(web: Web) -> None:
    part = get(web, accept="gzip", range_="bytes=0-9")
    assert (part.status_code, len(part.data)) == (206, 10)
    assert "Content-Encoding" not in part.headers


def test_pages_carry_secrets_beside_text_of_others_and_are_not_compressed(web: Web) -> None:
    page = web.client(web.world.manager).get("/manage/staff", headers={"Accept-Encoding": "gzip"})
    assert page.status_code == 200
    assert "Content-Encoding" not in page.headers


def test_nothing_outside_the_static_files_is_served_as_one(web: Web) -> None:
    assert get(web, "/static/../config.py", accept="gzip").status_code == 404
