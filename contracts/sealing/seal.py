"""A branch's seal: its certificate and the key that goes with it, in a PKCS#12 file or in a token (PKCS#11)."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import tsp, x509
from cryptography import x509 as made
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign import signers
from pyhanko.sign.attributes import CMSAttributeProvider, SignedAttributeProviderSpec
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko_certvalidator.registry import SimpleCertificateStore

KEY_BITS = 3072  # P-256 would raise the PDF's version to 2.0, which is not PDF/A-3
VALID = timedelta(days=3653)


class SealUnusable(Exception):
    """The seal cannot be opened, or is not of a kind that documents can be sealed with; the message says why."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What documents of a branch are sealed with. `signer` holds the key, in memory or as a handle to a token."""

    signer: signers.Signer

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate, which is public."""
        return self.signer.signing_cert

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate in hex: how people and programs tell one seal from another."""
        return str(self.certificate.sha256.hex())

    @property
    def expires_at(self) -> datetime:
        """The certificate's last moment."""
        expires: datetime = self.certificate.not_valid_after
        return expires

    @property
    def pem(self) -> str:
        """The certificate as text, to be handed out."""
        return made.load_der_x509_certificate(self.certificate.dump()).public_bytes(serialization.Encoding.PEM).decode()


class _NamesCertificate(SignedAttributeProviderSpec, CMSAttributeProvider):
    """What PAdES has signed beside the document's digest: which certificate it is. Encoded once for all documents: the
    library does it anew for each, level by level, a thousand times.
    """

    attribute_type = "signing_certificate_v2"

    def __init__(self, certificate: x509.Certificate) -> None:
        self._encoded: bytes = as_signing_certificate_v2(certificate).dump()

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> list[CMSAttributeProvider]:  # noqa: ARG002
        """Nothing but this."""
        return [self]

    async def build_attr_value(self, dry_run: bool = False) -> tsp.SigningCertificateV2:  # noqa: ARG002
        """The certificate's digest and number (RFC 5035)."""
        return tsp.SigningCertificateV2.load(self._encoded)


class _KeptKey(signers.Signer):
    """Keeps its key parsed: parsing checks it, which takes ten times as long as signing."""

    def __init__(self, key: rsa.RSAPrivateKey, certificate: x509.Certificate, chain: list[x509.Certificate]) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002
        """RSA with the digest that `apply` asks for."""
        if digest_algorithm != "sha256":
            raise SealUnusable(f"documents are sealed with SHA-256, not {digest_algorithm}")
        return self._key.sign(data, PKCS1v15(), hashes.SHA256())


def from_pkcs12(content: bytes, passphrase: str) -> Seal:
    """The seal in a PKCS#12 file. Raises SealUnusable for a wrong passphrase, a damaged file or another kind of key."""
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(content, passphrase.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SealUnusable("wrong passphrase, or not a PKCS#12 file") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SealUnusable("the key must be an RSA key")
    if certificate is None:
        raise SealUnusable("the file holds no certificate")
    return Seal(_checked(_KeptKey(key, _plain(certificate), [_plain(one) for one in chain])))


def from_token(description: str, pin: str | None, folder: Path) -> Seal:
    """The seal in a smart card or HSM. `description` is TOML: module, token, key, and certificate (PEM) or cert_label.
    Without a `pin` nobody signs in: the process has already.

    Raises SealUnusable when the token does not answer or the description is incomplete.
    """
    try:
        told = tomllib.loads(description)
        session = open_pkcs11_session(told["module"], token_criteria=TokenCriteria(label=told["token"]), user_pin=pin)
        names: dict[str, Any] = {"key_label": told["key"]}
        if "certificate" in told:
            names["signing_cert"] = _certificate((folder / told["certificate"]).read_bytes())
        else:
            names["cert_label"] = told.get("cert_label", told["key"])
        signer = PKCS11Signer(session, **names)
        return Seal(_checked(signer))
    except SealUnusable:
        raise
    except KeyError as error:
        raise SealUnusable(f"the description lacks {error.args[0]}") from error
    except Exception as error:  # each token's driver has errors of its own
        raise SealUnusable(f"{type(error).__name__}: {error}".rstrip(": ")) from error


def self_signed(company: str, branch: str, registration: str, passphrase: str, now: datetime) -> bytes:
    """A new seal for an office that has no certificate authority's: RSA, ten years, as an encrypted PKCS#12 file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    told = [
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, company),
        (NameOID.ORGANIZATION_IDENTIFIER, registration),
        (NameOID.COMMON_NAME, f"{company} {branch}".strip()),
    ]
    name = made.Name([made.NameAttribute(oid, value[:64]) for oid, value in told if value])
    usage = made.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        made.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(made.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALID)
        .add_extension(made.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(passphrase.encode())
    return pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, encryption)


def _certificate(content: bytes) -> x509.Certificate:
    return _plain(made.load_pem_x509_certificate(content))


def _plain(certificate: made.Certificate) -> x509.Certificate:
    """The certificate in the terms of the signing library."""
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _checked(signer: signers.Signer) -> signers.Signer:
    certificate = signer.signing_cert
    if certificate is None:
        raise SealUnusable("there is no certificate")
    if certificate.public_key.algorithm != "rsa":
        raise SealUnusable("the certificate must be for an RSA key")
    signer.signed_attr_prov_spec = _NamesCertificate(certificate)
    return signer
