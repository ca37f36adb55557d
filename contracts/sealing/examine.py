"""Telling from a file alone whether a sealed document is still what it was, and if not, what was done to it (R9)."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from contracts.facts import shown_digest_of
from contracts.sealing import signature
from contracts.sealing.inventory import Comings, Inventory, Unreadable, annex, comings, inventory, ledger
from contracts.sealing.report import Fault, Finding, Report

MANIFEST = "manifest.json"
FACTS = {"agreement.json": "agreement", "receipt.json": "receipt", MANIFEST: "pack"}
NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{2,39}")
"""What the number of a document looks like."""
_CLAIM = re.compile(rb"/ID ?\[ ?\(([A-Z0-9][A-Z0-9-]{5,38})\)")
_CLAIM_IN_HEX = re.compile(rb"/ID ?\[ ?<((?:[0-9a-f]{2}){6,39})>")


def examine(pdf: bytes) -> Report:
    """Look a file over. Never raises for what the file holds; work is bounded only by its size: limit both outside."""
    try:
        return _examined(pdf)
    except Unreadable:
        return Report(findings=(Finding(Fault.DAMAGED),))
    except Exception:  # whatever a hostile file provokes in the reader: it cannot be read
        return Report(findings=(Finding(Fault.DAMAGED),))


def _examined(pdf: bytes) -> Report:
    reader = PdfFileReader(BytesIO(pdf))
    found = inventory(reader)
    signed, findings = _seal_of(pdf, reader)
    root = reader.root if signed is None else reader.get_historical_root(signed.signed_revision)
    listed = comings(root)
    if signed is not None and not _as_listed(signed, listed):
        findings.append(Finding(Fault.SEAL_ALTERED))
    findings += _of_parts(ledger(root), found)
    facts, kind = _facts(reader)
    findings += _of_manifest(facts, found) if kind == "pack" else _of_facts(facts)
    told = {} if signed is None else _told(signed, listed)
    stamp = told.get("time_stamp")
    if stamp is not None and not stamp.holds:
        findings.append(Finding(Fault.TIME_STAMP_WRONG))
    position, anchor = _anchor(facts)
    return Report(
        findings=tuple(dict.fromkeys(findings)),
        kind=kind,
        number=_number(facts),
        shown_sha256=shown_digest_of(facts) if kind in {"agreement", "receipt"} else "",
        steps=len(facts.get("steps") or ()),
        anchor_position=position,
        anchor_sha256=anchor,
        pages=len(found.pages),
        **told,
    )


def _seal_of(pdf: bytes, reader: PdfFileReader) -> tuple[EmbeddedPdfSignature | None, list[Finding]]:
    """The seal, where it can be read, and what is wrong with it."""
    try:
        signed = list(reader.embedded_signatures)
        return (signed[0], list(_of_seal(pdf, signed))) if signed else (None, [Finding(Fault.NOT_SEALED)])
    except Exception:  # the file can be read, its seal cannot
        return None, [Finding(Fault.SEAL_ALTERED)]


def _of_seal(pdf: bytes, signed: list[EmbeddedPdfSignature]) -> Iterator[Finding]:
    first = signed[0]
    first.compute_integrity_info(skip_diff=True)
    if first.coverage is not SignatureCoverageLevel.ENTIRE_FILE or len(signed) > 1:
        yield Finding(Fault.ADDED_TO)
    intact, valid = signature.holds(first)
    if not intact:
        yield Finding(Fault.CHANGED)
    if not valid or not signature.exact(pdf, first):
        yield Finding(Fault.SEAL_ALTERED)


def _as_listed(signed: EmbeddedPdfSignature, listed: Comings) -> bool:
    try:
        return signature.as_listed(signed, listed)
    except Exception:  # what came with it cannot be read
        return False


def _of_parts(then: Inventory | None, now: Inventory) -> Iterator[Finding]:
    """What differs between the list under the seal and the parts as they are."""
    if then is None:
        return
    for place in range(max(len(then.pages), len(now.pages))):
        was, is_ = then.pages[place : place + 1], now.pages[place : place + 1]
        if was != is_:
            fault = Fault.PAGE_CHANGED if was and is_ else Fault.PAGE_MISSING if was else Fault.PAGE_ADDED
            yield Finding(fault, str(place + 1))
    for name in sorted(then.annexes.keys() | now.annexes.keys()):
        if then.annexes.get(name) != now.annexes.get(name):
            both = name in then.annexes and name in now.annexes
            fault = Fault.ANNEX_CHANGED if both else Fault.ANNEX_MISSING if name in then.annexes else Fault.ANNEX_ADDED
            yield Finding(fault, name)


def _facts(reader: PdfFileReader) -> tuple[dict[str, Any], str]:
    """The facts attached to the document and what kind they make it; nothing when they are none of ours."""
    for name, kind in FACTS.items():
        try:
            content = annex(reader, name)
            facts = None if content is None else json.loads(content)
        except Exception:  # damaged: the list under the seal has said so already
            return {}, kind
        if facts is not None:
            return (facts, kind) if isinstance(facts, dict) else ({}, kind)
    return {}, ""


def _number(facts: dict[str, Any]) -> str:
    """The number, where it looks like one of ours: it will be asked for."""
    number = facts.get("number")
    return number if isinstance(number, str) and NUMBER.fullmatch(number) else ""


def _anchor(facts: dict[str, Any]) -> tuple[int | None, str]:
    anchor = facts.get("anchor")
    if not isinstance(anchor, dict):
        return None, ""
    position, digest = anchor.get("position"), anchor.get("sha256")
    return position if type(position) is int else None, digest if isinstance(digest, str) else ""


def _of_manifest(facts: dict[str, Any], now: Inventory) -> Iterator[Finding]:
    """Every part that a dispute file names is attached to it, as it is named."""
    named = {_tellable(str(part["name"])): str(part["sha256"]) for part in facts.get("parts") or ()}
    for name in sorted(named.keys() | now.annexes.keys() - {MANIFEST}):
        if now.annexes.get(name) != named.get(name):
            missing, added = name not in now.annexes, name not in named
            yield Finding(Fault.ANNEX_MISSING if missing else Fault.ANNEX_ADDED if added else Fault.ANNEX_CHANGED, name)


def _tellable(name: str) -> str:
    """A name that can be written down: JSON may hold halves of characters."""
    return name.encode("utf-8", "replace").decode()


def _of_facts(facts: dict[str, Any]) -> Iterator[Finding]:
    """Every step of the signing names what was shown: it must be these facts."""
    shown = {step.get("shown_sha256") for step in facts.get("steps") or ()}
    if shown and shown != {shown_digest_of(facts)}:
        yield Finding(Fault.FACTS_DISAGREE)


def _told(signed: EmbeddedPdfSignature, listed: Comings) -> dict[str, Any]:
    certificate = signed.signer_cert
    return {
        "sealed_by": str(certificate.subject.native.get("common_name", "")),
        "fingerprint": certificate.sha256.hex(),
        "sealed_at": signed.self_reported_timestamp,
        "time_stamp": signature.time_stamp(signed, listed),
    }


def claimed_number(pdf: bytes) -> str:
    """The number that a damaged file claims to have, '' when none can be found. Proves nothing by itself.

    It stands in two places, so that one altered byte does not make a document of ours look like a stranger's.
    """
    named = _CLAIM.search(pdf)
    if named is not None:
        return named[1].decode()
    in_hex = _CLAIM_IN_HEX.search(pdf)
    return "" if in_hex is None else bytes.fromhex(in_hex[1].decode()).decode("ascii", "ignore")
