"""Managers: the branch, drivers and badges, staff, tariffs, working days, the journal."""

from flask import Blueprint

blueprint = Blueprint("manage", __name__, url_prefix="/manage")

from dispatch.web.manage import access_log, branch, days, disputes, drivers, forms, journal, people, tariffs  # noqa: E402 - they register on the blueprint

__all__ = ["access_log", "blueprint", "branch", "days", "disputes", "drivers", "forms", "journal", "people", "tariffs"]
