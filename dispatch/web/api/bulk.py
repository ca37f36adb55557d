"""One command on several trips, reported trip by trip."""

from flask import Response, g, request

from dispatch.domain.roles import Permission
from dispatch.web import bulk
from dispatch.web.access import requires
from dispatch.web.api.endpoint import api, document, submission
from dispatch.web.schemas.bulk import BulkIn, BulkOut, OutcomeOut


def command_several() -> Response:
    """Offer, cancel or give up several trips: each by itself, so that one refused undoes nothing of the others."""
    given: BulkIn = request.context.json  # type: ignore[attr-defined]  # spectree puts it there
    found = bulk.carry_out(given.command, given.body, given.trip_ids, f"staff:{g.actor.id}", submission().key)
    out = BulkOut(outcomes=[OutcomeOut.model_validate(one) for one in found])
    return Response(out.model_dump_json(), content_type="application/json")


_documented = document(command_several, method="POST", tag="commands", reply=BulkOut, body=BulkIn)
api.add_url_rule("/trips/bulk", "command_several", requires(Permission.TRIP_DISPATCH)(_documented), methods=["POST"])
