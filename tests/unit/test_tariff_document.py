"""A tariff document is refused with every mistake, each with its line and reason."""

import pytest

from dispatch.domain import tariff_document, tariff_writer
from dispatch.domain.tariff_problems import InvalidTariff
from tests.unit.tariff_samples import NAMES, sample

HEAD = 'code = "t"\nname = { zh = "价目", en = "List" }\n'  # lines 1 and 2
DAY = '[[band]]\nhours = "00:00-24:00"\nbase = 10\n'  # lines 3 to 5
SURCHARGE = DAY + '[[surcharge]]\nid = "x"\ntext = { zh = "加收", en = "X" }\n'  # lines 6 to 8
DISCOUNT = SURCHARGE.replace("surcharge", "discount")
CANCELLATION = DAY + '[[cancellation]]\nstage = "departed"\nfee = 5\n'  # lines 6 to 8


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(InvalidTariff) as refusal:
        tariff_document.read(text)
    return [(problem.line, problem.reason) for problem in refusal.value.problems]


@pytest.mark.parametrize("name", NAMES)
def test_shipped_documents_are_read_and_survive_being_written_again(name: str) -> None:
    tariff = sample(name)
    assert tariff.code == name
    assert tariff_document.read(tariff_writer.write(tariff)) == tariff


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        (DAY + "colour = 1\n", 6, "unknown key “colour”"),
        (DAY + "[parking]\nprice = 1\n", 6, "unknown key “parking”"),
        (DAY + "[waiting]\nfree_minutes = 5\nfree_km = 5\nonce = 1\n", 8, "unknown key “free_km”"),
        ('[[band]]\nhours = "00:00-24:00"\nbase = -1\n', 5, "“base” must not be negative"),
        ('[[band]]\nhours = "00:00-24:00"\nbase = "10"\n', 5, "“base” must be a number"),
        ('[[band]]\nhours = "00:00-24:00"\nbase = 10.005\n', 5, "“base” has a fraction of a fen"),
        ('[[band]]\nhours = "00:00-24:00"\nbase = nan\n', 5, "“base” must be a number"),
        ('[[band]]\nhours = "00:00-24:00"\nbase = 1e9\n', 5, "“base” must not be more than 1000000"),
        ('[[band]]\nhours = "00:00-24:00"\n', 3, "“base” is missing"),
        ("[[band]]\nbase = 10\n", 3, "“hours” is missing"),
        ('[[band]]\nhours = "7-22"\nbase = 10\n', 4, "“7-22” is not a time band such as 22:00-06:00"),
        ('[[band]]\nhours = "07:00-07:00"\nbase = 10\n', 4, "“07:00-07:00” covers nothing; a whole day is 00:00-24:00"),
        (
            '[[band]]\nhours = "00:00-24:00"\ndays = "mo"\nbase = 1\n',
            5,
            "“mo” is not one of: mon, tue, wed, thu, fri, sat, sun",
        ),
        ("", 1, "a service needs either [[band]] or [[package]]"),
        (DAY + "[[package]]\nhours = 4\nprice = 5\n", 1, "a service needs either [[band]] or [[package]]"),
        ("band = 3\n", 3, "“band” must be a list of tables: write [[band]]"),
        (DAY + "distance = 4\n", 6, "“distance” must be a table"),
        (DAY + "[distance]\nprice = 4\n", 6, "say either “once” or one of: every_km"),
        (DAY + "[distance]\nevery_km = 5\nprice = 4\n", 6, "“count” is missing"),
        (
            DAY + '[distance]\nevery_km = 5\nprice = 4\ncount = "some"\n',
            9,
            "“count” must be one of: started, completed, prorated, nearest",
        ),
        (DAY + '[distance]\nevery_km = 0\nprice = 4\ncount = "started"\n', 6, "a step of 0 covers nothing"),
        (
            DAY + '[waiting]\nevery_minutes = 5\nevery_hours = 1\nprice = 4\ncount = "started"\n',
            8,
            "give “every” in one unit only",
        ),
        (
            DAY
            + "[distance]\ntiers = [\n  { once = 1 },\n  { over_km = 5, once = 2 },\n  { over_km = 5, once = 3 },\n]\n",
            10,
            "tiers stand in order of “over”",
        ),
        (
            DAY + '[distance]\ntier_prices = "whole"\ntiers = [{ once = 100 }, { over_km = 50, once = 51 }]\n',
            6,
            "beyond 50 the price falls from ¥100.00 to ¥51.00; if meant: cheaper_further = true",
        ),
        (DAY + '[[surcharge]]\nid = "x"\namount = 1\n', 6, "“text” is missing"),
        (DAY + '[[surcharge]]\nid = "x"\ntext = { zh = "加收" }\namount = 1\n', 8, "“en” is missing"),
        (SURCHARGE, 6, "say either “amount” or “percent”"),
        (
            SURCHARGE + 'amount = 1\nwhen = { dates = ["2027-02-12..2027-02-05"] }\n',
            10,
            "“2027-02-12..2027-02-05” covers no day",
        ),
        (
            SURCHARGE + 'amount = 1\nwhen = { hours = "09:00-09:00" }\n',
            10,
            "“09:00-09:00” covers nothing; a whole day is 00:00-24:00",
        ),
        (SURCHARGE + 'percent = 1\nof = "basis"\n', 10, "“basis” is not one of: approach, base, detour"),
        (DISCOUNT + "percent = 101\n", 9, "a discount cannot be more than 100 percent"),
        (
            DISCOUNT + "amount = 5\nwhen = { from_fare = 50 }\n",
            6,
            "this discount can make a longer way cheaper; if meant: cheaper_further = true",
        ),
        (
            "minimum_fare = 30\n" + DISCOUNT + 'percent = 13\nof = ["distance"]\n',
            7,
            "this discount can make a longer way cheaper; if meant: cheaper_further = true",
        ),
        (
            DAY + '[[cancellation]]\nstage = "late"\nfee = 5\n',
            7,
            "“stage” must be one of: booked, accepted, departed, arrived",
        ),
        (
            CANCELLATION + '[[cancellation]]\nstage = "arrived"\nfee = 9\n',
            9,
            "this covers nothing: an earlier cancellation term holds whenever it would",
        ),
        (
            DAY + '[refusal]\nreasons = ["drunk"]\nfrom = 10\nto = 20\n',
            7,
            "“drunk” is not one of: alone_and_severely_drunk, not_insured",
        ),
        (
            DAY + '[refusal]\nreasons = ["other"]\nfrom = 20\nto = 10\n',
            9,
            "the range covers nothing: “to” is less than “from”",
        ),
        (DAY + "[allowance]\nfrom = 100\nto = 200\ndefault = 250\n", 9, "the default lies outside the range"),
        (DAY + '[rounding]\nto = 0\nmode = "down"\n', 7, "the total cannot go to units of 0"),
        (
            "[[package]]\nhours = 24\nprice = 9\n[[package]]\nhours = 4\nprice = 5\n",
            7,
            "packages stand in order of their hours; this one covers nothing",
        ),
        (
            DAY + "[waiting]\nonce = 1\n[waiting]\nonce = 2\n",
            8,
            "not readable as TOML: Cannot declare ('waiting',) twice",
        ),
        (DAY + "[waiting\n", 6, "not readable as TOML: Expected ']' at the end of a table declaration"),
    ],
)
def test_a_mistake_is_named_with_its_line(body: str, line: int, reason: str) -> None:
    told = mistakes(HEAD + body)
    assert [where for where, why in told if reason in why] == [line], told


