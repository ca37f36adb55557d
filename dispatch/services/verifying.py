"""Telling genuine documents from altered ones (R9): what a file proves by itself, and what is on record of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, undefer

from contracts.errors import RenderError
from contracts.render_worker import Examiner
from contracts.sealing.chain import CHAIN_START, Break, Broken, Link, breaks, read, sha256
from contracts.sealing.examine import attached, claimed_number, examine
from contracts.sealing.report import Fault, Finding, Report
from dispatch.domain.errors import N_, Busy
from dispatch.store import agreements, seals
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.branches import Branch

__all__ = ["Break", "Broken", "Examiner", "Fault", "Finding", "Link", "Report", "attached", "examine", "sha256"]

_BATCH = 50
_KINDS = {kind.value for kind in DocumentKind}


class Verdict(StrEnum):
    """What a document turned out to be."""

    GENUINE = auto()
    SUPERSEDED = auto()  # genuine, but signed anew since
    ALTERED = auto()  # it was one of ours, and was changed
    REPLACED = auto()  # sealed by us, but on record under its number is another file: somebody changed the record
    MISSING = auto()  # sealed by us, but no longer on record: somebody took it out
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

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the file itself."""
        return () if self.report is None else self.report.findings


def looked_over(examiner: Examiner, pdf: bytes) -> Report:
    """A file examined in a process of its own: strangers hand it in. Raises Busy when that cannot be done now."""
    try:
        return examiner.examine(pdf)
    except RenderError as error:
        raise Busy("examining_failed", N_("The file could not be examined just now: please try again")) from error


def verify(session: Session, pdf: bytes, report: Report) -> Verification:
    """What a file is, by its own seal (`report`) and by what is on record."""
    found = agreements.by_sha256(session, sha256(pdf))
    if found is not None:
        return _told(session, found, report)
    number = report.number or claimed_number(pdf)
    on_record = agreements.by_number(session, number) if number else None
    ours = seals.by_fingerprint(session, report.fingerprint) is not None
    if report.whole and ours and report.kind in _KINDS:
        verdict = Verdict.REPLACED if on_record else Verdict.MISSING
    elif report.whole and ours:  # a dispute pack: sealed like a document, but kept by nobody
        verdict = Verdict.GENUINE
    else:
        verdict = Verdict.ALTERED if on_record or ours else Verdict.UNKNOWN
    shown = number if verdict is not Verdict.UNKNOWN else ""
    return Verification(verdict, shown, report.kind, sha256=sha256(pdf), seal_known=ours, report=report)


def verify_number(session: Session, number: str) -> Verification:
    """What is on record under a number."""
    found = agreements.by_number(session, number.strip().upper())
    return Verification(Verdict.UNKNOWN) if found is None else _told(session, found, None)


def links(session: Session, branch_id: int) -> Iterator[tuple[Link, str]]:
    """The branch's chain from its beginning: every link with the digest on record for it."""
    for document in _in_order(session, branch_id, with_bytes=False):
        yield _link(document), document.chain_sha256


def chain_breaks(session: Session, branch_id: int) -> Iterator[Broken]:
    """Where the branch's chain does not hold: bytes, links, and the older links that documents name; else nothing."""
    recorded: dict[int, str] = {}
    found: list[Broken] = []

    def chain() -> Iterator[tuple[Link, str]]:
        for document in _in_order(session, branch_id, with_bytes=True):
            if sha256(document.pdf) != document.sha256:
                found.append(Broken(document.chain_position, Break.ALTERED, document.number))
            anchor = document.facts.get("anchor")
            if anchor and recorded.get(anchor["position"], anchor["sha256"]) != anchor["sha256"]:
                found.append(Broken(anchor["position"], Break.REWRITTEN, document.number))
            recorded[document.chain_position] = document.chain_sha256
            session.expunge(document)
            yield _link(document), document.chain_sha256

    yield from breaks(chain())
    yield from found


def chain_breaks_of(session: Session, number: str) -> Iterator[Broken]:
    """The same for the branch of the document with this number; nothing where none is on record."""
    found = agreements.by_number(session, number)
    if found is not None:
        yield from chain_breaks(session, found.branch_id)


def chain_file_breaks(exported: str, report: Report, sha: str) -> Iterator[Broken]:
    """Where an exported chain does not hold, or does not hold this document: its own link, and the one that it names.

    Needs no record here. Raises ValueError for what is no exported chain.
    """
    chain = read(exported)
    yield from breaks(chain)
    recorded = {link.position: digest for link, digest in chain}
    if report.anchor_position is not None and recorded.get(report.anchor_position) != report.anchor_sha256:
        gone = report.anchor_position not in recorded
        yield Broken(report.anchor_position, Break.MISSING if gone else Break.REWRITTEN)
    own = next((link for link, _ in chain if link.number == report.number), None)
    if own is None:
        yield Broken(0, Break.MISSING, report.number)
    elif own.sha256 != sha:
        yield Broken(own.position, Break.ALTERED, report.number)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a branch's chain: how many documents, and the digest that covers them all. To be published."""

    branch_id: int
    branch: str
    documents: int
    digest: str


def head(session: Session, branch: Branch) -> Head:
    """The end of a branch's chain today."""
    last = agreements.chain_end(session, branch.id)
    if last is None:
        return Head(branch.id, branch.name, 0, CHAIN_START)
    return Head(branch.id, branch.name, last.chain_position, last.chain_sha256)


def heads(session: Session) -> list[Head]:
    """The ends of every branch's chain."""
    return [head(session, branch) for branch in session.scalars(select(Branch).order_by(Branch.id))]


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
    if _link(found).digest != found.chain_sha256:
        broken, at = Break.ALTERED, found.chain_position
    elif report is not None and report.anchor_position is not None:
        named = agreements.chain_digest(session, found.branch_id, report.anchor_position)
        if named != report.anchor_sha256:
            broken, at = Break.MISSING if named is None else Break.REWRITTEN, report.anchor_position
    return Place(found.chain_position, found.chain_sha256, end.chain_position, end.chain_sha256, broken, at)


def _link(document: Document) -> Link:
    return Link(
        position=document.chain_position,
        number=document.number,
        kind=document.kind.value,
        signed_at=document.signed_at,
        sha256=document.sha256,
        previous=document.chain_previous,
    )


def _in_order(session: Session, branch_id: int, *, with_bytes: bool) -> Iterator[Document]:
    position = 0
    while batch := list(session.scalars(_after(branch_id, position, with_bytes=with_bytes))):
        yield from batch
        position = batch[-1].chain_position


def _after(branch_id: int, position: int, *, with_bytes: bool) -> Select[Document]:
    query = select(Document).where(Document.branch_id == branch_id, Document.chain_position > position)
    query = query.order_by(Document.chain_position).limit(_BATCH)
    return query.options(undefer(Document.pdf), undefer(Document.facts)) if with_bytes else query
