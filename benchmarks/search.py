"""Finding one of a million customers by any fragment, against ILIKE over the joined tables without an index.

The rows are loaded with COPY. Fragments are cut at random out of numbers, plates, names, initials and addresses of
customers who exist, from one character to a whole number; the product answers whole profiles, the baseline ids.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from statistics import quantiles
from typing import Any

import psycopg

from benchmarks.stand import database, show
from dispatch.domain import searching
from dispatch.domain.plate import PROVINCES
from dispatch.services import customer_search
from dispatch.store import migrate
from dispatch.store.branches import Branch
from dispatch.store.db import Database

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建国志文华玉红梅丹萍鹏辉玲龙波斌宇浩凯健俊帆雪雯欣怡梓涵子轩"
DISTRICTS = ("信州区", "广信区", "广丰区", "玉山县", "铅山县", "横峰县", "弋阳县", "余干县", "德兴市", "婺源县")
ROADS = (
    "五三",
    "带湖",
    "赣东北",
    "中山",
    "胜利",
    "解放",
    "滨江",
    "凤凰",
    "龙潭",
    "书院",
    "庆丰",
    "稼轩",
    "朝阳",
    "旭日",
)
PLACES = ("路", "大道", "街", "巷")
INDEXES = {
    "ix_customer_search_text": "CREATE INDEX ix_customer_search_text ON customer_search USING gin (text gin_trgm_ops)",
    "ix_customer_search_grams": "CREATE INDEX ix_customer_search_grams ON customer_search USING gin (grams)",
}
BASELINE = """
    SELECT DISTINCT c.id FROM customer c JOIN vehicle v ON v.customer_id = c.id JOIN place p ON p.customer_id = c.id
    WHERE c.phone ILIKE %(like)s OR c.name ILIKE %(like)s OR v.plate ILIKE %(like)s OR p.address ILIKE %(like)s LIMIT 30
"""
Person = tuple[str, str, str, str]


def people(number: int) -> Iterator[Person]:
    """Phone, name, plate and home of so many customers; the same for every run."""
    chance = random.Random(4)  # noqa: S311 - the same people every time
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    for index in range(number):
        phone = f"+861{chance.choice('3578')}{chance.randrange(10)}{index * 7919 % 100_000_000:08d}"
        given = chance.choice(GIVEN) + (chance.choice(GIVEN) if chance.random() < 0.8 else "")
        home = "赣E" if chance.random() < 0.8 else chance.choice(PROVINCES) + chance.choice(letters)
        plate = home + chance.choice(letters) + f"{chance.randrange(10_000):04d}"
        road = chance.choice(DISTRICTS) + chance.choice(ROADS) + chance.choice(PLACES)
        yield phone, chance.choice(SURNAMES) + given, plate, f"{road} {chance.randrange(1, 200)} 号"


@lru_cache(maxsize=500_000)
def name_line(name: str) -> str:
    """As the product has it, reckoned once."""
    return searching.name_line(name)


@lru_cache(maxsize=500_000)
def address_line(address: str) -> str:
    """As the product has it, reckoned once."""
    return searching.address_line(address)


def load(connection: psycopg.Connection[Any], branch_id: int, number: int) -> None:
    """Load everybody with COPY, then build the indexes as the migration has them, and the planner's figures."""
    now = datetime(2026, 11, 26, tzinfo=UTC)
    for index in INDEXES:
        connection.execute(f"DROP INDEX {index}")
    connection.execute("CREATE TABLE place (customer_id integer, address text)")
    tables: dict[str, Callable[[int, Person], list[tuple[Any, ...]]]] = {
        "customer (id, branch_id, phone, phone_dialled, name, notes, created_at)": lambda one, who: [
            (one, branch_id, who[0], who[0][3:], who[1], "", now)
        ],
        "vehicle (customer_id, plate, model, colour, needs, last_used_at)": lambda one, who: [
            (one, who[2], "", "", "[]", now)
        ],
        "place (customer_id, address)": lambda one, who: [(one, who[3])],
        "customer_search (branch_id, customer_id, kind, text, grams)": lambda one, who: [
            (branch_id, one, kind, line, searching.grams(line))
            for kind, line in (
                ("phone", searching.phone_line(who[0])),
                ("plate", searching.plate_line(who[2])),
                ("name", name_line(who[1])),
                ("address", address_line(who[3])),
            )
        ],
    }
    for table, rows in tables.items():
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for one, who in enumerate(people(number), start=1):
                for row in rows(one, who):
                    copy.write_row(row)
    connection.execute("SET maintenance_work_mem = '512MB'")
    for statement in INDEXES.values():
        connection.execute(statement)
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE customer_search")
    connection.execute("VACUUM ANALYZE customer")
    connection.execute("VACUUM ANALYZE vehicle")
    connection.execute("VACUUM ANALYZE place")


