"""The desk: board, new booking, a trip and what can be done with it."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

from dispatch.web.desk import board, booking, trip  # noqa: E402 - they register on the blueprint

__all__ = ["blueprint", "board", "booking", "trip"]
