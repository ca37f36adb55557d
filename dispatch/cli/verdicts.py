"""What came of verifying, in lines for people."""

from collections.abc import Iterator

from dispatch.cli.looked import Looked, Result
from dispatch.services.chains import Break
from dispatch.services.verifying import Fault, Report, Verdict, Verification

VERDICTS = {
    Verdict.GENUINE: "genuine, unchanged since it was signed",
    Verdict.SUPERSEDED: "genuine, but a later one was signed in its place",
    Verdict.ALTERED: "ALTERED: not as it was signed",
    Verdict.REPLACED: "REPLACED: sealed here, but another file is on record under this number",
    Verdict.MISSING: "MISSING: sealed here, but no longer on record",
    Verdict.PART_FAILS: "A DOCUMENT IN IT FAILS: made here and unchanged, but the record does not agree with all in it",
    Verdict.UNKNOWN: "UNKNOWN: no such document is on record",
}
FAULTS = {
    Fault.DAMAGED: "the file is damaged and cannot be read",
    Fault.NOT_SEALED: "it carries no seal",
    Fault.CHANGED: "bytes under the seal were changed",
    Fault.SEAL_ALTERED: "the seal itself was tampered with",
    Fault.ADDED_TO: "something was added after it was sealed",
    Fault.PAGE_CHANGED: "page {} is not the page that was sealed",
    Fault.PAGE_MISSING: "page {} is missing",
    Fault.PAGE_ADDED: "page {} was added",
    Fault.ANNEX_CHANGED: "the attached file {} was changed",
    Fault.ANNEX_MISSING: "the attached file {} is missing",
    Fault.ANNEX_ADDED: "the attached file {} was added",
    Fault.FACTS_DISAGREE: "what was shown at signing is not what the document says",
    Fault.TIME_STAMP_WRONG: "the time stamp does not belong to this document",
}
ALONE = {
    "whole": "whole: sealed, and unchanged since",
    "another_seal": "ANOTHER SEAL: whole, but not sealed with a certificate that was named",
    "not_whole": "NOT WHOLE",
}
BROKEN = {
    Break.MISSING: "a document is missing",
    Break.ALTERED: "the document is not the one that was chained",
    Break.REWRITTEN: "the chain was made anew",
}


def lines_of(result: Result) -> list[str]:
    """The verdict first, then what it rests on, one thing a line; then the documents inside, and the chain.

    A hostile file names its seal and its annexes as it likes: nothing of that makes a line of its own.
    """
    parts = (f"  {line}" for part in result.parts for line in _of(part))
    told = [*_of(result.whole), *parts, *(f"  {line}" for line in (*_chain(result), *_head(result)))]
    return ["".join(char if char.isprintable() else "\ufffd" for char in line) for line in told]


def _of(looked: Looked) -> Iterator[str]:
    number = f" ({looked.number})" if looked.number else ""
    yield f"{looked.name}{number}: {VERDICTS[looked.found.verdict] if looked.found else _alone(looked)}"
    for finding in looked.report.findings:
        yield f"  ✗ {FAULTS[finding.fault].format(finding.about)}"
    if not looked.as_listed:
        yield "  ✗ the dispute file names another number, or another place in the chain, for it"
    yield from (f"  {line}" for line in (*_seal(looked), *_signing(looked.report), *_place(looked.found)))
    for one in looked.against:
        yield f"  ✗ chain, place {one.position}: {BROKEN[one.what]}" if one.position else "  ✗ it is not in the chain"


def _chain(result: Result) -> Iterator[str]:
    chain = result.chain
    if not result.chain_asked:
        return
    if chain is None or not chain.links:
        why = "neither its number nor its seal is on record here" if chain is None else "there is no link in it"
        yield f"✗ no chain could be checked: {why}"
        return
    for one in chain.broken:
        yield f"✗ chain, place {one.position}{f' ({one.number})' if one.number else ''}: {BROKEN[one.what]}"
    count = f"{len(chain.links)} link{'' if len(chain.links) == 1 else 's'}"
    position, digest = chain.end
    if result.chain_holds:
        yield f"✓ the chain holds from its beginning to its end: {count} read"
    elif chain.holds:
        yield f"✗ the chain is whole by itself, but not with what was handed in: {count} read"
    else:
        yield f"✗ the chain does not hold: {count} read"
    yield f"· its end is place {position}, {digest}"


def _head(result: Result) -> Iterator[str]:
    """The published end: a chain that holds and has it is the one that was published, or has grown from it."""
    chain, place = result.chain, result.head_position
    if not result.chain_asked or chain is None or not chain.links:
        return
    if not result.head:
        yield "· whether that is the chain that was published was not checked: compare its end, or name one with --head"
        return
    if place is None:
        yield f"✗ the published end {result.head} is not in it: it was made anew, cut short, or is another one"
        return
    yield f"✓ the published end is its place {place} of {chain.end[0]}"
    for looked in (result.whole, *result.parts):
        if looked.position is not None and looked.position > place:
            yield f"· {looked.number}, place {looked.position}, came after it: a later published end covers that"


def _alone(looked: Looked) -> str:
    unsaid = "; WHOSE SEAL IT IS WAS NOT CHECKED" if looked.report.whole and looked.expected is None else ""
    return ALONE[looked.verdict] + unsaid


def _seal(looked: Looked) -> Iterator[str]:
    report, found = looked.report, looked.found
    if looked.expected is False:
        yield "✗ the seal's certificate is NOT one that was named" if report.fingerprint else "✗ no seal to compare"
    if not report.fingerprint:
        return
    known = "" if found is None else ", one of ours" if found.seal_known else ", NOT one of ours"
    mark = "✗" if found is not None and not found.seal_known else "·"
    yield f"{mark} sealed by {report.sealed_by} at {report.sealed_at}, certificate {report.fingerprint}{known}"
    if looked.expected:
        yield "✓ the certificate is one that was named"
    elif looked.expected is None and found is None:
        yield "· compare that certificate with the one that the company publishes, or name that with --certificate"


def _signing(report: Report) -> Iterator[str]:
    if not report.fingerprint:
        return
    if report.time_stamp is not None and report.time_stamp.holds:
        unnamed = "" if report.time_stamp.listed else ", which the seal does not name"
        yield f"· time stamp of {report.time_stamp.at} by {report.time_stamp.by}{unnamed}"
    elif report.time_stamp is None:
        yield "· no independent time stamp: the time is the company's word"
    if report.steps:
        yield f"✓ {report.steps} steps of signing, each of what this document says (digest {report.shown_sha256})"


def _place(found: Verification | None) -> Iterator[str]:
    place = None if found is None else found.place
    if place is None:
        return
    yield f"· place {place.position} of {place.end_position} in the branch's chain, whose end is {place.end_digest}"
    if place.broken is not None:
        yield f"✗ chain, place {place.broken_position}: {BROKEN[place.broken]}"
