"""Calls as a telephone system tells of them."""

from typing import Annotated

from pydantic import Field

from dispatch.domain.phone_call import CallState
from dispatch.services.phone_calls import CallEvent
from dispatch.web.schemas.common import Id, Moment, Schema


class CallIn(Schema):
    """A call rings, is answered, or has ended. The same call and state again changes nothing."""

    call_id: Annotated[str, Field(min_length=1, max_length=80, description="The exchange's own name of the call")]
    state: CallState
    caller: Annotated[str, Field(max_length=40, description="As the line gives it; empty when withheld")] = ""
    extension: Annotated[str, Field(max_length=16, description="Where it rings: the agent's")] = ""
    at: Moment

    def to_domain(self) -> CallEvent:
        """The event."""
        return CallEvent(self.call_id, self.state, self.caller, self.extension, self.at)


class CallOut(Schema):
    """The call as it is known now; `agent_known` false: every desk is told."""

    id: Id
    state: CallState
    agent_known: bool


class CallsSecretOut(Schema):
    """A secret just made: it is not shown again."""

    calls_secret: str
