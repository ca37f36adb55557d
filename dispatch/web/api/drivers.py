"""Drivers for the desk and managers; shifts and offers for the drivers themselves."""

from flask import Response, g

from dispatch.domain.geo import Point
from dispatch.domain.matching import minutes_of
from dispatch.domain.roles import Permission
from dispatch.services import (
    badges,
    caller,
    driver_files,
    drivers,
    matching,
    pausing,
    phone_calls,
    staff,
    trips,
    visibility,
)
from dispatch.services.driver_files import Particulars
from dispatch.services.matching import Chosen
from dispatch.store import offers
from dispatch.store import staff as staff_store
from dispatch.store.drivers import open_shift
from dispatch.store.trips import Trip
from dispatch.web.access import requires
from dispatch.web.api.endpoint import Call, api, document, endpoint
from dispatch.web.labels import in_words
from dispatch.web.runtime import runtime
from dispatch.web.schemas import desk as s
from dispatch.web.schemas.commands import Nothing
from dispatch.web.schemas.common import Page


@endpoint("GET", "/drivers", Permission.DRIVER_STATUS, reply=s.DriversOut, tag="drivers")
def list_drivers(call: Call) -> s.DriversOut:
    """Every driver of the branch: on which shift and trip, held or not."""
    return s.DriversOut(drivers=[_driver(one) for one in driver_files.overview(call.session, call.branch, call.now)])


@endpoint("POST", "/drivers", Permission.DRIVER_EDIT, body=s.NewDriverIn, reply=s.DriverOut, status=201, tag="drivers")
def add_driver(call: Call) -> s.DriverOut:
    """Add a driver with badge, papers and a sign-in."""
    given = call.body
    added = driver_files.add(
        call.session, _particulars(given), call.actor, call.now, login=given.login, password=given.password
    )
    return _one(call, added.id)


@endpoint("PUT", "/drivers/<int:driver_id>", Permission.DRIVER_EDIT, body=s.DriverIn, reply=s.DriverOut, tag="drivers")
def change_driver(call: Call, driver_id: int) -> s.DriverOut:
    """Change a driver's file."""
    driver_files.change(call.session, driver_id, _particulars(call.body), call.actor, call.now)
    return _one(call, driver_id)


@endpoint(
    "POST", "/drivers/<int:driver_id>/clear", Permission.DRIVER_EDIT, body=s.NoteIn, reply=s.DriverOut, tag="drivers"
)
def clear_driver(call: Call, driver_id: int) -> s.DriverOut:
    """Let a driver who was held off duty work again (P4)."""
    drivers.clear(call.session, driver_id, call.body.note, call.actor, call.now)
    return _one(call, driver_id)


@endpoint(
    "POST", "/drivers/<int:driver_id>/resume", Permission.TRIP_DISPATCH, body=Nothing, reply=s.DriverOut, tag="drivers"
)
def resume_driver(call: Call, driver_id: int) -> s.DriverOut:
    """End a driver's pause: offers go out to them again."""
    pausing.resume(call.session, driver_id, call.actor, call.now)
    return _one(call, driver_id)


@endpoint("GET", "/trips/<int:trip_id>/candidates", Permission.TRIP_DISPATCH, reply=s.CandidatesOut, tag="trips")
def list_candidates(call: Call, trip_id: int) -> s.CandidatesOut:
    """Who may take the job, whom to ask first on top and with the reasons; and why the others may not."""
    trip = trips.find(call.session, trip_id, call.actor)
    found = matching.shortlist(call.session, trip, call.runtime.router, call.now)
    return s.CandidatesOut(candidates=[_candidate(one) for one in found])


