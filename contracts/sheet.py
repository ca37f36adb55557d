"""What goes to the press: a page as HTML, and the files that are attached to its PDF. Plain JSON on the way."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Relationship = Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """A file inside the PDF. `relationship` says what it is to the pages, in the words of PDF/A-3 (AFRelationship)."""

    name: str
    content: bytes
    description: str
    relationship: Relationship = "Data"
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One document to print. `dated` is the creation date of its annexes: the same sheet gives the same bytes."""

    html: str
    annexes: tuple[Annex, ...] = ()
    dated: datetime | None = None

    def to_bytes(self) -> bytes:
        """The sheet as it travels to the press."""
        annexes = [
            {
                "name": annex.name,
                "content": b64encode(annex.content).decode(),
                "description": annex.description,
                "relationship": annex.relationship,
                "media_type": annex.media_type,
            }
            for annex in self.annexes
        ]
        dated = None if self.dated is None else self.dated.isoformat()
        return json.dumps({"html": self.html, "annexes": annexes, "dated": dated}).encode()

    @classmethod
    def from_bytes(cls, message: bytes) -> "Sheet":
        """The sheet as it arrived. Raises ValueError or KeyError for what is none."""
        given = json.loads(message)
        annexes = (Annex(**{**annex, "content": b64decode(annex["content"])}) for annex in given["annexes"])
        dated = None if given["dated"] is None else datetime.fromisoformat(given["dated"])
        return cls(html=given["html"], annexes=tuple(annexes), dated=dated)
