"""Who is asked to drive a job, in which order, and why; of everybody else, why not.

One job against all drivers, in words for the desk. `weighing` puts whole queues through the same rules and weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dispatch.domain.dispatching import DispatchRules, PauseReason
from dispatch.domain.driver import Competence, DriverFile, Means, obstacles
from dispatch.domain.errors import N_
from dispatch.domain.geo import Point, great_circle_m
from dispatch.domain.position import Fix
from dispatch.domain.reason import Reason

PACE = {Means.CAR: 1.0, Means.BIKE: 1.1, Means.FOOT: 4.0}
"""How much longer than by car the way takes; an electric folding bike stands in no jam."""
UNKNOWN_S = 30 * 60.0
"""Reckoned for a driver whose position, or a pickup whose point, is unknown: after everybody known to be nearer."""
FAIR_SHARE, FAIR_MOST = 0.05, timedelta(hours=1)
"""Each minute without a job weighs as three seconds of way, for an hour at most."""
HOME_SHARE, HOME_MOST_S = 0.5, 600.0
"""Of the way home that a job saves a driver who wants home half counts, ten minutes at most; as much against it."""
LAST_HOUR = timedelta(hours=1)
"""How long before the longest shift is over a driver wants home, whether they said so or not."""
NEAR_M = 1_500.0
LATELY = timedelta(minutes=30)
"""A driver who tells no position is taken to be where their last job ended, for so long."""
SOON_S = 45 * 60.0
"""A driver on a trip is worth naming when they could be here within this."""
WAITED_FOR_S, LATER = 480.0, 1.5
"""Automatic matching waits for a driver who is free within so long, reckoning that it takes half as long again."""


@dataclass(frozen=True, slots=True)
class Job:
    """A trip without a driver. `since`: from when it is sought; the sets are drivers who did not take it before."""

    id: int
    appointed_at: datetime
    since: datetime
    needs: frozenset[Competence] = frozenset()
    pickup: Point | None = None
    destination: Point | None = None
    urgent: bool = False
    declined: frozenset[int] = frozenset()
    missed: frozenset[int] = frozenset()
    replaced: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class LastJob:
    """When a driver's last trip was over, and where its destination was if that is known."""

    at: datetime
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class EndsSoon:
    """The trip a driver is on, where it ends, and when that is to be expected."""

    trip: str
    point: Point
    at: datetime


@dataclass(frozen=True, slots=True)
class Rider:
    """A driver as they are chosen: the file that rules look at, and where they are, come from and want to.

    `asked_for` is the number of a trip that they are being asked for.
    """

    id: int
    file: DriverFile
    means: Means = Means.BIKE
    fix: Fix | None = None
    last: LastJob | None = None
    home: Point | None = None
    heading_home: bool = False
    paused_until: datetime | None = None
    pause_reason: PauseReason | None = None
    asked_for: str | None = None
    ends_soon: EndsSoon | None = None

    def place(self, now: datetime) -> Point | None:
        """Where they are to the best of our knowledge."""
        if self._fix_of_shift is not None:
            return self._fix_of_shift.point
        return self.last.point if self.last is not None and now - self.last.at <= LATELY else None

    def free_in_s(self, now: datetime) -> float | None:
        """Seconds until they are free: 0 without a trip, None when it is not worth waiting for or nobody can say.

        A trip that should be over by now says nothing: else a job would wait for its driver for ever.
        """
        if self.file.busy_trip is None:
            return 0.0
        if self.ends_soon is None or self.ends_soon.at <= now:
            return None
        left_s = LATER * (self.ends_soon.at - now).total_seconds()
        return left_s if left_s <= WAITED_FOR_S else None

    def is_stale(self, now: datetime) -> bool:
        """Whether their phone told positions in this shift and has gone silent."""
        return self._fix_of_shift is not None and self._fix_of_shift.is_stale(now)

    @property
    def _fix_of_shift(self) -> Fix | None:
        """A position of an earlier shift says nothing."""
        since = self.file.on_shift_since
        return self.fix if self.fix is not None and since is not None and self.fix.at >= since else None

    def idle(self, now: datetime) -> timedelta:
        """How long they have waited for a job: since the last one, or since they came on duty."""
        since = self.file.on_shift_since
        begun = now if since is None else since
        if self.last is not None and (since is None or self.last.at > begun):
            begun = self.last.at
        return now - begun if begun < now else timedelta()

    def wants_home(self, now: datetime, rules: DispatchRules) -> bool:
        """Whether jobs that end near home suit them: they said so, or their longest shift is nearly over."""
        since = self.file.on_shift_since
        tired = since is not None and now - since >= rules.rest.max_shift - LAST_HOUR
        return self.home is not None and (self.heading_home or tired)


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is asked, in UTC and as the branch's date, and under which limits."""

    now: datetime
    today: date
    rules: DispatchRules


