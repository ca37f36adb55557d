"""What came of verifying at the command line, for programs."""

from dataclasses import dataclass
from typing import Any

from dispatch.services.chains import Broken, Chain
from dispatch.services.verifying import Report, Verification


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was looked at: the one handed in, or a document attached to a dispute file.

    `found` is None where no records were asked; `expected` says whether the seal is one that was named, None where none
    was. `position` is its place in the chain that was read, None where it has none; `against` is what that chain says
    against it. `as_listed`: it has the number and the place in the chain that the dispute file names.
    """

    name: str
    number: str
    report: Report
    found: Verification | None
    expected: bool | None = None
    position: int | None = None
    against: tuple[Broken, ...] = ()
    as_listed: bool = True

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        whole = self.report.whole if self.found is None else self.found.holds
        return whole and self.expected is not False and self.as_listed and not self.against

    @property
    def verdict(self) -> str:
        """What it turned out to be, in a word. `whole` does not say whose seal it is, unless that was named."""
        if self.found is not None:
            return self.found.verdict.value
        return "not_whole" if not self.report.whole else "another_seal" if self.expected is False else "whole"

    def answer(self) -> dict[str, Any]:
        """What is told of it in JSON."""
        report, found = self.report, self.found
        return {
            "verdict": self.verdict,
            "holds": self.holds,
            "number": self.number,
            "kind": report.kind,
            "signed_at": found.signed_at if found else None,
            "sha256": found.sha256 if found else None,
            "shown_sha256": report.shown_sha256,
            "findings": [{"fault": one.fault.value, "about": one.about} for one in report.findings],
            "seal": {
                "by": report.sealed_by,
                "fingerprint": report.fingerprint,
                "known": found.seal_known if found else None,
                "expected": self.expected,
                "at": report.sealed_at,
                "time_stamp": report.time_stamp.at if report.time_stamp else None,
            },
            "place": self._place(),
        }

    def _place(self) -> dict[str, Any] | None:
        place = None if self.found is None else self.found.place
        if place is None:
            return None
        broken = None if place.broken is None else {"position": place.broken_position, "what": place.broken.value}
        return {"position": place.position, "digest": place.digest, "broken": broken}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything that is told. `chain` is None where none was to be read, or none could be found; `head` is an end
    of it that was published, '' where none was named."""

    whole: Looked
    parts: tuple[Looked, ...]
    chain_asked: bool
    chain: Chain | None
    head: str = ""

    @property
    def against(self) -> tuple[Broken, ...]:
        """What the chain that was read says against the file and the documents in it."""
        return tuple(dict.fromkeys(one for looked in (self.whole, *self.parts) for one in looked.against))

    @property
    def chain_holds(self) -> bool:
        """Whether a chain was read that is whole, and has what was handed in."""
        return self.chain is not None and self.chain.holds and not self.against

    @property
    def head_position(self) -> int | None:
        """Where in the chain the published end is that was named; None where it is not in it, or none was named."""
        return self.chain.place_of(self.head) if self.chain and self.head else None

    @property
    def holds(self) -> bool:
        """Whether the file, every document in it, the chain that was asked for, and its published end hold."""
        chain = not self.chain_asked or self.chain_holds
        published = not self.head or self.head_position is not None
        return chain and published and self.whole.holds and all(part.holds for part in self.parts)

    def answer(self) -> dict[str, Any]:
        """The answer in JSON."""
        parts = {part.name: {**part.answer(), "as_listed": part.as_listed} for part in self.parts}
        return {**self.whole.answer(), "holds": self.holds, "chain": self._chain(), "parts": parts}

    def _chain(self) -> dict[str, Any] | None:
        if not self.chain_asked:
            return None
        chain = self.chain or Chain((), ())
        position, digest = chain.end
        return {
            "links": len(chain.links),
            "end": {"position": position, "digest": digest} if chain.links else None,
            "head": {"digest": self.head, "position": self.head_position} if self.head else None,
            "holds": self.chain_holds,
            "broken": [
                {"position": one.position, "what": one.what.value, "number": one.number}
                for one in dict.fromkeys((*chain.broken, *self.against))
            ],
        }
