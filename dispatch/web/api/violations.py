"""Traffic offences: plate and minute lead to who drove, and a case is opened from it.

Asked by POST, although nothing is changed: plates stay out of web addresses and the logs they end up in.
"""

from dispatch.domain.roles import Permission
from dispatch.services import violations
from dispatch.services.violations import Held, Notice
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import violations as s
from dispatch.web.schemas.complaints import OpenedOut
from dispatch.web.schemas.trips import DriverBrief

_TAG, _REPORT = "complaints", Permission.VIOLATION_REPORT


@endpoint("POST", "/violations", _REPORT, body=s.OffenceIn, reply=s.OffenceOut, tag=_TAG)
def look_up_offence(call: Call) -> s.OffenceOut:
    """Who had the car in that minute, and what proves it."""
    found = violations.look_up(call.session, call.body.plate, call.body.at, call.actor, call.now)
    near = [s.NearOut(trip_id=one.id, trip_number=one.number, appointed_at=one.appointed_at) for one in found.near]
    return s.OffenceOut(plate=found.plate, held=[_held(one) for one in found.held], near=near)


@endpoint(
    "POST", "/trips/<int:trip_id>/violation-case", _REPORT,
    body=s.OffenceCaseIn, reply=OpenedOut, status=201, tag=_TAG,
)  # fmt: skip
def open_offence_case(call: Call, trip_id: int) -> OpenedOut:
    """Open the case of an offence during a trip."""
    notice = Notice(call.body.at.replace(second=0, microsecond=0), call.body.problem, call.body.wish)
    row = violations.report(call.session, trip_id, notice, call.actor, call.now)
    return OpenedOut(id=row.id, number=row.number, kind=row.kind)


def _held(one: Held) -> s.HeldOut:
    driver = one.trip.driver
    return s.HeldOut(
        trip_id=one.trip.id,
        trip_number=one.trip.number,
        wheel=one.wheel,
        driver=DriverBrief(badge_id=driver.badge_id, name=driver.name) if driver else None,
        agreement=one.agreement.number if one.agreement else None,
    )
