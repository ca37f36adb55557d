"""Signed documents: reading, verifying."""

from flask import Response, g, request

from dispatch.domain.errors import N_, DomainError, NotFound
from dispatch.domain.roles import Permission
from dispatch.services import documents, trips
from dispatch.store.agreements import Document, DocumentKind
from dispatch.web.access import requires
from dispatch.web.api.endpoint import Call, api, document, endpoint
from dispatch.web.handed_in import verified
from dispatch.web.runtime import runtime
from dispatch.web.schemas import care as s
from dispatch.web.schemas.verifying import VerificationOut

PDF = "application/pdf"


@endpoint(
    "GET", "/trips/<int:trip_id>/documents", Permission.AGREEMENT_STATUS, reply=s.DocumentStatusOut, tag="documents"
)
def document_status(call: Call, trip_id: int) -> s.DocumentStatusOut:
    """Which documents of a trip are signed: their numbers."""
    trip = trips.find(call.session, trip_id, call.actor)
    agreement = documents.of_trip(call.session, trip, DocumentKind.AGREEMENT)
    receipt = documents.of_trip(call.session, trip, DocumentKind.RECEIPT)
    return s.DocumentStatusOut(
        agreement=agreement.number if agreement else None, receipt=receipt.number if receipt else None
    )


@endpoint(
    "GET", "/trips/<int:trip_id>/documents/<kind>", Permission.AGREEMENT_READ, reply=s.DocumentOut, tag="documents"
)
def read_document(call: Call, trip_id: int, kind: str) -> s.DocumentOut:
    """What is on record of an agreement or receipt."""
    trip = trips.find(call.session, trip_id, call.actor)
    found = documents.of_trip(call.session, trip, kind_of(kind))
    if found is None:
        raise NotFound("document_unknown", N_("There is no such document"))
    return s.DocumentOut(
        kind=found.kind.value,
        number=found.number,
        form=found.form,
        clause_version=found.clause_version,
        signed_at=found.signed_at,
        signer=found.signature.signer.value,
        sha256=found.sha256,
        chain_position=found.chain_position,
    )


def read_pdf(trip_id: int, kind: str) -> Response:
    """The document itself, as it was signed. A manager's reading is in the journal."""
    with runtime().db.transaction() as session:
        found = documents.open_for(session, trip_id, kind_of(kind), g.actor, g.now)
        return pdf_response(found)


def read_own_pdf(trip_id: int, kind: str) -> Response:
    """The document of the driver's own trip."""
    return read_pdf(trip_id, kind)


for _pdf, _rule, _permission in (
    (read_pdf, "/trips/<int:trip_id>/documents/<kind>/pdf", Permission.AGREEMENT_DOWNLOAD),
    (read_own_pdf, "/driver/trips/<int:trip_id>/documents/<kind>/pdf", Permission.TRIP_DRIVE),
):
    _documented = document(_pdf, method="GET", tag="documents", reply=None)
    api.add_url_rule(_rule, _pdf.__name__, requires(_permission)(_documented), methods=["GET"])


def verify_document() -> Response:
    """Whether a PDF is a document of ours, unchanged: the bytes are the body. Says nothing personal."""
    answer = VerificationOut.of(verified(request.get_data()))
    return Response(answer.model_dump_json(), content_type="application/json")


_documented = document(verify_document, method="POST", tag="documents", reply=VerificationOut, key=False)
api.add_url_rule("/verify", "verify_document", requires(Permission.SIGNED_IN)(_documented), methods=["POST"])


def kind_of(text: str) -> DocumentKind:
    """Raises NotFound for what is neither agreement nor receipt."""
    try:
        return DocumentKind(text)
    except ValueError as error:
        unknown: DomainError = NotFound("document_unknown", N_("There is no such document"))
        raise unknown from error


def pdf_response(found: Document) -> Response:
    """The bytes, under the document's number."""
    response = Response(found.pdf, content_type=PDF)
    response.headers["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return response
