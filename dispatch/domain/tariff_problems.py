"""What is wrong with a tariff document, where, and why."""

from dataclasses import dataclass, field

from dispatch.domain.errors import N_, Invalid


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: its line (1 is the first), the key it concerns, and the reason as template with parameters."""

    line: int
    key: str
    message: str
    params: dict[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The reason in English; the web layer translates `message` instead."""
        return self.message % self.params if self.params else self.message

    def to_json(self) -> dict[str, object]:
        """The problem as JSON."""
        return {"line": self.line, "key": self.key, "reason": self.reason}


class InvalidTariff(Invalid):
    """The document is refused; the tariff in force stays in force. `problems` lists every mistake, by line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.key)))
        first = self.problems[0]
        super().__init__(
            "tariff_invalid",
            N_("The tariff has %(count)s mistake(s); line %(line)s: %(reason)s"),
            field="document",
            count=len(self.problems),
            line=first.line,
            reason=first.reason,
        )