@endpoint("GET", "/callers", Permission.CUSTOMER_LOOKUP, query=s.CallerQuery, reply=s.CallerOut, tag="bookings")
def look_up_caller(call: Call) -> s.CallerOut:
    """What is known of a caller."""
    found = caller.look_up(call.session, call.branch, call.query.phone, call.now)
    if found is None:
        return s.CallerOut(known=False)
    cars = [
        {
            "plate": car.plate,
            "model": car.model,
            "colour": car.colour,
            "needs": car.needs,
            "insurance_seen": car.insurance_seen,
        }
        for car in found.customer.vehicles
    ]
    return s.CallerOut(
        known=True,
        name=found.customer.name,
        do_not_serve=found.customer.do_not_serve,
        vehicles=cars,
        pickups=list(found.pickups),
        destinations=list(found.destinations),
        open_trips=[trip.number for trip in found.open_trips],
        complaints=found.complaints,
        vouchers=[
            s.CallerVoucher(code=one.code, amount_fen=one.amount_fen, valid_until=one.valid_until)
            for one in found.vouchers
        ],
    )


@endpoint(
    "POST", "/trips/<int:trip_id>/reveal", Permission.PERSONAL_REVEAL, body=s.RevealIn, reply=s.RevealOut, tag="trips"
)
def reveal(call: Call, trip_id: int) -> s.RevealOut:
    """Show one masked fact, for a reason that the journal keeps."""
    trip = trips.find(call.session, trip_id, call.actor)
    value = visibility.reveal(call.session, trip, call.actor, call.now, what=call.body.what, reason=call.body.reason)
    return s.RevealOut(value=value)


@endpoint("GET", "/driver/shift", Permission.SHIFT_OWN, reply=s.ShiftOut, tag="driver")
def own_shift(call: Call) -> s.ShiftOut:
    """The driver's own shift."""
    return _shift(call)


@endpoint("POST", "/driver/shift/start", Permission.SHIFT_OWN, body=Nothing, reply=s.ShiftOut, tag="driver")
def start_shift(call: Call) -> s.ShiftOut:
    """Go on duty."""
    drivers.start_shift(call.session, call.actor, call.now)
    return _shift(call)


@endpoint("POST", "/driver/shift/end", Permission.SHIFT_OWN, body=Nothing, reply=s.ShiftOut, tag="driver")
def end_shift(call: Call) -> s.ShiftOut:
    """Go off duty."""
    drivers.end_shift(call.session, call.actor, call.now)
    return _shift(call)


@endpoint("POST", "/driver/heading-home", Permission.SHIFT_OWN, body=s.SwitchIn, reply=s.ShiftOut, tag="driver")
def head_home(call: Call) -> s.ShiftOut:
    """Say that jobs ending near home suit best from now on, or that all do again."""
    pausing.head_home(call.session, call.body.on, call.actor, call.now)
    return _shift(call)


@endpoint("POST", "/driver/break", Permission.SHIFT_OWN, body=s.SwitchIn, reply=s.ShiftOut, tag="driver")
def take_break(call: Call) -> s.ShiftOut:
    """Take a short break from offers, or end it."""
    if call.body.on:
        pausing.take_break(call.session, call.actor, call.now)
    else:
        pausing.end_break(call.session, call.actor, call.now)
    return _shift(call)


@endpoint("GET", "/driver/offers", Permission.TRIP_DRIVE, reply=s.OffersOut, tag="driver")
def own_offers(call: Call) -> s.OffersOut:
    """What the driver can accept now."""
    found = offers.open_for_driver(call.session, call.actor.driver_id or 0, call.now)
    return s.OffersOut(offers=[_offer(call.session.get_one(Trip, one.trip_id), one) for one in found])


@endpoint("GET", "/staff", Permission.STAFF_EDIT, query=Page, reply=s.StaffListOut, tag="staff")
def list_staff(call: Call) -> s.StaffListOut:
    """Colleagues of the branch, who came last first."""
    asked = call.query
    found = staff_store.page(call.session, call.actor.branch_id, before=asked.before, limit=asked.limit)
    return s.StaffListOut(
        staff=[s.StaffOut.model_validate(person) for person in found],
        next_before=found[-1].id if len(found) == asked.limit else None,
    )


@endpoint("POST", "/staff", Permission.STAFF_EDIT, body=s.StaffIn, reply=s.StaffOut, status=201, tag="staff")
def add_staff(call: Call) -> s.StaffOut:
    """Add somebody who signs in."""
    given = call.body
    person = staff.add(
        call.session,
        call.actor,
        call.now,
        login=given.login,
        name=given.name,
        roles=frozenset(given.roles),
        password=given.password,
    )
    return s.StaffOut.model_validate(person)


