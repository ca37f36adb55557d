"""What is answered about a file that somebody wants to verify."""

from datetime import datetime
from typing import Any

from dispatch.services.verifying import Break, Fault, Place, Verdict, Verification, VerifiedPart
from dispatch.web.schemas.common import Schema


class FindingOut(Schema):
    """One thing that is wrong with a file; `about` names the page or the attached file."""

    fault: Fault
    about: str


class SealOut(Schema):
    """The seal on a file: whose, whether the certificate is one of ours, and when it was put on."""

    by: str
    fingerprint: str
    known: bool
    at: datetime | None
    time_stamp: datetime | None

    @classmethod
    def of(cls, found: Verification) -> "SealOut | None":
        """The seal of a file that was looked over; None where it has none that can be read."""
        report = found.report
        if report is None or not report.fingerprint:
            return None
        return cls(
            by=report.sealed_by,
            fingerprint=report.fingerprint,
            known=found.seal_known,
            at=report.sealed_at,
            time_stamp=report.time_stamp.at if report.time_stamp else None,
        )


class ChainOut(Schema):
    """A document's place in the chain of its branch, the chain's end today, and what is wrong with it."""

    position: int
    digest: str
    end_position: int
    end_digest: str
    broken: Break | None

    @classmethod
    def of(cls, place: Place) -> "ChainOut":
        """A place as it is answered."""
        return cls(
            position=place.position,
            digest=place.digest,
            end_position=place.end_position,
            end_digest=place.end_digest,
            broken=place.broken,
        )


class FileOut(Schema):
    """What a file turned out to be; nothing personal. Of what is on record, `chain` says where."""

    verdict: Verdict
    number: str
    kind: str | None
    signed_at: datetime | None
    sha256: str
    shown_sha256: str
    findings: list[FindingOut]
    seal: SealOut | None
    chain: ChainOut | None


class PartOut(FileOut):
    """A document attached to a dispute file. `as_listed`: it has the number and place that the dispute file names;
    `holds`: nothing speaks against it.
    """

    name: str
    as_listed: bool
    holds: bool

    @classmethod
    def of(cls, part: VerifiedPart) -> "PartOut":
        """A document inside as it is answered."""
        return cls(name=part.name, as_listed=part.as_listed, holds=part.holds, **_facts(part.found))


class VerificationOut(FileOut):
    """What was handed in. `part_fails`: a dispute file of ours, unchanged, with a document in it that does not hold."""

    parts: list[PartOut]

    @classmethod
    def of(cls, found: Verification) -> "VerificationOut":
        """A verdict as it is answered."""
        return cls(parts=[PartOut.of(part) for part in found.parts], **_facts(found))


def _facts(found: Verification) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "number": found.number,
        "kind": found.kind or None,
        "signed_at": found.signed_at,
        "sha256": found.sha256,
        "shown_sha256": found.shown_sha256,
        "findings": [FindingOut(fault=one.fault, about=one.about) for one in found.findings],
        "seal": SealOut.of(found),
        "chain": None if found.place is None else ChainOut.of(found.place),
    }
