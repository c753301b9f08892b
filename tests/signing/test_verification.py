from __future__ import annotations

import io
import zlib

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter, copy_into_new_writer

from signing.changes import Kind, compare
from signing.errors import Encrypted, FileRefused, NotPdf, Truncated, Unreadable
from signing.fields import place_fields
from signing.pki import DemoPki
from signing.verification import Indication, Known, Verdict, Verification, identify, verify
from tests.signing.alterations import (
    APPENDED,
    BENT,
    appended,
    flipped_container,
    flipped_value,
    numbers,
    unsigned_field,
)
from tests.signing.office import NOW, OFFICE, hand, known, pki, sha256, signed_once, signed_twice, unsigned

GOOD = {Verdict.VALID, Verdict.VALID_LATER_SIGNATURE}


def judged(pdf: bytes, kept: Known | None = None) -> Verification:
    return verify(pdf, pki().anchors, NOW, kept)


def test_the_issued_file_is_valid_and_says_who_signed_and_when() -> None:
    for kept in (None, known()):
        told = judged(signed_twice(), kept)
        assert told.verdict is Verdict.VALID
        assert [one.by for one in told.signatures] == ["Jana Nováková", "Petr Dvořák"]
        assert [one.level for one in told.signatures] == ["B-B", "B-T"]
        assert [one.covers for one in told.signatures] == ["earlier_state", "whole"]
        assert all(one.trusted and one.indication is Indication.PASSED and one.at == NOW for one in told.signatures)
        assert told.changes == ()


@pytest.mark.parametrize("name", [*APPENDED, *BENT])
@pytest.mark.parametrize("kept", [None, known()], ids=["foreign", "known"])
def test_every_alteration_is_caught(name: str, kept: Known | None) -> None:
    told = judged((APPENDED | BENT)[name](signed_twice()), kept)
    expected = {Verdict.MODIFIED} if name != "flipped_content" else {Verdict.MODIFIED, Verdict.BROKEN}
    assert told.verdict in expected
    assert told.changes, "a verdict comes with its reason"


@pytest.mark.parametrize(
    ("name", "kind", "page"),
    [
        ("overlay", Kind.VISUAL, 1),
        ("content_replaced", Kind.VISUAL, 1),
        ("annotated", Kind.STRUCTURE, None),
        ("page_added", Kind.PAGE, 2),
        ("information", Kind.METADATA, None),
        ("described", Kind.METADATA, None),
        ("text_field", Kind.FIELD, None),
        ("visible_field", Kind.FIELD, None),
        ("moved", Kind.FIELD, None),
        ("script", Kind.STRUCTURE, None),
        ("attachment", Kind.STRUCTURE, None),
    ],
)
def test_what_was_changed_is_told_by_kind_and_page(name: str, kind: Kind, page: int | None) -> None:
    told = judged(APPENDED[name](signed_twice()))
    assert any(change.kind is kind and change.page == page for change in told.changes), told.changes


def test_a_laid_over_patch_is_boxed_where_it_lies() -> None:
    told = judged(APPENDED["content_replaced"](signed_twice()))
    box = next(change.box for change in told.changes if change.kind is Kind.VISUAL)
    assert box is not None
    left, top, right, bottom = box
    assert [left, right] == pytest.approx([60, 150], abs=2)
    assert [top, bottom] == pytest.approx([842 - 110, 842 - 60], abs=2)


def test_another_sum_on_the_page_is_told_word_by_word() -> None:
    forged = unsigned("480 000 Kč")
    told = judged(forged, known())
    assert told.verdict is Verdict.STRIPPED
    words = [(change.before, change.after, change.page) for change in told.changes if change.kind is Kind.TEXT]
    assert words == [("180", "480", 1)]


def test_removed_signatures_are_missed() -> None:
    stripped = [
        signed_once(),
        unsigned(),
        appended(unsigned_field)(signed_twice()),
        signed_twice()[: len(signed_once())],
    ]
    assert {judged(pdf, known()).verdict for pdf in stripped} == {Verdict.STRIPPED}
    assert judged(unsigned()).verdict is Verdict.UNSIGNED


@pytest.mark.parametrize("alter", [flipped_container, flipped_value])
def test_a_bent_container_is_never_good(alter: object) -> None:
    assert callable(alter)
    for kept in (None, known()):
        try:
            verdict = judged(alter(signed_once()), kept).verdict
        except Unreadable:
            continue
        if kept is None and alter is flipped_container:
            continue
        assert verdict not in GOOD