@dataclass(frozen=True, slots=True)
class Candidate:
    """A driver for a job. `obstacles`: rules forbid it; `bars`: allowed, but nobody asks them by itself.

    `way_s` is how long they need to the pickup, `soon_s` the same for one who must end a trip first; None is unknown.
    """

    rider_id: int
    obstacles: tuple[Reason, ...]
    bars: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    way_s: float | None
    cost_s: float
    soon_s: float | None = None

    @property
    def fit(self) -> bool:
        """Whether the rules allow it: the desk may always choose them."""
        return not self.obstacles

    @property
    def askable(self) -> bool:
        """Whether an offer may go out to them by itself."""
        return self.fit and not self.bars


def rank(job: Job, riders: Sequence[Rider], car_s: Mapping[int, float | None], moment: Moment) -> list[Candidate]:
    """Everybody: who is asked first comes first, then whom only the desk may choose, then who may not.

    `car_s`: seconds by car to the pickup by driver; those missing or None are unknown.
    """
    found = [_candidate(job, rider, car_s.get(rider.id), moment, forgiving=False) for rider in riders]
    if job.urgent and not any(one.askable for one in found):
        found = [_candidate(job, rider, car_s.get(rider.id), moment, forgiving=True) for rider in riders]
    return sorted(found, key=_order)


def _order(one: Candidate) -> tuple[bool, bool, bool, float, int, float, int]:
    soon = one.soon_s if one.soon_s is not None else float("inf")
    return (not one.fit, not one.askable, one.way_s is None, soon, len(one.obstacles), one.cost_s, one.rider_id)


def _candidate(job: Job, rider: Rider, car_s: float | None, moment: Moment, *, forgiving: bool) -> Candidate:
    way_s = None if car_s is None else car_s * PACE[rider.means]
    soon = _soon(job, rider, moment)
    return Candidate(
        rider.id,
        tuple(obstacles(rider.file, job.needs, moment.now, moment.today, moment.rules.rest)),
        tuple(bars(job, rider, moment, forgiving=forgiving)),
        tuple(_reasons(job, rider, way_s, soon, moment)),
        way_s,
        cost(job, rider, way_s, moment),
        soon[0] if soon is not None else None,
    )


def cost(job: Job, rider: Rider, way_s: float | None, moment: Moment) -> float:
    """What the choice costs in seconds of way: the way itself, less what speaks for the driver."""
    way = UNKNOWN_S if way_s is None else way_s
    return way - fairness_s(rider, moment.now) - home_s(job, rider, moment)


def fairness_s(rider: Rider, now: datetime) -> float:
    """Who has waited longer goes first among those nearly as far away."""
    return FAIR_SHARE * min(rider.idle(now), FAIR_MOST).total_seconds()


def home_s(job: Job, rider: Rider, moment: Moment) -> float:
    """How much a job suits the driver's way home; negative when it leads away. 0 for who does not want home yet."""
    place = rider.place(moment.now) or job.pickup
    if rider.home is None or job.destination is None or place is None or not rider.wants_home(moment.now, moment.rules):
        return 0.0
    saved_m = great_circle_m(place, rider.home) - great_circle_m(job.destination, rider.home)
    saved_s = saved_m / BIKE_MPS * (PACE[rider.means] / PACE[Means.BIKE])
    return max(-HOME_MOST_S, min(HOME_MOST_S, HOME_SHARE * saved_s))


BIKE_MPS = 4.0
"""Metres of straight line a second on the way home."""


