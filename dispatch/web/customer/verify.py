"""Anyone may ask whether a document is genuine; the answer names nobody."""

from datetime import timedelta

from flask import Response, g, render_template, request

from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.roles import Permission
from dispatch.services import chains, throttle, verifying
from dispatch.services.throttle import Limit
from dispatch.services.verifying import Verification
from dispatch.store import seals
from dispatch.web.access import requires
from dispatch.web.customer import blueprint
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.handed_in import verified
from dispatch.web.labels import options_of
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.verdicts import NOT_CHECKED, VERDICTS, checks, fault, meaning, parts

PER_ADDRESS = Limit(60, timedelta(minutes=10))


@blueprint.get("/verify")
@requires(Permission.PUBLIC)
def verify_page() -> str:
    """Where a document can be dropped, or a number typed."""
    number = request.args.get("number", "").strip()
    return verify_number(number) if number else _page(None, "")


@blueprint.get("/verify/<number>")
@requires(Permission.PUBLIC)
def verify_number(number: str) -> str:
    """What is on record under the number in a QR code."""
    _count()
    with runtime().db.reading() as session:
        return _page(verifying.verify_number(session, number), number)


@blueprint.post("/verify")
@requires(Permission.PUBLIC)
def verify_file() -> str | tuple[str, int]:
    """Compare a file with what was signed."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        missing = Invalid("file_missing", N_("Please choose a file"), field="file")
        return _page(None, "", form=FormState.typed(request.form, missing)), status_of(missing)
    _count()
    with upload.stream as stream:
        pdf = stream.read()
    return _page(verified(pdf), "", of_file=True)


def _count() -> None:
    with runtime().db.transaction() as session:
        throttle.count(session, f"verify-from:{request.remote_addr}", PER_ADDRESS, g.now)


@blueprint.get("/verify/certificates/<sha256>.pem")
@requires(Permission.PUBLIC)
def certificate(sha256: str) -> Response:
    """A certificate that documents were sealed with: public, to be compared."""
    with runtime().db.reading() as session:
        found = verifying.certificate(session, sha256)
        if found is None:
            raise NotFound("certificate_unknown", N_("There is no such certificate"))
        return Response(found.pem, content_type="application/x-pem-file")


def _page(found: Verification | None, number: str, *, of_file: bool = False, form: FormState = BLANK) -> str:
    with runtime().db.reading() as session:
        heads = chains.heads(session)
        certificates = [(head.branch, one) for head in heads for one in seals.of_branch(session, head.branch_id)]
    return render_template(
        "customer/verify.html",
        found=found,
        number=number,
        of_file=of_file,
        form=form,
        verdicts=VERDICTS,
        kinds=dict(options_of("document_kind")),
        checks=checks(found) if found and of_file else [],
        parts=parts(found) if found else [],
        fault=fault,
        meaning=meaning,
        not_checked=NOT_CHECKED,
        heads=heads,
        certificates=certificates,
    )
