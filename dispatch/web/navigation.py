"""The main menu: which pages a person sees, by what they may do."""

from dataclasses import dataclass

from flask_babel import gettext

from dispatch.domain.errors import N_
from dispatch.domain.roles import Actor, Permission


@dataclass(frozen=True, slots=True)
class Page:
    """An entry as it is planned: where it leads, its message id, icon and shortcut, and who may."""

    path: str
    message: str
    icon: str
    permission: Permission
    key: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as it is shown. `current` marks the page one is on; `office` those that are put away in a menu."""

    path: str
    label: str
    icon: str
    key: str
    current: bool
    office: bool


PAGES = (
    Page("/desk", N_("Board"), "board", Permission.TRIP_DISPATCH, "b"),
    Page("/desk/new", N_("New booking"), "plus", Permission.TRIP_BOOK, "n"),
    Page("/desk/trips", N_("All trips"), "road", Permission.TRIP_READ, "l"),
    Page("/desk/violations", N_("Violations"), "warning", Permission.VIOLATION_REPORT, "v"),
    Page("/driver", N_("My trips"), "wheel", Permission.TRIP_DRIVE),
    Page("/care", N_("Callbacks"), "headset", Permission.CALLBACK_READ, "c"),
    Page("/care/complaints", N_("Complaints"), "complaint", Permission.COMPLAINT_READ, "m"),
    Page("/care/customers", N_("Customers"), "user", Permission.CUSTOMER_LOOKUP, "u"),
    Page("/care/department", N_("My department"), "users", Permission.COMPLAINT_FOLLOW),
    Page("/manage/drivers", N_("Drivers"), "badge", Permission.DRIVER_EDIT),
    Page("/manage/staff", N_("Staff"), "users", Permission.STAFF_EDIT),
    Page("/manage/tariffs", N_("Tariffs"), "fare", Permission.TARIFF_PUBLISH),
    Page("/manage/forms", N_("Agreement forms"), "file", Permission.FORM_READ),
    Page("/manage/customers", N_("Fields and tiers"), "star", Permission.CUSTOMER_RULES),
    Page("/manage/accounts", N_("Accounts"), "fare", Permission.ACCOUNT_EDIT),
    Page("/manage/days", N_("Working days"), "calendar", Permission.CALENDAR_EDIT),
    Page("/manage/complaints", N_("Complaint handling"), "complaint", Permission.BRANCH_EDIT),
    Page("/manage/callbacks", N_("Script and dialling"), "headset", Permission.BRANCH_EDIT),
    Page("/manage/branch", N_("Settings"), "menu", Permission.BRANCH_EDIT),
    Page("/manage/access", N_("Access log"), "eye", Permission.JOURNAL_READ),
    Page("/manage/retention", N_("Personal data"), "shield", Permission.PERSON_RIGHTS),
    Page("/manage/reports", N_("Reports"), "info", Permission.REPORT_READ),
    Page("/manage/assessment", N_("Assessment"), "check", Permission.ASSESSMENT_EDIT),
    Page("/manage/journal", N_("Journal"), "history", Permission.JOURNAL_READ),
)

OFFICE = "/manage/"
"""What is seen to now and then, not all day: pages of the office share one place in the menu."""


def items(actor: Actor | None, path: str) -> list[Item]:
    """The entries for this person. The current one is that with the longest address `path` begins with."""
    if actor is None:
        return []
    mine = [page for page in PAGES if actor.may(page.permission)]
    within = [page.path for page in mine if path == page.path or path.startswith(f"{page.path}/")]
    current = max(within, key=len, default="")
    return [Item(p.path, gettext(p.message), p.icon, p.key, p.path == current, p.path.startswith(OFFICE)) for p in mine]
