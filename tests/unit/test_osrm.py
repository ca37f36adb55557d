"""Travel times from an OSRM server, and without it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from dispatch.domain.geo import Point, great_circle_m
from dispatch.gateways.osrm import LOGGED_EVERY_SECONDS, REST_SECONDS, OsrmRouter
from dispatch.gateways.routing import GreatCircleRouter

A, B, C = Point(28.44, 117.96), Point(28.45, 117.97), Point(28.47, 117.99)
STRAIGHT = GreatCircleRouter()


class FakeOsrm(BaseHTTPRequestHandler):
    """Answers tables with metres in a straight line as seconds; what it is told to spoil, it spoils."""

    asked: ClassVar[list[str]] = []
    spoil: ClassVar[str] = ""

    def do_GET(self) -> None:
        FakeOsrm.asked.append(self.path)
        split = urlsplit(self.path)
        where = [Point(float(lat), float(lon)) for lon, lat in
                 (pair.split(",") for pair in split.path.removeprefix("/table/v1/driving/").split(";"))]  # fmt: skip
        query = parse_qs(split.query)
        side = {name: [where[int(at)] for at in query[name][0].split(";")] for name in ("sources", "destinations")}
        rows = [[None if b == C else great_circle_m(a, b) for b in side["destinations"]] for a in side["sources"]]
        body = {"error": "", "short": json.dumps({"code": "Ok", "durations": rows[:-1]}), "text": "<html>"}.get(
            FakeOsrm.spoil, json.dumps({"code": "Ok", "durations": rows})
        )
        self.send_response(400 if FakeOsrm.spoil == "error" or max(map(len, side.values())) > 100 else 200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def osrm() -> Iterator[str]:
    FakeOsrm.asked, FakeOsrm.spoil = [], ""
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeOsrm)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=2) as opened:
        yield opened


def test_times_are_those_of_the_server_and_none_where_it_knows_no_way(osrm: str, client: httpx.Client) -> None:
    times = OsrmRouter(osrm, STRAIGHT, client=client).seconds([A, B], [B, C])
    assert times[0][0] == pytest.approx(great_circle_m(A, B))
    assert times[1] == [0, None]
    assert times[0][1] is None


def test_large_tables_are_asked_in_portions_the_server_takes(osrm: str, client: httpx.Client) -> None:
    many = [Point(28.4 + at / 1000, 117.9) for at in range(130)]
    times = OsrmRouter(osrm, STRAIGHT, client=client).seconds(many, many[:101])
    assert len(FakeOsrm.asked) == 4
    assert times[129][100] == pytest.approx(great_circle_m(many[129], many[100]))
    assert [len(row) for row in times] == [101] * 130


@pytest.mark.parametrize("spoil", ["error", "short", "text"])
def test_an_answer_that_cannot_be_used_gives_the_straight_line(osrm: str, client: httpx.Client, spoil: str) -> None:
    FakeOsrm.spoil = spoil
    assert OsrmRouter(osrm, STRAIGHT, client=client).seconds([A], [B]) == STRAIGHT.seconds([A], [B])


def test_a_server_that_is_gone_is_left_alone_for_a_while_and_told_of_once_a_minute(client: httpx.Client) -> None:
    now = [0.0]
    router = OsrmRouter("http://127.0.0.1:9", STRAIGHT, client=client, seconds_now=lambda: now[0])
    with capture_logs() as logs:
        for at in (0, 1, REST_SECONDS + 1, LOGGED_EVERY_SECONDS + 1):
            now[0] = at
            assert router.seconds([A], [B]) == STRAIGHT.seconds([A], [B])
    assert len(logs) == 2


def test_when_the_server_is_back_it_is_asked_again(osrm: str, client: httpx.Client) -> None:
    now = [0.0]
    router = OsrmRouter(osrm, STRAIGHT, client=client, seconds_now=lambda: now[0])
    FakeOsrm.spoil = "text"
    router.seconds([A], [B])
    FakeOsrm.spoil = ""
    router.seconds([A], [B])
    assert len(FakeOsrm.asked) == 1
    now[0] = REST_SECONDS
    assert router.seconds([A], [B]) != STRAIGHT.seconds([A], [B])


def test_nobody_to_ask_for_is_no_question(client: httpx.Client) -> None:
    router = OsrmRouter("http://127.0.0.1:9", STRAIGHT, client=client)
    assert router.seconds([], [A]) == []
    assert router.seconds([A], []) == [[]]
