"""Managers: the branch, drivers and badges, staff, tariffs, working days, the journal."""

from flask import Blueprint

blueprint = Blueprint("manage", __name__, url_prefix="/manage")

from dispatch.web.manage import assessment, branch, days, disputes, drivers, forms, journal, people, reports, tariffs  # noqa: E402 - they register on the blueprint

__all__ = [
    "assessment",
    "blueprint",
    "branch",
    "days",
    "disputes",
    "drivers",
    "forms",
    "journal",
    "people",
    "reports",
    "tariffs",
]
