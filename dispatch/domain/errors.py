"""What a rule answers when it says no.

Every error carries a stable `code` (for programs), an English message template (also the key of the
translation catalogue) and the parameters of that template.  The web layer maps the class to an HTTP status.
"""

from typing import Any


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name for it
    """Mark a message for the translation catalogue without translating it here."""
    return message


class DomainError(Exception):
    """A rule said no. `message` uses %(name)s placeholders filled from `params`."""

    def __init__(self, code: str, message: str, **params: Any) -> None:
        self.code = code
        self.message = message
        self.params = params
        super().__init__(message % params if params else message)


class NotFound(DomainError):
    """The thing does not exist, or not for this actor (404: strangers learn nothing)."""


class Invalid(DomainError):
    """The input cannot be understood or is out of range (422). `field` names the input."""

    def __init__(self, code: str, message: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(code, message, **params)
        self.field = field


class Refused(DomainError):
    """The input is well formed, but a rule of the service forbids it now (409)."""


class Conflict(Refused):
    """Somebody else was first, or the thing has changed since it was read (409); params name the winner."""


class TooMany(Refused):
    """Tried too often (429); params say how many minutes to wait."""


class Forbidden(DomainError):
    """The actor's role lacks the permission (403)."""


class Busy(DomainError):
    """The system cannot do it right now; trying again is right (503)."""
