"""Putting the seal on: one PAdES signature over the whole file, certified so that nothing may change any more."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import tsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from contracts.sealing.inventory import LEDGER, inventory
from contracts.sealing.seal import Seal

FIELD = "Seal"
RESERVED = 16_384  # hex digits for the signature
RESERVED_WITH_TIME = 40_960  # a time stamp brings certificates of its own

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
            return Sealed(_signed(pdf, seal, at, _Stamper(stamping)), timestamped=True)
        except (OSError, ValueError, TimestampRequestError, SigningError):
            pass
    return Sealed(_signed(pdf, seal, at, None), timestamped=False)


def _signed(pdf: bytes, seal: Seal, at: datetime, stamper: TimeStamper | None) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer.root[generic.pdf_name(LEDGER)] = _ledger(writer)
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


def _ledger(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    found = inventory(writer.prev)
    return generic.DictionaryObject(
        {
            generic.pdf_name("/Pages"): generic.ArrayObject([generic.pdf_string(digest) for digest in found.pages]),
            generic.pdf_name("/Annexes"): generic.ArrayObject(
                [generic.pdf_string(text) for annex in sorted(found.annexes.items()) for text in annex]
            ),
        }
    )


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

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._stamping(req.dump()), strict=True)
