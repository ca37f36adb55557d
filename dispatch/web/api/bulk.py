"""One action on several trips."""

from flask import Response, request

from dispatch.domain.roles import Permission
from dispatch.web import bulk
from dispatch.web.access import requires
from dispatch.web.api.endpoint import api, document, submission
from dispatch.web.problems import as_response
from dispatch.web.schemas.bulk import BulkIn, BulkOut


def bulk_action() -> Response:
    """Each trip is dealt with by itself, and the answer says of each whether it was done or why not."""
    given: BulkIn = request.context.json  # type: ignore[attr-defined]  # spectree puts it there
    return as_response(bulk.carry_out(submission(), given.trip_ids, given.to_domain()))


_documented = document(bulk_action, method="POST", tag="trips", reply=BulkOut, body=BulkIn)
api.add_url_rule("/trips/bulk", "bulk_action", requires(Permission.TRIP_DISPATCH)(_documented), methods=["POST"])
