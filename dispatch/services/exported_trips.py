"""One trip as it is told in the file of its customer, and the documents and photos that lie beside it."""

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from dispatch.domain import masking, phone
from dispatch.domain.person_file import ConditionFile, DocumentFile, LineFile, TripFile
from dispatch.services import ratings
from dispatch.store import fares, inspections, tracks
from dispatch.store.agreements import Document
from dispatch.store.fares import LineKind
from dispatch.store.photos import Photo
from dispatch.store.trips import Trip


def told(session: Session, trip: Trip, *, by_link: bool = False) -> TripFile:
    """A trip; by its link the number is masked, and of the car there is no more than the documents show."""
    rated = ratings.of_trip(session, trip)
    return TripFile(
        number=trip.number,
        state=trip.state.value,
        booked_at=trip.booked_at,
        appointed_at=trip.appointed_at,
        arrived_at=trip.arrived_at,
        started_at=trip.started_at,
        ended_at=trip.ended_at,
        contact_name=trip.contact_name,
        phone=phone.masked(trip.caller_phone) if by_link else trip.caller_phone,
        plate=trip.plate,
        car=trip.car_words,
        pickup=trip.pickup_address,
        destination=trip.destination_address,
        destinations_changed_to=tuple(one.address for one in trip.destination_changes),
        note="" if by_link else trip.note,
        booked_km=trip.booked_km,
        quote_fen=trip.quote_total_fen,
        total_fen=trip.total_fen,
        driver_badge=trip.driver.badge_id if trip.driver else "",
        driver_name=masking.name(trip.driver.name) if trip.driver else "",
        rating=rated.rating if rated else None,
        comment=rated.comment if rated else "",
        incidents=() if by_link else tuple(masking.free_text(one.note) for one in trip.incidents),
        fare=_fare(session, trip),
        condition=() if by_link else _condition(session, trip),
        documents=_documents(session, trip),
        photos=() if by_link else tuple(f"photos/{one}.jpg" for one in _photos(session, trip)),
        points_of_the_way=0 if by_link else len(tracks.of_trip(session, trip.id)),
    )


def document(session: Session, number: str) -> bytes:
    """The bytes of a document that a file names."""
    query = select(Document).where(Document.number == number).options(undefer(Document.pdf))
    return session.scalars(query).one().pdf


def photo(session: Session, photo_id: int) -> bytes:
    """The bytes of a photo that a file names; b'' when its time was over meanwhile."""
    query = select(Photo).where(Photo.id == photo_id).options(undefer(Photo.content))
    found = session.scalars(query).first()
    return b"" if found is None else found.content


def _fare(session: Session, trip: Trip) -> tuple[LineFile, ...]:
    return tuple(
        LineFile(
            rule=str(row.line.get("rule", "")),
            text_zh=str(row.line.get("text", {}).get("zh", "")),
            text_en=str(row.line.get("text", {}).get("en", "")),
            amount_fen=row.amount_fen,
            at=row.created_at,
            correction=row.kind is LineKind.CORRECTION,
        )
        for row in fares.of_trip(session, trip.id)
    )


def _condition(session: Session, trip: Trip) -> tuple[ConditionFile, ...]:
    return tuple(
        ConditionFile(
            inspected_at=row.inspected_at,
            state=row.noted.value if row.noted else None,
            odometer_km=row.odometer_km,
            fuel_percent=row.fuel_percent,
            damage={panel: found for panel, found in row.panels.items() if found},
            companion=masking.name(row.companion_name),
            belongings=row.belongings_note,
        )
        for row in inspections.all_of_trip(session, trip.id)
    )


def _documents(session: Session, trip: Trip) -> tuple[DocumentFile, ...]:
    query = select(Document).where(Document.trip_id == trip.id, Document.superseded_at.is_(None))
    return tuple(
        DocumentFile(row.kind.value, row.number, row.signed_at, row.sha256, f"documents/{row.number}.pdf")
        for row in session.scalars(query.order_by(Document.chain_position))
    )


def _photos(session: Session, trip: Trip) -> list[int]:
    return list(session.scalars(select(Photo.id).where(Photo.trip_id == trip.id).order_by(Photo.id)))
