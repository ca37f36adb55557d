"""The desk's map on tiles of another host, and on a local file: both are drawn under the policy of our pages."""

import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

from dispatch.cli.night.client import Person, set_up
from dispatch.cli.night.stage import server
from tests.browser.axe import findings
from tests.browser.house import EVENING, PASSWORD


def tile() -> bytes:
    """A square with a border."""
    image = Image.new("RGB", (256, 256), "#dfe8dc")
    ImageDraw.Draw(image).rectangle((0, 0, 255, 255), outline="#8aa58f", width=2)
    drawn = BytesIO()
    image.save(drawn, "PNG")
    return drawn.getvalue()


def pmtiles(picture: bytes) -> bytes:
    """A PMTiles file (version 3) with the one tile of scale 0; nothing in it is packed."""
    directory = bytes([1, 0, 1]) + varint(len(picture)) + bytes([1])
    metadata = b"{}"
    root, about, data = 127, 127 + len(directory), 127 + len(directory) + len(metadata)
    places = (root, len(directory), about, len(metadata), data, 0, data, len(picture), 1, 1, 1)
    corners = (-1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    header = b"PMTiles\x03" + struct.pack("<11Q", *places) + bytes([1, 1, 1, 2, 0, 0]) + struct.pack("<4i", *corners)
    header += bytes([0]) + struct.pack("<2i", 0, 0)
    return header + directory + metadata + picture


def varint(number: int) -> bytes:
    packed = b""
    while number > 0x7F:
        packed += bytes([number & 0x7F | 0x80])
        number >>= 7
    return packed + bytes([number])


@contextmanager
def tile_server() -> Iterator[tuple[str, list[str]]]:
    """A host of tiles, and who it was told asked."""
    referrers: list[str] = []

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            referrers.append(self.headers.get("Referer", ""))
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(tile())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    served = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    thread = Thread(target=served.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}", referrers
    served.shutdown()
    thread.join()
    served.server_close()


def open_map(browser: Browser, base: str) -> tuple[Page, list[str]]:
    set_up(base, "A", PASSWORD)
    manager = Person(base, "manager", PASSWORD)
    with closing(manager):
        told = {"login": "desk", "name": "周调度", "roles": ["dispatcher"], "password": PASSWORD}
        manager.post("/staff", told, expect=201)
    page = browser.new_context(viewport={"width": 1440, "height": 860}, locale="zh-CN").new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(f"{base}/sign-in")
    page.fill("[name=login]", "desk")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#map-panel")
    page.click("#map-panel summary")
    page.wait_for_selector(".leaflet-tile-loaded")
    return page, complaints


@pytest.mark.parametrize("kind", ["tiles", "pmtiles"])
def test_the_map_is_drawn_on_a_background(browser: Browser, tmp_path: Path, kind: str) -> None:
    local = tmp_path / "town.pmtiles"
    local.write_bytes(pmtiles(tile()))
    with tile_server() as (host, referrers):
        settings = {
            "tiles": {"HOMEWARD_MAP_TILES": f"{host}/{{z}}/{{x}}/{{y}}.png", "HOMEWARD_MAP_ATTRIBUTION": "© <b>图</b>"},
            "pmtiles": {"HOMEWARD_MAP_PMTILES": str(local)},
        }[kind]
        with server(tmp_path / "branch", EVENING, **settings) as (base, _):
            page, complaints = open_map(browser, base)
            if kind == "tiles":
                assert page.inner_text(".leaflet-control-attribution").strip() == "© <b>图</b>"
                assert set(referrers) == {f"{base}/"}  # the site, never the page
            assert findings(page) == []
            assert complaints == []
            page.context.close()
