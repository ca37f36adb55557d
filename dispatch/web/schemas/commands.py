"""Commands on a trip as they come in, each turned into the domain's own."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from dispatch.domain import commands as c
from dispatch.domain.inspection import (
    Damage,
    DamageKind,
    Inspection,
    Insurance,
    Intoxication,
    Panel,
    SafetyItem,
    Signature,
    Signer,
)
from dispatch.web.schemas.common import Fen, Id, Km, LongText, Name, Schema, ShortText

MOST_STROKES = 400
MOST_POINTS = 4000


def _bounded(strokes: list[list[tuple[float, float, int]]]) -> list[list[tuple[float, float, int]]]:
    if len(strokes) > MOST_STROKES or sum(len(stroke) for stroke in strokes) > MOST_POINTS:
        raise ValueError("the drawing has too many points")
    return strokes


Coordinate = Annotated[float, Field(ge=-10_000, le=10_000, allow_inf_nan=False)]
Milliseconds = Annotated[int, Field(ge=0, le=3_600_000)]
Strokes = Annotated[
    list[list[tuple[Coordinate, Coordinate, Milliseconds]]],
    AfterValidator(_bounded),
    Field(description="Polylines of points [x, y, milliseconds since the first touch]"),
]


Breath = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,2})?$", description="mg in 100 ml", examples=["0"])]


class SignatureIn(Schema):
    """A signature: polylines in a box of width by height, drawn with a finger."""

    signer: Signer = Signer.CUSTOMER
    name: Name
    relation: Annotated[str, Field(max_length=40)] = ""
    strokes: Strokes
    width: Annotated[float, Field(gt=0, le=10_000)]
    height: Annotated[float, Field(gt=0, le=10_000)]

    def to_domain(self) -> Signature:
        """The domain's signature."""
        strokes = tuple(tuple(stroke) for stroke in self.strokes)
        return Signature(self.signer, self.name, strokes, self.width, self.height, self.relation)


class Nothing(Schema):
    """A command that needs no more than its name."""


class OfferIn(Schema):
    """Offer the job to drivers for some seconds; the first to accept gets it."""

    badge_ids: Annotated[list[Annotated[str, Field(max_length=8)]], Field(min_length=1, max_length=50)]
    seconds: Annotated[int, Field(ge=5, le=3600)] | None = None

    def with_drivers(self, driver_ids: tuple[int, ...], now: datetime, default: timedelta) -> c.Offer:
        """The domain's command, once badges are known as drivers."""
        lasts = timedelta(seconds=self.seconds) if self.seconds else default
        return c.Offer(driver_ids, now + lasts)


class AssignIn(Schema):
    """Give the job to the driver with this badge."""

    badge_id: Annotated[str, Field(max_length=8)]


class DeclineIn(Schema):
    """Leave the job to others."""

    reason: ShortText = ""

    def to_domain(self, _now: datetime) -> c.Decline:
        """The domain's command."""
        return c.Decline(self.reason)


class ReplaceDriverIn(Schema):
    """Send another driver (P4)."""

    reason: c.ReplaceReason
    note: ShortText = ""

    def to_domain(self, _now: datetime) -> c.ReplaceDriver:
        """The domain's command."""
        return c.ReplaceDriver(self.reason, self.note)


class DamageIn(Schema):
    """Existing damage on a panel."""

    kind: DamageKind
    note: ShortText = ""
    photo_ids: Annotated[list[Id], Field(max_length=10, default_factory=list)]


