"""What the customer sees of their trip: who comes, what it costs and why, the documents, what they can say to it."""

from flask import Response as Reply
from flask import g, render_template

from dispatch.domain.errors import N_, NotFound
from dispatch.domain.roles import Permission
from dispatch.services import documents, photos, ratings
from dispatch.store import phone_corrections
from dispatch.web.access import requires
from dispatch.web.api.documents import kind_of, pdf_response
from dispatch.web.customer import blueprint
from dispatch.web.customer.live import moving
from dispatch.web.customer.visits import count, opened
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.runtime import runtime


@blueprint.get("/t/<token>")
@requires(Permission.CUSTOMER_LINK)
def show(token: str) -> str:
    """The trip."""
    return trip_page(token, {})


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


def trip_page(token: str, forms: dict[str, FormState]) -> str:
    """The page; `forms` are those that were sent and could not be taken, by name."""
    count()
    with runtime().db.reading() as session:
        trip = opened(session, token)
        return render_template(
            "customer/trip.html",
            **moving(session, trip, token),
            complaint=forms.get("complaint", BLANK),
            number=forms.get("number", BLANK),
            rate=forms.get("rating", BLANK),
            asks_rating=ratings.may_be_given(session, trip),
            rating=ratings.of_trip(session, trip),
            correction=phone_corrections.open_of_trip(session, trip.id),
            now=g.now,
        )
