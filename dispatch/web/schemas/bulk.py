"""One action on several trips, and what became of each."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dispatch.domain.commands import Party
from dispatch.services.bulk import MOST_TRIPS, Action
from dispatch.web.schemas.common import Id, Schema, ShortText


class BulkIn(Schema):
    """Which trips, and what: offer each to the drivers who may take it, close it for want of one, or cancel it."""

    trip_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_TRIPS)]
    action: Literal["offer", "give-up", "cancel"]
    reason: ShortText = ""
    by: Party | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.action == "cancel" and self.by is None:
            raise ValueError("by: who cancels")
        if self.action != "offer" and not self.reason.strip():
            raise ValueError("reason: say why")
        return self

    def to_domain(self) -> Action:
        """The action."""
        return Action(self.action, self.reason.strip(), self.by or Party.COMPANY)


class ItemOut(Schema):
    """What became of one trip; `code` and `reason` say why nothing did."""

    trip_id: Id
    number: str
    done: bool
    code: str = ""
    reason: str = ""


class BulkOut(Schema):
    """What became of each, in the order asked."""

    results: list[ItemOut]
    done: int
