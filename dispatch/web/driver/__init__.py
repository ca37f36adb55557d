"""The driver's phone: shift, offers, and a trip one step at a time."""

from flask import Blueprint

blueprint = Blueprint("driver", __name__, url_prefix="/driver")

from dispatch.web.driver import day, forms, home, live, trip  # noqa: E402 - they register on the blueprint

__all__ = ["blueprint", "day", "forms", "home", "live", "trip"]
