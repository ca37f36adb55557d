"""Sending a message somewhere, and the two ways it can fail."""

from dataclasses import dataclass, field
from typing import Any, Protocol


class TransportError(Exception):
    """It did not arrive. `permanent`: trying again with the same message is useless."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Gone(TransportError):
    """Whoever it was for is not there any more and never will be."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `key` is the same at every try, so that the receiver can tell a repetition.

    `secret` signs it where the receiver has one of its own.
    """

    key: str
    recipient: str
    body: dict[str, Any]
    secret: str = field(default="", repr=False)


class Gateway(Protocol):
    """One way out."""

    def send(self, message: Message) -> None:
        """Hand the message over. Raises TransportError."""
