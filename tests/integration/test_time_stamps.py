"""Independent time stamps (RFC 3161) on sealed documents, and what else of a seal no signature covers."""

import asyncio
import hashlib
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, keys, tsp, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from contracts import compose, render, sample
from contracts.sealing.examine import examine
from contracts.sealing.report import Fault
from dispatch.gateways.time_stamp import stamping
from dispatch.services.sealing import Seals
from tests.integration.test_seals import NOW, OFFICE, certified


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render.render(compose.receipt_sheet(sample.receipt("A")))


def _dumped(reply: Any) -> bytes:
    return bytes(reply.dump())


class Service:
    """A time-stamp service on this machine."""

    def __init__(self) -> None:
        key, certificate = certified("样张时间戳服务", usage=ExtendedKeyUsageOID.TIME_STAMPING)
        private = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        stamper: Any = DummyTimeStamper(
            x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            keys.PrivateKeyInfo.load(private),
            fixed_dt=NOW + timedelta(seconds=3),
        )
        service = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request: Any = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
                asked: Any = stamper.async_request_tsa_response(request)
                reply = _dumped(asyncio.run(asked))
                status, content = service.spoil(reply)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.spoil: Callable[[bytes], tuple[int, bytes]] = lambda reply: (200, reply)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.close()


def test_a_time_stamp_is_put_on_and_told(service: Service, pdf: bytes, tmp_path: Path) -> None:
    seals = Seals(tmp_path, "pass", "", stamping=stamping(service.url), self_made=True)
    sealed = seals.seal(OFFICE, pdf, NOW)
    report = examine(sealed.pdf)
    assert sealed.timestamped
    assert report.findings == ()
    assert report.time_stamp is not None
    assert (report.time_stamp.by, report.time_stamp.at, report.time_stamp.holds) == (
        "样张时间戳服务", NOW + timedelta(seconds=3), True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [lambda _reply: (503, b""), lambda _reply: (200, b"nonsense"), lambda reply: (200, reply[:-9])],
    ids=["busy", "nonsense", "cut off"],
)
def test_a_service_that_fails_keeps_nobody_waiting_in_the_street(
    service: Service, pdf: bytes, tmp_path: Path, answer: object
) -> None:
    service.spoil = answer  # type: ignore[assignment]  # a function
    sealed = Seals(tmp_path, "pass", "", stamping=stamping(service.url), self_made=True).seal(OFFICE, pdf, NOW)
    assert not sealed.timestamped
    assert examine(sealed.pdf).whole


def test_a_service_that_is_not_there_is_no_reason_not_to_sign(pdf: bytes, tmp_path: Path) -> None:
    sealed = Seals(tmp_path, "pass", "", stamping=stamping("http://127.0.0.1:9/"), self_made=True).seal(
        OFFICE, pdf, NOW
    )
    assert not sealed.timestamped


def test_any_flipped_bit_of_a_chain_and_a_time_stamp_is_found_too(service: Service, pdf: bytes, tmp_path: Path) -> None:
    """No signature covers the certificates that come along, nor most of what stands round a time stamp's content."""
    root = certified("样张根机构")
    authority = certified("样张认证机构", by=root)
    key, certificate = certified("归途汽车代驾服务有限公司", by=authority)
    encryption = serialization.BestAvailableEncryption(b"pass")
    (tmp_path / "SR.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", key, certificate, [authority[1], root[1]], encryption)
    )
    sealed = Seals(tmp_path, "pass", "", stamping=stamping(service.url)).seal(OFFICE, pdf, NOW)
    assert sealed.timestamped
    assert examine(sealed.pdf).whole
    whole = bytes.fromhex(contents(sealed.pdf).decode())
    length = len(cms.ContentInfo.load(whole).dump())
    chance = random.Random(7)
    missed = []
    for place in range(chance.randrange(23), length, 23):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        altered = sealed.pdf.replace(contents(sealed.pdf), flipped.hex().upper().encode())
        if examine(altered).whole:
            missed.append(place)
    assert missed == []


def test_a_time_stamp_put_on_afterwards_is_found_where_none_was_to_come(
    service: Service, pdf: bytes, tmp_path: Path
) -> None:
    """Anybody can get a token for a signature from a service of their own."""
    seals = Seals(tmp_path, "pass", "", self_made=True)
    sealed = seals.seal(OFFICE, pdf, NOW).pdf
    forged = resigned(sealed, lambda signer: signer.__setitem__("unsigned_attrs", [stamp_of(service, signer)]))
    assert [one.fault for one in examine(forged).findings] == [Fault.SEAL_ALTERED]


