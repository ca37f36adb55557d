"""What came of verifying a document, in words: what was checked and holds, what does not, and what nobody can check."""

from dataclasses import dataclass

from flask_babel import gettext

from dispatch.domain.errors import N_
from dispatch.services.verifying import Break, Fault, Finding, Verdict, Verification, VerifiedPart

VERDICTS = {  # tone, icon, word, and what it means
    Verdict.GENUINE: ("go", "check", N_("Genuine"), N_("This file is exactly the document that was signed.")),
    Verdict.SUPERSEDED: ("wait", "clock", N_("Superseded"), N_("Genuine, but a later one was signed in its place.")),
    Verdict.ALTERED: ("alarm", "warning", N_("Altered"), N_("This was one of our documents, and it was changed.")),
    Verdict.REPLACED: (
        "alarm",
        "warning",
        N_("Not the file on record"),
        N_("The seal on this file is ours and whole, but another file is on record under its number. Keep this file."),
    ),
    Verdict.MISSING: (
        "alarm",
        "warning",
        N_("Missing from our records"),
        N_("The seal on this file is ours and whole, but we have no such document any more. Keep this file."),
    ),
    Verdict.PART_FAILS: (
        "alarm",
        "warning",
        N_("A document in it fails"),
        N_("We made this dispute file and it is unchanged, but our record does not agree with every document in it."),
    ),
    Verdict.UNKNOWN: ("alarm", "ban", N_("Unknown"), N_("We have no such document.")),
}
_FAULTS = {
    Fault.DAMAGED: N_("The file is damaged and cannot be read."),
    Fault.NOT_SEALED: N_("The file carries no seal."),
    Fault.CHANGED: N_("Its content was changed after it was sealed."),
    Fault.SEAL_ALTERED: N_("The seal itself was tampered with."),
    Fault.ADDED_TO: N_("Something was added to the file after it was sealed."),
    Fault.PAGE_CHANGED: N_("Page %(about)s is not the page that was sealed."),
    Fault.PAGE_MISSING: N_("Page %(about)s is missing."),
    Fault.PAGE_ADDED: N_("Page %(about)s was added."),
    Fault.ANNEX_CHANGED: N_("The attached file %(about)s was changed."),
    Fault.ANNEX_MISSING: N_("The attached file %(about)s is missing."),
    Fault.ANNEX_ADDED: N_("The attached file %(about)s was added."),
    Fault.FACTS_DISAGREE: N_("What was shown at signing is not what the document says."),
    Fault.TIME_STAMP_WRONG: N_("The time stamp does not belong to this document."),
}
_BROKEN = {
    Break.MISSING: N_("Place %(place)s of the chain is empty: a document was taken out."),
    Break.ALTERED: N_("Place %(place)s of the chain does not hold: the record was changed."),
    Break.REWRITTEN: N_("Place %(place)s of the chain is not what this document names: the chain was made anew."),
}
NOT_CHECKED = (
    N_("Who the person was that signed: the document keeps name, phone and what was drawn, not an identity card."),
    N_("Whether what was stated is true, such as the insurance."),
    N_("A print on paper: compare it with the file, figure by figure, or by the digest at the foot of its pages."),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `holds` is None where there was nothing to check."""

    words: str
    holds: bool | None
    detail: str = ""


def fault(finding: Finding) -> str:
    """What is wrong, in a sentence."""
    return gettext(_FAULTS[finding.fault], about=finding.about)


def meaning(found: Verification) -> str:
    """What the verdict means, in a sentence."""
    if found.kind == "pack" and found.verdict is Verdict.GENUINE:
        return gettext("This file is exactly the dispute file that was made, with every document and photo in it.")
    return gettext(VERDICTS[found.verdict][3])


def checks(found: Verification) -> list[Check]:
    """Everything that could be looked at of a file, in the order in which it convinces."""
    return [*_record(found), *_seal(found), *_shown(found), *_chain(found)]


def parts(found: Verification) -> list[Check]:
    """The documents inside a dispute file, each with what it turned out to be, and what is wrong with it."""
    return [_part(part) for part in found.parts]


def _part(part: VerifiedPart) -> Check:
    said = [meaning(part.found), *(fault(one) for one in part.found.findings)]
    said += [check.words for check in _chain(part.found) if check.holds is False]
    if not part.as_listed:
        said.append(gettext("The dispute file names another number, or another place in the chain, for it."))
    return Check(" ".join((f"{part.name}:", *said)), holds=part.holds, detail=part.found.sha256)


def _record(found: Verification) -> list[Check]:
    if found.place is None and found.verdict in {Verdict.GENUINE, Verdict.PART_FAILS}:
        return [Check(gettext("Dispute files are not kept on record: the seal proves this one"), holds=None)]
    if found.place is None:
        return [Check(gettext("Not the file that is on record"), holds=False)]
    return [Check(gettext("Byte for byte the file that is on record"), holds=True, detail=found.sha256)]


def _seal(found: Verification) -> list[Check]:
    report = found.report
    if report is None:
        return []
    if not report.fingerprint:
        return [Check(gettext("No seal that can be read"), holds=False)]
    whole = report.whole
    seal = Check(
        gettext("Whole under the seal of %(by)s", by=report.sealed_by)
        if whole
        else gettext("Not whole under its seal"),
        holds=whole,
    )
    ours = Check(
        gettext("The seal's certificate is ours") if found.seal_known else gettext("The certificate is not ours"),
        holds=found.seal_known,
        detail=report.fingerprint,
    )
    return [seal, ours, _time(found)]


def _time(found: Verification) -> Check:
    stamp = found.report.time_stamp if found.report else None
    if stamp is None:
        return Check(gettext("No independent time stamp: the time is the company's own word"), holds=None)
    detail = f"{stamp.at:%Y-%m-%d %H:%M:%S} UTC"
    if stamp.holds and not stamp.listed:
        said = gettext("Time stamp of %(by)s, which the seal does not name", by=stamp.by)
        return Check(said, holds=None, detail=detail)
    return Check(gettext("Time stamp of %(by)s", by=stamp.by), holds=stamp.holds, detail=detail)


def _shown(found: Verification) -> list[Check]:
    report = found.report
    if report is None or not report.steps:
        return []
    same = not any(one.fault is Fault.FACTS_DISAGREE for one in report.findings)
    said = gettext("What was shown is what was signed, at each of %(steps)s steps", steps=report.steps)
    return [Check(said, holds=same, detail=report.shown_sha256)]


def _chain(found: Verification) -> list[Check]:
    place = found.place
    if place is None:
        return []
    if place.broken is not None:
        return [Check(gettext(_BROKEN[place.broken], place=place.broken_position), holds=False)]
    said = gettext("In the branch's chain at place %(at)s of %(all)s", at=place.position, all=place.end_position)
    return [Check(said, holds=True, detail=place.end_digest)]
