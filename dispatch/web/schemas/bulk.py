"""A command on several trips."""

from typing import Annotated, Any, Literal

from pydantic import Field

from dispatch.web.schemas.common import Id, Schema


class BulkIn(Schema):
    """The command's name, its body as for one trip, and the trips."""

    command: Literal["offer", "cancel", "give-up"]
    body: dict[str, Any] = Field(default_factory=dict)
    trip_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]


class OutcomeOut(Schema):
    """What became of one trip: `status` and `code` are those that the command alone would have been answered with."""

    trip_id: Id
    number: str
    done: bool
    status: int
    code: str
    message: str


class BulkOut(Schema):
    """One outcome a trip, in the order asked."""

    outcomes: list[OutcomeOut]
