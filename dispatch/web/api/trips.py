"""Quotes, bookings, trips and every command on them."""

from decimal import Decimal

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import bookings, fares, trip_standing, trips
from dispatch.store import trips as trip_store
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.commanding import SPOKEN, Spoken
from dispatch.web.problems import words
from dispatch.web.schemas.bookings import BookedOut, BookingIn, FareOut, QuoteIn, QuoteOut
from dispatch.web.schemas.trips import DoneOut, FareCorrectionIn, TripFareOut, TripOut, TripsOut, TripsQuery
from dispatch.web.trip_view import trip_out, trips_out


@endpoint("POST", "/quotes", Permission.QUOTE, body=QuoteIn, reply=QuoteOut, tag="bookings")
def quote(call: Call) -> QuoteOut:
    """What a job will cost, line by line."""
    found = bookings.quote(
        call.session,
        call.branch,
        call.now,
        appointed_at=call.body.appointed_at,
        booked_km=Decimal(call.body.booked_km),
        options=call.body.fare_options,
    )
    refusal = words(found.refusal) if isinstance(found.refusal, DomainError) else None
    return QuoteOut(tariff_id=found.tariff_id, fare=_fare_out(found.fare.to_json()), refusal=refusal)


@endpoint("POST", "/trips", Permission.TRIP_BOOK, body=BookingIn, reply=BookedOut, status=201, tag="bookings")
def book(call: Call) -> BookedOut:
    """Book a job for a caller."""
    trip, link = bookings.take(call.session, call.body.to_domain(), call.actor, call.now, call.runtime.keys)
    return BookedOut(trip_id=trip.id, number=trip.number, link=link, quote=_fare_out(trip.quote))


@endpoint("GET", "/trips", Permission.TRIP_READ, query=TripsQuery, reply=TripsOut, tag="trips")
def list_trips(call: Call) -> TripsOut:
    """Trips of the branch, newest first."""
    states = frozenset({call.query.state}) if call.query.state else None
    found = trip_store.page(
        call.session, call.actor.branch_id, states=states, before=call.query.before, limit=call.query.limit
    )
    return _page(call, found)


@endpoint("GET", "/driver/trips", Permission.TRIP_DRIVE, query=TripsQuery, reply=TripsOut, tag="trips")
def own_trips(call: Call) -> TripsOut:
    """The driver's own trips, newest first."""
    found = trip_store.page(
        call.session,
        call.actor.branch_id,
        driver_id=call.actor.driver_id or 0,
        before=call.query.before,
        limit=call.query.limit,
    )
    return _page(call, found)


def read_trip(call: Call, trip_id: int) -> TripOut:
    """One trip."""
    return trip_out(call.session, trips.find(call.session, trip_id, call.actor), call.actor, call.now)


endpoint("GET", "/trips/<int:trip_id>", Permission.TRIP_READ, reply=TripOut, tag="trips")(read_trip)


@endpoint("GET", "/driver/trips/<int:trip_id>", Permission.TRIP_DRIVE, reply=TripOut, tag="trips")
def read_own_trip(call: Call, trip_id: int) -> TripOut:
    """One trip of the driver's own, or on offer to them."""
    return read_trip(call, trip_id)


@endpoint("GET", "/trips/<int:trip_id>/fare", Permission.TRIP_READ, reply=TripFareOut, tag="trips")
def trip_fare(call: Call, trip_id: int) -> TripFareOut:
    """The fare so far, or as settled."""
    return fare_of(call, trip_id)


@endpoint("GET", "/driver/trips/<int:trip_id>/fare", Permission.TRIP_DRIVE, reply=TripFareOut, tag="trips")
def own_trip_fare(call: Call, trip_id: int) -> TripFareOut:
    """The fare of the driver's own trip."""
    return fare_of(call, trip_id)


@endpoint(
    "POST",
    "/trips/<int:trip_id>/fare-corrections",
    Permission.FARE_ADJUST,
    body=FareCorrectionIn,
    reply=TripFareOut,
    status=201,
    tag="trips",
)
def correct_fare(call: Call, trip_id: int) -> TripFareOut:
    """Add a correction line to a settled fare; what was settled stays as it is (R10)."""
    trip = trips.locked(call.session, trip_id, call.actor)
    fares.correct(call.session, trip, call.actor, call.now, amount_fen=call.body.amount_fen, reason=call.body.reason)
    call.session.flush()
    return fare_of(call, trip_id)


def fare_of(call: Call, trip_id: int) -> TripFareOut:
    """Settled lines where there are any, else what the facts come to now."""
    trip = trips.find(call.session, trip_id, call.actor)
    return TripFareOut.model_validate(trip_standing.fare(call.session, trip, call.now))


def _register_command(spoken: Spoken) -> None:
    def give(call: Call, trip_id: int) -> DoneOut:
        command = spoken.build(call.session, call.body, call.actor, call.now)
        trip = trips.apply(call.session, trip_id, command, call.actor, call.now)
        return DoneOut(trip=trip_out(call.session, trip, call.actor, call.now))

    give.__name__ = f"command_{spoken.name.replace('-', '_')}"
    give.__doc__ = spoken.schema.__doc__ if spoken.schema.__doc__ and spoken.name else None
    rule = f"/trips/<int:trip_id>/commands/{spoken.name}"
    endpoint("POST", rule, spoken.permission, body=spoken.schema, reply=DoneOut, tag="commands")(give)


for _spoken in SPOKEN:
    _register_command(_spoken)


def _page(call: Call, found: list[trip_store.Trip]) -> TripsOut:
    rows = trips_out(call.session, found, call.actor, call.now)
    return TripsOut(trips=rows, next_before=found[-1].id if len(found) == call.query.limit else None)


def _fare_out(fare: dict[str, object]) -> FareOut:
    return FareOut.model_validate({name: fare[name] for name in ("total_fen", "total", "lines", "flags")})