def fragments(number: int, most: int) -> list[tuple[str, str]]:
    """Pieces of what customers have, each with what it is of."""
    chance = random.Random(7)  # noqa: S311 - the same fragments every time
    some = [person for person in people(min(number, 20_000)) if chance.random() < 0.2]
    chance.shuffle(some)
    kinds = ("phone", "end of phone", "plate", "name", "surname", "initials", "address", "two characters")
    cut: list[tuple[str, str]] = []
    for index in range(most):
        phone, name, plate, address = some[index % len(some)]
        kind = kinds[index % len(kinds)]
        start = chance.randrange(3, 9)
        mixed = chance.choice((phone[3:], plate, name, address.replace(" ", "")))
        at = chance.randrange(len(mixed) - 1)
        pieces = {
            "phone": phone[start : start + chance.randrange(3, 9)],
            "end of phone": phone[-4:],
            "plate": plate[chance.randrange(3) :][: chance.randrange(3, 6)],
            "name": name,
            "surname": name[:1],
            "initials": name_line(name).split("\n")[-1],
            "address": address.replace(" ", "")[chance.randrange(5) :][: chance.randrange(3, 8)],
            "two characters": mixed[at : at + 2],
        }
        cut.append((kind, pieces[kind]))
    return cut


def timed(work: Callable[[str], object], wanted: list[tuple[str, str]]) -> dict[str, list[float]]:
    """Milliseconds of each search, by what the fragment is of."""
    took: dict[str, list[float]] = {}
    for kind, fragment in wanted:
        began = time.perf_counter()
        work(fragment)
        took.setdefault(kind, []).append(1000 * (time.perf_counter() - began))
    return took


def figures(name: str, took: list[float]) -> dict[str, object]:
    """Half of them, nineteen of twenty, and the longest."""
    cuts = quantiles(took, n=20)
    return {
        "fragments": name,
        "searches": len(took),
        "p50 ms": f"{cuts[9]:.1f}",
        "p95 ms": f"{cuts[18]:.1f}",
        "longest ms": f"{max(took):.0f}",
    }


def main() -> None:
    """Load, search in both ways, show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=800)
    parser.add_argument("--baseline", type=int, default=48)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with database("postgresql") as (_folder, url):
        migrate.upgrade(url)
        db = Database(url)
        with db.transaction() as session:
            row = Branch(code="SR", name="上饶", company_name="归途", city="上饶", phone="+867938000000", form="A")
            session.add(row)
            session.flush()
            branch_id = row.id
        with psycopg.connect(url) as connection:
            load(connection, branch_id, asked.customers)
            wanted = fragments(asked.customers, asked.searches)

            def ours(fragment: str) -> object:
                with db.reading() as session:
                    found = customer_search.search(session, branch_id, fragment)
                    if not found.found:
                        raise SystemExit(f"nobody was found by {fragment!r}")
                    return found

            def theirs(fragment: str) -> object:
                return connection.execute(BASELINE, {"like": f"%{fragment}%"}).fetchall()

            timed(ours, wanted[:100])
            took = timed(ours, wanted)
            slow = timed(theirs, [one for one in wanted if one[0] != "initials"][: asked.baseline])
        db.dispose()
    rows = [figures(kind, each) for kind, each in took.items()]
    rows.append(figures("all, product", [one for each in took.values() for one in each]))
    rows.append(figures("all but initials, ILIKE without index", [one for each in slow.values() for one in each]))
    show(f"One of {asked.customers:,} customers", rows, as_json=asked.json)


if __name__ == "__main__":
    main()
