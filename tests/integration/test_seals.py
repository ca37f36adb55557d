"""Seals of real offices: a key in a token (PKCS#11), an authority's certificate."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509 as made
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pkcs11.exceptions import DeviceError

from contracts import compose, render, sample
from contracts.sealing.examine import examine
from dispatch.domain.errors import Busy
from dispatch.services.sealing import Office, Seals, SealUnusable

OFFICE = Office("SR", "归途汽车代驾服务有限公司", "上饶分公司", "91360000SAMPLE0000")
NOW = datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
PIN = "648219"
Pair = tuple[rsa.RSAPrivateKey, made.Certificate]


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render.render(compose.receipt_sheet(sample.receipt("A")))


def certified(name: str, *, by: Pair | None = None, usage: made.ObjectIdentifier | None = None) -> Pair:
    """A key and its certificate: its own, or an authority's."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = made.Name([made.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        made.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[1].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(made.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=400))
        .add_extension(made.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if usage is not None:
        builder = builder.add_extension(made.ExtendedKeyUsage([usage]), critical=True)
    return key, builder.sign(by[0] if by else key, hashes.SHA256())


# An authority's certificate


def test_a_certificate_of_an_authority_comes_with_its_chain(pdf: bytes, tmp_path: Path) -> None:
    authority = certified("样张认证机构")
    key, certificate = certified("归途汽车代驾服务有限公司", by=authority)
    encryption = serialization.BestAvailableEncryption(b"pass")
    (tmp_path / "SR.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", key, certificate, [authority[1]], encryption)
    )
    sealed = Seals(tmp_path, "pass", "").seal(OFFICE, pdf, NOW)
    assert examine(sealed.pdf).whole
    (tmp_path / "sealed.pdf").write_bytes(sealed.pdf)
    said = subprocess.run(
        [shutil.which("pdfsig") or "pdfsig", "-nocert", str(tmp_path / "sealed.pdf")], capture_output=True, check=True
    ).stdout.decode()
    assert "Signature is Valid" in said
    assert authority[1].public_bytes(serialization.Encoding.DER) in bytes.fromhex(
        sealed.pdf.partition(b"/Contents <")[2].partition(b">")[0].decode()
    )


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = made.Name([made.NameAttribute(NameOID.COMMON_NAME, "x")])
    certificate = (
        made.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    none = serialization.BestAvailableEncryption(b"pass")
    (tmp_path / "SR.p12").write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, none))
    with pytest.raises(SealUnusable, match="RSA"):
        Seals(tmp_path, "pass", "").of(OFFICE, NOW)


def test_a_seal_that_ran_out_seals_nothing(pdf: bytes, tmp_path: Path) -> None:
    seals = Seals(tmp_path, "pass", "", self_made=True)
    seals.seal(OFFICE, pdf, NOW)
    with pytest.raises(Busy) as refused:
        seals.seal(OFFICE, pdf, NOW + timedelta(days=3700))
    assert refused.value.code == "seal_expired"


def test_without_a_seal_nothing_is_sealed_and_the_command_is_named(pdf: bytes, tmp_path: Path) -> None:
    with pytest.raises(Busy, match="homeward seal init"):
        Seals(tmp_path, "pass", "").seal(OFFICE, pdf, NOW)


def test_two_processes_that_make_a_seal_at_once_keep_one(tmp_path: Path) -> None:
    one, other = (Seals(tmp_path, "pass", "", self_made=True) for _ in range(2))
    first = one.make(OFFICE, NOW).read_bytes()
    assert other.make(OFFICE, NOW).read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["SR.p12"]


def test_a_new_seal_is_used_as_soon_as_it_lies_there(pdf: bytes, tmp_path: Path) -> None:
    seals = Seals(tmp_path, "pass", "", self_made=True)
    before = seals.of(OFFICE, NOW).fingerprint
    (tmp_path / "SR.p12").unlink()
    assert seals.of(OFFICE, NOW).fingerprint != before