def test_a_later_signature_in_its_place_is_a_later_signature() -> None:
    kept = Known({sha256(unsigned()): 0, sha256(signed_once()): 1}, signed_once())
    told = judged(signed_twice(), kept)
    assert told.verdict is Verdict.VALID_LATER_SIGNATURE
    assert told.changes == ()


def test_a_signature_by_somebody_unknown_is_rejected() -> None:
    foreign = DemoPki.make(OFFICE, NOW).anchors
    told = verify(signed_once(), foreign, NOW)
    assert told.verdict is Verdict.REJECTED
    assert [one.indication for one in told.signatures] == [Indication.INDETERMINATE]


def test_a_change_under_a_good_later_signature_is_found() -> None:
    altered = APPENDED["overlay"](signed_once())
    writer = io.BytesIO(altered)
    resigned = hand("Petr Dvořák").outcome(writer.getvalue(), "Podpis2")
    pdf = getattr(resigned, "pdf", altered)
    for kept in (None, Known({sha256(signed_once()): 1}, signed_once())):
        assert judged(pdf, kept).verdict is Verdict.MODIFIED


def test_a_file_is_identified_by_its_states_and_its_mark() -> None:
    found = identify(APPENDED["annotated"](signed_twice()))
    assert found.marks == ("paraph:version:0123456789abcdefghjk",)
    assert sha256(signed_twice()) in found.states
    assert sha256(unsigned()) in found.states


def rewritten(pdf: bytes) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_copy_written_anew_by_another_program_is_no_longer_good() -> None:
    assert judged(rewritten(signed_twice()), known()).verdict not in GOOD
    assert identify(rewritten(signed_twice())).marks == ("paraph:version:0123456789abcdefghjk",)


def encrypted() -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(unsigned())))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", NotPdf),
        (b"PK\x03\x04 a text document", NotPdf),
        (b"%PDF-1.7\n%%EOF\n", Unreadable),
        (b"%PDF-1.7\n" + b"0" * 5000, Truncated),
    ],
)
def test_what_is_no_whole_pdf_is_refused(data: bytes, refusal: type[FileRefused]) -> None:
    for ask in (identify, judged):
        with pytest.raises(refusal):
            ask(data)


def test_a_locked_file_is_refused() -> None:
    with pytest.raises(Encrypted):
        judged(encrypted())


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.97, 0.995])
def test_a_cut_file_is_refused_or_missed_never_good(part: float) -> None:
    cut = signed_twice()[: int(len(signed_twice()) * part)]
    try:
        assert judged(cut, known()).verdict is Verdict.STRIPPED
    except Truncated:
        return


@pytest.mark.parametrize("seed", range(40))
def test_a_file_with_any_byte_bent_is_never_good(seed: int) -> None:
    pdf = signed_twice()
    at = (seed * 2_654_435_761) % len(pdf)
    bent = pdf[:at] + bytes([pdf[at] ^ (1 + seed % 255)]) + pdf[at + 1 :]
    try:
        assert judged(bent, known()).verdict not in GOOD
    except FileRefused:
        return


def bomb() -> bytes:
    """A page whose content unpacks to a gigabyte."""
    writer = PdfFileWriter()
    packed = zlib.compress(zlib.compress(b"0 0 m " * 2_000_000, 9), 9)
    filters = generic.ArrayObject([pdf_name("/FlateDecode"), pdf_name("/FlateDecode")])
    stream = generic.StreamObject(dict_data={pdf_name("/Filter"): filters}, encoded_data=packed)
    writer.insert_page(PageObject(contents=writer.add_object(stream), media_box=numbers(0, 0, 595, 842)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_packed_page_that_nobody_signed_is_judged_without_unpacking_it() -> None:
    assert judged(bomb()).verdict is Verdict.UNSIGNED


def test_two_equal_files_do_not_differ() -> None:
    assert compare(unsigned(), unsigned()) == ()


def test_a_document_typeset_anew_for_another_signing_does_not_pass_for_the_first() -> None:
    other = place_fields(unsigned("480 000 Kč").rstrip(), ())
    forged = hand("Jana Nováková").sign(other, "Podpis1")
    told = judged(forged, Known({sha256(signed_once()): 1}, signed_once()))
    assert told.verdict is Verdict.MODIFIED
    assert any(change.kind is Kind.TEXT for change in told.changes)


def test_an_incremental_writer_can_follow_our_revisions() -> None:
    assert int(IncrementalPdfFileWriter(io.BytesIO(signed_twice())).root["/Pages"]["/Count"]) == 1
