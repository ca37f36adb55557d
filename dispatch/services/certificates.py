"""Certificates as people name them to say whose seal they expect."""

import re

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

_BETWEEN = re.compile(r"[\s:]")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def fingerprints_in(pem: bytes) -> frozenset[str]:
    """The fingerprints of the certificates in a PEM file. Raises ValueError where there is none."""
    return frozenset(one.fingerprint(SHA256()).hex() for one in x509.load_pem_x509_certificates(pem))


def digest_of(text: str) -> str:
    """A SHA-256, such as a certificate's fingerprint, however it is written: capitals, colons or spaces between.

    Raises ValueError for what is none.
    """
    digest = _BETWEEN.sub("", text).lower()
    if _SHA256.fullmatch(digest) is None:
        raise ValueError(f"{text!r} is not a SHA-256 in hex")
    return digest
