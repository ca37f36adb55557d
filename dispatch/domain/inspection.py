"""The check before departure (P2, P3, P4, A3/B3, A9/B7): car, customer, insurance, driver. What blocks the trip."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid, Refused


class Panel(StrEnum):
    """Parts of the body and cabin looked over before departure; every one needs an answer."""

    FRONT_BUMPER = auto()
    BONNET = auto()
    WINDSCREEN = auto()
    ROOF = auto()
    LEFT_FRONT = auto()
    LEFT_REAR = auto()
    RIGHT_FRONT = auto()
    RIGHT_REAR = auto()
    BOOT = auto()
    REAR_BUMPER = auto()
    MIRRORS = auto()
    WHEELS = auto()
    INTERIOR = auto()


class DamageKind(StrEnum):
    """What is wrong with a panel."""

    SCRATCH = auto()
    DENT = auto()
    CRACK = auto()
    BROKEN = auto()
    MISSING = auto()
    STAIN = auto()
    OTHER = auto()


class SafetyItem(StrEnum):
    """Without any one of these the car is not driven (A3/B3: the car's own bad condition)."""

    BRAKES = auto()
    STEERING = auto()
    TYRES = auto()
    LIGHTS = auto()
    WARNING_LAMPS = auto()


class Insurance(StrEnum):
    """The three covers without which no car is driven (declaration in both forms)."""

    DAMAGE = auto()  # 车损险
    THIRD_PARTY = auto()  # 三者险
    COMPULSORY = auto()  # 交强险


class Intoxication(StrEnum):
    """The customer's state as the driver finds it, in rising order."""

    NONE = auto()
    MILD = auto()
    MODERATE = auto()  # drunk, but clear-headed
    SEVERE = auto()
    UNCONSCIOUS = auto()


class Signer(StrEnum):
    """Who signs: the customer, or the relative or friend in their place (P2)."""

    CUSTOMER = auto()
    COMPANION = auto()


_ORDER = list(Intoxication)

COMPANION_FROM: dict[str, Intoxication] = {"A": Intoxication.SEVERE, "B": Intoxication.MODERATE}
"""From which state on a companion must sign: A6/P2 'severely drunk', B8 'unconscious or drunk'."""

BREATH_LIMIT = Decimal(0)
"""P4: a driver's breath reading, in mg/100 ml, above which the trip cannot go on."""


def companion_required(form: str, state: Intoxication | None) -> bool:
    """Whether a sober companion must sign in the customer's place (P2, A6, B8). None: erased since."""
    return state is not None and _ORDER.index(state) >= _ORDER.index(COMPANION_FROM[form])


@dataclass(frozen=True, slots=True)
class Damage:
    """Existing damage on a panel, confirmed by the customer before departure (P3)."""

    kind: DamageKind
    note: str = ""
    photo_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature drawn by finger. `strokes` are polylines in a box of `width` by `height`, each point with the
    milliseconds since the first touch."""

    signer: Signer
    name: str
    strokes: tuple[tuple[tuple[float, float, int], ...], ...]
    width: float
    height: float
    relation: str = ""
    phone: str = ""
    drawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything the driver records on site. A panel mapped to None was looked at and found sound."""

    panels: dict[Panel, Damage | None]
    safety: dict[SafetyItem, bool]
    insurance_seen: dict[Insurance, bool]
    odometer_km: Decimal
    fuel_percent: int
    intoxication: Intoxication
    companion_name: str
    companion_sober: bool
    driver_sober: bool
    breath_mg: Decimal | None
    signature: Signature
    insurers: dict[Insurance, str] = field(default_factory=dict)
    belongings_note: str = ""
    insurance_until: dict[Insurance, date] = field(default_factory=dict)
    """The last day of each policy, where the driver read it."""

    def insured(self, cover: Insurance, today: date) -> bool:
        """Whether the driver saw a policy that is not known to have run out."""
        return self.insurance_seen[cover] and self.insurance_until.get(cover, today) >= today


def check_signature(signature: Signature, field_name: str = "signature") -> None:
    """A signature has ink and a name; a companion's also says how they are related. Raises Invalid."""
    if not any(len(stroke) > 1 for stroke in signature.strokes):
        raise Invalid("signature_empty", N_("Please sign in the box"), field=field_name)
    if not signature.name.strip():
        raise Invalid("signer_name", N_("Please enter the signer's name"), field=f"{field_name}.name")
    if signature.signer is Signer.COMPANION and not signature.relation.strip():
        told = N_("Please say how the companion is related to the customer")
        raise Invalid("relation_missing", told, field=f"{field_name}.relation")


def check_complete(report: Inspection) -> None:
    """Everything was answered (P3). Raises Invalid naming the first field that is missing or out of range."""
    for panel in Panel:
        if panel not in report.panels:
            raise Invalid("panel_unanswered", N_("Every panel needs an answer"), field=f"panels.{panel}")
        damage = report.panels[panel]
        if damage is not None and not (damage.note.strip() or damage.photo_ids):
            raise Invalid("damage_undescribed", N_("Damage needs a photo or a note"), field=f"panels.{panel}")
    for item in SafetyItem:
        if item not in report.safety:
            raise Invalid("safety_unanswered", N_("Every safety item needs an answer"), field=f"safety.{item}")
    for cover in Insurance:
        if cover not in report.insurance_seen:
            raise Invalid(
                "insurance_unanswered", N_("Say for each insurance whether you saw it"), field=f"insurance.{cover}"
            )
    if report.odometer_km < 0:
        raise Invalid("odometer", N_("The odometer reading cannot be negative"), field="odometer_km")
    if not 0 <= report.fuel_percent <= 100:
        raise Invalid("fuel", N_("Fuel or charge is between 0 and 100 percent"), field="fuel_percent")
    check_signature(report.signature)


def check_blocking(form: str, report: Inspection, today: date) -> None:
    """What forbids going on, on this day of the branch.

    Raises Refused; the code is also the reason to refuse the job with.
    """
    if not report.driver_sober or (report.breath_mg is not None and report.breath_mg > BREATH_LIMIT):
        raise Refused("driver_not_sober", N_("Nobody drives after drinking: ask the desk to replace you"))
    missing = [cover for cover in Insurance if not report.insured(cover, today)]
    if missing:
        raise Refused(
            "not_insured",
            N_("Without all three insurances the car may not be driven: refuse the job"),
            missing=[str(cover) for cover in missing],
        )
    unsafe = [item for item in SafetyItem if not report.safety[item]]
    if unsafe:
        raise Refused(
            "car_unfit", N_("The car is not safe to drive: refuse the job"), unsafe=[str(item) for item in unsafe]
        )
    check_signer(
        form,
        report.intoxication,
        report.signature.signer,
        companion_sober=report.companion_sober and bool(report.companion_name.strip()),
    )


def check_signer(form: str, state: Intoxication, signer: Signer, *, companion_sober: bool) -> None:
    """P2, A6, B8: from a certain state on only a sober companion may sign. Raises Refused."""
    if not companion_required(form, state):
        return
    if signer is not Signer.COMPANION or not companion_sober:
        raise Refused(
            "companion_must_sign",
            N_("A sober companion must sign for this customer; without one, refuse the job"),
            intoxication=str(state),
        )
