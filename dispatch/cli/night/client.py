"""A person at the API: signed in with a session, every unsafe call with a key of its own."""

import re
import secrets
from typing import Any

import httpx

TIMEOUT = 60.0


class Unexpected(AssertionError):
    """The service answered something that the story does not know."""


class Person:
    """One member of staff with a browser session."""

    def __init__(self, base: str, login: str, password: str) -> None:
        self._http = httpx.Client(base_url=base, timeout=TIMEOUT)
        found = self._http.post("/api/v1/sessions", json={"login": login, "password": password})
        self.name = self._taken(found, 201)["name"]
        self._csrf = found.json()["csrf_token"]

    def close(self) -> None:
        """Close the browser; the session stays until it ends."""
        self._http.close()

    def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        """Look something up."""
        return self._taken(self._http.get(f"/api/v1{path}", params=query), expect)

    def pdf(self, path: str) -> bytes:
        """Fetch a document."""
        answer = self._http.get(f"/api/v1{path}")
        if answer.status_code != 200 or not answer.content.startswith(b"%PDF"):
            raise Unexpected(f"{path}: {answer.status_code}")
        return answer.content

    def post(self, path: str, body: Any = None, *, expect: int | tuple[int, ...] = (200, 201), key: str = "") -> Any:
        """Do something."""
        headers = {"Idempotency-Key": key or secrets.token_hex(12), "X-CSRFToken": self._csrf}
        return self._taken(self._http.post(f"/api/v1{path}", json=body or {}, headers=headers), expect)

    def put(self, path: str, content: bytes, kind: str, expect: int = 200) -> Any:
        """Send bytes as they are."""
        headers = {"Idempotency-Key": secrets.token_hex(12), "X-CSRFToken": self._csrf, "Content-Type": kind}
        return self._taken(self._http.post(f"/api/v1{path}", content=content, headers=headers), expect)

    def command(self, trip_id: int, name: str, body: Any = None, expect: int | tuple[int, ...] = 200) -> Any:
        """Give a trip a command."""
        return self.post(f"/trips/{trip_id}/commands/{name}", body, expect=expect)

    @staticmethod
    def _taken(answer: httpx.Response, expect: int | tuple[int, ...]) -> Any:
        wanted = (expect,) if isinstance(expect, int) else expect
        if answer.status_code not in wanted:
            raise Unexpected(
                f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:400]}"
            )
        return answer.json()


def set_up(base: str, form: str, password: str) -> None:
    """Go through the first visit's page, as the first manager would."""
    with httpx.Client(base_url=base, timeout=TIMEOUT) as browser:
        page = browser.get("/setup").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        once = re.search(r'name="once" value="([^"]+)"', page)
        if token is None or once is None:
            raise Unexpected("the set-up page has no form")
        answers = {
            "csrf_token": token[1], "once": once[1], "company_name": "上饶市归途汽车代驾服务有限公司",
            "branch_name": "归途代驾", "city": "上饶", "code": "SR", "phone": "0793 8888 888", "area_code": "0793",
            "form": form, "name": "孙经理", "login": "manager", "password": password, "password_again": password,
        }  # fmt: skip
        done = browser.post("/setup", data=answers)
        if done.status_code != 302:
            raise Unexpected(f"set-up: {done.status_code} {done.text[:300]}")
