"""All tables at once, for the metadata: whoever needs the whole schema imports this."""

from dispatch.store import (
    agreements,
    assessments,
    branches,
    breakdowns,
    callbacks,
    ceremonies,
    complaints,
    customers,
    drivers,
    fares,
    forms,
    heartbeats,
    idempotency,
    inspections,
    journal,
    links,
    offers,
    outbox,
    phone_calls,
    phone_corrections,
    photos,
    positions,
    push,
    ratings,
    seals,
    signatures,
    staff,
    tariffs,
    throttle,
    tracks,
    trips,
    working_days,
)
from dispatch.store.base import Base

metadata = Base.metadata
TABLE_MODULES = (
    agreements, assessments, branches, breakdowns, callbacks, ceremonies, complaints, customers, drivers, fares, forms,
    heartbeats, idempotency, inspections, journal, links, offers, outbox, phone_calls, phone_corrections, photos,
    positions, push, ratings, seals, signatures, staff, tariffs, throttle, tracks, trips, working_days,
)  # fmt: skip
