"""A file that somebody hands in to be verified."""

from functools import partial

from dispatch.services import verifying
from dispatch.services.pack_parts import PACK, parts_of
from dispatch.services.verifying import Verification
from dispatch.web.runtime import runtime


def verified(pdf: bytes) -> Verification:
    """What it is. Of a dispute file of ours every document in it is verified too; a stranger's is not opened here.

    Raises Busy when it cannot be examined now.
    """
    examine = partial(verifying.looked_over, runtime().examiner)
    report = examine(pdf)
    with runtime().db.reading() as session:
        opened = report.kind == PACK and verifying.is_ours(session, report)
    parts = parts_of(pdf, examine) if opened else ()  # looked over while no connection to the database is held
    with runtime().db.reading() as session:
        return verifying.verify(session, pdf, report, parts)
