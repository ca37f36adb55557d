"""Small expressions that SQLite and PostgreSQL spell differently."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, String, case, cast, extract, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class position_of(GenericFunction[int]):  # noqa: N801 - named as SQL's functions are
    """Where a text first stands in another, from 1; 0 when it does not."""

    type = Integer()
    inherit_cache = True


@compiles(position_of)
def _strpos(element: Any, compiler: Any, **given: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **given)})"


@compiles(position_of, "sqlite")
def _instr(element: Any, compiler: Any, **given: Any) -> str:
    return f"instr({compiler.process(element.clauses, **given)})"


def seconds(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """A moment in whole seconds of the epoch."""
    return cast(extract("epoch", moment), Integer)


def district(address: ColumnElement[str]) -> ColumnElement[str]:
    """An address up to its district or county, or its city; '' when it names none (as `masking.address` has it).

    小区, 社区, 园区 and their like are where somebody lives, not which district they live in.
    """
    found: list[tuple[ColumnElement[bool], ColumnElement[str]]] = []
    for end in ("区", "县", "旗", "市"):
        at = position_of(address, end)
        is_home = func.substr(address, at - 1, 1).in_(("小", "社", "园", "景", "校", "库", "厂", "湾", "宅"))
        found.append(((at > 1) & ~is_home, func.substr(address, 1, at)))
    return cast(case(*found, else_=""), String)
