"""Lines of keys in TOML, whichever way the text is written."""

import tomllib

from dispatch.domain.tariff_source import SourceLines

TEXT = '''# a comment with [brackets] = and "quotes"
code = "a # not a comment"
name = { zh = "甲 } [", en = 'b' } # behind

[[band]] # first
"hours" = "00:00-07:00"
distance = { tiers = [
    { over_km = 1 },

    { over_km = 2, "price" = 3 },
] }

[[band]]
note = """
[not.a.table]
key = 1
"""
rounding.to = 1

[[service]]
id = "x"

[service.waiting]
once = 10

  [[service.surcharge]]
  id = "s"
  dates = [
    "2027-01-01",
    "2027-01-02",
  ]
'''


def test_every_key_is_found_on_its_line() -> None:
    tomllib.loads(TEXT)
    lines = SourceLines(TEXT)
    expected = {
        ("code",): 2,
        ("name", "en"): 3,
        ("band", 0): 5,
        ("band", 0, "hours"): 6,
        ("band", 0, "distance"): 7,
        ("band", 0, "distance", "tiers", 0, "over_km"): 8,
        ("band", 0, "distance", "tiers", 1): 10,
        ("band", 0, "distance", "tiers", 1, "price"): 10,
        ("band", 1): 13,
        ("band", 1, "note"): 14,
        ("band", 1, "rounding", "to"): 18,
        ("service", 0, "id"): 21,
        ("service", 0, "waiting", "once"): 24,
        ("service", 0, "surcharge", 0, "dates", 1): 30,
    }
    assert {path: lines.line(path) for path in expected} == expected


def test_what_is_not_written_down_is_told_at_what_is_around_it() -> None:
    lines = SourceLines(TEXT)
    assert lines.line(("band", 1, "base")) == 13
    assert lines.line(("refusal",)) == 1
