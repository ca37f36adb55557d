"""Putting the seal on: one PAdES signature over the whole file, certified so that nothing may change any more."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms, tsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from contracts.sealing.inventory import LEDGER, inventory
from contracts.sealing.seal import Seal
from contracts.sealing.signature import certificates, frame

FIELD = "Seal"
STAMPS = 3  # tries to guess what a time stamp will look like around its content
RESERVED = 16_384  # hex digits for the signature
RESERVED_WITH_TIME = 40_960  # a time stamp brings certificates of its own

_frames: dict[str, str] = {}  # by the seal's fingerprint: its service's last answer

_NO_STAMP = (OSError, ValueError, TimestampRequestError, SigningError)

Stamping = Callable[[bytes], bytes]
"""Sends a time-stamp request (RFC 3161, DER) and answers the reply; raises OSError when there is none."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed document, and whether an independent time stamp is in it."""

    pdf: bytes
    timestamped: bool


def apply(pdf: bytes, seal: Seal, at: datetime, *, stamping: Stamping | None = None) -> Sealed:
    """Seal a document. The list of its pages and annexes goes under the seal too, to name what was changed later.

    Where a stamping service is given and does not answer, the document is sealed without a time stamp: it must not keep
    a customer waiting in the street.
    """
    if stamping is not None:
        try:
            return Sealed(_stamped(pdf, seal, at, _Stamper(stamping)), timestamped=True)
        except _NO_STAMP:
            pass
    return Sealed(_signed(pdf, seal, at, None, ""), timestamped=False)


def _stamped(pdf: bytes, seal: Seal, at: datetime, stamper: "_Stamper") -> bytes:
    """Sealed with a time stamp whose frame is under the seal. The stamp comes after the seal, so its frame is expected
    to be the one that came last; where it is another, the document is sealed anew with that. A service that has many
    faces, or does not answer again, gets a document without that line in its list.
    """
    without = _signed(pdf, seal, at, stamper, None) if seal.fingerprint not in _frames else b""
    for _ in range(STAMPS):
        expected = _frames.setdefault(seal.fingerprint, stamper.frame)
        try:
            sealed = _signed(pdf, seal, at, stamper, expected)
        except _NO_STAMP:
            if without:
                return without
            raise
        if stamper.frame == expected:
            return sealed
        _frames[seal.fingerprint] = stamper.frame
    return without or _signed(pdf, seal, at, stamper, None)


def _signed(pdf: bytes, seal: Seal, at: datetime, stamper: TimeStamper | None, expected: str | None) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer.root[generic.pdf_name(LEDGER)] = _ledger(writer, seal, expected)
    writer.update_root()
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    signer = _At(metadata, signer=seal.signer, timestamper=stamper, new_field_spec=fields.SigFieldSpec(FIELD))
    signer.moment = at
    reserved = RESERVED if stamper is None else RESERVED_WITH_TIME
    result: BytesIO = asyncio.run(signer.async_sign_pdf(writer, in_place=True, bytes_reserved=reserved))
    return result.getvalue()


def _ledger(writer: IncrementalPdfFileWriter, seal: Seal, expected: str | None) -> generic.DictionaryObject:
    found = inventory(writer.prev)
    listed = {
        "/Pages": found.pages,
        "/Annexes": [text for annex in sorted(found.annexes.items()) for text in annex],
        "/Certificates": certificates([seal.certificate, *seal.signer.cert_registry]),
    }
    entries: dict[Any, Any] = {
        generic.pdf_name(name): generic.ArrayObject(map(generic.pdf_string, of)) for name, of in listed.items()
    }
    if expected is not None:
        entries[generic.pdf_name("/TimeStamp")] = generic.pdf_string(expected)
    return generic.DictionaryObject(entries)


class _At(signers.PdfSigner):
    """Signs at the moment it is told: the service has one clock, and it is not this library's."""

    moment: datetime

    def init_signing_session(self, *args: Any, **named: Any) -> Any:
        session = super().init_signing_session(*args, **named)
        session.system_time = self.moment
        return session


class _Stamper(TimeStamper):
    """Asks the service through whoever knows the way there."""

    def __init__(self, stamping: Stamping) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library is typed in part only
        self._stamping = stamping
        self.frame = ""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        reply = tsp.TimeStampResp.load(self._stamping(req.dump()), strict=True)
        token = reply["time_stamp_token"]
        self.frame = frame(token) if isinstance(token, cms.ContentInfo) else ""  # it may refuse
        return reply
