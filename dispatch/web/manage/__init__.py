"""Managers: the branch, drivers and badges, staff, tariffs, working days, the journal."""

from flask import Blueprint

blueprint = Blueprint("manage", __name__, url_prefix="/manage")

from dispatch.web.manage import (  # noqa: E402 - they register on the blueprint
    access_log,
    assessment,
    behind,
    branch,
    complaints,
    customers,
    days,
    disputes,
    drivers,
    forms,
    journal,
    people,
    reports,
    schedules,
    tariffs,
)

__all__ = [
    "access_log",
    "assessment",
    "behind",
    "blueprint",
    "branch",
    "complaints",
    "customers",
    "days",
    "disputes",
    "drivers",
    "forms",
    "journal",
    "people",
    "reports",
    "schedules",
    "tariffs",
]
