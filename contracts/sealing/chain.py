"""The chain of a branch's documents: each link covers the one before it, so that none can be removed or replaced (R9).

A link holds no personal data: the whole chain can be handed out, and its newest link published.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum, auto
from hashlib import sha256 as _sha256
from typing import Any

CHAIN_START = "0" * 64


def sha256(content: bytes) -> str:
    """The digest of a document's bytes, in hex."""
    return _sha256(content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One document's place in its branch's chain: `sha256` of its bytes, `previous` of the link before it."""

    position: int
    number: str
    kind: str
    signed_at: datetime
    sha256: str
    previous: str

    @property
    def digest(self) -> str:
        """What the next link covers. Any other number, time, file or place gives another one."""
        told = {**asdict(self), "signed_at": self.signed_at.astimezone(UTC).isoformat()}
        return sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode())

    def to_json(self) -> str:
        """The link as a line of an exported chain."""
        told = {**asdict(self), "signed_at": self.signed_at.astimezone(UTC).isoformat(), "digest": self.digest}
        return json.dumps(told, sort_keys=True)


class Break(StrEnum):
    """What is wrong at a place of the chain."""

    MISSING = auto()  # a document that was there is gone
    ALTERED = auto()  # number, time, bytes or the link before are not those that were chained
    REWRITTEN = auto()  # a later document names another link at this place: the chain was made anew


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where the chain does not hold."""

    position: int
    what: Break
    number: str = ""


def breaks(links: Iterable[tuple[Link, str]]) -> Iterator[Broken]:
    """Where a chain, given in its order with the digest on record for each link, does not hold."""
    previous, position = CHAIN_START, 0
    for link, recorded in links:
        for gone in range(position + 1, link.position):
            yield Broken(gone, Break.MISSING)
        if link.digest != recorded or (link.position == position + 1 and link.previous != previous):
            yield Broken(link.position, Break.ALTERED, link.number)
        previous, position = recorded, link.position


def read(text: str) -> list[tuple[Link, str]]:
    """An exported chain, link by link with the digest written beside each. Raises ValueError naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            recorded = str(told.pop("digest"))
            link = _link(told)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ValueError(f"line {number} is not a link of a chain") from error
        found.append((link, recorded))
    return found


def _link(told: dict[str, Any]) -> Link:
    """A link as it was written. Raises ValueError, KeyError or TypeError for what is none: a stranger may have."""
    link = Link(**{**told, "signed_at": datetime.fromisoformat(told["signed_at"]).astimezone(UTC)})
    texts = (link.number, link.kind, link.sha256, link.previous)
    if type(link.position) is not int or not all(isinstance(text, str) and text.isprintable() for text in texts):
        raise ValueError("a link's parts are of another kind")
    return link
