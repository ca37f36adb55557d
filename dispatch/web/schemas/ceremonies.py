"""Signing, step by step, as it comes in and is answered."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from dispatch.domain.ceremony import Channel, Kind, Opening, Stage, Step, codes_sent, standing
from dispatch.domain.inspection import Signer
from dispatch.services import ceremonies
from dispatch.services.ceremonies import Drawing
from dispatch.services.ceremony_words import statements
from dispatch.store.ceremonies import Ceremony
from dispatch.web.schemas.commands import Strokes
from dispatch.web.schemas.common import Id, LongText, Name, Schema, ShortText

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in hex")]
Side = Annotated[float, Field(gt=0, le=10_000)]


class CeremonyIn(Schema):
    """Begin signing: who signs what, and where. A companion gives phone and relation too."""

    kind: Kind
    signer: Signer = Signer.CUSTOMER
    name: Name
    place: ShortText = ""
    phone: Annotated[str, Field(max_length=24)] = ""
    relation: Annotated[str, Field(max_length=40)] = ""

    def to_domain(self) -> Opening:
        """The domain's opening."""
        return Opening(self.kind, self.signer, self.name, self.place, self.phone, self.relation)


class StepIn(Schema):
    """The next step. `statement` is confirmed, `code` entered; `back` takes back the newest statement or reading."""

    step: Literal["read", "confirm", "send_code", "enter_code", "back"]
    statement: Annotated[str, Field(max_length=40)] = ""
    code: Annotated[str, Field(max_length=12)] = ""


class DrawingIn(Schema):
    """A signature as it was drawn: strokes in a box of width by height."""

    strokes: Strokes
    width: Side
    height: Side


class SignIn(Schema):
    """Draw the signature under what was shown: its digest says which."""

    ceremony: Id
    shown_sha256: Digest
    signature: DrawingIn

    def drawing(self) -> Drawing:
        """What is kept."""
        drawn = self.signature
        return Drawing(tuple(tuple(stroke) for stroke in drawn.strokes), drawn.width, drawn.height)


class SignAndRateIn(SignIn):
    """The same under a receipt, with the rating from 1 to 5."""

    rating: Annotated[int, Field(ge=1, le=5)]
    comment: LongText = ""

    def drawing(self) -> Drawing:
        """What is kept."""
        plain = super().drawing()
        return Drawing(plain.strokes, plain.width, plain.height, self.rating, self.comment)


class StatementOut(Schema):
    """A statement to confirm, and whether it was."""

    id: str
    zh: str
    en: str
    confirmed: bool


class CeremonyOut(Schema):
    """A signing as it stands. `shown` are the facts that are signed, `shown_sha256` is their digest."""

    id: Id
    trip_id: Id
    kind: Kind
    channel: Channel
    signer: Signer
    name: str
    stage: Stage
    code_asked: bool
    codes_sent: int
    statements: list[StatementOut]
    shown_sha256: str
    shown: dict[str, Any]
    opened_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, found: Ceremony) -> "CeremonyOut":
        """A ceremony as it is answered."""
        done = ceremonies.done(found)
        confirmed = {one.detail for one in standing(done) if one.step is Step.CONFIRMED}
        return cls(
            id=found.id,
            trip_id=found.trip_id,
            kind=found.kind,
            channel=found.channel,
            signer=found.signer,
            name=found.name,
            stage=ceremonies.stage(found),
            code_asked=found.code_asked,
            codes_sent=codes_sent(done),
            statements=[
                StatementOut(id=one.id, zh=one.words.zh, en=one.words.en, confirmed=one.id in confirmed)
                for one in statements(found)
            ],
            shown_sha256=found.shown_sha256,
            shown=found.shown,
            opened_at=found.opened_at,
            ended_at=found.ended_at,
        )


class StepOut(Schema):
    """One step that was taken."""

    step: Step
    detail: str
    at: datetime
    device: str
    address: str
    shown_sha256: str
    sha256: str


class RecordOut(Schema):
    """The record of one signing."""

    id: Id
    kind: Kind
    channel: Channel
    signer: Signer
    ending: str | None
    steps: list[StepOut]


class RecordsOut(Schema):
    """Every signing of a trip, also those that were started anew."""

    ceremonies: list[RecordOut]
