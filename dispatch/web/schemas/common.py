"""What the schemas share."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Km = Annotated[str, Field(pattern=r"^\d{1,6}(\.\d)?$", description="km, at most one decimal", examples=["12.5"])]
Fen = Annotated[int, Field(description="Money in fen", examples=[6650])]
LongText = Annotated[str, Field(max_length=4000)]
ShortText = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(max_length=80)]
Moment = Annotated[AwareDatetime, Field(description="ISO 8601 with offset", examples=["2026-11-23T22:30:00+08:00"])]
# The database's whole numbers end here; beyond it there is nothing to find, and PostgreSQL would object.
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Schema(BaseModel):
    """Strict: a key that means nothing here is a mistake of the caller's, not to be passed over."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Page(Schema):
    """Asks for a page: `before` or `after` is the id of the last row seen."""

    limit: int = Field(50, ge=1, le=200)
    before: Id | None = None


class Problem(BaseModel):
    """An error (RFC 9457). `code` is stable, `title` is for people, `errors` names fields."""

    type: str
    title: str
    status: int
    code: str
    params: dict[str, Any] | None = None
    errors: list[dict[str, Any]] | None = None
