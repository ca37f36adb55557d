"""Tariffs: the one in force, checking and publishing another."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.fee_standard import fee_standard
from dispatch.domain.roles import Permission
from dispatch.domain.tariff_document import read
from dispatch.domain.tariff_problems import InvalidTariff
from dispatch.services import tariffs
from dispatch.store import tariffs as store
from dispatch.web.access import requires
from dispatch.web.formstate import FormState
from dispatch.web.labels import readable
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit


@blueprint.get("/tariffs")
@requires(Permission.TARIFF_PUBLISH)
def list_tariffs() -> str:
    """Every version; the one in force to begin the next from, or another, or a document that comes with the service."""
    version, sample = request.args.get("version", type=int), request.args.get("sample", "")
    with runtime().db.reading() as session:
        current = store.in_force(session, g.actor.branch_id, g.now)
        if version is not None:
            document = tariffs.document_of(session, g.actor.branch_id, version)
        else:
            document = tariffs.samples().get(sample, current.document if current else "")
    return _page(FormState(values={"document": document}))


@blueprint.post("/tariffs")
@requires(Permission.TARIFF_PUBLISH)
def publish() -> Response | str | tuple[str, int]:
    """Check, or publish from a moment on."""
    form = FormState.typed(request.form)
    if request.form.get("do") == "check":
        return _page(form, checked=True)
    try:
        done = submit(_publish)
    except DomainError as error:
        return _page(FormState.typed(request.form, error), checked=True), status_of(error)
    flash(gettext("The tariff is published."), "success")
    return done


def _publish(session: Session) -> str:
    tariffs.publish(session, _document(), _valid_from(), g.actor, g.now)
    return "/manage/tariffs"


def _document() -> str:
    return request.form.get("document", "").replace("\r\n", "\n")


def _valid_from() -> datetime | None:
    text = request.form.get("valid_from", "").strip()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(g.zone)) if text else None
    except ValueError as error:
        raise Invalid("valid_from", N_("Please enter a date and time"), field="valid_from") from error


def _page(form: FormState, *, checked: bool = False) -> str:
    problems, standard = [], []
    if checked:
        try:
            standard = list(fee_standard(read(_document())))
        except InvalidTariff as error:
            problems = list(error.problems)
    with runtime().db.reading() as session:
        current = store.in_force(session, g.actor.branch_id, g.now)
        return render_template(
            "manage/tariffs.html",
            form=form,
            versions=store.page(session, g.actor.branch_id),
            current=current.id if current else None,
            now=g.now,
            samples=tuple(tariffs.samples()),
            readable=readable,
            checked=checked,
            problems=problems,
            standard=standard,
        )
