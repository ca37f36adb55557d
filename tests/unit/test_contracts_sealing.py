"""A sealed document proves itself, to us and to other programs; whatever is done to it is told as what it is (R9)."""

import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509
from pikepdf import pdfa
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from contracts import compose, render, sample
from contracts.facts import Anchor, Step, shown_digest
from contracts.render_worker import Examiner
from contracts.sealing import seal as seals
from contracts.sealing.apply import apply
from contracts.sealing.examine import claimed_number, examine
from contracts.sealing.report import Fault, Report
from contracts.sealing.seal import Seal, SealUnusable
from contracts.sheet import Sheet

NUMBER = "SR-20260109-000042"
PASSPHRASE = "a passphrase"


@cache
def seal(name: str = "归途汽车代驾服务有限公司") -> Seal:
    content = seals.self_signed(name, "样张分公司", "91360000SAMPLE0000", PASSPHRASE, sample.NIGHT)
    return seals.from_pkcs12(content, PASSPHRASE)


@cache
def printed() -> bytes:
    facts = replace(sample.agreement("A"), number=NUMBER, anchor=Anchor(position=7, sha256="ab" * 32))
    kinds = ("opened", "read", "confirmed", "signed")
    steps = tuple(
        Step(kind=kind, at=sample.NIGHT, device="phone", address="192.0.2.1", shown_sha256=shown_digest(facts))
        for kind in kinds
    )
    return render.render(compose.agreement_sheet(replace(facts, steps=steps)))


@cache
def sealed() -> bytes:
    return apply(printed(), seal(), sample.NIGHT).pdf


@cache
def another() -> bytes:
    return render.render(compose.receipt_sheet(sample.receipt("B")))


@cache
def receipt() -> bytes:
    return apply(render.render(compose.receipt_sheet(sample.receipt("A"))), seal(), sample.NIGHT).pdf


def faults(pdf: bytes) -> set[str]:
    return {f"{one.fault} {one.about}".strip() for one in examine(pdf).findings}


# What a genuine one says


def test_a_sealed_document_is_whole_and_says_whose_seal_it_carries() -> None:
    report = examine(sealed())
    assert report.whole
    assert (report.kind, report.number, report.steps) == ("agreement", NUMBER, 4)
    assert (report.anchor_position, report.anchor_sha256) == (7, "ab" * 32)
    assert report.sealed_by == "归途汽车代驾服务有限公司 样张分公司"
    assert report.fingerprint == seal().fingerprint
    assert report.sealed_at == sample.NIGHT
    assert report.time_stamp is None
    assert report.pages == 3
    assert examine(receipt()).kind == "receipt"


def test_a_report_is_the_same_after_its_way_between_processes() -> None:
    report = examine(sealed())
    assert Report.from_bytes(report.to_bytes()) == report


def test_strangers_files_are_examined_in_a_process_of_their_own() -> None:
    examiner = Examiner()
    try:
        assert examiner.examine(sealed()) == examine(sealed())
        assert examiner.examine(b"no PDF at all").findings[0].fault is Fault.DAMAGED
    finally:
        examiner.close()


def test_pyhanko_says_the_same() -> None:
    signature = PdfFileReader(BytesIO(sealed())).embedded_signatures[0]
    context = ValidationContext(trust_roots=[seal().certificate], moment=sample.NIGHT, allow_fetching=False)
    status = validate_pdf_signature(signature, context)
    assert status.bottom_line
    assert status.docmdp_ok
    assert "UNTOUCHED" in status.summary()


