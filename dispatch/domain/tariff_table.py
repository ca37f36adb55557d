"""Reading one table of a tariff document strictly: every mistake is noted with its line, reading goes on."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from dispatch.domain.errors import N_
from dispatch.domain.tariff_problems import Problem
from dispatch.domain.tariff_source import Path, SourceLines
from dispatch.domain.text import Text

Choice = TypeVar("Choice", bound=StrEnum)
NUMBERS = (int, Decimal)
LARGEST = 1_000_000  # yuan, kilometres or minutes: more is a slip of the keyboard


class Table:
    """One table. A section it lacks is looked for in `defaults`, the table whose sections it takes over."""

    def __init__(
        self,
        values: dict[str, Any],
        path: Path,
        lines: SourceLines,
        problems: list[Problem],
        *,
        defaults: "Table | None" = None,
    ) -> None:
        self._values = values
        self._path = path
        self._lines = lines
        self._problems = problems
        self._defaults = defaults
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def has(self, key: str) -> bool:
        """Whether the key is written here or in the defaults."""
        return key in self or (self._defaults is not None and self._defaults.has(key))

    def own(self) -> "Table":
        """The same table without the sections it takes over."""
        own = Table(self._values, self._path, self._lines, self._problems)
        own._asked = self._asked
        return own

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is written in it."""
        return not self._values

    def wrong(self, message: str, *, at: str | None = None, **params: object) -> None:
        """Note a mistake at a key, or at the table itself."""
        path = self._path if at is None else (*self._path, at)
        name = ".".join(str(part) for part in path if isinstance(part, str))
        told = {param: str(value) for param, value in params.items()}
        problem = Problem(self._lines.line(path), name, message, told)
        if problem not in self._problems:  # a section taken over by several services is read several times
            self._problems.append(problem)

    def done(self, sections: Collection[str] = ()) -> None:
        """Note every key that nobody asked for; `sections` are those which only some services would."""
        for name in self._values:
            if name in self._asked:
                continue
            unused = N_("no service takes “%(name)s” over: each has its own, or sells packages")
            self.wrong(unused if name in sections else N_("unknown key “%(name)s”"), at=name, name=name)

    # single values

    def value(self, key: str, *, required: bool = False) -> Any:
        """The raw value; None where it is absent, which is noted when it is required."""
        self._asked.add(key)
        if key in self._values:
            return self._values[key]
        if self._defaults is not None:
            return self._defaults.value(key)
        if required:
            self.wrong(N_("“%(name)s” is missing"), name=key)
        return None

    def number(self, key: str, default: Decimal | None = None, *, required: bool = False) -> Decimal | None:
        """A number from 0 on."""
        value = self.value(key, required=required)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, NUMBERS) or not Decimal(value).is_finite():
            self._note(key, N_("“%(name)s” must be a number"))
            return default
        if value < 0:
            self._note(key, N_("“%(name)s” must not be negative"))
            return default
        if value > LARGEST:
            self._note(key, N_("“%(name)s” must not be more than %(largest)s"), largest=LARGEST)
            return default
        return Decimal(value)

    def money(self, key: str, default: int | None = None, *, required: bool = False) -> int | None:
        """An amount in yuan, as fen."""
        amount = self.number(key, required=required)
        if amount is None:
            return default
        if amount * 100 != int(amount * 100):
            self._note(key, N_("“%(name)s” has a fraction of a fen"))
            return default
        return int(amount * 100)

    def string(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A string that is not empty."""
        value = self.value(key, required=required)
        if value is None:
            return default
        if not isinstance(value, str) or not value.strip():
            self._note(key, N_("“%(name)s” must be text in quotes"))
            return default
        return value

    def flag(self, key: str) -> bool:
        """true or false, false where it is absent."""
        value = self.value(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self._note(key, N_("“%(name)s” must be true or false"))
        return False

    def choice(self, key: str, kind: type[Choice], default: Choice, *, required: bool = False) -> Choice:
        """One of the words of an enumeration."""
        value = self.value(key, required=required)
        if value is None:
            return default
        if value not in list(kind):
            self._note(key, N_("“%(name)s” must be one of: %(known)s"), known=", ".join(kind))
            return default
        return kind(value)

    def wording(self, key: str, *, required: bool = False) -> Text | None:
        """The same words in both languages: { zh = "…", en = "…" }."""
        table = self.table(key, required=required)
        if table is None:
            return None
        text = Text(table.string("zh", required=True), table.string("en", required=True))
        table.done()
        return text

    def strings(self, key: str) -> tuple[str, ...]:
        """One string or a list of strings."""
        value = self.value(key)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not items or not all(isinstance(item, str) and item for item in items):
            self._note(key, N_("“%(name)s” must be text in quotes or a list of such texts"))
            return ()
        return tuple(items)

    def dates(self, key: str) -> list[tuple[date, date]]:
        """Days and spans of days: ["2027-01-01", "2027-02-05..2027-02-12"]."""
        spans: list[tuple[date, date]] = []
        for item in self.strings(key):
            first, _, last = item.partition("..")
            try:
                span = (date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip()))
            except ValueError:
                self._note(key, N_("“%(item)s” is not a day such as 2027-01-01 or 2027-02-05..2027-02-12"), item=item)
                continue
            if span[1] < span[0]:
                self._note(key, N_("“%(item)s” covers no day"), item=item)
                continue
            spans.append(span)
        return spans

    # tables inside

    def table(self, key: str, *, required: bool = False) -> "Table | None":
        """The table of that name; one taken over keeps its own line."""
        if key not in self and self._defaults is not None:
            return self._defaults.table(key)
        value = self.value(key, required=required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._note(key, N_("“%(name)s” must be a table"))
            return None
        return Table(value, (*self._path, key), self._lines, self._problems)

    def tables(self, key: str, *, defaults: "Table | None" = None) -> "list[Table]":
        """The tables of a list: [[key]], or a list of { … }."""
        if key not in self and self._defaults is not None:
            return self._defaults.tables(key)
        value = self.value(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._note(key, N_("“%(name)s” must be a list of tables: write [[%(name)s]]"))
            return []
        return [
            Table(item, (*self._path, key, index), self._lines, self._problems, defaults=defaults)
            for index, item in enumerate(value)
        ]

    def _note(self, key: str, message: str, **params: object) -> None:
        if key not in self._values and self._defaults is not None:
            self._defaults._note(key, message, **params)
        else:
            self.wrong(message, at=key, name=key, **params)
