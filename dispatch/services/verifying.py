"""Telling genuine documents from altered ones (R9): what a file proves by itself, and what is on record of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy.orm import Session

from contracts.errors import RenderError
from contracts.render_worker import Examiner
from contracts.sealing.chain import Break, sha256
from contracts.sealing.examine import NUMBER, claimed_number, examine
from contracts.sealing.report import Fault, Finding, Report
from dispatch.domain.errors import N_, Busy
from dispatch.services.chains import link_holds
from dispatch.services.pack_parts import Part
from dispatch.services.seal_hole import differs_in_seal_only
from dispatch.store import agreements, seals
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.seals import SealCertificate

__all__ = ["Break", "Examiner", "Fault", "Finding", "Report", "examine", "sha256"]

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_KINDS = {kind.value for kind in DocumentKind}


class Verdict(StrEnum):
    """What a document turned out to be."""

    GENUINE = auto()
    SUPERSEDED = auto()  # genuine, but signed anew since
    ALTERED = auto()  # it was one of ours, and was changed
    REPLACED = auto()  # sealed by us, but on record under its number is another file: somebody changed the record
    MISSING = auto()  # sealed by us, but no longer on record: somebody took it out
    PART_FAILS = auto()  # a dispute file of ours, as it was made, but a document in it does not agree with the record
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """A document's place in its branch's chain, and the chain's end today.

    `holds`: link and record agree, and the older link that the document itself names is still where it was. What is
    wrong otherwise is in `broken`.
    """

    position: int
    digest: str
    end_position: int
    end_digest: str
    broken: Break | None = None
    broken_position: int = 0

    @property
    def holds(self) -> bool:
        """Whether everything that can be checked from here is as it was."""
        return self.broken is None


@dataclass(frozen=True, slots=True)
class Verification:
    """What a stranger may be told: no name, no address, no amount."""

    verdict: Verdict
    number: str = ""
    kind: str = ""
    signed_at: datetime | None = None
    sha256: str = ""
    shown_sha256: str = ""
    timestamped: bool = False
    seal_known: bool = False
    place: Place | None = None
    report: Report | None = None
    parts: tuple["VerifiedPart", ...] = ()

    @property
    def holds(self) -> bool:
        """Genuine, and the chain has it where it says, as it has every document inside."""
        genuine = self.verdict in {Verdict.GENUINE, Verdict.SUPERSEDED}
        return genuine and (self.place is None or self.place.holds) and all(part.holds for part in self.parts)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the file itself."""
        return () if self.report is None else self.report.findings


@dataclass(frozen=True, slots=True)
class VerifiedPart:
    """A document attached to a dispute file, verified as if it had been handed in alone.

    `as_listed`: it has the number and the place in the chain that the dispute file names for it.
    """

    name: str
    found: Verification
    as_listed: bool

    @property
    def holds(self) -> bool:
        """Whether there is nothing against it."""
        return self.as_listed and self.found.holds


def looked_over(examiner: Examiner, pdf: bytes) -> Report:
    """A file examined in a process of its own: strangers hand it in. Raises Busy when that cannot be done now."""
    try:
        return examiner.examine(pdf)
    except RenderError as error:
        raise Busy("examining_failed", N_("The file could not be examined just now: please try again")) from error


def verify(session: Session, pdf: bytes, report: Report, parts: Iterable[Part] = ()) -> Verification:
    """What a file is, by its own seal (`report`) and by what is on record. `parts` are the documents attached to it: a
    dispute file is no better than they are.
    """
    found = _verified(session, pdf, report)
    verified = tuple(_part(session, part) for part in parts)
    fails = found.verdict is Verdict.GENUINE and not all(part.holds for part in verified)
    return replace(found, verdict=Verdict.PART_FAILS if fails else found.verdict, parts=verified)


def is_ours(session: Session, report: Report) -> bool:
    """Whether a file is whole under a seal of ours: then it is as we made it, and safe to open."""
    return report.whole and certificate(session, report.fingerprint) is not None


