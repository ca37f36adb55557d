"""Dispute files over the API."""

from flask import Response, request

from dispatch.domain.roles import Permission
from dispatch.web.access import requires
from dispatch.web.api.endpoint import api, document
from dispatch.web.manage.disputes import made
from dispatch.web.schemas.common import Schema, ShortText


class DisputeFileIn(Schema):
    """What the file is needed for: kept in the journal."""

    reason: ShortText


def dispute_file(trip_id: int) -> Response:
    """Everything about a trip in one sealed PDF. Nothing in it is masked; who asked and why is in the journal."""
    given: DisputeFileIn = request.context.json  # type: ignore[attr-defined]  # spectree puts it there
    return made(trip_id, given.reason)


_documented = document(dispute_file, method="POST", tag="documents", reply=None, body=DisputeFileIn, key=False)
api.add_url_rule(
    "/trips/<int:trip_id>/dispute-file",
    "dispute_file",
    requires(Permission.DISPUTE_FILE)(_documented),
    methods=["POST"],
)
