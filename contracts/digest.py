"""Digests that let anyone tell a genuine document from an altered one (R9)."""

import hashlib
import re
import zlib
from collections.abc import Iterator

CHAIN_START = "0" * 64
_NUMBER = r"([A-Z0-9][A-Z0-9-]{5,38})"
_IDENTIFIER = re.compile(rb"/ID ?\[ ?\(" + _NUMBER.encode() + rb"\)")
_METADATA = re.compile(rb"/homewardnumber ?\(" + _NUMBER.encode() + rb"\)")
_STREAM = re.compile(rb"stream\r?\n")
_LAST_PARTS = 32  # the metadata stand near the end; a stranger's file must not keep us busy
_MOST_INFLATED = 1 << 20  # bytes of one compressed part: the part that names the number has a few thousand


def sha256(pdf: bytes) -> str:
    """The digest of a document's bytes, in hex."""
    return hashlib.sha256(pdf).hexdigest()


def chained(previous: str, document: str) -> str:
    """The chain's digest after a document: over the one before it and the document's own, both in hex.

    Taking a document out, or putting another in its place, breaks every link after it.
    """
    return hashlib.sha256(f"{previous}{document}".encode()).hexdigest()


def number_of(pdf: bytes) -> str | None:
    """The number that a document claims to have; None for what is no document of ours. Proves nothing by itself.

    It stands in two places, so that one altered byte does not make a document of ours look like a stranger's.
    """
    return next(_claims(pdf), None)


def _claims(pdf: bytes) -> Iterator[str]:
    for found in _IDENTIFIER.finditer(pdf):
        yield found[1].decode()
    for part in [*_STREAM.finditer(pdf)][-_LAST_PARTS:]:
        try:
            inflated = zlib.decompressobj().decompress(memoryview(pdf)[part.end() :], _MOST_INFLATED)
        except zlib.error:
            continue
        for named in _METADATA.finditer(inflated):
            yield named[1].decode()