@endpoint("PATCH", "/staff/<int:staff_id>", Permission.STAFF_EDIT, body=s.StaffChangeIn, reply=s.StaffOut, tag="staff")
def change_staff(call: Call, staff_id: int) -> s.StaffOut:
    """Say which extension of the telephone is on a colleague's desk."""
    person = staff.find(call.session, staff_id, call.actor)
    if call.body.extension is not None:
        phone_calls.set_extension(call.session, person, call.body.extension, call.actor, call.now)
    return s.StaffOut.model_validate(person)


def _shift(call: Call) -> s.ShiftOut:
    driver = drivers.own(call.session, call.actor, lock=False)
    shift = open_shift(call.session, driver.id)
    paused = driver.paused_until is not None and driver.paused_until > call.now
    return s.ShiftOut(
        started_at=shift.started_at if shift else None,
        heading_home=shift is not None and shift.heading_home_at is not None,
        paused_until=driver.paused_until if paused else None,
        pause_reason=driver.pause_reason if paused else None,
    )


def _candidate(one: Chosen) -> s.CandidateOut:
    rated = one.rated
    return s.CandidateOut(
        badge_id=one.driver.badge_id,
        name=one.driver.name,
        fit=rated.fit,
        asked_by_itself=rated.askable,
        minutes_away=None if rated.way_s is None else minutes_of(rated.way_s),
        free_in_minutes=None if rated.soon_s is None else minutes_of(rated.soon_s),
        reasons=[in_words(reason) for reason in rated.reasons],
        held_back=[in_words(reason) for reason in rated.bars],
        obstacles=[in_words(reason) for reason in rated.obstacles],
    )


def _offer(trip: Trip, offer: offers.Offer) -> s.OfferOut:
    return s.OfferOut(
        trip_id=trip.id,
        number=trip.number,
        expires_at=offer.expires_at or offer.offered_at,
        pickup_address=trip.pickup_address,
        destination_address=trip.destination_address,
        booked_km=str(trip.booked_km),
        appointed_at=trip.appointed_at,
        quote_total_fen=trip.quote_total_fen,
        plate=trip.plate,
        car_model=trip.car_model,
        car_colour=trip.car_colour,
    )


def _particulars(given: s.DriverIn) -> Particulars:
    return Particulars(
        badge_id=given.badge_id,
        name=given.name,
        phone=given.phone,
        licence_no=given.licence_no,
        licence_class=given.licence_class,
        licence_until=given.licence_until,
        permit_until=given.permit_until,
        competences=frozenset(given.competences),
        badge_active=given.badge_active,
        means=given.means,
        home=Point(given.home.lat, given.home.lon) if given.home else None,
    )


def _one(call: Call, driver_id: int) -> s.DriverOut:
    found = driver_files.overview(call.session, call.branch, call.now)
    return next(_driver(one) for one in found if one.driver.id == driver_id)


def _driver(one: driver_files.Standing) -> s.DriverOut:
    return s.DriverOut(
        id=one.driver.id,
        badge_id=one.driver.badge_id,
        name=one.driver.name,
        badge_active=one.driver.badge_active,
        on_shift_since=one.on_shift_since,
        trip=one.trip_number or None,
        trip_state=one.trip_state.value if one.trip_state else None,
        held_reason=one.driver.held_reason,
        competences=one.driver.competences,
        papers_until=one.papers_until,
        means=one.driver.means,
        paused_until=one.driver.paused_until,
    )


def badge_card(driver_id: int) -> Response:
    """The driver's badge card to print: both sides on one A4 sheet, as PDF."""
    with runtime().db.reading() as session:
        driver = drivers.find(session, driver_id, g.actor.branch_id)
        sheet = badges.sheet(session, driver, runtime().keys)
    return Response(runtime().office_press.print(sheet), content_type="application/pdf")


_documented = document(badge_card, method="GET", tag="drivers", reply=None)
api.add_url_rule(
    "/drivers/<int:driver_id>/badge-card", "badge_card", requires(Permission.DRIVER_EDIT)(_documented), methods=["GET"]
)
