"""Any altered byte shows; a document still says which one it claims to be (R9)."""

import random

import pytest

from contracts import render
from contracts.digest import CHAIN_START, chained, number_of, sha256

NUMBER = "SR-20261123-000042"
PDF = render.pdf(f'<meta name="homeward-number" content="{NUMBER}"><p>协议</p>')


def flipped(pdf: bytes, place: int, bit: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1 << bit]) + pdf[place + 1 :]


def test_any_flipped_byte_gives_another_digest() -> None:
    chance = random.Random(9)
    genuine = sha256(PDF)
    for _ in range(2000):
        assert sha256(flipped(PDF, chance.randrange(len(PDF)), chance.randrange(8))) != genuine


def test_an_altered_document_still_names_the_one_it_was() -> None:
    """Otherwise an alteration would look like a stranger's file."""
    chance = random.Random(9)
    begin = PDF.index(NUMBER.encode())
    outside = [place for _ in range(300) if not begin <= (place := chance.randrange(len(PDF))) < begin + len(NUMBER)]
    assert {number_of(flipped(PDF, place, 1)) for place in [*outside, PDF.index(b"/ID") + 1]} == {NUMBER}


def test_a_document_whose_number_was_altered_still_names_one() -> None:
    begin = PDF.index(NUMBER.encode())
    assert None not in {number_of(flipped(PDF, place, 1)) for place in range(begin, begin + len(NUMBER))}


@pytest.mark.parametrize(
    "stranger",
    [b"", b"%PDF-1.7", b"not a PDF", render.pdf("<p>x"), b"/ID [(<script>)]", b"stream\n" * 50_000, b"/ID [(" * 50_000],
    ids=["empty", "header", "text", "other", "markup", "streams", "identifiers"],
)
def test_a_strangers_file_has_no_number(stranger: bytes) -> None:
    assert number_of(stranger) is None


def test_a_document_taken_out_of_the_chain_or_replaced_breaks_what_follows() -> None:
    one, two, three = (sha256(text) for text in (b"1", b"2", b"3"))
    whole = chained(chained(chained(CHAIN_START, one), two), three)
    assert chained(chained(CHAIN_START, one), three) != whole
    assert chained(chained(chained(CHAIN_START, two), one), three) != whole
