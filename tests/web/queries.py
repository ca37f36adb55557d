"""Counting what a page asks of the database: the same however much there is to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.web.conftest import Web


@contextmanager
def counted(web: Web) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(web.world.db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(web.world.db.engine, "before_cursor_execute", note)
