"""The chain of a branch's documents: read from the record or from a file, and whether it holds (R9)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, undefer

from contracts.sealing.chain import CHAIN_START, Break, Broken, Link, breaks, read, sha256
from contracts.sealing.report import Report
from dispatch.store import agreements
from dispatch.store.agreements import Document
from dispatch.store.branches import Branch

__all__ = ["CHAIN_START", "Break", "Broken", "Chain", "Head", "Link"]

_BATCH = 50
_MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that was read: its links in their order, each with the digest written for it, and where it is broken."""

    links: tuple[tuple[Link, str], ...]
    broken: tuple[Broken, ...]

    @property
    def holds(self) -> bool:
        """Whether it is whole from its beginning to its end. One without links says nothing, so it does not."""
        return bool(self.links) and not self.broken

    @property
    def end(self) -> tuple[int, str]:
        """Position and digest of the last link."""
        return (self.links[-1][0].position, self.links[-1][1]) if self.links else (0, CHAIN_START)

    def place_of(self, digest: str) -> int | None:
        """Which place has this digest, such as an end that was published once; None where none has."""
        if digest == CHAIN_START:
            return 0
        return next((link.position for link, recorded in self.links if recorded == digest), None)

    def link_of(self, number: str) -> Link | None:
        """The link of the document with this number."""
        return next((link for link, _ in self.links if link.number == number), None) if number else None

    def breaks_of(self, number: str, sha: str, report: Report) -> Iterator[Broken]:
        """What the chain says against a document: its own link is not there (place 0) or covers other bytes, or the
        older link that it names is gone or another one.
        """
        if report.anchor_position is not None:
            named = next((digest for link, digest in self.links if link.position == report.anchor_position), None)
            if named != report.anchor_sha256:
                yield Broken(report.anchor_position, Break.MISSING if named is None else Break.REWRITTEN)
        own = self.link_of(number)
        if own is None:
            yield Broken(0, Break.MISSING, number)
        elif own.sha256 != sha:
            yield Broken(own.position, Break.ALTERED, number)


def exported(text: str) -> Chain:
    """The chain in a file that was exported. Needs no record here. Raises ValueError for what is no such file."""
    links = tuple(read(text))
    if not all(isinstance(link.position, int) and link.position > 0 for link, _ in links):
        raise ValueError("a link has no place in the chain")
    return Chain(links, _each_once(chain(breaks(links), _out_of_order(links))))


def on_record(session: Session, branch_id: int) -> Chain:
    """The branch's chain as it is kept: bytes, links, and the older links that documents name are checked."""
    links: list[tuple[Link, str]] = []
    recorded: dict[int, str] = {}
    found: list[Broken] = []
    for document in _in_order(session, branch_id, with_bytes=True):
        if sha256(document.pdf) != document.sha256:
            found.append(Broken(document.chain_position, Break.ALTERED, document.number))
        anchor = document.facts.get("anchor")
        if anchor and recorded.get(anchor["position"], anchor["sha256"]) != anchor["sha256"]:
            found.append(Broken(anchor["position"], Break.REWRITTEN, document.number))
        recorded[document.chain_position] = document.chain_sha256
        links.append((_link(document), document.chain_sha256))
        session.expunge(document)
    return Chain(tuple(links), _each_once(chain(found, breaks(links))))


def links(session: Session, branch_id: int) -> Iterator[tuple[Link, str]]:
    """The branch's chain from its beginning: every link with the digest on record for it."""
    for document in _in_order(session, branch_id, with_bytes=False):
        yield _link(document), document.chain_sha256


def link_holds(document: Document) -> bool:
    """Whether what is on record of a document is what was chained."""
    return _link(document).digest == document.chain_sha256


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


def _each_once(broken: Iterable[Broken]) -> tuple[Broken, ...]:
    """In the order of the chain: bytes that were changed are told by themselves, and by the link that covers them.

    Not without end: one link at a place far away leaves as many places empty as it says.
    """
    return tuple(sorted(dict.fromkeys(islice(broken, _MOST_TOLD)), key=lambda one: one.position))


def _out_of_order(links: Iterable[tuple[Link, str]]) -> Iterator[Broken]:
    """Links at a place that was passed already: strangers could lay them beside the chain that is covered."""
    last = 0
    for link, _ in links:
        if link.position <= last:
            yield Broken(link.position, Break.ALTERED, link.number)
        last = link.position


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
        position = batch[-1].chain_position
        yield from batch


def _after(branch_id: int, position: int, *, with_bytes: bool) -> Select[Document]:
    query = select(Document).where(Document.branch_id == branch_id, Document.chain_position > position)
    query = query.order_by(Document.chain_position).limit(_BATCH)
    return query.options(undefer(Document.pdf), undefer(Document.facts)) if with_bytes else query
