"""On which line of a TOML text each key stands. tomllib reads the values but keeps no positions.

The text has passed tomllib before, so this scanner need not judge it, only find its way through.
"""

import re

Path = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\n#]+")


class SourceLines:
    """The line of every table, key and list item of a valid TOML text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._items: dict[Path, int] = {}  # how many [[tables]] of a name were seen
        self._scan()

    def line(self, path: Path) -> int:
        """The line of a key, or of the nearest thing around it that is written down."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _scan(self) -> None:
        table: Path = ()
        self._blank()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._blank()

    def _header(self) -> Path:
        line = self._line_here()
        is_item = self._text.startswith("[[", self._at)
        self._at += 2 if is_item else 1
        path = self._inside_items(self._keys())
        self._at += 2 if is_item else 1
        if is_item:
            index = self._items.get(path, -1) + 1
            self._items[path] = index
            self._lines.setdefault(path, line)
            path = (*path, index)
        self._lines[path] = line
        return path

    def _inside_items(self, keys: list[str]) -> Path:
        """[service.waiting] belongs to the latest [[service]]."""
        path: Path = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            if path in self._items and number < len(keys) - 1:
                path = (*path, self._items[path])
        return path

    def _pair(self, table: Path) -> None:
        line = self._line_here()
        path = table
        for key in self._keys():
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._blank()
        self._value(path)

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._blank()
            quoted = _STRING.match(self._text, self._at)
            found = quoted or _BARE_KEY.match(self._text, self._at)
            if found is None:
                return keys
            keys.append(found.group()[1:-1] if quoted else found.group())
            self._at = found.end()
            self._blank()
            if self._text[self._at : self._at + 1] != ".":
                return keys
            self._at += 1

    def _value(self, path: Path) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._sequence(path, "]")
        elif opening == "{":
            self._sequence(path, "}")
        else:
            found = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
            self._at = found.end() if found else len(self._text)

    def _sequence(self, path: Path, closing: str) -> None:
        self._at += 1
        index = 0
        self._blank()
        while self._text[self._at] != closing:
            if closing == "}":
                self._pair(path)
            else:
                self._lines[(*path, index)] = self._line_here()
                self._value((*path, index))
                index += 1
            self._blank()
            if self._text[self._at] == ",":
                self._at += 1
                self._blank()
        self._at += 1

    def _blank(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _line_here(self) -> int:
        return self._text.count("\n", 0, self._at) + 1
