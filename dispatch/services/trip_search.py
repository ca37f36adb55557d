"""Finding a trip by what somebody says on the phone: its number, a plate or a part of one, a number or its end."""

import re
from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from dispatch.domain import phone, plate
from dispatch.domain.errors import Invalid
from dispatch.domain.states import State
from dispatch.store.customers import Customer, Vehicle
from dispatch.store.trips import Trip

SHORTEST_PART = 3
_NUMBER = re.compile(r"[Tt]?0*(\d{1,9})")
_LARGEST_ID = 2**31 - 1


def find(
    session: Session,
    branch_id: int,
    wanted: str = "",
    *,
    states: Collection[State] | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Trip]:
    """Trips of the branch, newest first, those before an id; every one when nothing is wanted.

    Parts of plates and phone numbers are looked for among cars and customers, which are few beside their trips; the
    trips themselves are found by index.
    """
    query = select(Trip).where(Trip.branch_id == branch_id)
    text = re.sub(r"[\s·\-]", "", wanted)
    if text:
        query = _narrowed(query, branch_id, text)
    if states is not None:
        query = query.where(Trip.state.in_(states))
    if before is not None:
        query = query.where(Trip.id < before)
    return list(session.scalars(query.order_by(Trip.id.desc()).limit(limit)))


def _narrowed(query: Select[Trip], branch_id: int, text: str) -> Select[Trip]:
    number = _NUMBER.fullmatch(text)
    if number and (text[0] in "Tt" or len(text) < SHORTEST_PART):
        return query.where(Trip.id == _id(number))
    like = Customer.phone.contains(_dialled(text), autoescape=True)
    customers = select(Customer.id).where(Customer.branch_id == branch_id, like)
    owned = select(Vehicle.plate).join(Customer).where(Customer.branch_id == branch_id)
    cars = owned.where(Vehicle.plate.contains(_plate(text), autoescape=True))
    ways: list[ColumnElement[bool]] = [Trip.plate.in_(cars)]
    if text.lstrip("+").isdigit():
        ways.append(Trip.customer_id.in_(customers))
    if number:
        ways.append(Trip.id == _id(number))
    return query.where(or_(*ways))


def _id(number: re.Match[str]) -> int:
    return min(int(number.group(1)), _LARGEST_ID)


def _plate(text: str) -> str:
    return plate.normalised(text) if text[0] in plate.PROVINCES else text.upper()


def _dialled(text: str) -> str:
    """A whole number as it is stored, a part of one as it was typed."""
    try:
        return phone.parse(text)
    except Invalid:
        return text.lstrip("0") or text
