"""The API, version 1: importing a file of routes registers them."""

from dispatch.web.api import care, documents, drivers, office, sessions, trips
from dispatch.web.api.endpoint import api as blueprint

__all__ = ["blueprint", "care", "documents", "drivers", "office", "sessions", "trips"]
