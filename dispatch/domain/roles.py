"""Who may do what: roles, permissions and the one table between them (spec: deny by default)."""

from dataclasses import dataclass, field
from enum import StrEnum, auto


class Role(StrEnum):
    """A staff member holds one or several; customer and system are never given to staff."""

    DISPATCHER = auto()
    DRIVER = auto()
    CARE = auto()
    MANAGER = auto()
    EXCHANGE = auto()  # the telephone system: a machine's account
    CUSTOMER = auto()
    SYSTEM = auto()


STAFF_ROLES = (Role.DISPATCHER, Role.DRIVER, Role.CARE, Role.MANAGER, Role.EXCHANGE)


class Permission(StrEnum):
    """What a route asks for. Every route names exactly one."""

    PUBLIC = auto()  # sign-in, set-up, health: no account needed
    SIGNED_IN = auto()  # own password, language, sign-out
    CUSTOMER_LINK = auto()  # the token in the address is the key

    TRIP_READ = auto()
    TRIP_BOOK = auto()
    TRIP_DISPATCH = auto()
    TRIP_DRIVE = auto()
    TRIP_STEP_BACK = auto()
    QUOTE = auto()
    CUSTOMER_LOOKUP = auto()
    CUSTOMER_EDIT = auto()
    CUSTOMER_RULES = auto()  # own fields, tiers
    ACCOUNT_READ = auto()  # what venues and companies owe
    ACCOUNT_EDIT = auto()  # their terms, callers, payments
    PERSONAL_REVEAL = auto()
    PHOTO_READ = auto()

    DRIVER_STATUS = auto()
    DRIVER_EDIT = auto()
    SHIFT_OWN = auto()

    AGREEMENT_STATUS = auto()
    AGREEMENT_READ = auto()
    AGREEMENT_DOWNLOAD = auto()
    DISPUTE_FILE = auto()
    FARE_ADJUST = auto()

    FORM_READ = auto()
    FORM_PUBLISH = auto()
    TARIFF_READ = auto()
    TARIFF_PUBLISH = auto()
    CALENDAR_READ = auto()
    CALENDAR_EDIT = auto()

    CALLBACK_READ = auto()
    CALLBACK_WORK = auto()
    COMPLAINT_READ = auto()
    COMPLAINT_REGISTER = auto()
    COMPLAINT_WORK = auto()  # what customer service does with a case
    COMPLAINT_APPROVE = auto()  # remedies
    COMPLAINT_FOLLOW = auto()  # the cases of the departments that one heads
    VIOLATION_REPORT = auto()  # plate and time of an offence: who drove, and a case opened from it

    CALL_EVENT = auto()

    REPORT_READ = auto()
    REPORT_SCHEDULE = auto()  # who gets which by e-mail
    FIGURES_EXPORT = auto()  # figures as files, personal data in full
    ASSESSMENT_EDIT = auto()  # everybody's lines, weights, closing a month
    ASSESSMENT_OWN = auto()

    JOURNAL_READ = auto()
    PERSON_RIGHTS = auto()  # terms of retention, legal holds, forgetting a person, their file
    STAFF_EDIT = auto()
    BRANCH_EDIT = auto()


_P = Permission

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.DISPATCHER: frozenset(
        {
            _P.SIGNED_IN,
            _P.TRIP_READ,
            _P.TRIP_BOOK,
            _P.TRIP_DISPATCH,
            _P.TRIP_STEP_BACK,
            _P.QUOTE,
            _P.CUSTOMER_LOOKUP,
            _P.VIOLATION_REPORT,
            _P.COMPLAINT_FOLLOW,
            _P.DRIVER_STATUS,
            _P.AGREEMENT_STATUS,
            _P.TARIFF_READ,
            _P.ASSESSMENT_OWN,
        }
    ),
    Role.DRIVER: frozenset({_P.SIGNED_IN, _P.TRIP_DRIVE, _P.SHIFT_OWN, _P.ASSESSMENT_OWN}),
    Role.CARE: frozenset(
        {
            _P.SIGNED_IN,
            _P.TRIP_READ,
            _P.CUSTOMER_LOOKUP,
            _P.CUSTOMER_EDIT,
            _P.ACCOUNT_READ,
            _P.PERSONAL_REVEAL,
            _P.PHOTO_READ,
            _P.AGREEMENT_STATUS,
            _P.AGREEMENT_READ,
            _P.CALLBACK_READ,
            _P.CALLBACK_WORK,
            _P.COMPLAINT_READ,
            _P.COMPLAINT_REGISTER,
            _P.COMPLAINT_WORK,
            _P.COMPLAINT_FOLLOW,
            _P.VIOLATION_REPORT,
            _P.CALENDAR_READ,
            _P.ASSESSMENT_OWN,
        }
    ),
    Role.MANAGER: frozenset(
        {
            _P.SIGNED_IN,
            _P.TRIP_READ,
            _P.TRIP_STEP_BACK,
            _P.CUSTOMER_LOOKUP,
            _P.CUSTOMER_EDIT,
            _P.CUSTOMER_RULES,
            _P.ACCOUNT_READ,
            _P.ACCOUNT_EDIT,
            _P.PERSONAL_REVEAL,
            _P.PHOTO_READ,
            _P.DRIVER_STATUS,
            _P.DRIVER_EDIT,
            _P.AGREEMENT_STATUS,
            _P.AGREEMENT_READ,
            _P.AGREEMENT_DOWNLOAD,
            _P.DISPUTE_FILE,
            _P.FARE_ADJUST,
            _P.QUOTE,
            _P.TARIFF_READ,
            _P.TARIFF_PUBLISH,
            _P.FORM_READ,
            _P.FORM_PUBLISH,
            _P.CALENDAR_READ,
            _P.CALENDAR_EDIT,
            _P.CALLBACK_READ,
            _P.COMPLAINT_READ,
            _P.COMPLAINT_APPROVE,
            _P.COMPLAINT_FOLLOW,
            _P.REPORT_READ,
            _P.REPORT_SCHEDULE,
            _P.FIGURES_EXPORT,
            _P.ASSESSMENT_EDIT,
            _P.JOURNAL_READ,
            _P.PERSON_RIGHTS,
            _P.STAFF_EDIT,
            _P.BRANCH_EDIT,
        }
    ),
    Role.EXCHANGE: frozenset({_P.SIGNED_IN, _P.CALL_EVENT}),
    Role.CUSTOMER: frozenset({_P.CUSTOMER_LINK}),
    Role.SYSTEM: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: a staff member (perhaps by API token), a customer by link, or the clock.

    `id` is the staff id, 0 for customer and clock.  "Own trip" is decided by `driver_id`, set for drivers, and by
    `trip_id`, set for customers.
    """

    id: int
    name: str
    branch_id: int
    roles: frozenset[Role] = field(default_factory=frozenset)
    driver_id: int | None = None
    trip_id: int | None = None

    def may(self, permission: Permission) -> bool:
        """Whether one of the actor's roles grants the permission."""
        return permission is Permission.PUBLIC or any(permission in GRANTS[role] for role in self.roles)

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds any of the roles."""
        return not self.roles.isdisjoint(roles)


def system(branch_id: int) -> Actor:
    """The clock acting for a branch: expiring offers, making callbacks due."""
    return Actor(id=0, name="clock", branch_id=branch_id, roles=frozenset({Role.SYSTEM}))


def customer(branch_id: int, name: str, trip_id: int) -> Actor:
    """The customer acting through the link of a trip."""
    return Actor(id=0, name=name, branch_id=branch_id, roles=frozenset({Role.CUSTOMER}), trip_id=trip_id)