# A token


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A software token with a key and its certificate; gives the folder of seals that names it."""
    store = tmp_path / "tokens"
    store.mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {store}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    key, certificate = certified("令牌印章")
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (tmp_path / "seal.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    tool = shutil.which("softhsm2-util")
    assert tool, "install softhsm2"
    for words in (
        ["--init-token", "--free", "--label", "homeward", "--pin", PIN, "--so-pin", PIN],
        ["--import", str(tmp_path / "key.pem"), "--token", "homeward", "--label", "seal", "--id", "A1", "--pin", PIN],
    ):
        subprocess.run([tool, *words], check=True, capture_output=True)
    (tmp_path / "SR.toml").write_text(
        f'module = "{module()}"\ntoken = "homeward"\nkey = "seal"\ncertificate = "seal.crt"\n'
    )
    pkcs11.unload(module())  # the driver reads where its tokens are when it is loaded
    yield tmp_path
    pkcs11.unload(module())


def module() -> str:
    """The driver of software tokens."""
    return str(next(Path("/usr/lib").rglob("libsofthsm2.so")))


def test_a_key_that_never_leaves_its_token_seals_documents(token: Path, pdf: bytes) -> None:
    sealed = Seals(token, "", PIN).seal(OFFICE, pdf, NOW)
    report = examine(sealed.pdf)
    assert (report.whole, report.sealed_by) == (True, "令牌印章")


def test_a_token_with_another_pin_does_not_open_and_says_so(token: Path, pdf: bytes) -> None:
    with pytest.raises(Busy, match="cannot be used"):
        Seals(token, "", "000000").seal(OFFICE, pdf, NOW)


def session_of(seals: Seals) -> Any:
    """The open session with the token."""
    return seals.of(OFFICE, NOW).signer.pkcs11_session  # type: ignore[attr-defined]  # a token's signer has one


@pytest.mark.parametrize(
    "die",
    [lambda session: session.close(), lambda _: pkcs11.lib(module()).reinitialize()],
    ids=["logged out and closed", "library started anew"],
)
def test_a_token_whose_session_died_is_opened_again(token: Path, pdf: bytes, die: Callable[[Any], object]) -> None:
    seals = Seals(token, "", PIN)
    seals.seal(OFFICE, pdf, NOW)
    die(session_of(seals))
    assert examine(seals.seal(OFFICE, pdf, NOW).pdf).whole
    assert examine(seals.seal(OFFICE, pdf, NOW).pdf).whole


def test_a_session_that_dies_under_many_threads_holds_up_none_of_them(token: Path, pdf: bytes) -> None:
    seals = Seals(token, "", PIN)
    session_of(seals).close()
    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(lambda _: seals.seal(OFFICE, pdf, NOW), range(8)))
    assert all(examine(one.pdf).whole for one in sealed)


def test_a_token_that_is_gone_is_busy_and_signs_again_once_it_is_back(token: Path, pdf: bytes) -> None:
    seals = Seals(token, "", PIN)
    seals.seal(OFFICE, pdf, NOW)
    pkcs11.lib(module()).finalize()
    (token / "tokens").rename(token / "pulled out")
    (token / "tokens").mkdir()
    for _ in range(2):
        with pytest.raises(Busy, match="cannot be used"):
            seals.seal(OFFICE, pdf, NOW)
    pkcs11.lib(module()).finalize()
    (token / "tokens").rmdir()
    (token / "pulled out").rename(token / "tokens")
    assert examine(seals.seal(OFFICE, pdf, NOW).pdf).whole


def test_a_token_that_fails_twice_is_busy_and_is_not_kept(
    token: Path, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seals = Seals(token, "", PIN)
    with monkeypatch.context() as failing:
        failing.setattr("dispatch.services.sealing.put_on", fails(DeviceError))
        with pytest.raises(Busy, match="DeviceError"):
            seals.seal(OFFICE, pdf, NOW)
    assert examine(seals.seal(OFFICE, pdf, NOW).pdf).whole


def fails(error: type[Exception]) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


def test_two_branches_share_a_token_and_each_outlives_the_other_s_session(token: Path, pdf: bytes) -> None:
    (token / "GX.toml").write_bytes((token / "SR.toml").read_bytes())
    seals, other = Seals(token, "", PIN), replace(OFFICE, code="GX")
    for office in (OFFICE, other):
        seals.seal(office, pdf, NOW)
    session_of(seals).close()
    for office in (other, OFFICE, other, OFFICE):
        assert examine(seals.seal(office, pdf, NOW).pdf).whole


def test_a_changed_description_of_a_token_is_read_without_a_restart(token: Path, pdf: bytes) -> None:
    seals = Seals(token, "", PIN)
    seals.seal(OFFICE, pdf, NOW)
    os.utime(token / "SR.toml", (1, 1))
    assert examine(seals.seal(OFFICE, pdf, NOW).pdf).whole
