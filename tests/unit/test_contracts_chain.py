"""The chain of a branch's documents: none can be taken out, replaced, renumbered or dated anew without a trace (R9)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.sample import NIGHT
from contracts.sealing.chain import CHAIN_START, Break, Link, breaks, read, sha256

Chain = list[tuple[Link, str]]


def chain(count: int) -> Chain:
    """A chain of so many documents, an evening's."""
    found: Chain = []
    for position in range(1, count + 1):
        link = Link(
            position=position,
            number=f"SR-20260109-{position:06d}",
            kind="agreement",
            signed_at=NIGHT + timedelta(minutes=position),
            sha256=sha256(f"document {position}".encode()),
            previous=found[-1][1] if found else CHAIN_START,
        )
        found.append((link, link.digest))
    return found


def broken(links: Chain) -> list[tuple[int, Break]]:
    return [(one.position, one.what) for one in breaks(links)]


def test_a_whole_chain_holds() -> None:
    assert broken(chain(40)) == []
    assert broken([]) == []


def test_a_document_taken_out_is_missing_at_its_place() -> None:
    links = chain(9)
    del links[3]
    assert broken(links) == [(4, Break.MISSING)]


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": sha256(b"another file")},
        {"number": "SR-20260109-000099"},
        {"kind": "receipt"},
        {"signed_at": NIGHT},
        {"previous": CHAIN_START},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_changed_of_a_link_is_told_at_its_place(change: dict[str, object]) -> None:
    links = chain(9)
    link, recorded = links[4]
    links[4] = replace(link, **change), recorded  # type: ignore[arg-type]  # each a field of its own type
    assert broken(links) == [(5, Break.ALTERED)]


def test_a_link_that_was_made_anew_does_not_fit_the_next() -> None:
    links = chain(9)
    anew = replace(links[4][0], sha256=sha256(b"another file"))
    links[4] = anew, anew.digest
    assert broken(links) == [(6, Break.ALTERED)]


@given(st.integers(2, 30), st.data())
def test_no_single_removal_but_the_newest_and_no_swap_goes_unnoticed(count: int, data: st.DataObject) -> None:
    links = chain(count)
    gone = data.draw(st.integers(0, count - 2))
    assert broken(links[:gone] + links[gone + 1 :]) == [(gone + 1, Break.MISSING)]
    other = data.draw(st.integers(gone + 1, count - 1))
    links[gone], links[other] = links[other], links[gone]
    assert broken(links)


def test_without_its_newest_documents_a_chain_ends_in_another_digest() -> None:
    """Which is why its end is published, and every document names an earlier one."""
    links = chain(9)
    assert broken(links[:-1]) == []
    assert links[-2][1] != links[-1][1]


def test_an_exported_chain_is_read_back_as_it_was() -> None:
    links = chain(3)
    assert read("\n".join(link.to_json() for link, _ in links)) == links


def odd(**parts: object) -> str:
    """A link with parts of another kind."""
    return json.dumps({**json.loads(chain(1)[0][0].to_json()), **parts})


@pytest.mark.parametrize(
    "line",
    [
        "nonsense", "{}", "[]", '{"digest": "x", "position": 1}', "[" * 100_000, odd(number=["a"]), odd(position=1.5),
        odd(position=True), odd(signed_at="0001-01-01T00:00:00+14:00"), odd(number="\ud800"), odd(number="a\x1b[2J"),
    ],
    ids=range(11),
)  # fmt: skip
def test_a_line_that_is_no_link_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read(f"{chain(1)[0][0].to_json()}\n{line}\n")
