"""One action on several trips, each in a transaction of its own with a key of its own; the whole answered once (R3)."""

import hashlib
import json
from collections.abc import Sequence
from http import HTTPStatus

from flask import g
from sqlalchemy.orm import Session

from dispatch.domain.errors import Conflict, DomainError
from dispatch.services import bulk
from dispatch.services.bulk import Action
from dispatch.store.trips import number_of
from dispatch.web.idempotency import Reply, Submission, once, remembered
from dispatch.web.problems import problem
from dispatch.web.runtime import runtime
from dispatch.web.schemas.bulk import BulkOut, ItemOut


def carry_out(whole: Submission, trip_ids: Sequence[int], action: Action) -> Reply:
    """Every trip in turn; the answer lists what became of each.

    Sent again with its key after it broke off in the middle, it goes on where it was: what was done is not done again.
    Raises Busy, and Conflict while the same is being worked on.
    """
    known = remembered(runtime().db, whole)
    if known is not None:
        return known
    items = [_item(whole, trip_id, action) for trip_id in dict.fromkeys(trip_ids)]
    body = BulkOut(results=items, done=sum(one.done for one in items)).model_dump_json()
    return once(runtime().db, whole, g.now, lambda _session: Reply(HTTPStatus.OK, body))


def _item(whole: Submission, trip_id: int, action: Action) -> ItemOut:
    key = hashlib.sha256(f"{whole.key}\0{trip_id}".encode()).hexdigest() if whole.key else ""
    mine = Submission(whole.actor, key, whole.request_sha256)

    def work(session: Session) -> Reply:
        bulk.carry_out(session, trip_id, action, g.actor, g.now, router=runtime().router)
        return Reply(HTTPStatus.OK, ItemOut(trip_id=trip_id, number=number_of(trip_id), done=True).model_dump_json())

    def explain(error: DomainError) -> Reply:
        if isinstance(error, Conflict) and error.code == "in_flight":
            raise error
        told = json.loads(problem(error).body)
        refused = ItemOut(
            trip_id=trip_id, number=number_of(trip_id), done=False, code=told["code"], reason=told["title"]
        )
        return Reply(HTTPStatus.OK, refused.model_dump_json())

    return ItemOut.model_validate_json(once(runtime().db, mine, g.now, work, explain).body)
