"""Seals, chains and verifying at the command line."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.sealing.chain import Link, sha256
from contracts.sealing.examine import examine
from dispatch.services.sealing import Office, Seals
from dispatch.store import seals
from dispatch.store.agreements import Document
from dispatch.store.branches import Branch
from tests.commands import DONE, NO, UNABLE, installed, run
from tests.sealed import sealed_documents
from tests.world import World

NOWHERE = 'module = "/nowhere.so"\ntoken = "x"\nkey = "seal"\n'


@pytest.fixture
def world(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    installed(monkeypatch, sqlite_url, tmp_path)
    monkeypatch.setenv("HOMEWARD_SEAL_DIR", str(tmp_path / "seals"))
    monkeypatch.setenv("HOMEWARD_SEAL_PASSPHRASE", "a passphrase")
    with World.opened(sqlite_url) as opened:
        yield opened


@pytest.fixture
def documents(world: World, tmp_path: Path) -> tuple[Document, Document]:
    """An agreement and a receipt, printed and sealed."""
    return sealed_documents(world, Seals(tmp_path / "seals", "a passphrase", "", self_made=True))


def saved(document: Document, folder: Path) -> Path:
    path = folder / f"{document.number}.pdf"
    path.write_bytes(document.pdf)
    return path


def test_a_seal_is_made_once_and_shown(world: World, tmp_path: Path) -> None:
    made = run("seal", "init", "--branch", "sr", "--json")
    assert made.code == DONE
    answer = json.loads(made.out)
    assert Path(answer["file"]).stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in Path(answer["file"]).read_bytes()
    again = run("seal", "init")
    assert (again.code, "already" in again.err) == (UNABLE, True)
    shown = run("seal", "show", "--branch", "SR", "--certificate", str(tmp_path / "seal.pem"), "--json")
    assert json.loads(shown.out)["fingerprint"] == answer["fingerprint"]
    assert (tmp_path / "seal.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert answer["fingerprint"] in run("seal", "show").out


def test_a_seal_that_cannot_be_opened_says_why(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (run("seal", "show").code, "homeward seal init" in run("seal", "show").err) == (UNABLE, True)
    assert run("seal", "init").code == DONE
    monkeypatch.setenv("HOMEWARD_SEAL_PASSPHRASE", "another")
    said = run("seal", "show")
    assert (said.code, "passphrase" in said.err) == (UNABLE, True)
    for description, why in (('token = "x"', "lacks module"), ("=", "cannot be used"), (NOWHERE, "nowhere.so")):
        (tmp_path / "seals" / "SR.toml").write_text(description)
        assert why in run("seal", "show").err


def test_a_branch_that_does_not_exist_is_named(world: World) -> None:
    said = run("chain", "head", "--branch", "XX")
    assert (said.code, "XX" in said.err) == (UNABLE, True)


def test_a_genuine_document_is_told_with_what_it_rests_on(documents: tuple[Document, Document], tmp_path: Path) -> None:
    agreement, receipt = documents
    for document, kind in ((agreement, "agreement"), (receipt, "receipt")):
        said = run("verify", str(saved(document, tmp_path)), "--json")
        answer = json.loads(said.out)
        assert (said.code, answer["verdict"], answer["kind"]) == (DONE, "genuine", kind)
        assert answer["seal"]["known"] is True
        assert answer["findings"] == []
    words = run("verify", str(saved(agreement, tmp_path)), "--chain").out
    assert "genuine" in words
    assert "place 1 of 2" in words
    assert "9 steps of signing" in words
    assert "no independent time stamp" in words
    assert "the chain holds from its beginning to its end: 2 links read" in words
    assert f"its end is place 2, {receipt.chain_sha256}" in words


def test_a_stranger_verifies_with_nothing_but_the_file_and_a_chain(
    documents: tuple[Document, Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = documents[1]
    chain = tmp_path / "chain.jsonl"
    assert run("chain", "export", str(chain), "--branch", "SR").code == DONE
    assert "五三" not in chain.read_text()
    installed(monkeypatch, f"sqlite:///{tmp_path}/nothing.db", tmp_path)
    path = str(saved(receipt, tmp_path))
    assert run("verify", path).code == UNABLE
    alone = run("verify", path, "--offline", "--json")
    assert (alone.code, json.loads(alone.out)["verdict"]) == (DONE, "whole")
    assert run("verify", path, "--offline", "--chain", str(chain)).code == DONE
    assert run("verify", path, "--offline", "--chain").code == UNABLE  # there are no records to ask
    chain.write_text("nonsense")
    assert run("verify", path, "--offline", "--chain", str(chain)).code == UNABLE
    assert not (tmp_path / "nothing.db").exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda lines: lines[1:], "missing"),
        (lambda lines: [lines[0].replace("agreement", "receipt"), lines[1]], "altered"),
        (lambda lines: [json.dumps({**json.loads(lines[0]), "digest": "0" * 64}), lines[1]], "rewritten"),
        (lambda lines: lines[:1], "missing"),
    ],
    ids=["taken out", "changed", "made anew", "the newest gone"],
)
def test_a_chain_that_does_not_hold_a_document_says_so(
    documents: tuple[Document, Document], tmp_path: Path, spoil: object, said: str
) -> None:
    chain = tmp_path / "chain.jsonl"
    run("chain", "export", str(chain))
    chain.write_text("\n".join(spoil(chain.read_text().splitlines())))  # type: ignore[operator]  # a function
    answer = run("verify", str(saved(documents[1], tmp_path)), "--offline", "--chain", str(chain), "--json")
    assert answer.code == NO
    assert said in {one["what"] for one in json.loads(answer.out)["chain"]["broken"]}


def test_an_altered_document_is_told_as_what_it_is(documents: tuple[Document, Document], tmp_path: Path) -> None:
    path = saved(documents[0], tmp_path)
    pdf = bytearray(path.read_bytes())
    pdf[pdf.index(b"/Contents <") + 40] ^= 1
    path.write_bytes(bytes(pdf))
    said = run("verify", str(path), "--json")
    answer = json.loads(said.out)
    assert (said.code, answer["verdict"], answer["number"]) == (NO, "altered", documents[0].number)
    assert [one["fault"] for one in answer["findings"]] == ["seal_altered"]
    assert "ALTERED" in run("verify", str(path)).out


def test_a_document_that_was_taken_off_the_record_or_replaced_there_is_told(
    world: World, documents: tuple[Document, Document], tmp_path: Path
) -> None:
    """The customer's copy proves it: sealed with our seal, and not what we say we have."""
    agreement, receipt = documents
    kept = saved(receipt, tmp_path)
    with world.db.transaction() as session:
        row = session.get_one(Document, receipt.id)
        row.pdf, row.sha256 = b"another file", "1" * 64
    assert json.loads(run("verify", str(kept), "--json").out)["verdict"] == "replaced"
    assert json.loads(run("chain", "check", "--json").out)["broken"][0]["what"] == "altered"
    with world.db.transaction() as session:
        session.delete(session.get_one(Document, receipt.id))
    assert json.loads(run("verify", str(kept), "--json").out)["verdict"] == "missing"
    assert "not one of ours" not in run("verify", str(kept)).out.lower().replace("one of ours", "")
    assert json.loads(run("verify", str(saved(agreement, tmp_path)), "--json").out)["verdict"] == "genuine"