class InspectIn(Schema):
    """The check before departure. A panel given as null is sound; every panel, item and insurance needs an answer."""

    panels: dict[Panel, DamageIn | None]
    safety: dict[SafetyItem, bool]
    insurance_seen: dict[Insurance, bool]
    insurers: dict[Insurance, Annotated[str, Field(max_length=60)]] = Field(default_factory=dict)
    insurance_until: dict[Insurance, date] = Field(default_factory=dict)
    odometer_km: Km
    fuel_percent: Annotated[int, Field(ge=0, le=100)]
    intoxication: Intoxication
    companion_name: Name = ""
    companion_sober: bool = False
    driver_sober: bool
    breath_mg: Breath | None = None
    belongings_note: ShortText = ""
    signature: SignatureIn

    def to_domain(self, _now: datetime) -> c.Inspect:
        """The domain's command."""
        panels = {
            panel: Damage(damage.kind, damage.note, tuple(damage.photo_ids)) if damage else None
            for panel, damage in self.panels.items()
        }
        return c.Inspect(
            Inspection(
                panels=panels,
                safety=self.safety,
                insurance_seen=self.insurance_seen,
                insurers=dict(self.insurers),
                insurance_until=dict(self.insurance_until),
                odometer_km=Decimal(self.odometer_km),
                fuel_percent=self.fuel_percent,
                intoxication=self.intoxication,
                companion_name=self.companion_name,
                companion_sober=self.companion_sober,
                driver_sober=self.driver_sober,
                breath_mg=Decimal(self.breath_mg) if self.breath_mg else None,
                signature=self.signature.to_domain(),
                belongings_note=self.belongings_note,
            )
        )


class RefuseIn(Schema):
    """Do not serve the customer, for a coded reason."""

    reason: c.RefusalReason
    note: ShortText = ""
    fee_fen: Annotated[Fen, Field(ge=0, le=100_000)] | None = None

    def to_domain(self, _now: datetime) -> c.Refuse:
        """The domain's command."""
        return c.Refuse(self.reason, self.note, self.fee_fen)


class StopIn(Schema):
    """Stop under way."""

    requested_by: c.Party = c.Party.CUSTOMER
    reason: ShortText = ""

    def to_domain(self, _now: datetime) -> c.Stop:
        """The domain's command."""
        return c.Stop(self.requested_by, self.reason)


class ChangeDestinationIn(Schema):
    """Go elsewhere; the customer signs."""

    address: ShortText
    signature: SignatureIn

    def to_domain(self, _now: datetime) -> c.ChangeDestination:
        """The domain's command."""
        return c.ChangeDestination(self.address, self.signature.to_domain())


class ReportIncidentIn(Schema):
    """Something happened under way."""

    kind: c.IncidentKind
    note: LongText
    driver_fault_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    allowance_fen: Annotated[Fen, Field(ge=0, le=1_000_000)] | None = None

    def to_domain(self, _now: datetime) -> c.ReportIncident:
        """The domain's command."""
        return c.ReportIncident(self.kind, self.note, self.driver_fault_percent, self.allowance_fen)


class DeliverIn(Schema):
    """The car is home."""

    odometer_km: Km
    checklist: dict[c.ClosingItem, bool]
    note: ShortText = ""

    def to_domain(self, _now: datetime) -> c.Deliver:
        """The domain's command."""
        return c.Deliver(Decimal(self.odometer_km), dict(self.checklist), self.note)


class CancelIn(Schema):
    """Call the job off."""

    by: c.Party
    reason: ShortText

    def to_domain(self, _now: datetime) -> c.Cancel:
        """The domain's command."""
        return c.Cancel(self.by, self.reason)


class AbortIn(Schema):
    """Give up the drive, because of an incident."""

    incident_id: Id
    reason: ShortText = ""

    def to_domain(self, _now: datetime) -> c.Abort:
        """The domain's command."""
        return c.Abort(self.incident_id, self.reason)


class GiveUpIn(Schema):
    """Nobody could be found."""

    reason: ShortText

    def to_domain(self, _now: datetime) -> c.GiveUp:
        """The domain's command."""
        return c.GiveUp(self.reason)


class StepBackIn(Schema):
    """Undo a mis-tap."""

    reason: ShortText

    def to_domain(self, _now: datetime) -> c.StepBack:
        """The domain's command."""
        return c.StepBack(self.reason)
