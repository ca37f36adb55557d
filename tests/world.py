"""A branch at work, for tests that need one: staff, drivers on shift, a tariff, and trips in any state.

Everything a trip goes through is done by the real services, each command in a transaction of its own:

    with World.opened(database_url) as world:
        trip_id = world.to(State.ON_SITE)
        world.do(trip_id, Inspect(world.inspection(fuel_percent=30)))
        assert world.trip(trip_id).state is State.INSPECTED
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image

from dispatch.domain import commands as c
from dispatch.domain.booking import Booking, InsuranceStated, Place
from dispatch.domain.ceremony import Channel, Kind, Opening
from dispatch.domain.commands import Command
from dispatch.domain.driver import Competence
from dispatch.domain.inspection import Inspection, Insurance, Intoxication, Panel, SafetyItem, Signature, Signer
from dispatch.domain.roles import Actor, Role, system
from dispatch.domain.states import State
from dispatch.services import bookings, ceremonies, drivers, signing, tariffs, trips
from dispatch.services.ceremonies import Drawing, Hand, Where
from dispatch.services.links import LinkKey
from dispatch.services.sealing import SealedPdf
from dispatch.services.signing import Draft
from dispatch.store.agreements import Document
from dispatch.store.branches import Branch
from dispatch.store.db import Database
from dispatch.store.drivers import Driver
from dispatch.store.photos import Photo
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip

NIGHT = datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
"""A Friday, 22:30 in Shanghai; the next working day is Monday, 9 March."""

KEYS = LinkKey(b"a key for tests, 32 bytes long ..", "https://go.example.cn")
TARIFFS = Path(__file__).parents[1] / "dispatch" / "tariffs"
COMPANION_PHONE = "13907930008"


class World:
    """One branch. `now` is its clock: `later()` moves it, and every command takes a little time of its own.

    Actors: `manager`, `dispatcher`, `agent` (customer service), `drivers` (all on shift), `driver` the first of them,
    `clock` the system. Trips are named by id; `trip()` reads one afresh.
    """

    def __init__(self, db: Database, now: datetime = NIGHT, *, form: str = "A", drivers: int = 2) -> None:
        self.db = db
        self.now = now
        self._numbers = count(1)
        self.branch_id = self._branch(form)
        self.manager = self.staff("manager", "孙经理", Role.MANAGER)
        self.dispatcher = self.staff("dispatcher", "周调度", Role.DISPATCHER)
        self.agent = self.staff("agent", "吴客服", Role.CARE)
        self.clock = system(self.branch_id)
        self.publish(f"form-{form.lower()}")
        self.drivers = [self.hire() for _ in range(drivers)]

    @classmethod
    @contextmanager
    def opened(cls, url: str, now: datetime = NIGHT, *, form: str = "A", drivers: int = 2) -> Iterator["World"]:
        """A world in the empty database at `url`."""
        db = Database(url)
        try:
            yield cls(db, now, form=form, drivers=drivers)
        finally:
            db.dispose()

    # People, tariff, clock

    @property
    def driver(self) -> Actor:
        """The driver who does what nobody else is named for."""
        return self.drivers[0]

    def later(self, **span: float) -> datetime:
        """Move the clock, `later(minutes=20)`; answers the new time."""
        self.now += timedelta(**span)
        return self.now

    def staff(self, login: str, name: str, *roles: Role, branch_id: int | None = None) -> Actor:
        """A new staff member, without a password that opens anything."""
        with self.db.transaction() as session:
            row = Staff(
                branch_id=branch_id or self.branch_id,
                login=login,
                name=name,
                roles=[role.value for role in roles],
                password_hash="!",
                created_at=self.now,
            )
            session.add(row)
            session.flush()
            return Actor(row.id, name, row.branch_id, frozenset(roles))

    def hire(self, *, on_shift: bool = True, competences: tuple[Competence, ...] = tuple(Competence)) -> Actor:
        """A new driver with papers in order, on shift unless told otherwise. Not added to `drivers`."""
        number = next(self._numbers)
        badge = f"SR{number:03d}"
        actor = self.staff(badge.lower(), f"代驾{number}号", Role.DRIVER)
        with self.db.transaction() as session:
            row = Driver(
                branch_id=self.branch_id,
                staff_id=actor.id,
                badge_id=badge,
                name=actor.name,
                phone=f"+861590793{number:04d}",
                licence_no=f"36110219800101{number:04d}",
                licence_class="C1",
                licence_until=date(2031, 1, 1),
                permit_until=date(2031, 1, 1),
                competences=[competence.value for competence in competences],
            )
            session.add(row)
            session.flush()
            actor = replace(actor, driver_id=row.id)
            if on_shift:
                drivers.start_shift(session, actor, self.now)
        return actor

    def publish(self, name: str) -> int:
        """Publish one of the tariffs that come with the service, from now on; answers its id."""
        document = (TARIFFS / f"{name}.toml").read_text(encoding="utf-8")
        with self.db.transaction() as session:
            return tariffs.publish(session, document, None, self.manager, self.now).id

    # Trips

    def booking(self, **over: Any) -> Booking:
        """An order of a caller and a car not used before; every field can be given."""
        number = next(self._numbers)
        usual: dict[str, Any] = {
            "caller_phone": f"1380793{number:04d}",
            "name": "李建国",
            "plate": f"赣E{number:05d}",
            "pickup": Place("信州区 五三大道 8 号", 28.4451, 117.9650),
            "destination": Place("广信区 旭日街道 12 号", 28.4480, 117.9060),
            "booked_km": Decimal(12),
            "appointed_at": self.now + timedelta(minutes=30),
            "car_model": "大众 帕萨特",
            "insurance": InsuranceStated.ALL_THREE,
        }
        return Booking(**{**usual, **over})

    def book(self, **over: Any) -> int:
        """Take a booking; answers the trip's id."""
        with self.db.transaction() as session:
            trip, _ = bookings.take(session, self.booking(**over), self.dispatcher, self.now, KEYS)
            return trip.id

    def trip(self, trip_id: int) -> Trip:
        """The trip as it is stored now."""
        with self.db.reading() as session:
            return session.get_one(Trip, trip_id)

    def do(self, trip_id: int, command: Command, actor: Actor | None = None) -> Trip:
        """Carry out a command, by default as the trip's driver. Not for signing: `sign_agreement`, `sign_receipt`."""
        with self.db.transaction() as session:
            return trips.apply(session, trip_id, command, actor or self.driver_of(trip_id), self.now)

    def driver_of(self, trip_id: int) -> Actor:
        """The trip's driver, or the first of `drivers` while it has none."""
        held_by = self.trip(trip_id).driver_id
        return next((driver for driver in self.drivers if driver.driver_id == held_by), self.driver)

    def to(self, state: State, trip_id: int | None = None, *, driver: Actor | None = None) -> int:
        """Bring a trip (a new one when none is given) on to a state, the shortest way; answers its id.

        `driver` is offered the job, by default the first of `drivers`: trips that live side by side need one each.
        """
        trip_id = self.book() if trip_id is None else trip_id
        turn_off = _TURN_OFF.get(state)
        while (here := self.trip(trip_id).state) not in {state, turn_off}:
            self._step(trip_id, here, driver or self.driver)
        if here is not state:
            self._end(trip_id, state)
        return trip_id

    def _step(self, trip_id: int, here: State, driver: Actor) -> None:
        """What usually comes next, after as long as it usually takes."""
        match here:
            case State.BOOKED:
                offer = c.Offer((driver.driver_id or 0,), self.now + timedelta(seconds=30))
                self.do(trip_id, offer, self.dispatcher)
            case State.OFFERED:
                self.later(seconds=10)
                self.do(trip_id, c.Accept(), driver)
            case State.ACCEPTED:
                self.later(minutes=1)
                self.do(trip_id, c.Depart())
            case State.EN_ROUTE:
                self.later(minutes=15)
                self.do(trip_id, c.Arrive())
            case State.ON_SITE:
                self.later(minutes=5)
                self.do(trip_id, c.Inspect(self.inspection()))
            case State.INSPECTED:
                self.later(minutes=2)
                self.sign_agreement(trip_id)
            case State.AGREED:
                self.later(minutes=1)
                self.do(trip_id, c.Start())
            case State.DRIVING:
                self.later(minutes=25)
                self.do(trip_id, self.delivery(trip_id))
            case State.DELIVERED:
                self.later(minutes=3)
                self.sign_receipt(trip_id)
            case _:
                raise ValueError(f"no usual way leads on from {here}")

    def _end(self, trip_id: int, state: State) -> None:
        match state:
            case State.CANCELLED:
                self.do(trip_id, c.Cancel(c.Party.CUSTOMER, "客人自己回去了"), self.dispatcher)
            case State.UNFULFILLED:
                self.do(trip_id, c.GiveUp("附近没有空闲代驾员"), self.dispatcher)
            case State.REFUSED:
                self.do(trip_id, c.Refuse(c.RefusalReason.ALONE_AND_SEVERELY_DRUNK))
            case State.ABORTED:
                incident = self.incident(trip_id)
                self.do(trip_id, c.Abort(incident, "车辆无法行驶"), self.dispatcher)
            case _:
                raise ValueError(f"{state} is not an end of its own")

    def incident(self, trip_id: int, **over: Any) -> int:
        """Report an incident under way; answers its id."""
        usual: dict[str, Any] = {"kind": c.IncidentKind.ACCIDENT, "note": "右后侧被追尾", "driver_fault_percent": 0}
        self.do(trip_id, c.ReportIncident(**{**usual, **over}))
        with self.db.reading() as session:
            return max(row.id for row in session.get_one(Trip, trip_id).incidents)

    # Signing

    def hand(self, trip_id: int, actor: Actor | None = None) -> Hand:
        """Whoever takes a step of a signing on their own phone, by default the trip's driver."""
        actor = actor or self.driver_of(trip_id)
        channel = Channel.DRIVER_PHONE if actor.trip_id is None else Channel.CUSTOMER_LINK
        return Hand(trip_id, actor, channel, Where("Android", "192.0.2.17"), self.now)

    def open(self, trip_id: int, command: c.SignAgreement | c.SignReceipt, actor: Actor | None = None) -> int:
        """Begin signing; answers the ceremony's id."""
        kind, place = (Kind.AGREEMENT, command.place) if isinstance(command, c.SignAgreement) else (Kind.RECEIPT, "")
        drawn = command.signature
        opening = Opening(kind, drawn.signer, drawn.name, place, COMPANION_PHONE, drawn.relation)
        with self.db.transaction() as session:
            return ceremonies.open_anew(session, self.hand(trip_id, actor), opening, keys=KEYS).id

    def prepare(self, trip_id: int, ceremony_id: int, actor: Actor | None = None) -> None:
        """Everything that comes before the signature."""
        by = self.hand(trip_id, actor)
        with self.db.transaction() as session:
            ceremony = ceremonies.read(session, by, ceremony_id)
            for statement in ceremony.statements:
                ceremonies.confirm(session, by, ceremony_id, statement)

    def draw(
        self, trip_id: int, ceremony_id: int, command: c.SignAgreement | c.SignReceipt, actor: Actor | None = None
    ) -> None:
        """Draw the signature under what is shown."""
        drawn = command.signature
        rating, comment = (command.rating, command.comment) if isinstance(command, c.SignReceipt) else (0, "")
        drawing = Drawing(drawn.strokes, drawn.width, drawn.height, rating, comment)
        by = self.hand(trip_id, actor)
        with self.db.transaction() as session:
            shown = ceremonies.find(session, trip_id, ceremony_id, by.actor).shown_sha256
            ceremonies.draw(session, by, ceremony_id, shown, drawing, keys=KEYS)

    def drawn(self, trip_id: int, ceremony_id: int, actor: Actor | None = None) -> Draft:
        """The document of a signature that was drawn."""
        with self.db.reading() as session:
            return signing.draft(session, trip_id, ceremony_id, actor or self.driver_of(trip_id), keys=KEYS)

    def draft(self, trip_id: int, command: c.SignAgreement | c.SignReceipt, actor: Actor | None = None) -> Draft:
        """A whole signing, up to the document about to be printed."""
        ceremony_id = self.open(trip_id, command, actor)
        self.prepare(trip_id, ceremony_id, actor)
        self.draw(trip_id, ceremony_id, command, actor)
        return self.drawn(trip_id, ceremony_id, actor)

    def store(self, drawn: Draft, sealed: SealedPdf | None = None, actor: Actor | None = None) -> Document:
        """Store a signed document, or a stand-in that differs with its number."""
        with self.db.transaction() as session:
            return signing.store(
                session, drawn, sealed or unsealed(stand_in(drawn.facts.number)), actor or self.driver_of(drawn.trip_id)
            )

    def sign_agreement(self, trip_id: int, signer: Signer = Signer.CUSTOMER) -> Document:
        """Sign the agreement without rendering it."""
        return self.store(self.draft(trip_id, self.agreement(signer)))

    def sign_receipt(self, trip_id: int, signer: Signer = Signer.CUSTOMER, rating: int = 5) -> Document:
        """Sign the receipt, and rate the service, without rendering it."""
        return self.store(self.draft(trip_id, self.receipt(signer, rating)))

    def agreement(self, signer: Signer = Signer.CUSTOMER) -> c.SignAgreement:
        """The command that signs the agreement."""
        return c.SignAgreement(self.signature(signer), "信州区 五三大道 8 号")

    def receipt(self, signer: Signer = Signer.CUSTOMER, rating: int = 5) -> c.SignReceipt:
        """The command that signs the receipt."""
        return c.SignReceipt(self.signature(signer), rating, "很准时")

    # What is filled in on the driver's phone

    def delivery(self, trip_id: int, km: Decimal | None = None) -> c.Deliver:
        """Delivered with everything in order, after the booked kilometres or `km`."""
        trip = self.trip(trip_id)
        driven = trip.booked_km if km is None else km
        return c.Deliver((trip.start_odometer_km or Decimal(0)) + driven, dict.fromkeys(c.ClosingItem, True))

    def inspection(self, **over: Any) -> Inspection:
        """A condition report with nothing against the drive; every field can be given."""
        usual: dict[str, Any] = {
            "panels": dict.fromkeys(Panel),
            "safety": dict.fromkeys(SafetyItem, True),
            "insurance_seen": dict.fromkeys(Insurance, True),
            "insurers": dict.fromkeys(Insurance, "人保财险"),
            "odometer_km": Decimal("45678.2"),
            "fuel_percent": 60,
            "intoxication": Intoxication.MILD,
            "companion_name": "",
            "companion_sober": False,
            "driver_sober": True,
            "breath_mg": Decimal(0),
            "signature": self.signature(),
        }
        return Inspection(**{**usual, **over})

    def signature(self, signer: Signer = Signer.CUSTOMER, **over: Any) -> Signature:
        """A signature with ink, the customer's or the companion's."""
        ink = tuple((20.0 + 3 * x, 60.0 + (x % 7) * 4, 16 * x) for x in range(60))
        usual: dict[str, Any] = {"name": "李建国", "strokes": (ink,), "width": 320.0, "height": 130.0}
        if signer is Signer.COMPANION:
            usual |= {"name": "王秀英", "relation": "妻子"}
        return Signature(signer=signer, **{**usual, **over})

    def photo(self, trip_id: int, colour: str = "grey") -> int:
        """A small JPEG taken on the trip; answers its id."""
        drawn = BytesIO()
        Image.new("RGB", (64, 48), colour).save(drawn, "JPEG")
        with self.db.transaction() as session:
            row = Photo(
                branch_id=self.branch_id,
                trip_id=trip_id,
                taken_by=self.driver.id,
                content_type="image/jpeg",
                content=drawn.getvalue(),
                sha256=hashlib.sha256(drawn.getvalue()).hexdigest(),
                created_at=self.now,
            )
            session.add(row)
            session.flush()
            return row.id

    def _branch(self, form: str) -> int:
        with self.db.transaction() as session:
            row = Branch(
                code="SR",
                name="上饶分公司",
                company_name="归途汽车代驾服务有限公司",
                city="上饶",
                phone="+867938000000",
                timezone="Asia/Shanghai",
                form=form,
            )
            session.add(row)
            session.flush()
            return row.id


def stand_in(number: str) -> bytes:
    """Bytes in place of the rendered document of this number, for tests that are not about its looks."""
    return f"%PDF-1.7\n/ID [({number})]\n%%EOF\n".encode()


def unsealed(pdf: bytes) -> SealedPdf:
    """A document that nobody put a seal on, for tests that are not about seals."""
    return SealedPdf(pdf, fingerprint="", certificate="", timestamped=False)


_TURN_OFF = {
    State.UNFULFILLED: State.BOOKED,
    State.REFUSED: State.ON_SITE,
    State.CANCELLED: State.EN_ROUTE,
    State.ABORTED: State.DRIVING,
}
"""Where the way to an end leaves the usual one; a cancellation this late costs the customer the transport fee."""
