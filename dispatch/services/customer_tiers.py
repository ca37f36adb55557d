"""Tiers: the rules a manager sets, the month's assessment up and down, a tier given by hand, and hot customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from dispatch.domain import tiers as rules
from dispatch.domain.consent import Purpose
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, system
from dispatch.domain.states import State
from dispatch.domain.tiers import Tier, Year
from dispatch.services import customers
from dispatch.services.announce import announce
from dispatch.store import consents
from dispatch.store import tiers as store
from dispatch.store.branches import Branch
from dispatch.store.customers import Customer
from dispatch.store.tiers import TierAssessment, TierChange, TierRow
from dispatch.store.trips import Trip

AT_ONCE = 500
HOT_READ = 1000
HOT_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Hot:
    """A customer who comes often and lately: closed trips of ninety days, the last of them, and what that makes.

    `welcomes_offers`: they said that they may be told of them.
    """

    customer: Customer
    trips: int
    last_at: datetime
    heat: float
    welcomes_offers: bool


def set_tiers(session: Session, wanted: Sequence[Tier], actor: Actor, now: datetime) -> list[TierRow]:
    """Replace the branch's tiers, lowest first; an id of 0 stands for a new one. Raises Invalid naming the line.

    A tier that is left out is taken off: whoever had it gets what they reach at the next assessment.
    """
    checked = rules.checked(wanted)
    known = {row.id: row for row in store.of_branch(session, actor.branch_id)}
    for row in known.values():
        row.active = False
    for rank, tier in enumerate(checked):
        kept = known.get(tier.id)
        if kept is None:
            kept = TierRow(branch_id=actor.branch_id)
            session.add(kept)
        kept.rank, kept.name, kept.active = rank, tier.name.strip(), True
        kept.trips_from, kept.spend_from_fen = tier.trips_from, tier.spend_from_fen
    session.flush()
    event = Event("tier.set", {"tiers": [tier.name.strip() for tier in checked]})
    announce(session, event, actor, now, subject="branch", subject_id=actor.branch_id)
    return store.of_branch(session, actor.branch_id)


def give(
    session: Session, customer_id: int, actor: Actor, now: datetime, *, tier_id: int | None, until: date, reason: str
) -> Customer:
    """Give a tier by hand until a day, with a reason; None is the general one. Raises Invalid naming the field."""
    customer = customers.locked(session, customer_id, actor)
    branch = session.get_one(Branch, customer.branch_id)
    if not reason.strip():
        raise Invalid("reason_missing", N_("Please say why"), field="reason")
    today = now.astimezone(branch.zone).date()
    if not today <= until <= today + 2 * rules.YEAR:
        raise Invalid("tier_until", N_("From today to two years ahead"), field="until")
    if tier_id is not None and tier_id not in {row.id for row in store.of_branch(session, customer.branch_id)}:
        raise Invalid("tier_unknown", N_("Please choose one of the answers"), field="tier_id")
    year = _year(session, customer.id, now)
    _change(session, customer, actor, now, after=tier_id, year=year, reason=reason.strip()[:200], until=until)
    return customer


def assess(session: Session, branch_id: int, now: datetime) -> int:
    """Assess some of a branch's customers for this month; answers how many were looked at, 0 when the month is done.

    How far the month is stands in one row, locked: any number of schedulers may call, each customer is assessed once.
    """
    branch = session.get_one(Branch, branch_id)
    today = now.astimezone(branch.zone).date()
    known = [row.to_domain() for row in store.of_branch(session, branch_id)]
    progress = _progress(session, branch_id, rules.month_of(today))
    if progress.ended_at is not None:
        return 0
    since = now - rules.YEAR
    drove = select(Trip.id).where(Trip.customer_id == Customer.id, Trip.state == State.CLOSED, Trip.ended_at >= since)
    query = (
        select(Customer)
        .where(
            Customer.branch_id == branch_id,
            Customer.merged_into_id.is_(None),
            Customer.id > progress.reached_id,
            or_(Customer.tier_id.is_not(None), Customer.tier_until.is_not(None), drove.exists()),
        )
        .order_by(Customer.id)
        .limit(AT_ONCE)
    )
    some = list(session.scalars(query.with_for_update()))
    years = _years(session, [one.id for one in some], now)
    for customer in some:
        if rules.keeps(customer.tier_until, today):
            continue
        year = years.get(customer.id, Year(0, 0))
        tier = rules.reached(known, year)
        after = tier.id if tier else None
        if after != customer.tier_id:
            _change(session, customer, system(branch_id), now, after=after, year=year)
        customer.tier_until = None
    if some:
        progress.reached_id = some[-1].id
    if len(some) < AT_ONCE:
        progress.ended_at = now
    return len(some)


def due(session: Session, now: datetime) -> list[int]:
    """Branches with tiers whose month is not assessed yet."""
    found = []
    branches = select(Branch).where(Branch.id.in_(select(TierRow.branch_id).where(TierRow.active)))
    for branch in session.scalars(branches.order_by(Branch.id)):
        month = rules.month_of(now.astimezone(branch.zone).date())
        progress = session.get(TierAssessment, (branch.id, month))
        if progress is None or progress.ended_at is None:
            found.append(branch.id)
    return found


def hot(session: Session, branch_id: int, now: datetime) -> list[Hot]:
    """Who comes often and lately, hottest first."""
    count, last = func.count(), func.max(Trip.ended_at)
    recent = (
        select(Trip.customer_id, count, last)
        .join(Customer, Customer.id == Trip.customer_id)
        .where(
            Customer.erased_at.is_(None),
            Trip.branch_id == branch_id,
            Trip.state == State.CLOSED,
            Trip.ended_at >= now - timedelta(days=rules.HOT_DAYS),
        )
        .group_by(Trip.customer_id)
        .order_by(count.desc())
        .limit(HOT_READ)
    )
    warm = [(one, trips, at, rules.heat(trips, (now - at).days)) for one, trips, at in session.execute(recent) if at]
    warm.sort(key=lambda row: (-row[3], row[0]))
    known = {
        one.id: one
        for one in session.scalars(select(Customer).where(Customer.id.in_([r[0] for r in warm[:HOT_SHOWN]])))
    }
    welcome = consents.allowing(session, Purpose.MARKETING, known)
    return [Hot(known[one], trips, at, heat, one in welcome) for one, trips, at, heat in warm[:HOT_SHOWN]]


def names(session: Session, branch_id: int) -> dict[int, str]:
    """The names of a branch's tiers, also of those taken off."""
    return {row.id: row.name for row in session.scalars(select(TierRow).where(TierRow.branch_id == branch_id))}