def test_pdfsig_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(sealed())
    command = [shutil.which("pdfsig") or "pdfsig", "-nocert", str(tmp_path / "sealed.pdf")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


@pytest.mark.parametrize("make", [printed, another])
def test_before_sealing_a_document_is_pdf_a_3b(make: Callable[[], bytes]) -> None:
    with pikepdf.open(BytesIO(make())) as document:
        assert pdfa.check(document, "3b").findings == []


def test_the_facts_are_attached_and_the_pages_tagged() -> None:
    with pikepdf.open(BytesIO(sealed())) as document:
        assert list(document.attachments) == ["agreement.json"]
        content = document.attachments["agreement.json"].get_file().read_bytes()
        assert f'"number":"{NUMBER}"'.encode() in content
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "zh-CN"
        assert str(document.Root.AF[0].AFRelationship) == "/Data"


# Flipped bytes: a sample here, ten thousand by `python -m benchmarks.flips`


def flipped(pdf: bytes, place: int, bit: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1 << bit]) + pdf[place + 1 :]


@pytest.mark.parametrize("document", [sealed, receipt])
def test_any_flipped_byte_is_found_from_the_file_alone(document: Callable[[], bytes]) -> None:
    pdf, chance = document(), random.Random(2026)
    places = [chance.randrange(len(pdf)) for _ in range(60)]
    places += [chance.randrange(pdf.index(b"/Contents <"), pdf.index(b"/ByteRange")) for _ in range(60)]
    missed = [place for place in places if examine(flipped(pdf, place, chance.randrange(8))).whole]
    assert missed == []


def test_an_altered_document_still_names_the_one_it_was() -> None:
    """Otherwise an alteration would look like a stranger's file."""
    chance, pdf = random.Random(9), sealed()
    places = [chance.randrange(len(pdf)) for _ in range(300)]
    places += range(pdf.index(NUMBER.encode()), pdf.index(NUMBER.encode()) + len(NUMBER))
    assert "" not in {claimed_number(flipped(pdf, place, 1)) for place in places}


@pytest.mark.parametrize("stranger", [b"", b"%PDF-1.7", b"not a PDF", b"/ID [(<script>)]", b"/ID [(" * 50_000])
def test_a_strangers_file_is_damaged_and_has_no_number(stranger: bytes) -> None:
    assert examine(stranger).findings[0].fault is Fault.DAMAGED
    assert claimed_number(stranger) == ""


# What is done to documents, and how it is told


def test_a_document_that_was_never_sealed_says_so() -> None:
    assert faults(printed()) == {"not_sealed"}
    assert faults(render.render(Sheet(html="<p>x</p>"))) == {"not_sealed"}


def test_a_byte_of_a_page_names_the_page() -> None:
    with pikepdf.open(BytesIO(sealed())) as document:
        drawn = document.pages[1].Contents.read_raw_bytes()
    place = sealed().index(drawn) + len(drawn) // 2
    assert faults(flipped(sealed(), place, 3)) >= {"changed", "page_changed 2"}


def test_something_added_after_the_seal_is_told() -> None:
    writer = IncrementalPdfFileWriter(BytesIO(sealed()))
    writer.root["/Note"] = generic.pdf_string("added")
    writer.update_root()
    assert faults(written(writer)) == {"added_to"}


def test_a_page_swapped_by_an_appended_revision_is_named() -> None:
    writer = IncrementalPdfFileWriter(BytesIO(sealed()))
    pages = writer.root["/Pages"]["/Kids"]
    pages[0], pages[1] = pages.raw_get(1), pages.raw_get(0)
    writer.mark_update(writer.root["/Pages"].container_ref)
    assert faults(written(writer)) == {"added_to", "page_changed 1", "page_changed 2"}


def test_a_page_swapped_for_another_document_s_names_the_page_whoever_wrote_the_file() -> None:
    with pikepdf.open(BytesIO(sealed())) as document, pikepdf.open(BytesIO(another())) as other:
        document.pages.append(other.pages[0])
        document.pages[1] = document.pages[3]
        del document.pages[3]
        assert {"page_changed 2"} < faults(saved(document))


def test_pages_taken_out_and_put_in_are_named() -> None:
    with pikepdf.open(BytesIO(sealed())) as document:
        del document.pages[2]
        assert "page_missing 3" in faults(saved(document))
    with pikepdf.open(BytesIO(sealed())) as document:
        document.pages.append(document.pages[0])
        assert "page_added 4" in faults(saved(document))


