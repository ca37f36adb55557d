"""The desk: board, new booking, trips, and what can be done with one."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

from dispatch.web.desk import (  # noqa: E402 - each registers its pages on the blueprint
    actions,
    board,
    booking,
    bulk,
    incidents,
    live,
    lookup,
    map,
    past,
    payer,
    requests,
    trip,
    violations,
)  # fmt: skip

__all__ = [
    "actions", "blueprint", "board", "booking", "bulk", "incidents", "live", "lookup", "map", "past", "payer",
    "requests", "trip", "violations",
]  # fmt: skip
