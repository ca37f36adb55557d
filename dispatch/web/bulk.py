"""One command on several trips: each in a transaction of its own, each with its own answer.

That one was refused undoes nothing of the others; the same request again gets the same answers (R3).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.services import trips
from dispatch.store.trips import number_of
from dispatch.web.commanding import SPOKEN
from dispatch.web.idempotency import KEY_LENGTH, Reply, Submission, once
from dispatch.web.problems import problem
from dispatch.web.runtime import runtime
from dispatch.web.submitting import read

ALLOWED = ("offer", "cancel", "give-up")
MOST = 50
_SPOKEN = {one.name: one for one in SPOKEN if one.name in ALLOWED}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one trip: done, or why not."""

    trip_id: int
    number: str
    status: int
    code: str
    message: str

    @property
    def done(self) -> bool:
        """Whether the command was carried out."""
        return self.status < 400


def carry_out(name: str, values: Mapping[str, Any], trip_ids: Sequence[int], who: str, key: str) -> list[Outcome]:
    """Give each trip the command, in the order given.

    Raises Invalid when the command itself does not fit, before any trip is touched.
    """
    spoken = _SPOKEN.get(name)
    if spoken is None:
        raise Invalid("command_unknown", N_("There is no such step"), field="command")
    if not 0 < len(trip_ids) <= MOST:
        raise Invalid("trips", N_("Choose 1 to %(most)s trips"), field="trip_ids", most=MOST)
    body = read(spoken.schema, dict(values))
    said = json.dumps([name, body.model_dump(mode="json")], sort_keys=True).encode()

    def one(trip_id: int) -> Outcome:
        def work(session: Session) -> Reply:
            command = spoken.build(session, body, g.actor, g.now)
            trips.apply(session, trip_id, command, g.actor, g.now)
            return Reply(200, "{}")

        submission = Submission.of(who, f"{key[: KEY_LENGTH - 12]}:{trip_id}" if key else "", said, b"%d" % trip_id)
        try:
            reply = once(runtime().db, submission, g.now, work, problem)
        except DomainError as error:
            reply = problem(error)
        told = json.loads(reply.body)
        return Outcome(trip_id, number_of(trip_id), reply.status, told.get("code", ""), told.get("title", ""))

    return [one(trip_id) for trip_id in dict.fromkeys(trip_ids)]
