"""What came of examining a file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from pydantic import TypeAdapter


class Fault(StrEnum):
    """What is wrong with a document. The first five speak of the whole file, the others name the part."""

    DAMAGED = auto()  # cannot be read as a PDF any more
    NOT_SEALED = auto()  # carries no seal: never had one, or was written anew without it
    CHANGED = auto()  # bytes under the seal are not those that were sealed
    SEAL_ALTERED = auto()  # the seal itself was tampered with
    ADDED_TO = auto()  # something was added after it was sealed
    PAGE_CHANGED = auto()
    PAGE_MISSING = auto()
    PAGE_ADDED = auto()
    ANNEX_CHANGED = auto()
    ANNEX_MISSING = auto()
    ANNEX_ADDED = auto()
    FACTS_DISAGREE = auto()  # what was shown at signing is not what the facts say
    TIME_STAMP_WRONG = auto()  # the independent time stamp does not belong to this document


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """An independent service's word for when the seal existed. Whether to trust the service is the reader's to say.

    `listed`: it is under the seal that the stamp is of this service. Otherwise anybody may have put it there since.
    """

    at: datetime
    by: str
    holds: bool
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `about` names the page or annex."""

    fault: Fault
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a file says of itself, and whether it holds together. Whose seal it is, is for the caller to compare."""

    findings: tuple[Finding, ...]
    kind: str = ""  # agreement, receipt, pack; "" for what is none of ours
    number: str = ""
    sealed_by: str = ""
    fingerprint: str = ""
    sealed_at: datetime | None = None
    time_stamp: TimeStamp | None = None
    shown_sha256: str = ""
    steps: int = 0
    anchor_position: int | None = None
    anchor_sha256: str = ""
    pages: int = 0

    @property
    def whole(self) -> bool:
        """Sealed, and nothing was changed since."""
        return not self.findings

    def to_bytes(self) -> bytes:
        """The report as it travels between processes."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_bytes(cls, message: bytes) -> "Report":
        """The report as it arrived."""
        return _ADAPTER.validate_json(message)


_ADAPTER = TypeAdapter(Report)