def test_a_record_that_was_rewritten_to_match_an_altered_file_makes_it_no_more_genuine(
    world: World, documents: tuple[Document, Document], tmp_path: Path
) -> None:
    """Whoever holds the record can give an altered file its place there, but not our seal."""
    receipt = documents[1]
    altered = bytearray(receipt.pdf)
    altered[receipt.pdf.index(b"/Contents <") + 40] ^= 1
    with world.db.transaction() as session:
        row = session.get_one(Document, receipt.id)
        row.pdf, row.sha256 = bytes(altered), sha256(bytes(altered))
        row.chain_sha256 = Link(
            position=row.chain_position,
            number=row.number,
            kind=row.kind.value,
            signed_at=row.signed_at,
            sha256=row.sha256,
            previous=row.chain_previous,
        ).digest
        path = saved(row, tmp_path)
    said = run("verify", str(path), "--json")
    assert (said.code, json.loads(said.out)["verdict"]) == (NO, "altered")


def test_a_record_that_names_another_seal_than_the_file_is_told(
    world: World, documents: tuple[Document, Document], tmp_path: Path
) -> None:
    receipt = documents[1]
    with world.db.transaction() as session:
        row = session.get_one(Document, receipt.id)
        row.seal_sha256 = seals.remember(session, row.branch_id, "3" * 64, "another", world.now)
    answer = json.loads(run("verify", str(saved(receipt, tmp_path)), "--json").out)
    assert (answer["verdict"], answer["seal"]["known"]) == ("altered", False)


def test_the_end_of_the_chain_covers_every_document(world: World, documents: tuple[Document, Document]) -> None:
    head = json.loads(run("chain", "head", "--json").out)
    assert (head["branch"], head["documents"], head["digest"]) == ("SR", 2, documents[1].chain_sha256)
    checked = run("chain", "check", "--branch", "SR")
    assert (checked.code, "All 2 documents hold" in checked.out) == (DONE, True)
    with world.db.transaction() as session:
        session.delete(session.get_one(Document, documents[0].id))
    broken = run("chain", "check")
    assert (broken.code, "place 1" in broken.out) == (NO, True)


def test_a_receipt_names_an_earlier_link_and_its_agreement(documents: tuple[Document, Document]) -> None:
    agreement, receipt = documents
    report = examine(receipt.pdf)
    assert (report.anchor_position, report.anchor_sha256) == (1, agreement.chain_sha256)
    assert receipt.facts["agreement_sha256"] == agreement.sha256


def test_a_chain_made_anew_is_told_by_the_documents_in_it(
    world: World, documents: tuple[Document, Document], tmp_path: Path
) -> None:
    """Whoever rewrites the record would have to change what customers hold."""
    agreement, receipt = documents
    with world.db.transaction() as session:
        first = session.get_one(Document, agreement.id)
        first.chain_sha256 = "2" * 64
        second = session.get_one(Document, receipt.id)
        second.chain_previous = "2" * 64
    found = json.loads(run("verify", str(saved(receipt, tmp_path)), "--json").out)
    said = run("verify", str(saved(receipt, tmp_path)))
    assert found["verdict"] == "genuine"
    assert said.code == NO
    assert "✗ chain, place" in said.out


def test_the_seal_names_the_branch_of_the_document(world: World, tmp_path: Path) -> None:
    with world.db.reading() as session:
        office = Office.of(session.get_one(Branch, world.branch_id))
    more = Seals(tmp_path / "more", "a passphrase", "", self_made=True)
    assert "上饶分公司" in str(more.of(office, world.now).certificate.subject.human_friendly)
    other = replace(office, code="GX", branch="广信分公司")
    assert more.of(other, world.now).fingerprint != more.of(office, world.now).fingerprint