def test_an_edited_annex_is_named() -> None:
    with pikepdf.open(BytesIO(sealed())) as document:
        facts = document.attachments["agreement.json"].get_file().read_bytes()
        document.attachments["agreement.json"] = facts.replace(b'"quote_total_fen":9900', b'"quote_total_fen":1100')
        assert faults(saved(document)) >= {"annex_changed agreement.json", "facts_disagree"}
    with pikepdf.open(BytesIO(sealed())) as document:
        document.attachments["more.txt"] = b"more"
        del document.attachments["agreement.json"]
        assert faults(saved(document)) >= {"annex_missing agreement.json", "annex_added more.txt"}


def test_facts_that_are_not_what_was_shown_are_told_even_under_a_good_seal() -> None:
    facts = sample.agreement("A")
    step = Step(kind="read", at=sample.NIGHT, device="", address="", shown_sha256="0" * 64)
    pdf = render.render(compose.agreement_sheet(replace(facts, steps=(step,))))
    assert faults(apply(pdf, seal(), sample.NIGHT).pdf) == {"facts_disagree"}


@pytest.mark.parametrize(
    "facts",
    [
        b'{"number": "A\\u0000B", "anchor": {"position": "abc", "sha256": 7}}',
        b'{"number": ["SR"], "anchor": {"position": 1.5}}',
        b'{"number": 7, "anchor": [1]}',
        b'{"number": "<b>", "anchor": {"position": true}, "steps": []}',
        b"[1, 2]",
    ],
)
def test_facts_of_an_odd_kind_in_a_stranger_s_file_are_none(facts: bytes) -> None:
    with pikepdf.open(BytesIO(printed())) as document:
        document.attachments["agreement.json"] = facts
        report = examine(saved(document))
    assert (report.number, report.anchor_position, report.anchor_sha256) == ("", None, "")
    assert Report.from_bytes(report.to_bytes()) == report


def test_half_a_character_in_a_stranger_s_manifest_is_told_all_the_same() -> None:
    with pikepdf.open(BytesIO(printed())) as document:
        del document.attachments["agreement.json"]
        document.attachments["manifest.json"] = b'{"parts": [{"name": "\\ud800.pdf", "sha256": "0"}]}'
        report = examine(saved(document))
    assert Report.from_bytes(report.to_bytes()) == report
    assert not report.whole


def test_another_s_seal_is_whole_but_has_another_fingerprint() -> None:
    report = examine(apply(printed(), seal("另一家公司"), sample.NIGHT).pdf)
    assert report.whole
    assert report.fingerprint != seal().fingerprint


# Seals


def test_a_seal_is_good_for_ten_years_and_names_the_company() -> None:
    assert seal().expires_at > sample.NIGHT + timedelta(days=3650)
    assert seal().certificate.subject.native["organization_name"] == "归途汽车代驾服务有限公司"
    assert seal().pem.startswith("-----BEGIN CERTIFICATE-----")
    assert x509.Certificate.load(seal().certificate.dump()).public_key.bit_size == 3072


def test_a_seal_file_is_of_no_use_without_its_passphrase() -> None:
    content = seals.self_signed("归途", "", "", PASSPHRASE, sample.NIGHT)
    with pytest.raises(SealUnusable, match="passphrase"):
        seals.from_pkcs12(content, "another")
    with pytest.raises(SealUnusable):
        seals.from_pkcs12(b"no file of this kind", PASSPHRASE)


def test_sealing_at_another_moment_says_that_moment() -> None:
    later: datetime = sample.NIGHT + timedelta(hours=3)
    assert examine(apply(printed(), seal(), later).pdf).sealed_at == later


def written(writer: IncrementalPdfFileWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def saved(document: pikepdf.Pdf) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()
