"""Where drivers are: their phones report it."""

from typing import cast

from flask import Response, g, request

from dispatch.domain.roles import Permission
from dispatch.services import positions
from dispatch.web.access import requires
from dispatch.web.api.endpoint import api, document
from dispatch.web.runtime import runtime
from dispatch.web.schemas.positions import PositionsIn, PositionsOut


def report_positions() -> Response:
    """Report where the driver is, at most 120 points at once. Not on shift: 409 `off_shift`, drop them and stop.

    Takes no Idempotency-Key: points that are not later than those known add nothing, so a batch may be sent again.
    """
    given = cast(PositionsIn, request.context.json)  # type: ignore[attr-defined]  # spectree puts it there
    with runtime().db.transaction() as session:
        kept = positions.report(session, g.actor.driver_id or 0, given.sent_at, given.readings(), g.now)
    return Response(PositionsOut(kept=kept).model_dump_json(), content_type="application/json")


_documented = document(report_positions, method="POST", tag="driver", reply=PositionsOut, body=PositionsIn, key=False)
api.add_url_rule("/driver/positions", "report_positions", requires(Permission.SHIFT_OWN)(_documented), methods=["POST"])
