"""Agreement forms over the API."""

from datetime import date
from typing import Annotated

from pydantic import Field

from dispatch.domain.roles import Permission
from dispatch.services import agreement_forms
from dispatch.services.agreement_forms import BadForm, Version
from dispatch.store.branches import Branch
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.problems import SchemaFault
from dispatch.web.schemas.common import Schema

FormDocument = Annotated[str, Field(min_length=1, max_length=60_000, description="A form document (docs/forms.md)")]


class FormIn(Schema):
    """A document to publish from a day on."""

    document: FormDocument
    valid_from: date


class FormCheckIn(Schema):
    """A document to check."""

    document: FormDocument


class FormProblemOut(Schema):
    """One thing that is wrong; `line` is 0 where it concerns the whole."""

    where: str
    message: str
    line: int


class FormCheckOut(Schema):
    """Everything that is wrong with a document; or which sentences it changes."""

    valid: bool
    problems: list[FormProblemOut]
    changes: list[str]


class FormVersionOut(Schema):
    """A version. `own` were published by the branch, the others come with the service."""

    form: str
    version: str
    valid_from: date
    own: bool
    in_force: bool


class FormsOut(Schema):
    """Every version, oldest first."""

    versions: list[FormVersionOut]


class FormDocumentOut(Schema):
    """A version as it was written."""

    version: str
    document: str


@endpoint("GET", "/forms", Permission.FORM_READ, reply=FormsOut, tag="forms")
def list_form_versions(call: Call) -> FormsOut:
    """The versions of both agreement forms."""
    return FormsOut(versions=[_version(call, one) for one in agreement_forms.versions(call.session, call.branch.id)])


@endpoint("GET", "/forms/<version>", Permission.FORM_READ, reply=FormDocumentOut, tag="forms")
def read_form(call: Call, version: str) -> FormDocumentOut:
    """The document of a version, to begin another from."""
    document = agreement_forms.document_of(call.session, call.branch.id, version)
    return FormDocumentOut(version=version, document=document)


@endpoint("POST", "/forms/check", Permission.FORM_PUBLISH, body=FormCheckIn, reply=FormCheckOut, tag="forms")
def check_form(call: Call) -> FormCheckOut:
    """Check a document without publishing it."""
    try:
        typed = agreement_forms.read(call.body.document)
    except BadForm as error:
        problems = [FormProblemOut(where=one.where, message=one.reason, line=one.line) for one in error.problems]
        return FormCheckOut(valid=False, problems=problems, changes=[])
    present = agreement_forms.in_force(call.session, call.branch.id, typed.id, _today(call))
    changes = [one.where for one in agreement_forms.compare(present, typed)]
    return FormCheckOut(valid=True, problems=[], changes=changes)


@endpoint("POST", "/forms", Permission.FORM_PUBLISH, body=FormIn, reply=FormVersionOut, status=201, tag="forms")
def publish_form_version(call: Call) -> FormVersionOut:
    """Publish a document for bookings made from a day on."""
    given: FormIn = call.body
    try:
        made = agreement_forms.publish(call.session, given.document, given.valid_from, call.actor, call.now)
    except BadForm as error:
        told = [f"{one.where}: {one.reason}" for one in error.problems]
        raise SchemaFault([{"field": "document", "message": one, "code": "form"} for one in told]) from error
    return _version(call, made)


def _version(call: Call, one: Version) -> FormVersionOut:
    current = agreement_forms.in_force(call.session, call.branch.id, one.form, _today(call)).version
    return FormVersionOut(
        form=one.form, version=one.version, valid_from=one.valid_from, own=one.own, in_force=one.version == current
    )


def _today(call: Call) -> date:
    branch: Branch = call.branch
    today: date = call.now.astimezone(branch.zone).date()
    return today