def year_of(session: Session, customer: Customer, now: datetime) -> Year:
    """What a customer did in the year up to now."""
    return _year(session, customer.id, now)


def _progress(session: Session, branch_id: int, month: date) -> TierAssessment:
    key = (TierAssessment.branch_id == branch_id, TierAssessment.month == month)
    found = session.scalars(select(TierAssessment).where(*key).with_for_update()).first()
    if found is None:
        # Of two schedulers at once the second runs into the key, and comes again at its next sweep.
        found = TierAssessment(branch_id=branch_id, month=month, reached_id=0)
        session.add(found)
        session.flush()
    return found


def _change(
    session: Session,
    customer: Customer,
    actor: Actor,
    now: datetime,
    *,
    after: int | None,
    year: Year,
    reason: str = "",
    until: date | None = None,
) -> None:
    session.add(
        TierChange(
            customer_id=customer.id,
            before_id=customer.tier_id,
            after_id=after,
            at=now,
            by=actor.id,
            by_name=actor.name,
            reason=reason,
            until=until,
            trips=year.trips,
            spend_fen=year.spend_fen,
        )
    )
    customer.tier_id, customer.tier_until = after, until
    event = Event("customer.tier", {"reason": reason} if reason else {})
    announce(session, event, actor, now, subject="customer", subject_id=customer.id)


def _year(session: Session, customer_id: int, now: datetime) -> Year:
    return _years(session, [customer_id], now).get(customer_id, Year(0, 0))


def _years(session: Session, customer_ids: Sequence[int], now: datetime) -> dict[int, Year]:
    query = (
        select(Trip.customer_id, func.count(), func.coalesce(func.sum(Trip.total_fen), 0))
        .where(Trip.customer_id.in_(customer_ids), Trip.state == State.CLOSED, Trip.ended_at >= now - rules.YEAR)
        .group_by(Trip.customer_id)
    )
    return {one: Year(trips, int(spend or 0)) for one, trips, spend in session.execute(query)}
