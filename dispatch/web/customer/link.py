"""What the customer sees of their trip: who comes, what it costs and why, the documents, a way to complain."""

from datetime import timedelta
from typing import Any

from flask import Response as Reply
from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import roles
from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.errors import N_, DomainError, NotFound
from dispatch.domain.fee_standard import fee_standard
from dispatch.domain.roles import Permission
from dispatch.services import agreement_forms, complaints, documents, fares, links, photos, tariffs, throttle
from dispatch.services.tariff_terms import clauses
from dispatch.services.throttle import Limit
from dispatch.store import fares as fare_store
from dispatch.store.agreements import DocumentKind
from dispatch.store.trips import Trip
from dispatch.web import ceremony
from dispatch.web.access import requires
from dispatch.web.api.documents import kind_of, pdf_response
from dispatch.web.customer import blueprint
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit

PER_ADDRESS = Limit(300, timedelta(minutes=10))


@blueprint.get("/t/<token>")
@requires(Permission.CUSTOMER_LINK)
def show(token: str) -> str:
    """The trip."""
    return _page(token, BLANK)


@blueprint.get("/t/<token>/<kind>.pdf")
@requires(Permission.CUSTOMER_LINK)
def read_pdf(token: str, kind: str) -> Reply:
    """Agreement or receipt."""
    with runtime().db.reading() as session:
        return pdf_response(documents.with_pdf(session, opened(session, token), kind_of(kind)))


@blueprint.get("/t/<token>/photo")
@requires(Permission.CUSTOMER_LINK)
def photo(token: str) -> Reply:
    """The driver's photo, to compare with the badge (P1)."""
    with runtime().db.reading() as session:
        trip = opened(session, token)
        found = photos.of_driver(session, trip.driver_id) if trip.driver_id else None
        if found is None:
            raise NotFound("photo_unknown", N_("There is no such photo"))
        return Reply(found.content, content_type=found.content_type)


@blueprint.post("/t/<token>/complaint")
@requires(Permission.CUSTOMER_LINK)
def complain(token: str) -> Response | tuple[str, int]:
    """Something was wrong."""

    def work(session: Session) -> str:
        trip = opened(session, token)
        registration = Registration(
            channel=Channel.LINK,
            registered_at=g.now,
            contact_name=trip.contact_name,
            contact_phone=trip.caller_phone,
            contact_address="",
            happened_at=trip.started_at or trip.booked_at,
            about=trip.driver.name if trip.driver else trip.number,
            problem=request.form.get("problem", ""),
            wish=request.form.get("wish", ""),
            trip_id=trip.id,
        )
        complaints.register(session, registration, roles.customer(trip.branch_id, trip.contact_name, trip.id))
        return f"/t/{token}"

    try:
        done = submit(work)
    except DomainError as error:
        return _page(token, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Thank you for telling us. We will call you."), "success")
    return done


def count() -> None:
    """One more look at a link from this address. Raises TooMany."""
    with runtime().db.transaction() as session:
        throttle.count(session, f"link-from:{request.remote_addr}", PER_ADDRESS, g.now)


def opened(session: Session, token: str) -> Trip:
    """The trip behind a link; its times are shown in its branch's zone."""
    trip = links.opened(session, token, g.now)
    g.zone = trip.branch.timezone
    return trip


def _page(token: str, form: FormState) -> str:
    count()
    with runtime().db.reading() as session:
        trip = opened(session, token)
        tariff = tariffs.of_id(session, trip.branch_id, trip.tariff_id).tariff
        service = tariff.service(trip.fare_options.get("service"))
        return render_template(
            "customer/trip.html",
            token=token,
            form=form,
            trip=trip,
            fare=_fare(session, trip),
            photo=photos.of_driver(session, trip.driver_id) is not None if trip.driver_id else False,
            standard=fee_standard(tariff, service.id),
            clauses=clauses(agreement_forms.of_version(session, trip.branch_id, trip.clause_version), service),
            to_sign=ceremony.KINDS.get(trip.state),
            agreement=documents.of_trip(session, trip, DocumentKind.AGREEMENT),
            receipt=documents.of_trip(session, trip, DocumentKind.RECEIPT),
        )


def _fare(session: Session, trip: Trip) -> dict[str, Any]:
    if trip.total_fen is not None:
        lines = [row.line for row in fare_store.of_trip(session, trip.id)]
        return {"lines": lines, "total_fen": trip.total_fen, "flags": []}
    return {**fares.so_far(session, trip, g.now).to_json(), "flags": []}