def general_bars(rider: Rider, now: datetime) -> Iterator[Reason]:
    """What keeps offers of any trip from going out to a driver by itself."""
    if rider.paused_until is not None and rider.paused_until > now:
        message = _PAUSED[rider.pause_reason or PauseReason.DECLINES]
        yield Reason("paused", message, {"until": rider.paused_until})
    if rider.asked_for is not None:
        yield Reason("asked_elsewhere", N_("Is being asked for %(trip)s"), {"trip": rider.asked_for})
    if rider.is_stale(now) and rider.fix is not None:
        minutes = int((now - rider.fix.at).total_seconds() // 60)
        yield Reason("position_stale", N_("Position is %(minutes)s min old"), {"minutes": minutes})


def bars(job: Job, rider: Rider, moment: Moment, *, forgiving: bool) -> Iterator[Reason]:
    """Everything that keeps an offer of this job from a driver; forgiving: a missed offer is no bar."""
    if rider.id in job.declined:
        yield Reason("declined", N_("Declined this trip already"))
    if rider.id in job.replaced:
        yield Reason("replaced", N_("Was replaced on this trip"))
    if rider.id in job.missed and not forgiving:
        yield Reason("missed", N_("Let an offer of this trip run out"))
    yield from general_bars(rider, moment.now)
    place = rider.place(moment.now)
    if place is not None and job.pickup is not None:
        crow_m = great_circle_m(place, job.pickup)
        if crow_m > moment.rules.radius_m:
            yield Reason(
                "too_far",
                N_("%(km)s km away, beyond the %(limit)s km that are searched"),
                {"km": _km(crow_m), "limit": _km(moment.rules.radius_m)},
            )


_PAUSED = {
    PauseReason.DECLINES: N_("Paused until %(until)s after too many offers declined or missed"),
    PauseReason.BREAK: N_("Takes a break until %(until)s"),
}
_DRIVES = {
    Competence.MANUAL: N_("drives manual gearboxes"),
    Competence.EV: N_("trained for electric cars"),
    Competence.LARGE: N_("trained for large cars"),
    Competence.SPORTS: N_("trained for sports cars"),
}


def _reasons(
    job: Job, rider: Rider, way_s: float | None, soon: tuple[float, Reason] | None, moment: Moment
) -> Iterator[Reason]:
    now = moment.now
    if soon is not None:
        yield soon[1]
    elif rider.file.busy_trip is None and rider.file.on_shift_since is not None:
        if way_s is not None:
            yield Reason("away", N_("%(minutes)s min away"), {"minutes": minutes_of(way_s)})
        elif rider.place(now) is None:
            yield Reason("position_unknown", N_("position unknown"))
    for need in sorted(job.needs & rider.file.competences):
        yield Reason(f"drives_{need}", _DRIVES[need])
    if rider.file.busy_trip is None and rider.file.on_shift_since is not None:
        yield from _history(job, rider, now)
    if rider.wants_home(now, moment.rules):
        yield from _home(job, rider, moment)


def _history(job: Job, rider: Rider, now: datetime) -> Iterator[Reason]:
    last = rider.last
    if last is None:
        yield Reason("no_job_yet", N_("no trip yet"))
        return
    ago = int((now - last.at).total_seconds() // 60)
    lately = last.point is not None and job.pickup is not None and now - last.at <= LATELY
    if lately and last.point and job.pickup and great_circle_m(last.point, job.pickup) <= NEAR_M:
        yield Reason("last_ended_near", N_("last trip ended near, %(minutes)s min ago"), {"minutes": ago})
        return
    yield Reason("last_ended", N_("last trip ended %(ago)s"), {"ago": last.at})


def _home(job: Job, rider: Rider, moment: Moment) -> Iterator[Reason]:
    if rider.home is None or job.destination is None:
        return
    km = _km(great_circle_m(job.destination, rider.home))
    if home_s(job, rider, moment) > 0:
        yield Reason("towards_home", N_("wants home: ends %(km)s km from there"), {"km": km})
    else:
        yield Reason("away_from_home", N_("wants home, but this leads away"))


def _soon(job: Job, rider: Rider, moment: Moment) -> tuple[float, Reason] | None:
    """For a driver on a trip that ends near: when they could be here. R1 keeps them from being offered the job."""
    ends = rider.ends_soon
    if ends is None or job.pickup is None:
        return None
    crow_m = great_circle_m(ends.point, job.pickup)
    left_s = max((ends.at - moment.now).total_seconds(), 0.0)
    here_s = left_s + crow_m / BIKE_MPS
    if crow_m > moment.rules.radius_m or here_s > SOON_S:
        return None
    words = N_("free in about %(minutes)s min, %(km)s km from here (%(trip)s)")
    return here_s, Reason("free_soon", words, {"minutes": minutes_of(left_s), "km": _km(crow_m), "trip": ends.trip})


def minutes_of(seconds: float) -> int:
    """Whole minutes, rounded up: nobody is there in no time."""
    return max(1, int(-(-seconds // 60)))


def _km(metres: float) -> str:
    return f"{metres / 1000:.1f}".removesuffix(".0")
