"""What is wrong with the document of a form, where, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


def N_(message: str) -> str:  # noqa: N802 - the catalogue's mark for words that are translated where they are shown
    """Mark words for the translations."""
    return message


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, in the words of the form (A2.3), and the reason as template with parameters.

    `path` is the key it concerns, for whoever has the text; `line` is 0 where it concerns the whole or is not known.
    """

    where: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict)
    path: Path = ()
    line: int = 0

    @property
    def reason(self) -> str:
        """The reason in English; the web layer translates `message` instead."""
        return self.message % self.params if self.params else self.message


class BadForm(ValueError):
    """The document cannot be published. `problems` has everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.reason}" for one in problems))
        self.problems = problems
