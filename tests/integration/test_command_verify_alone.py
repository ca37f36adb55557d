"""`homeward verify --offline`: without us, and against us. Whose seal, and which chain, is told from elsewhere."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts import compose, render, sample
from contracts.sealing.apply import apply
from contracts.sealing.chain import CHAIN_START, Link
from contracts.sealing.seal import from_pkcs12, self_signed
from dispatch.services.sealing import Seals
from dispatch.store.agreements import Document
from tests.commands import DONE, GIVEN_WRONGLY, NO, installed, run
from tests.integration.test_command_verify import saved, told
from tests.sealed import dispute_file, gathered, sealed_documents
from tests.world import World


@pytest.fixture
def world(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    installed(monkeypatch, sqlite_url, tmp_path)
    with World.opened(sqlite_url) as opened:
        yield opened


@pytest.fixture
def seals(tmp_path: Path) -> Seals:
    return Seals(tmp_path / "seals", "a passphrase", "", self_made=True)


@pytest.fixture
def documents(world: World, seals: Seals) -> tuple[Document, Document]:
    return sealed_documents(world, seals)


@pytest.fixture
def receipt(documents: tuple[Document, Document], tmp_path: Path) -> Path:
    return saved(documents[1].pdf, tmp_path / "receipt.pdf")


@pytest.fixture
def chain(documents: tuple[Document, Document], tmp_path: Path) -> Path:
    run("chain", "export", tmp_path / "chain.jsonl")
    return tmp_path / "chain.jsonl"


def made_anew(chain: Path) -> None:
    """The same documents under other times, each link covering the one before it: it holds by itself."""
    previous, lines = CHAIN_START, []
    for line in chain.read_text().splitlines():
        kept = {name: value for name, value in json.loads(line).items() if name != "digest"}
        link = Link(**{**kept, "signed_at": datetime.fromisoformat("2026-03-07T00:00:00+00:00"), "previous": previous})
        previous = link.digest
        lines.append(link.to_json())
    chain.write_text("\n".join(lines))


def written(seals: Seals, world: World, documents: tuple[Document, Document], path: Path) -> tuple[Path, str]:
    """The certificate as it is handed out, and its fingerprint."""
    seal = seals.of(gathered(world, documents[0].trip_id).office, world.now)
    path.write_text(seal.pem)
    return path, seal.fingerprint


def test_whose_seal_it_is_is_said_to_be_unchecked_unless_it_was_named(receipt: Path) -> None:
    said, answer = told(receipt, "--offline")
    assert (said.code, answer["seal"]["expected"]) == (DONE, None)
    assert "WHOSE SEAL IT IS WAS NOT CHECKED" in said.out
    assert answer["seal"]["fingerprint"] in said.out


def test_the_seal_is_compared_with_the_certificate_however_that_is_named(
    world: World, seals: Seals, documents: tuple[Document, Document], receipt: Path, tmp_path: Path
) -> None:
    pem, fingerprint = written(seals, world, documents, tmp_path / "seal.pem")
    colons = ":".join(fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    for named in (pem, fingerprint, colons):
        for where in ((), ("--offline",)):
            said, answer = told(receipt, *where, "--certificate", named)
            assert (said.code, answer["seal"]["expected"]) == (DONE, True)
            assert "the certificate is one that was named" in said.out
            assert "NOT CHECKED" not in said.out


def test_a_seal_that_somebody_made_with_the_company_s_name_is_not_the_company_s(
    world: World, seals: Seals, documents: tuple[Document, Document], receipt: Path, tmp_path: Path
) -> None:
    others = Seals(tmp_path / "others", "a passphrase", "", self_made=True)
    pem, other = written(others, world, documents, tmp_path / "other.pem")
    for named in (pem, other):
        said, answer = told(receipt, "--offline", "--certificate", named)
        assert (said.code, answer["verdict"], answer["seal"]["expected"]) == (NO, "another_seal", False)
        assert "ANOTHER SEAL" in said.out
        said, answer = told(receipt, "--certificate", named)
        assert (said.code, answer["verdict"], answer["seal"]["expected"]) == (NO, "genuine", False)
    _, ours = written(seals, world, documents, tmp_path / "seal.pem")
    assert told(receipt, "--offline", "--certificate", other, "--certificate", ours)[0].code == DONE


def test_every_document_in_a_dispute_file_has_to_have_the_seal_too(
    world: World, seals: Seals, documents: tuple[Document, Document], tmp_path: Path
) -> None:
    others = Seals(tmp_path / "others", "a passphrase", "", self_made=True)
    pack = saved(dispute_file(world, documents[0].trip_id, others), tmp_path / "dispute.pdf")
    _, ours = written(seals, world, documents, tmp_path / "seal.pem")
    _, other = written(others, world, documents, tmp_path / "other.pem")
    assert told(pack, "--offline", "--certificate", other)[0].code == NO
    assert told(pack, "--offline", "--certificate", ours)[0].code == NO
    assert told(pack, "--offline", "--certificate", ours, "--certificate", other)[0].code == DONE


@pytest.mark.parametrize(
    "words",
    [("--certificate", "no such file"), ("--certificate", __file__), ("--head", "1" * 64), ("--chain", "--head", "x")],
    ids=["no file", "no certificate in it", "a head without a chain", "no digest"],
)
def test_what_is_no_certificate_or_head_is_given_wrongly(receipt: Path, words: tuple[str, ...]) -> None:
    assert run("verify", receipt, *words).code == GIVEN_WRONGLY


def test_a_chain_that_has_the_published_end_holds_and_says_where(
    documents: tuple[Document, Document], receipt: Path, chain: Path
) -> None:
    heads = [document.chain_sha256 for document in documents]
    for place, published in enumerate(heads, start=1):
        for words in ((receipt, "--chain"), (receipt, "--offline", "--chain", chain)):
            said, answer = told(*words, "--head", published)
            assert (said.code, answer["chain"]["head"]) == (DONE, {"digest": published, "position": place})
            assert answer["chain"]["end"] == {"position": 2, "digest": heads[-1]}
            assert f"the published end is its place {place} of 2" in said.out
            assert f"its end is place 2, {heads[-1]}" in said.out
            assert ("came after it" in said.out) is (place == 1)


def test_a_chain_made_anew_or_cut_short_does_not_have_the_published_end(
    documents: tuple[Document, Document], tmp_path: Path, chain: Path
) -> None:
    agreement = saved(documents[0].pdf, tmp_path / "agreement.pdf")
    published = documents[1].chain_sha256
    whole = chain.read_text()
    chain.write_text(whole.splitlines()[0])
    cut = told(agreement, "--offline", "--chain", chain, "--head", published)
    chain.write_text(whole)
    made_anew(chain)
    assert told(agreement, "--offline", "--chain", chain)[0].code == DONE  # by itself it holds
    anew = told(agreement, "--offline", "--chain", chain, "--head", published)
    for said, answer in (cut, anew):
        assert (said.code, answer["chain"]["holds"], answer["chain"]["head"]["position"]) == (NO, True, None)
        assert "is not in it: it was made anew, cut short" in said.out


def test_without_a_published_end_it_is_said_that_the_chain_was_not_compared(receipt: Path, chain: Path) -> None:
    said, answer = told(receipt, "--offline", "--chain", chain)
    assert (said.code, answer["chain"]["head"]) == (DONE, None)
    assert "whether that is the chain that was published was not checked" in said.out


def test_what_a_hostile_file_calls_itself_makes_no_line_of_its_own(tmp_path: Path) -> None:
    named = "x\n  ✓ the chain holds from its beginning\x1b[2J\u202egnp"
    pdf = render.render(compose.receipt_sheet(sample.receipt("A")))
    stranger = self_signed(named, "", "", "pass", datetime.fromisoformat("2026-03-07T00:00:00+00:00"))
    file = saved(apply(pdf, from_pkcs12(stranger, "pass"), datetime.now(UTC)).pdf, tmp_path / "hostile.pdf")
    said = run("verify", file, "--offline").out
    assert not any(line.strip().startswith("✓ the chain holds") for line in said.splitlines())
    assert "\x1b" not in said
    assert "\u202e" not in said
