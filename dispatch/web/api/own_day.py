"""A driver's own day."""

from dispatch.domain.period import Period
from dispatch.domain.roles import Permission
from dispatch.domain.workdays import service_day
from dispatch.services import own_day
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import figures as s


@endpoint("GET", "/driver/day", Permission.TRIP_DRIVE, query=s.DayQuery, reply=s.OwnDayOut, tag="trips")
def get_own_day(call: Call) -> s.OwnDayOut:
    """Trips, kilometres, earnings and ratings of a service day, by default the one that is running; and its month's."""
    branch = call.branch
    day = call.query.day or service_day(call.now, branch.zone, branch.service_day_cutover)
    found = own_day.of(call.session, branch, call.actor.driver_id or 0, Period(day, day).first)
    return s.OwnDayOut(
        day=day,
        figures=s.DriverFiguresOut.model_validate(found.figures),
        month=s.DriverFiguresOut.model_validate(found.month),
        trips=[
            s.OwnTripOut(
                id=one.trip.id, number=one.trip.number, state=one.trip.state, appointed_at=one.trip.appointed_at,
                total_fen=one.trip.total_fen, rating=one.rating,
            )
            for one in found.trips
        ],
    )  # fmt: skip