def branch_of(session: Session, pdf: bytes, report: Report) -> int | None:
    """The branch whose chain a file belongs to: by the record, else by the seal; None where neither knows it."""
    found = agreements.by_sha256(session, sha256(pdf)) or _numbered(session, number_of(pdf, report))
    kept = found or certificate(session, report.fingerprint)
    return None if kept is None else kept.branch_id


def number_of(pdf: bytes, report: Report) -> str:
    """The number that a file goes by; '' where it names none that could be ours. Proves nothing by itself."""
    number = report.number or claimed_number(pdf)
    return number if NUMBER.fullmatch(number) else ""


def certificate(session: Session, fingerprint: str) -> SealCertificate | None:
    """The certificate with this fingerprint that documents of ours were sealed with; None where there is none."""
    return seals.by_fingerprint(session, fingerprint) if _FINGERPRINT.fullmatch(fingerprint) else None


def _verified(session: Session, pdf: bytes, report: Report) -> Verification:
    found = agreements.by_sha256(session, sha256(pdf))
    if found is not None:
        return _told(session, found, report)
    number = number_of(pdf, report)
    on_record = _numbered(session, number)
    if on_record is not None and differs_in_seal_only(pdf, on_record.pdf):
        findings = dict.fromkeys((*report.findings, Finding(Fault.SEAL_ALTERED)))
        report = replace(report, findings=tuple(findings))
    ours = certificate(session, report.fingerprint) is not None
    if report.whole and ours and report.kind in _KINDS:
        verdict = Verdict.REPLACED if on_record else Verdict.MISSING
    elif report.whole and ours:  # a dispute pack: sealed like a document, but kept by nobody
        verdict = Verdict.GENUINE
    else:
        verdict = Verdict.ALTERED if on_record or ours else Verdict.UNKNOWN
    shown = number if verdict is not Verdict.UNKNOWN else ""
    return Verification(verdict, shown, report.kind, sha256=sha256(pdf), seal_known=ours, report=report)


def _part(session: Session, part: Part) -> VerifiedPart:
    found = _verified(session, part.pdf, part.report)
    return VerifiedPart(part.name, found, part.agrees(found.number, found.place.position if found.place else None))


def verify_number(session: Session, number: str) -> Verification:
    """What is on record under a number."""
    found = _numbered(session, number.strip().upper())
    return Verification(Verdict.UNKNOWN) if found is None else _told(session, found, None)


def _numbered(session: Session, number: str) -> Document | None:
    """The document with this number. The record is never asked for what cannot be one: strangers name it."""
    return agreements.by_number(session, number) if NUMBER.fullmatch(number) else None


def _told(session: Session, found: Document, report: Report | None) -> Verification:
    """A file that is on record. One that was sealed must also be whole by its own seal: the record is in our hands."""
    seal_known = found.seal_sha256 is not None and (report is None or report.fingerprint == found.seal_sha256)
    if found.seal_sha256 is not None and report is not None and not (report.whole and seal_known):
        verdict = Verdict.ALTERED
    else:
        verdict = Verdict.GENUINE if found.superseded_at is None else Verdict.SUPERSEDED
    return Verification(
        verdict,
        found.number,
        found.kind.value,
        found.signed_at,
        found.sha256,
        found.shown_sha256,
        found.timestamped,
        seal_known,
        _place(session, found, report),
        report,
    )


def _place(session: Session, found: Document, report: Report | None) -> Place:
    end = agreements.chain_end(session, found.branch_id) or found
    broken, at = None, 0
    if not link_holds(found):
        broken, at = Break.ALTERED, found.chain_position
    elif report is not None and report.anchor_position is not None:
        named = agreements.chain_digest(session, found.branch_id, report.anchor_position)
        if named != report.anchor_sha256:
            broken, at = Break.MISSING if named is None else Break.REWRITTEN, report.anchor_position
    return Place(found.chain_position, found.chain_sha256, end.chain_position, end.chain_sha256, broken, at)