def test_a_document_nested_too_deeply_is_refused_like_any_other() -> None:
    assert mistakes("a = " + "[" * 20_000) == [(1, "the document is nested too deeply")]


def test_gaps_and_overlaps_of_bands_are_shown_where_they_are() -> None:
    bands = """[[band]]
hours = "07:00-21:59"
base = 39

[[band]]
hours = "22:00-23:30"
base = 59

[[band]]
hours = "23:00-07:00"
base = 99
"""
    assert mistakes(HEAD + bands) == [
        (4, "no band covers 21:59-22:00 after this one (the end of a band is not inside it)"),
        (12, "overlaps the band 22:00-23:30 at 23:00"),
    ]


def test_a_band_for_some_days_leaves_the_others_uncovered() -> None:
    bands = '[[band]]\nhours = "00:00-24:00"\ndays = ["sat", "sun"]\nbase = 10\n'
    assert mistakes(HEAD + bands) == [
        (4, "no band covers 00:00-24:00 after this one (the end of a band is not inside it)")
    ]


def test_all_mistakes_are_told_at_once_in_order_of_their_lines() -> None:
    text = """code = ""
[[band]]
hours = "00:00-24:00"
base = -5
included_km = true
[waiting]
free_minutes = "ten"
once = 5
tip = 1
"""
    assert mistakes(text) == [
        (1, "“name” is missing"),
        (1, "“code” must be text in quotes"),
        (4, "“base” must not be negative"),
        (5, "“included_km” must be a number"),
        (7, "“free_minutes” must be a number"),
        (9, "unknown key “tip”"),
    ]


def test_a_service_takes_over_the_sections_it_does_not_write() -> None:
    text = (
        HEAD
        + DAY
        + """[waiting]
once = 5
[[service]]
id = "city"
name = { zh = "市区", en = "City" }
[[service]]
id = "day"
name = { zh = "包天", en = "Day" }
[[service.package]]
hours = 8
price = 300
"""
    )
    city, day = tariff_document.read(text).services
    assert [len(city.bands), len(city.meters)] == [1, 1]
    assert [len(day.packages), len(day.bands), len(day.meters)] == [1, 0, 0]


def test_a_mistake_taken_over_by_several_services_is_told_once() -> None:
    services = "".join(f'[[service]]\nid = "{name}"\nname = {{ zh = "甲", en = "A" }}\n' for name in "ab")
    assert mistakes(HEAD + DAY + "[waiting]\nonce = -1\n" + services).count((7, "“once” must not be negative")) == 1


def test_a_section_no_service_takes_over_is_a_mistake() -> None:
    day = '[[service]]\nid = "day"\nname = { zh = "包天", en = "Day" }\n[[service.package]]\nhours = 8\nprice = 300\n'
    told = "no service takes “waiting” over: each has its own, or sells packages"
    assert mistakes(HEAD + "[waiting]\nonce = 1\n" + day) == [(3, told)]


def test_the_refusal_says_how_many_mistakes_there_are_and_shows_the_first() -> None:
    with pytest.raises(InvalidTariff, match=r"has 2 mistake\(s\); line 1: “code” is missing"):
        tariff_document.read('name = { zh = "价", en = "L" }\n' + DAY + "tip = 1\n")
