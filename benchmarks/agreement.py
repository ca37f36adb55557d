"""Agreements: warm time, throughput, memory and size, against printing the same agreement in two plain ways.

(a) `weasyprint` as its documentation shows it: one call a document, the system's Chinese font, photos as they are,
    nothing shared.
(b) headless Chromium, kept open, printing the same HTML.

The product's figures are of whole documents: facts attached, PDF/A-3b, sealed. Both baselines print the page only.
"""

import argparse
import os
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright
from pypdf import PdfReader
from weasyprint import CSS, HTML

from benchmarks.stand import show
from contracts import compose, sample
from contracts.facts import AgreementFacts, Damage, Photo
from contracts.render_worker import Renderer
from contracts.sealing.apply import apply
from contracts.sealing.seal import from_pkcs12, self_signed
from contracts.thumbnails import thumbnail
from contracts.typeface import FAMILY, FULL_FAMILY, SYSTEM_FAMILY

CHROMIUM = "/usr/bin/chromium-headless-shell"
CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHOTO = (1600, 1200)
NOW = datetime(2026, 1, 9, 14, 40, tzinfo=UTC)


def picture(seed: int) -> bytes:
    """A photo of a car as the phone sends it: 1600 by 1200, not flat, a few hundred kB."""
    small = Image.effect_noise((200, 150), 60).convert("RGB")
    picture = small.resize(PHOTO, Image.Resampling.BICUBIC).rotate(seed * 7)
    out = BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def facts() -> AgreementFacts:
    """An agreement with four photos and the record of its signing."""
    base = sample.agreement("B")
    damages = tuple(
        Damage(panel=panel, kind="scratch", note="长约 12 厘米",
               photo=Photo(media_type="image/jpeg", content=picture(number)))
        for number, panel in enumerate(("bonnet", "left_front", "right_rear", "rear_bumper"))
    )  # fmt: skip
    return sample.signed(replace(base, condition=replace(base.condition, damages=damages)))


def plainly(html: str, css: str) -> bytes:
    """(a): everything anew for each document, in the system's font."""
    result: bytes = HTML(string=html).write_pdf(stylesheets=[CSS(string=css)])
    return result


def timed(work: Callable[[], Any], rounds: int) -> list[float]:
    """Seconds of each call."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def peak(pid: int) -> float:
    """The most memory that a process ever held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Print the same agreement in three ways, alternately; then as fast as two processes can."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--batch", type=int, default=60, help="documents for throughput and memory")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    seal = from_pkcs12(self_signed("归途汽车代驾服务有限公司", "样张", "", "x", NOW), "x")
    agreement = facts()
    html = compose.agreement_html(agreement)
    css = (compose.TEMPLATES / "agreement.css").read_text(encoding="utf-8")
    for damage in agreement.condition.damages:
        if damage.photo is not None:
            whole = f"data:image/jpeg;base64,{b64encode(damage.photo.content).decode()}"
            html = html.replace(thumbnail(damage.photo), whole)
    plain_css, plain_html = (
        text.replace(FULL_FAMILY, SYSTEM_FAMILY).replace(FAMILY, SYSTEM_FAMILY) for text in (css, html)
    )
    renderer = Renderer(processes=2, most_waiting=asked.batch)

    def one() -> bytes:
        return apply(renderer.agreement(agreement), seal, NOW).pdf

    elsewhere = ThreadPoolExecutor(1)  # the browser's driver keeps this thread's event loop running

    def ours() -> bytes:
        return elsewhere.submit(one).result()

    times: dict[str, list[float]] = {"product": [], "weasyprint": [], "chromium": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        page = browser.new_page()

        def chromium() -> bytes:
            page.set_content(plain_html.replace("</head>", f"<style>{plain_css}</style></head>"))
            return page.pdf(format="A4", print_background=True)

        sizes = {"product": len(ours()), "weasyprint": len(plainly(plain_html, plain_css)), "chromium": len(chromium())}
        for _ in range(asked.rounds):
            times["product"] += timed(ours, 1)
            times["weasyprint"] += timed(lambda: plainly(plain_html, plain_css), 1)
            times["chromium"] += timed(chromium, 1)
        browser.close()
    pages = len(PdfReader(BytesIO(ours())).pages)
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: one(), range(asked.batch)))
    lasted = time.perf_counter() - began
    workers = [peak(press._process.pid) for press in renderer._started]
    renderer.close()
    rows = [
        {
            "way": way,
            "p50 ms": round(1000 * median(found)),
            "p95 ms": round(1000 * quantiles(found, n=20)[-1]),
            "file kB": round(sizes[way] / 1024),
            "ratio to weasyprint": round(median(found) / median(times["weasyprint"]), 2),
        }
        for way, found in times.items()
    ]
    show("Agreement, four photos", rows, as_json=asked.json)
    both = {
        "documents/s": round(asked.batch / lasted, 2),
        "pages/s": round(asked.batch * pages / lasted, 1),
        "worker MB": " ".join(f"{one:.0f}" for one in workers),
        "this process MB": round(peak(os.getpid())),
    }
    show(f"Two processes, {asked.batch} documents", [both], as_json=asked.json)


if __name__ == "__main__":
    main()
