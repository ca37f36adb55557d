"""Digests that let anyone tell a genuine document from an altered one (R9)."""

import hashlib
import re
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

CHAIN_START = "0" * 64
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{5,38}")


def sha256(pdf: bytes) -> str:
    """The digest of a document's bytes, in hex."""
    return hashlib.sha256(pdf).hexdigest()


def chained(previous: str, document: str) -> str:
    """The chain's digest after a document: over the one before it and the document's own, both in hex.

    Taking a document out, or putting another in its place, breaks every link after it.
    """
    return hashlib.sha256(f"{previous}{document}".encode()).hexdigest()


def number_of(pdf: bytes) -> str | None:
    """The number that a document claims to have; None for what is no document of ours. Proves nothing by itself."""
    try:
        about = PdfReader(BytesIO(pdf)).metadata
        claimed = str(about.get("/homewardnumber", "")) if about else ""
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return claimed if _NUMBER.fullmatch(claimed) else None
