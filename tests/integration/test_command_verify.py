"""`homeward verify` with a chain, and of dispute files: nothing is said to hold that was not looked at."""

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from contracts import render
from contracts.compose import pack_html
from contracts.pack import assemble
from dispatch.domain.states import State
from dispatch.services import verifying
from dispatch.services.sealing import Seals
from dispatch.store.agreements import Document
from tests.commands import DONE, NO, Said, installed, run
from tests.sealed import dispute_file, gathered, recorded, resealed, sealed_documents
from tests.world import World


@pytest.fixture
def world(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    installed(monkeypatch, database_url, tmp_path)
    monkeypatch.setattr(verifying, "examine", cache(verifying.examine))  # people and programs ask of the same bytes
    with World.opened(database_url) as opened:
        yield opened


@pytest.fixture
def seals(tmp_path: Path) -> Seals:
    return Seals(tmp_path / "seals", "a passphrase", "", self_made=True)


@pytest.fixture
def documents(world: World, seals: Seals) -> tuple[Document, Document]:
    return sealed_documents(world, seals)


@pytest.fixture
def pack(world: World, seals: Seals, documents: tuple[Document, Document], tmp_path: Path) -> Path:
    """The dispute file of their trip."""
    return saved(dispute_file(world, documents[0].trip_id, seals), tmp_path / "dispute.pdf")


@pytest.fixture
def chain(documents: tuple[Document, Document], tmp_path: Path) -> Path:
    """The chain as it was when nobody had changed anything."""
    run("chain", "export", tmp_path / "chain.jsonl")
    return tmp_path / "chain.jsonl"


def saved(pdf: bytes, path: Path) -> Path:
    path.write_bytes(pdf)
    return path


def told(*words: object) -> tuple[Said, Any]:
    """What people and programs are told: the same."""
    said, answer = run("verify", *words), run("verify", *words, "--json")
    assert said.code == answer.code
    assert answer.answer["holds"] is (said.code == DONE)
    return said, answer.answer


def taken_out(world: World, document: Document) -> None:
    with world.db.transaction() as session:
        session.delete(session.get_one(Document, document.id))


def changed(world: World, document: Document, **values: object) -> None:
    with world.db.transaction() as session:
        session.execute(update(Document).where(Document.id == document.id).values(**values))


# The chain on record


@pytest.mark.parametrize("which", [0, 1], ids=["the first", "the newest"])
def test_a_document_taken_off_the_record_leaves_a_chain_that_does_not_hold(
    world: World, documents: tuple[Document, Document], tmp_path: Path, which: int
) -> None:
    file = saved(documents[which].pdf, tmp_path / "kept.pdf")
    taken_out(world, documents[which])
    said, answer = told(file, "--chain")
    assert (said.code, answer["verdict"], answer["chain"]["links"]) == (NO, "missing", 1)
    assert "missing" in {one["what"] for one in answer["chain"]["broken"]}
    assert "it is not in the chain" in said.out
    assert "holds from its beginning" not in said.out
    assert ("✗ chain, place 1: a document is missing" in said.out) is (which == 0)


def test_a_chain_without_a_link_does_not_hold_for_a_dispute_file_without_documents_either(
    world: World, seals: Seals, tmp_path: Path
) -> None:
    pack = saved(dispute_file(world, world.to(State.ACCEPTED), seals), tmp_path / "dispute.pdf")
    empty = saved(b"", tmp_path / "empty.jsonl")
    assert told(pack)[1]["verdict"] == "genuine"
    for words in ((pack, "--chain"), (pack, "--offline", "--chain", empty)):
        said, answer = told(*words)
        assert (said.code, answer["chain"]["links"], answer["chain"]["holds"]) == (NO, 0, False)


@pytest.mark.parametrize("content", [b"no PDF at all", b"%PDF-1.7\n/ID [(SR-20260306-999999)]\n"])
def test_of_a_stranger_s_file_no_chain_is_said_to_hold(
    documents: tuple[Document, Document], tmp_path: Path, content: bytes
) -> None:
    said, answer = told(saved(content, tmp_path / "file.pdf"), "--chain")
    assert (said.code, answer["chain"]["holds"], answer["chain"]["links"]) == (NO, False, 0)
    assert "no chain could be checked" in said.out
    assert "holds" not in said.out


def test_a_chain_without_a_link_holds_nothing(
    world: World, documents: tuple[Document, Document], tmp_path: Path
) -> None:
    file, empty = saved(documents[1].pdf, tmp_path / "kept.pdf"), saved(b"\n", tmp_path / "empty.jsonl")
    for document in documents:
        taken_out(world, document)
    for words in ((file, "--chain"), (file, "--offline", "--chain", empty)):
        said, answer = told(*words)
        assert (said.code, answer["chain"]["holds"]) == (NO, False)
        assert "no chain could be checked: there is no link in it" in said.out


def test_a_dispute_file_is_checked_with_the_chain_of_the_documents_in_it(
    world: World, documents: tuple[Document, Document], pack: Path
) -> None:
    said, answer = told(pack, "--chain")
    assert (said.code, answer["verdict"], answer["chain"]["links"]) == (DONE, "genuine", 2)
    assert "the chain holds from its beginning to its end: 2 links read" in said.out
    changed(world, documents[0], pdf=b"another file")
    said, answer = told(pack, "--chain")
    assert said.code == NO
    assert answer["chain"]["broken"] == [{"position": 1, "what": "altered", "number": documents[0].number}]
    assert "✗ the chain does not hold: 2 links read" in said.out


def test_a_document_that_was_altered_on_record_is_listed_once(
    world: World, documents: tuple[Document, Document]
) -> None:
    """Its bytes are not those on record, nor those that its link covers."""
    changed(world, documents[0], pdf=b"another file", sha256="1" * 64)
    checked = run("chain", "check", "--json")
    assert checked.code == NO
    assert checked.answer["broken"] == [{"position": 1, "number": documents[0].number, "what": "altered"}]


# Another seal in the place of the document's own


@pytest.mark.parametrize("whose", ["ours", "a stranger's"])
def test_a_file_with_another_seal_in_it_is_altered_and_the_record_is_not_blamed(
    world: World, seals: Seals, documents: tuple[Document, Document], tmp_path: Path, whose: str
) -> None:
    others = Seals(tmp_path / "others", "a passphrase", "", self_made=True)
    seal = (seals if whose == "ours" else others).of(gathered(world, documents[0].trip_id).office, world.now)
    file = saved(resealed(documents[0].pdf, seal, world.now), tmp_path / "resealed.pdf")
    alone = "whole" if whose == "ours" else "not_whole"  # its certificate is not the one that is listed under the seal
    assert told(file, "--offline")[1]["verdict"] == alone
    said, answer = told(file)
    assert (said.code, answer["verdict"], answer["number"]) == (NO, "altered", documents[0].number)
    assert answer["findings"] == [{"fault": "seal_altered", "about": ""}]
    assert "the seal itself was tampered with" in said.out


def test_a_genuine_file_is_not_blamed_where_the_record_has_a_broken_seal(
    world: World, documents: tuple[Document, Document], tmp_path: Path
) -> None:
    broken = bytearray(documents[0].pdf)
    broken[broken.index(b"0" * 64 + b">")] = ord("1")  # in the padding of the seal: it can still be read
    changed(world, documents[0], pdf=bytes(broken), sha256=sha256(broken).hexdigest())
    _, answer = told(saved(documents[0].pdf, tmp_path / "kept.pdf"))
    assert (answer["verdict"], answer["findings"]) == ("replaced", [])


# Dispute files


def test_every_document_in_a_dispute_file_is_told_by_its_name(
    documents: tuple[Document, Document], pack: Path, chain: Path
) -> None:
    for words in ((pack,), (pack, "--chain", chain), (pack, "--offline"), (pack, "--offline", "--chain", chain)):
        said, answer = told(*words)
        assert said.code == DONE
        assert "✗" not in said.out
        for document in documents:
            part = answer["parts"][f"{document.number}.pdf"]
            assert (part["number"], part["holds"], part["as_listed"]) == (document.number, True, True)
            assert f"{document.number}.pdf ({document.number}): " in said.out


@pytest.mark.parametrize("words", [(), ("--chain",)], ids=["by itself", "with the chain"])
def test_a_dispute_file_with_a_document_that_is_not_on_record_any_more_is_not_genuine(
    world: World, documents: tuple[Document, Document], pack: Path, words: tuple[str, ...]
) -> None:
    taken_out(world, documents[1])
    said, answer = told(pack, *words)
    assert (said.code, answer["verdict"]) == (NO, "part_fails")
    assert answer["parts"][f"{documents[1].number}.pdf"]["verdict"] == "missing"
    assert answer["parts"][f"{documents[0].number}.pdf"]["verdict"] == "genuine"
    assert f"{documents[1].number}.pdf ({documents[1].number}): MISSING" in said.out


def test_a_dispute_file_with_a_document_that_was_replaced_on_record_is_not_genuine(
    world: World, documents: tuple[Document, Document], pack: Path
) -> None:
    changed(world, documents[0], pdf=b"another file", sha256="1" * 64)
    said, answer = told(pack)
    assert (said.code, answer["verdict"]) == (NO, "part_fails")
    assert answer["parts"][f"{documents[0].number}.pdf"]["verdict"] == "replaced"


def test_a_dispute_file_made_from_an_altered_record_is_not_genuine(
    world: World, documents: tuple[Document, Document], seals: Seals, chain: Path, tmp_path: Path
) -> None:
    """Our seal is on the dispute file, and not as it was on the document in it."""
    altered = bytearray(documents[0].pdf)
    altered[altered.index(b"/Contents <") + 40] ^= 1
    changed(world, documents[0], pdf=bytes(altered))
    pack = saved(dispute_file(world, documents[0].trip_id, seals), tmp_path / "dispute.pdf")
    for words, verdict in (((), "part_fails"), (("--offline", "--chain", chain), "whole")):
        said, answer = told(pack, *words)
        assert (said.code, answer["verdict"]) == (NO, verdict)
        part = answer["parts"][f"{documents[0].number}.pdf"]
        assert (part["holds"], [one["fault"] for one in part["findings"]]) == (False, ["seal_altered"])


def test_a_dispute_file_that_names_another_place_for_a_document_does_not_hold(
    world: World, documents: tuple[Document, Document], seals: Seals, chain: Path, tmp_path: Path
) -> None:
    changed(world, documents[1], chain_position=7)
    made = gathered(world, documents[0].trip_id)
    sealed = seals.seal(made.office, assemble(made.facts, pack_html, render.render), made.made_at)
    recorded(world, made, sealed)
    changed(world, documents[1], chain_position=2)
    pack = saved(sealed.pdf, tmp_path / "dispute.pdf")
    for words in ((), ("--chain",), ("--offline", "--chain", chain)):
        said, answer = told(pack, *words)
        assert (said.code, answer["parts"][f"{documents[1].number}.pdf"]["as_listed"]) == (NO, False)
        assert "names another number, or another place in the chain" in said.out
    assert told(pack, "--offline")[0].code == DONE  # nothing to compare it with


def test_a_dispute_file_with_a_document_that_the_chain_does_not_have_does_not_hold(
    documents: tuple[Document, Document], pack: Path, chain: Path
) -> None:
    chain.write_text(chain.read_text().splitlines()[0])
    said, answer = told(pack, "--offline", "--chain", chain)
    assert (said.code, answer["chain"]["holds"]) == (NO, False)
    assert "whole by itself, but not with what was handed in: 1 link read" in said.out
    assert [name for name, part in answer["parts"].items() if not part["holds"]] == [f"{documents[1].number}.pdf"]


def test_a_link_laid_beside_the_chain_is_no_part_of_it(
    documents: tuple[Document, Document], chain: Path, tmp_path: Path
) -> None:
    """A chain made anew could carry the links of the old one along, for whoever looks for theirs."""
    lines = chain.read_text().splitlines()
    file = saved(documents[1].pdf, tmp_path / "receipt.pdf")
    chain.write_text("\n".join((*lines, lines[0])))
    assert told(file, "--offline", "--chain", chain)[0].code == NO
    chain.write_text(json.dumps({**json.loads(lines[0]), "position": "1"}))
    assert "cannot be read as a chain" in run("verify", file, "--offline", "--chain", chain).err


def test_a_link_at_a_place_far_away_leaves_no_end_of_empty_places(
    documents: tuple[Document, Document], chain: Path, tmp_path: Path
) -> None:
    first, second = chain.read_text().splitlines()
    chain.write_text("\n".join((first, json.dumps({**json.loads(second), "position": 10**15}))))
    _, answer = told(saved(documents[1].pdf, tmp_path / "receipt.pdf"), "--offline", "--chain", chain)
    assert (answer["chain"]["holds"], len(answer["chain"]["broken"]) > 900) == (False, True)
