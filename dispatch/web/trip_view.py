"""A trip as one reader may see it: the same read model for API, desk, phone and link."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain import masking
from dispatch.domain.errors import NotFound
from dispatch.domain.events import name_of
from dispatch.domain.roles import Actor, Permission
from dispatch.domain.trip import open_commands
from dispatch.domain.waiting import Waiting
from dispatch.services import photos, trip_standing, visibility
from dispatch.services.photos import Taken
from dispatch.services.trip_standing import Arrival, Standing
from dispatch.store.trips import Trip
from dispatch.web.runtime import runtime
from dispatch.web.schemas.trips import ArrivalOut, DriverBrief, TripOut, WaitingOut


def standing_of(session: Session, trip: Trip, now: datetime) -> Standing:
    """A trip's clocks, by the ways of this installation."""
    return trip_standing.of_trip(session, trip, runtime().router, now)


def trips_out(session: Session, trips: Sequence[Trip], actor: Actor, now: datetime) -> list[TripOut]:
    """Rows of a list: less than the whole, which would cost look-ups of its own for every row."""
    standing = trip_standing.of_trips(session, trips, runtime().router, now)
    return [_out(session, trip, standing[trip.id], actor, now, whole=False) for trip in trips]


def trip_out(session: Session, trip: Trip, actor: Actor, now: datetime, standing: Standing | None = None) -> TripOut:
    """What the actor sees of a trip (access table of the service): masked where it must be."""
    return _out(session, trip, standing or standing_of(session, trip, now), actor, now, whole=True)


def _out(session: Session, trip: Trip, standing: Standing, actor: Actor, now: datetime, *, whole: bool) -> TripOut:
    seen = visibility.of_trip(trip, actor, now)
    driver = DriverBrief(badge_id=trip.driver.badge_id, name=trip.driver.name) if trip.driver else None
    return TripOut(
        id=trip.id,
        number=trip.number,
        version=trip.version,
        state=trip.state,
        state_since=trip.state_since,
        urgent=trip.urgent,
        form=trip.form,
        clause_version=trip.clause_version,
        tariff_id=trip.tariff_id,
        contact_name=seen.name,
        caller_phone=seen.phone,
        plate=trip.plate,
        car_model=trip.car_model,
        car_colour=trip.car_colour,
        needs=trip.needs,
        insurance_stated=trip.insurance_stated,
        pickup_address=seen.pickup,
        destination_address=seen.destination,
        booked_km=str(trip.booked_km),
        appointed_at=trip.appointed_at,
        booked_at=trip.booked_at,
        accepted_at=trip.accepted_at,
        departed_at=trip.departed_at,
        arrived_at=trip.arrived_at,
        agreed_at=trip.agreed_at,
        started_at=trip.started_at,
        delivered_at=trip.delivered_at,
        ended_at=trip.ended_at,
        waiting=_waiting(standing.waiting),
        arrival=_arrival(standing.arrival) if _may_follow(trip, actor) else None,
        start_odometer_km=_km(trip.start_odometer_km),
        end_odometer_km=_km(trip.end_odometer_km),
        driver=driver,
        account=trip.account.name if trip.account else None,
        quote_total_fen=trip.quote_total_fen,
        total_fen=trip.total_fen,
        fare_flags=trip.fare_flags,
        end_reason=trip.end_reason,
        end_note=masking.free_text(trip.end_note) if seen.masked else trip.end_note,
        note=masking.free_text(trip.note) if seen.masked else trip.note,
        intoxication=visibility.intoxication(session, trip, actor) if whole else None,
        incidents=[incident.id for incident in trip.incidents] if whole else [],
        open_commands=sorted(name_of(command) for command in open_commands(trip.state)),
    )


def photos_of(session: Session, trip: Trip, actor: Actor) -> list[Taken]:
    """The trip's photos for a page: none where they are not for the actor."""
    try:
        return photos.of_trip(session, trip, actor)
    except NotFound:
        return []


def _may_follow(trip: Trip, actor: Actor) -> bool:
    """Where a driver is concerns the desk and themselves; not a colleague who had the same job on offer."""
    return actor.may(Permission.TRIP_READ) or actor.driver_id == trip.driver_id


def _waiting(found: Waiting | None) -> WaitingOut | None:
    if found is None:
        return None
    terms = None if found.terms is None else {"zh": found.terms.zh, "en": found.terms.en}
    return WaitingOut(
        since=found.since, phase=found.phase, free_until=found.free_until, cost_fen=found.cost_fen, terms=terms
    )


def _arrival(found: Arrival | None) -> ArrivalOut | None:
    if found is None:
        return None
    return ArrivalOut(
        lat=found.seen.point.lat,
        lon=found.seen.point.lon,
        seen_at=found.seen.at,
        stale=found.stale,
        distance_m=found.distance_m,
        minutes=found.minutes,
    )


def _km(value: object) -> str | None:
    return None if value is None else str(value)
