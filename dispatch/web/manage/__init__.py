"""Managers: the branch, drivers and badges, staff, tariffs, working days, the journal."""

from flask import Blueprint

blueprint = Blueprint("manage", __name__, url_prefix="/manage")

from dispatch.web.manage import (  # noqa: E402 - they register on the blueprint
    access_log,
    accounts,
    assessment,
    behind,
    branch,
    callbacks,
    complaints,
    customers,
    days,
    disputes,
    drivers,
    forms,
    holds,
    journal,
    people,
    persons,
    reports,
    retention,
    schedules,
    tariffs,
)

__all__ = [
    "access_log",
    "accounts",
    "assessment",
    "behind",
    "blueprint",
    "branch",
    "callbacks",
    "complaints",
    "customers",
    "days",
    "disputes",
    "drivers",
    "forms",
    "holds",
    "journal",
    "people",
    "persons",
    "reports",
    "retention",
    "schedules",
    "tariffs",
]
