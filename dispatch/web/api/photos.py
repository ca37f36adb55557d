"""Photos of a trip: taken by its driver, listed and read by those who may see them."""

from flask import Response, g, request
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_
from dispatch.domain.roles import Permission
from dispatch.services import photos, trips
from dispatch.web.access import requires
from dispatch.web.api.endpoint import Call, api, document, endpoint, submission
from dispatch.web.idempotency import Reply, once
from dispatch.web.problems import BadRequest, as_response, problem
from dispatch.web.runtime import runtime
from dispatch.web.schemas import care as s


def add_photo(trip_id: int) -> Response:
    """Keep a photo of the car: the picture itself is the body (JPEG, PNG or WebP)."""
    if request.mimetype not in {"image/jpeg", "image/png", "image/webp"}:
        raise BadRequest("not_a_photo", N_("Send the picture itself as image/jpeg, image/png or image/webp"))
    given, settings = submission(), runtime()
    content = request.get_data()

    def work(session: Session) -> Reply:
        trip = trips.own(session, trip_id, g.actor)
        cleaned = photos.clean(content, max_bytes=settings.max_photo_bytes, max_pixels=settings.max_photo_pixels)
        photo = photos.store(session, cleaned, g.actor, g.now, trip_id=trip.id)
        return Reply(201, s.PhotoOut(id=photo.id, sha256=photo.sha256).model_dump_json())

    return as_response(once(settings.db, given, g.now, work, problem))


_documented = document(add_photo, method="POST", tag="photos", reply=s.PhotoOut, status=201)
api.add_url_rule(
    "/trips/<int:trip_id>/photos", "add_photo", requires(Permission.TRIP_DRIVE)(_documented), methods=["POST"]
)


@endpoint("GET", "/trips/<int:trip_id>/photos", Permission.PHOTO_READ, reply=s.PhotosOut, tag="photos")
def list_photos(call: Call, trip_id: int) -> s.PhotosOut:
    """What was photographed on a trip: for managers, and for customer service where somebody complained."""
    trip = trips.find(call.session, trip_id, call.actor)
    return s.PhotosOut(
        photos=[s.TakenOut.model_validate(one) for one in photos.of_trip(call.session, trip, call.actor)]
    )


@endpoint("GET", "/driver/trips/<int:trip_id>/photos", Permission.TRIP_DRIVE, reply=s.PhotosOut, tag="photos")
def list_own_photos(call: Call, trip_id: int) -> s.PhotosOut:
    """What was photographed on the driver's own trip, until it ends."""
    return list_photos(call, trip_id)


def read_photo(photo_id: int) -> Response:
    """The picture itself. A manager's reading is in the journal."""
    with runtime().db.transaction() as session:
        found = photos.read(session, photo_id, g.actor, g.now)
        return Response(found.content, content_type=found.content_type, headers={"Cache-Control": "no-store"})


def read_own_photo(photo_id: int) -> Response:
    """The picture itself, of the driver's own trip until it ends."""
    return read_photo(photo_id)


for _view, _rule, _permission in (
    (read_photo, "/photos/<int:photo_id>", Permission.PHOTO_READ),
    (read_own_photo, "/driver/photos/<int:photo_id>", Permission.TRIP_DRIVE),
):
    _documented = document(_view, method="GET", tag="photos", reply=None)
    api.add_url_rule(_rule, _view.__name__, requires(_permission)(_documented), methods=["GET"])
