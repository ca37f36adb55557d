"""The signed documents attached to a dispute file, each with what the file's manifest says of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from contracts.sealing.examine import MANIFEST
from contracts.sealing.inventory import annex
from contracts.sealing.report import Report

PACK = "pack"


@dataclass(frozen=True, slots=True)
class Part:
    """An attached document. `number` and `position` (its place in the branch's chain) are what the manifest names."""

    name: str
    number: str
    position: int | None
    pdf: bytes
    report: Report

    def agrees(self, number: str, position: int | None) -> bool:
        """Whether these are what the manifest names. What is not known ('', None) says nothing against it."""
        return (not number or number == self.number) and (position is None or position == self.position)


def parts_of(pdf: bytes, examine: Callable[[bytes], Report]) -> tuple[Part, ...]:
    """The documents that a dispute file's manifest names, each looked over by `examine`; those that cannot be taken out
    are left out, for which the file's own report has a finding. Nothing for what has no manifest.

    The file is opened in this process: let a service do that with its own files only, never with a stranger's.
    """
    try:
        reader = PdfFileReader(BytesIO(pdf))
        manifest = json.loads(annex(reader, MANIFEST) or b"{}")
        listed = {str(one["name"]): one for one in manifest["parts"] if str(one["name"]).endswith(".pdf")}
    except Exception:  # a damaged file makes the reader fail in many ways
        return ()
    return tuple(_taken_out(reader, listed, examine))


def _taken_out(
    reader: PdfFileReader, listed: dict[str, dict[str, Any]], examine: Callable[[bytes], Report]
) -> Iterator[Part]:
    for name, one in listed.items():
        content = _content(reader, name)
        if content is not None:
            yield Part(name, str(one.get("number", "")), one.get("chain_position"), content, examine(content))


def _content(reader: PdfFileReader, name: str) -> bytes | None:
    try:
        return annex(reader, name)
    except Exception:  # as above
        return None