def stamp_of(service: Service, signer: Any) -> cms.CMSAttribute:
    asked = tsp.TimeStampReq({
        "version": 1,
        "message_imprint": {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": hashlib.sha256(signer["signature"].native).digest(),
        },
        "cert_req": True,
    })  # fmt: skip
    token = tsp.TimeStampResp.load(stamping(service.url)(asked.dump()))["time_stamp_token"]
    return cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})


def first_signer(data: Any) -> Any:
    return data["signer_infos"][0]


def resigned(pdf: bytes, change: Callable[[Any], object], on: Callable[[Any], Any] = first_signer) -> bytes:
    """The document with something changed in what no signature covers, encoded as well as the seal was."""
    old = contents(pdf)
    info = cms.ContentInfo.load(cms.ContentInfo.load(bytes.fromhex(old.decode())).dump())
    change(on(info["content"]))
    return pdf.replace(old, info.dump(force=True).hex().upper().ljust(len(old), "0").encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda signer: signer.__setitem__("unsigned_attrs", []),
        lambda signer: signer.__setitem__("signature_algorithm", {"algorithm": "rsassa_pkcs1v15"}),
    ],
    ids=["empty attributes", "another name of the algorithm"],
)
def test_what_no_signature_covers_has_one_form(pdf: bytes, tmp_path: Path, change: Callable[[Any], object]) -> None:
    sealed = Seals(tmp_path, "pass", "", self_made=True).seal(OFFICE, pdf, NOW).pdf
    assert examine(resigned(sealed, lambda _signer: None)).whole
    assert Fault.SEAL_ALTERED in [one.fault for one in examine(resigned(sealed, change)).findings]


def test_a_certificate_that_is_there_twice_is_found(pdf: bytes, tmp_path: Path) -> None:
    sealed = Seals(tmp_path, "pass", "", self_made=True).seal(OFFICE, pdf, NOW).pdf
    twice = resigned(
        sealed, lambda data: data["certificates"].append(data["certificates"][0].copy()), lambda data: data
    )
    assert Fault.SEAL_ALTERED in [one.fault for one in examine(twice).findings]


def test_a_second_value_beside_the_time_stamp_is_found(service: Service, pdf: bytes, tmp_path: Path) -> None:
    seals = Seals(tmp_path, "pass", "", stamping=stamping(service.url), self_made=True)
    sealed = seals.seal(OFFICE, pdf, NOW).pdf
    assert examine(sealed).whole
    added = resigned(
        sealed,
        lambda signer: signer["unsigned_attrs"][0]["values"].append(signer["unsigned_attrs"][0]["values"][0].copy()),
    )
    assert Fault.SEAL_ALTERED in [one.fault for one in examine(added).findings]


def test_a_service_that_answers_once_and_then_no_more_has_stamped(service: Service, pdf: bytes, tmp_path: Path) -> None:
    answers = iter([True, False, False, False])
    service.spoil = lambda reply: (200, reply) if next(answers) else (503, b"")
    sealed = Seals(tmp_path, "pass", "", stamping=stamping(service.url), self_made=True).seal(OFFICE, pdf, NOW)
    report = examine(sealed.pdf)
    assert sealed.timestamped
    assert report.whole
    assert report.time_stamp is not None
    assert not report.time_stamp.listed


def test_a_service_with_several_faces_is_stamped_by_all_the_same(service: Service, pdf: bytes, tmp_path: Path) -> None:
    seals = Seals(tmp_path, "pass", "", stamping=stamping(service.url), self_made=True)
    assert seals.seal(OFFICE, pdf, NOW).timestamped
    other = Service()
    try:
        turned = Seals(tmp_path, "pass", "", stamping=stamping(other.url))
        for each in (turned, seals, turned):
            sealed = each.seal(OFFICE, pdf, NOW)
            assert sealed.timestamped
            assert examine(sealed.pdf).findings == ()
    finally:
        other.close()


def test_a_time_stamp_of_another_document_is_told(service: Service, pdf: bytes, tmp_path: Path) -> None:
    """The token is taken from one document and put into another: each seal has its own."""
    seals = Seals(tmp_path, "pass", "", stamping=stamping(service.url), self_made=True)
    one = seals.seal(OFFICE, pdf, NOW).pdf
    token = contents(one)
    other = seals.seal(replace(OFFICE, code="GX"), pdf, NOW).pdf
    assert examine(other.replace(contents(other), token)).findings[0].fault in {Fault.SEAL_ALTERED, Fault.CHANGED}


def contents(pdf: bytes) -> bytes:
    return pdf.partition(b"/Contents <")[2].partition(b">")[0]
