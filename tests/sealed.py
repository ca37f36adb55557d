"""Documents that are really printed and sealed, and a dispute file of them, for tests that are about seals."""

import asyncio
import hashlib
from copy import copy
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from contracts import compose, render
from contracts.compose import pack_html
from contracts.facts import AgreementFacts, ReceiptFacts
from contracts.pack import assemble
from dispatch.domain.states import State
from dispatch.services import dispute_files
from dispatch.services.dispute_files import DisputeFile
from dispatch.services.dispute_words import Words
from dispatch.services.sealing import Seal, SealedPdf, Seals
from dispatch.store.agreements import Document
from tests.world import World


def sealed_documents(world: World, seals: Seals) -> tuple[Document, Document]:
    """Agreement and receipt of a new trip."""
    trip_id = world.to(State.INSPECTED)
    stored = []
    for command, state in ((world.agreement(), State.DELIVERED), (world.receipt(), None)):
        drawn = world.draft(trip_id, command)
        facts: AgreementFacts | ReceiptFacts = drawn.facts
        sheet = compose.agreement_sheet(facts) if isinstance(facts, AgreementFacts) else compose.receipt_sheet(facts)
        stored.append(world.store(drawn, seals.seal(drawn.office, render.render(sheet), drawn.drawn_at)))
        if state is not None:
            world.to(state, trip_id)
    return stored[0], stored[1]


def gathered(world: World, trip_id: int) -> DisputeFile:
    """A dispute file about to be made."""
    words = Words(lambda entry: entry.type, lambda code, _kind: code)
    with world.db.reading() as session:
        return dispute_files.gather(session, trip_id, "车门划痕", world.manager, world.now, words=words)


def dispute_file(world: World, trip_id: int, seals: Seals) -> bytes:
    """The dispute file of a trip, as a manager gets it."""
    made = gathered(world, trip_id)
    sealed = seals.seal(made.office, assemble(made.facts, pack_html, render.render), made.made_at)
    recorded(world, made, sealed)
    return sealed.pdf


def recorded(world: World, made: DisputeFile, sealed: SealedPdf) -> None:
    """Tell the journal of it."""
    with world.db.transaction() as session:
        dispute_files.record(session, made, sealed, world.manager)


def resealed(pdf: bytes, seal: Seal, at: datetime) -> bytes:
    """The same document with another signature of this seal in place of its own: nothing else of it is changed."""
    (signed,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    begin, end = int(signed.byte_range[1]), int(signed.byte_range[2])
    digest = hashlib.sha256(pdf[:begin] + pdf[end:]).digest()
    signer, told = copy(seal.signer), PdfCMSSignedAttributes(signing_time=at)
    signer.signed_attr_prov_spec = None  # ours has no time in it: the signature would be the same one
    made = asyncio.run(signer.async_sign(digest, "sha256", use_pades=False, signed_attr_settings=told))
    hole = made.dump().hex().upper().ljust(end - begin - 2, "0")
    return pdf[:begin] + f"<{hole}>".encode() + pdf[end:]
