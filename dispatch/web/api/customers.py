"""Customers: search, profiles, merging, fields of the branch's own, tiers."""

from dispatch.domain import phone
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.roles import Permission
from dispatch.domain.tiers import Tier
from dispatch.services import custom_fields, customer_merging, customer_search, customer_tiers, customers
from dispatch.store import custom_fields as field_store
from dispatch.store import tiers as tier_store
from dispatch.store.custom_fields import CustomFieldRow
from dispatch.store.customer_merges import CustomerMerge
from dispatch.store.customers import Customer
from dispatch.store.tiers import TierRow
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import customers as s
from dispatch.web.schemas.commands import Nothing

_READ, _EDIT, _RULES = Permission.CUSTOMER_LOOKUP, Permission.CUSTOMER_EDIT, Permission.CUSTOMER_RULES
_TAG = "customers"


@endpoint("GET", "/customers", _READ, query=s.SearchQuery, reply=s.HitsOut, tag=_TAG)
def search_customers(call: Call) -> s.HitsOut:
    """Customers of whom something holds the fragment."""
    hits = customer_search.search(call.session, call.actor.branch_id, call.query.q)
    found = [
        s.HitOut(
            id=hit.customer.id,
            name=hit.customer.name,
            phone=phone.masked(hit.customer.phone),
            plates=[car.plate for car in hit.customer.vehicles],
            found_by=list(hit.kinds),
        )
        for hit in hits.found
    ]
    return s.HitsOut(customers=found, more=hits.more)


@endpoint("GET", "/customers/hot", _READ, reply=s.HotListOut, tag=_TAG)
def hot_customers(call: Call) -> s.HotListOut:
    """Who comes often and lately."""
    found = customer_tiers.hot(call.session, call.actor.branch_id, call.now)
    return s.HotListOut(
        customers=[
            s.HotOut(
                id=one.customer.id,
                name=one.customer.name,
                trips=one.trips,
                last_at=one.last_at,
                heat=one.heat,
                welcomes_offers=one.welcomes_offers,
            )
            for one in found
        ]
    )


@endpoint("GET", "/customers/<int:customer_id>", _READ, reply=s.CustomerOut, tag=_TAG)
def read_customer(call: Call, customer_id: int) -> s.CustomerOut:
    """A profile."""
    return _profile(call, customers.find(call.session, customer_id, call.actor))


@endpoint("PATCH", "/customers/<int:customer_id>", _EDIT, body=s.CustomerIn, reply=s.CustomerOut, tag=_TAG)
def change_customer(call: Call, customer_id: int) -> s.CustomerOut:
    """Write into a profile."""
    body = call.body
    custom = None if body.custom is None else _by_id(body.custom)
    wanted = customers.Change(name=body.name, notes=body.notes, do_not_serve=body.do_not_serve, custom=custom)
    return _profile(call, customers.change(call.session, customer_id, wanted, call.actor, call.now))


@endpoint(
    "POST",
    "/customers/<int:customer_id>/phones",
    _EDIT,
    body=s.NumberIn,
    reply=s.NumberOut,
    status=201,
    tag=_TAG,
)
def add_customer_phone(call: Call, customer_id: int) -> s.NumberOut:
    """Add a further number."""
    row = customers.add_phone(call.session, customer_id, call.body.phone, call.actor, call.now)
    return s.NumberOut(id=row.id, phone=phone.masked(row.phone))


@endpoint(
    "POST",
    "/customers/<int:customer_id>/phones/<int:phone_id>/remove",
    _EDIT,
    body=Nothing,
    reply=s.CustomerOut,
    tag=_TAG,
)
def remove_customer_phone(call: Call, customer_id: int, phone_id: int) -> s.CustomerOut:
    """Take a further number off."""
    customers.remove_phone(call.session, customer_id, phone_id, call.actor, call.now)
    return _profile(call, customers.find(call.session, customer_id, call.actor))


@endpoint(
    "POST",
    "/customers/<int:customer_id>/reveal",
    Permission.PERSONAL_REVEAL,
    body=s.CustomerRevealIn,
    reply=s.CustomerRevealOut,
    tag=_TAG,
)
def reveal_customer(call: Call, customer_id: int) -> s.CustomerRevealOut:
    """Show the numbers or the places; the journal keeps who asked and why."""
    customer = customers.find(call.session, customer_id, call.actor)
    value = customers.reveal(call.session, customer, call.actor, call.now, what=call.body.what, reason=call.body.reason)
    return s.CustomerRevealOut(value=value)


@endpoint("GET", "/customers/<int:customer_id>/likely", _EDIT, reply=s.LikelyListOut, tag=_TAG)
def likely_duplicates(call: Call, customer_id: int) -> s.LikelyListOut:
    """Who may be the same person."""
    found = customer_merging.likely(call.session, customers.find(call.session, customer_id, call.actor))
    return s.LikelyListOut(
        customers=[
            s.LikelyOut(
                id=one.customer.id, name=one.customer.name, phone=phone.masked(one.customer.phone), plate=one.plate
            )
            for one in found
        ]
    )


@endpoint("POST", "/customers/<int:customer_id>/merge", _EDIT, body=s.MergeIn, reply=s.MergeOut, status=201, tag=_TAG)
def merge_customers(call: Call, customer_id: int) -> s.MergeOut:
    """Merge another profile into this one; it can be taken back for thirty days."""
    row = customer_merging.merge(call.session, customer_id, call.body.other_id, call.actor, call.now)
    call.session.flush()
    return _merge(row)


