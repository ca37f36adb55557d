"""The API, version 1: importing a file of routes registers them."""

from dispatch.web.api import (
    branch,
    bulk,
    calls,
    care,
    ceremonies,
    complaints,
    description,
    disputes,
    documents,
    drivers,
    forms,
    map,
    office,
    photos,
    positions,
    sessions,
    trips,
)
from dispatch.web.api.endpoint import api as blueprint

__all__ = [
    "blueprint",
    "branch",
    "bulk",
    "calls",
    "care",
    "ceremonies",
    "complaints",
    "description",
    "disputes",
    "documents",
    "drivers",
    "forms",
    "map",
    "office",
    "photos",
    "positions",
    "sessions",
    "trips",
]
