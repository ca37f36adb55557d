"""Flipped bits: ten thousand over sealed documents of every sort, each found from the file alone, none by its record.

Half of the places are anywhere in the file, half where it is weakest: in what no signature covers (the hex of the
signature itself), in attachments, and in the last kilobyte.
"""

import argparse
import logging
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from asn1crypto import keys, tsp, x509
from cryptography import x509 as made
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from rich.console import Console

from benchmarks.agreement import facts as with_photos
from contracts import compose, pack, sample
from contracts.facts import shown_digest
from contracts.render import render
from contracts.sealing.apply import Stamping, apply
from contracts.sealing.examine import examine
from contracts.sealing.seal import Seal, from_pkcs12, self_signed
from contracts.sheet import Sheet

NOW = datetime(2026, 1, 9, 14, 40, tzinfo=UTC)
Pair = tuple[rsa.RSAPrivateKey, made.Certificate]


def documents() -> Iterator[tuple[str, bytes]]:
    """Agreements of both forms, with photos and in two languages, receipts, and a dispute file that holds them."""
    seal = from_pkcs12(self_signed("归途汽车代驾服务有限公司", "样张", "", "x", NOW), "x")

    def sealed(sheet: Sheet) -> bytes:
        return apply(render(sheet), seal, NOW).pdf

    agreement = sealed(compose.agreement_sheet(sample.signed(sample.agreement("A"))))
    told = replace(sample.receipt("A"), language="zh-en")
    receipt = sealed(compose.receipt_sheet(replace(told, steps=sample.steps(shown_digest(told)))))
    yield "agreement A", agreement
    yield "agreement B, four photos", sealed(compose.agreement_sheet(with_photos()))
    yield "receipt", receipt
    office, stamping = authority()
    yield (
        "receipt, an authority's seal, time stamp",
        apply(render(compose.receipt_sheet(sample.receipt("B"))), office, NOW, stamping=stamping).pdf,
    )
    yield "dispute file", _pack(agreement, receipt, seal)


def authority() -> tuple[Seal, Stamping]:
    """A seal with its authority's chain, and a time-stamp service: most of what they add is covered by no signature."""
    root, issuer = (certified(name) for name in ("根机构", "认证机构"))
    key, certificate = certified("归途汽车代驾服务有限公司", by=issuer)
    content = pkcs12.serialize_key_and_certificates(
        b"seal", key, certificate, [issuer[1], root[1]], serialization.NoEncryption()
    )
    service, shown = certified("时间戳服务")
    private = service.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        x509.Certificate.load(shown.public_bytes(serialization.Encoding.DER)), keys.PrivateKeyInfo.load(private)
    )

    def stamping(request: bytes) -> bytes:
        reply: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return reply

    return from_pkcs12(content, ""), stamping


def certified(name: str, by: Pair | None = None) -> Pair:
    """A key and its certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    subject = made.Name([made.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = made.CertificateBuilder(
        issuer_name=by[1].subject if by else subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=made.random_serial_number(),
        not_valid_before=NOW,
        not_valid_after=NOW + timedelta(days=400),
    )
    return key, builder.sign(by[0] if by else key, hashes.SHA256())


def _pack(agreement: bytes, receipt: bytes, seal: Seal) -> bytes:
    papers = tuple(
        pack.PackDocument(title=kind, kind=kind, number=number, signed="", chain_position=place, pdf=pdf)
        for place, (kind, number, pdf) in enumerate(
            (("agreement", "SAMPLE-A", agreement), ("receipt", "SAMPLE-A-R", receipt)), start=1
        )
    )
    facts = pack.PackFacts(
        number="D-SAMPLE", trip="SAMPLE", company=sample.COMPANY, particulars=(), sections=(), documents=papers,
        records=(pack.PackRecord(name="history.json", title="history", content=b"[]"),), photos=(), left_out=0,
        made_at=NOW,
    )  # fmt: skip
    return apply(pack.assemble(facts, compose.pack_html, render), seal, NOW).pdf


def places(pdf: bytes, count: int, chance: random.Random) -> Iterator[int]:
    """Where to flip."""
    weak = [(pdf.index(b"/Contents <"), pdf.index(b"/ByteRange")), (len(pdf) - 1024, len(pdf))]
    attached = pdf.find(b"/EmbeddedFile")
    if attached > 0:
        weak.append((attached, min(len(pdf), attached + 4096)))
    for number in range(count):
        begin, end = (0, len(pdf)) if number % 2 else weak[number // 2 % len(weak)]
        yield chance.randrange(begin, end)


def main() -> None:
    """Flip, examine, count; exit 1 when a single one is taken for whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    chance, missed = random.Random(asked.seed), 0  # noqa: S311 - the same places every time
    logging.disable(logging.CRITICAL)  # pyHanko tells of each broken signature
    made, console = list(documents()), Console(soft_wrap=True, highlight=False)
    for name, pdf in made:
        if not examine(pdf).whole:
            raise SystemExit(f"{name} is not whole to begin with")
        began, told = time.perf_counter(), Counter[str]()
        for place in places(pdf, asked.flips // len(made), chance):
            bit = 1 << chance.randrange(8)
            report = examine(pdf[:place] + bytes([pdf[place] ^ bit]) + pdf[place + 1 :])
            if report.whole:
                missed += 1
                console.print(f"MISSED {name}: byte {place}, bit {bit}")
            told[report.findings[0].fault.value if report.findings else "whole"] += 1
        each = (time.perf_counter() - began) / max(1, sum(told.values()))
        console.print(
            f"{name}: {len(pdf) // 1024} kB, {sum(told.values())} flips, {each * 1000:.0f} ms each, {dict(told)}"
        )
    if missed:
        raise SystemExit(f"{missed} flips were taken for whole")


if __name__ == "__main__":
    main()
