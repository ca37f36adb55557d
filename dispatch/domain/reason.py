"""Why something is so, for people: a stable code, a message of the catalogue and its figures."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for or against a driver. `code` is for programs, `message` the key of the translation."""

    code: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The reason in English; the web layer translates `message`."""
        return self.message % self.params if self.params else self.message