@endpoint("POST", "/customer-merges/<int:merge_id>/undo", _EDIT, body=Nothing, reply=s.MergeOut, tag=_TAG)
def undo_merge(call: Call, merge_id: int) -> s.MergeOut:
    """Take a merge back."""
    return _merge(customer_merging.undo(call.session, merge_id, call.actor, call.now))


@endpoint("POST", "/customers/<int:customer_id>/tier", _RULES, body=s.TierGivenIn, reply=s.CustomerOut, tag=_TAG)
def give_tier(call: Call, customer_id: int) -> s.CustomerOut:
    """Give a tier by hand until a day."""
    body = call.body
    customer = customer_tiers.give(
        call.session, customer_id, call.actor, call.now, tier_id=body.tier_id, until=body.until, reason=body.reason
    )
    return _profile(call, customer)


@endpoint("GET", "/customer-fields", _READ, reply=s.FieldsOut, tag=_TAG)
def list_fields(call: Call) -> s.FieldsOut:
    """The branch's own fields, those taken off as well."""
    rows = field_store.of_branch(call.session, call.actor.branch_id, all_of_them=True)
    return s.FieldsOut(fields=[_field(row) for row in rows])


@endpoint("POST", "/customer-fields", _RULES, body=s.FieldIn, reply=s.FieldOut, status=201, tag=_TAG)
def add_field(call: Call) -> s.FieldOut:
    """Add a field."""
    body = call.body
    return _field(
        custom_fields.add(call.session, call.actor, call.now, name=body.name, kind=body.kind, choices=body.choices)
    )


@endpoint("PATCH", "/customer-fields/<int:field_id>", _RULES, body=s.FieldChangeIn, reply=s.FieldOut, tag=_TAG)
def change_field(call: Call, field_id: int) -> s.FieldOut:
    """Rename a field, offer other answers, take it off or put it back."""
    body = call.body
    row = custom_fields.change(
        call.session, field_id, call.actor, call.now, name=body.name, choices=body.choices, active=body.active
    )
    return _field(row)


@endpoint("GET", "/customer-tiers", _READ, reply=s.TiersOut, tag=_TAG)
def list_tiers(call: Call) -> s.TiersOut:
    """The tiers above the general one, lowest first."""
    return _tiers(tier_store.of_branch(call.session, call.actor.branch_id))


@endpoint("PUT", "/customer-tiers", _RULES, body=s.TiersIn, reply=s.TiersOut, tag=_TAG)
def set_tiers(call: Call) -> s.TiersOut:
    """Replace the tiers; customers follow at the next monthly assessment."""
    wanted = [Tier(one.id or 0, one.name, one.trips_from, one.spend_from_fen) for one in call.body.tiers]
    return _tiers(customer_tiers.set_tiers(call.session, wanted, call.actor, call.now))


def _by_id(given: dict[str, str]) -> dict[int, str]:
    """Answers by the number of their field. Raises Invalid for a key that is none."""
    for key in given:
        if not key.isdecimal() or len(key) > 9:
            raise Invalid("field_unknown", N_("There is no such field"), field="custom")
    return {int(key): text for key, text in given.items()}


def _profile(call: Call, customer: Customer) -> s.CustomerOut:
    found = customers.profile(call.session, customer, call.actor)
    names = customer_tiers.names(call.session, customer.branch_id)
    shown, year = found.phones, customer_tiers.year_of(call.session, customer, call.now)
    return s.CustomerOut(
        id=customer.id,
        name=customer.name,
        names=list(found.names),
        phones=list(shown),
        dialled=list(found.dialled),
        further=[s.NumberOut(id=row.id, phone=shown[place]) for place, row in enumerate(found.numbers, start=1)],
        vehicles=[
            s.CarOut(plate=car.plate, words=car.words, insurance_seen_on=(car.insurance_seen or {}).get("on"))
            for car in found.vehicles
        ],
        places=list(found.places),
        notes=customer.notes,
        do_not_serve=customer.do_not_serve,
        do_not_call=[said.purpose.value for said in found.do_not_call],
        custom={str(key): text for key, text in customers.answers(customer).items()},
        tier=names.get(customer.tier_id or 0, ""),
        tier_until=customer.tier_until,
        tier_history=[
            s.TierChangeOut(
                at=one.at,
                before=names.get(one.before_id or 0, ""),
                after=names.get(one.after_id or 0, ""),
                by=one.by_name,
                reason=one.reason,
                until=one.until,
            )
            for one in tier_store.history(call.session, customer.id)
        ],
        trips=[trip.id for trip in found.trips],
        callbacks=[task.id for task in found.callbacks],
        complaints=[case.id for case in found.complaints],
        trip_count=found.trip_count,
        closed_count=found.closed_count,
        year_trips=year.trips,
        year_spend_fen=year.spend_fen,
        accounts=[account.name for account in found.accounts],
        merges=[row.id for row, _, undoable in customer_merging.standing(call.session, customer, call.now) if undoable],
    )


def _merge(row: CustomerMerge) -> s.MergeOut:
    return s.MergeOut(
        id=row.id,
        kept_id=row.kept_id,
        gone_id=row.gone_id,
        trips=len(row.moved["trips"]),
        undone=row.undone_at is not None,
    )


def _field(row: CustomFieldRow) -> s.FieldOut:
    return s.FieldOut(id=row.id, name=row.name, kind=row.kind, choices=row.choices, active=row.active)


def _tiers(rows: list[TierRow]) -> s.TiersOut:
    return s.TiersOut(tiers=[s.TierOut.model_validate(row) for row in rows])
