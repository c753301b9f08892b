"""What is written behind a signature: by hand, as no decent program would."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.changes import Kind
from signing.verification import Known, Verdict, verify
from tests.signing.alterations import appended
from tests.signing.office import NOW, hand, known, pki, sha256, signed_once, signed_twice

Objects = dict[int, bytes]
STREAM = b"<< /Length 5 >>\nstream\nhello\nendstream"
STAMP = b"/Type /Annot /Subtype /Stamp /F 4 /Contents (x)"


def body(pdf: bytes, number: int) -> bytes:
    """An object as it was written last."""
    return bytes(re.findall(rb"\n%d 0 obj\s*(.*?)\s*endobj" % number, pdf, re.S)[-1])


def numbers(pdf: bytes) -> tuple[int, int, int]:
    """Of the catalogue, of the first page, and the first that is free."""
    reader = PdfFileReader(io.BytesIO(pdf))
    page, _ = reader.find_page_for_modification(0)
    return reader.root_ref.idnum, page.idnum, int(str(reader.trailer_view["/Size"]))


def revised(pdf: bytes, objects: Objects, trailer: bytes = b"") -> bytes:
    """The file with one more revision, `trailer` at the end of its trailer."""
    last, start = re.findall(rb"trailer\s*<<(.*?)>>\s*startxref\s+(\d+)", pdf, re.S)[-1]
    out, table = pdf, b"xref\n0 1\n0000000000 65535 f \n"
    for number, written in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, written)
    kept = re.sub(rb"/(Prev|Size) \d+", b"", last)
    size = max([numbers(pdf)[2], *(number + 1 for number in objects)])
    end = b"trailer\n<<%b /Size %d /Prev %d %b>>\nstartxref\n%d\n%%%%EOF\n" % (
        kept,
        size,
        int(start),
        trailer,
        len(out),
    )
    return out + table + end


def inside(dictionary: bytes, more: bytes, first: bool = False) -> bytes:
    """A dictionary with more in it: behind everything, or before."""
    return b"<<" + more + dictionary[2:] if first else dictionary[:-2] + more + b">>"


def with_annotation(pdf: bytes, more: bytes) -> bytes:
    found = re.search(rb"/Annots ?\[([^\]]*)\]", body(pdf, numbers(pdf)[1]))
    assert found, "the page has its fields"
    return b"[" + found.group(1) + b" " + more + b"]"


def catalogue(pdf: bytes, more: bytes, objects: Objects | None = None) -> bytes:
    root, _, _ = numbers(pdf)
    return revised(pdf, {root: inside(body(pdf, root), more), **(objects or {})})


def twice(key: bytes, first: bool = False) -> Callable[[bytes], bytes]:
    """The page's annotations a second time, with a stamp among them."""

    def alter(pdf: bytes) -> bytes:
        _, page, _ = numbers(pdf)
        stamped = with_annotation(pdf, b"<< %b /Rect [60 600 560 660] >>" % STAMP)
        return revised(pdf, {page: inside(body(pdf, page), b"/%b %b" % (key, stamped), first)})

    return alter


def stamp_in_the_box(pdf: bytes) -> bytes:
    """In place of the picture of a field that is signed, under a key that pyHanko does not look at."""
    _, page, free = numbers(pdf)
    reader = PdfFileReader(io.BytesIO(pdf))
    field = reader.root["/AcroForm"]["/Fields"].raw_get(0)
    box = b" ".join(str(side).encode() for side in field.get_object()["/Rect"])
    face = b"<< /Subtype /Form /BBox [0 0 200 60] /Length 24 >>\nstream\n1 0 0 rg 0 0 200 60 re f\nendstream"
    stamped = with_annotation(pdf, b"<< %b /Rect [%b] /AP << /N %d 0 R >> >>" % (STAMP, box, free))
    stamped = stamped.replace(b"%d 0 R " % field.idnum, b"", 1)
    return revised(pdf, {page: inside(body(pdf, page), b"/Annots " + stamped), free: face})


def in_an_inner_dictionary(pdf: bytes) -> bytes:
    form = re.search(rb"/AcroForm (\d+) 0 R", body(pdf, numbers(pdf)[0]))
    assert form, "the fields have an object of their own"
    number = int(form.group(1))
    return revised(pdf, {number: inside(body(pdf, number), b"/DR << /Font << >> /Font << /A 1 >> >>")})


def in_an_object_stream(pdf: bytes) -> bytes:
    """As a program saves that packs its objects and their table."""
    root, _, free = numbers(pdf)
    held = b"%d 0 " % root + inside(body(pdf, root), b"/Lang (en)")
    start = held.index(b"<<")
    out = pdf
    packed = b"%d 0 obj\n<< /Type /ObjStm /N 1 /First %d /Length %d >>\nstream\n%b\nendstream\nendobj\n"
    at, table = len(out), len(out)
    out += packed % (free, start, len(held), held)
    table = len(out)
    rows = b"".join(
        bytes([kind]) + place.to_bytes(4, "big") + bytes([last])
        for kind, place, last in ((2, free, 0), (1, at, 0), (1, table, 0))
    )
    kept = b" ".join(re.findall(rb"/(?:Root|Info) \d+ 0 R|/ID ?\[[^\]]*\]", pdf[pdf.rindex(b"trailer") :]))
    start_before = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    head = b"/Type /XRef /W [1 4 1] /Index [%d 1 %d 2] /Size %d /Prev %d /Length %d"
    told = head % (root, free, free + 2, start_before, len(rows))
    out += b"%d 0 obj\n<< %b %b >>\nstream\n%b\nendstream\nendobj\n" % (free + 1, told, kept, rows)
    return out + b"startxref\n%d\n%%%%EOF\n" % table


TWOFOLD: dict[str, Callable[[bytes], bytes]] = {
    "last": twice(b"Annots"),
    "written otherwise": twice(b"Anno#74s"),
    "a stamp in the box": stamp_in_the_box,
    "in the catalogue": lambda pdf: catalogue(pdf, b"/Lang (en)"),
    "an inner dictionary": in_an_inner_dictionary,
    "an object stream": in_an_object_stream,
    "in the trailer": lambda pdf: revised(pdf, {}, b"/Root %d 0 R" % numbers(pdf)[1]),
}


@pytest.mark.parametrize("name", TWOFOLD)
@pytest.mark.parametrize("kept", [None, known()], ids=["foreign", "known"])
def test_a_key_that_stands_twice_is_a_modification_and_told(name: str, kept: Known | None) -> None:
    told = verify(TWOFOLD[name](signed_twice()), pki().anchors, NOW, kept)
    assert told.verdict is Verdict.MODIFIED
    assert any("Multiple definitions" in (change.after or "") for change in told.changes), told.changes


def test_a_key_that_stands_before_its_like_is_a_modification() -> None:
    assert verify(twice(b"Annots", first=True)(signed_twice()), pki().anchors, NOW).verdict is Verdict.MODIFIED


def test_a_picture_changed_in_the_box_of_a_signed_field_is_told_where_it_lies() -> None:
    told = verify(stamp_in_the_box(signed_twice()), pki().anchors, NOW)
    assert any(change.kind is Kind.VISUAL and change.page == 1 for change in told.changes), told.changes


@pytest.mark.parametrize("kept", [None, known()], ids=["foreign", "known"])
@pytest.mark.parametrize("tail", [b"\n", b" \r\n\n", None])
def test_nothing_added_is_no_later_signature(tail: bytes | None, kept: Known | None) -> None:
    pdf = signed_twice()
    told = verify(revised(pdf, {}) if tail is None else pdf + tail, pki().anchors, NOW, kept)
    assert (told.verdict, told.changes) == (Verdict.VALID, ())


def free(pdf: bytes) -> int:
    return numbers(pdf)[2]


IDLE: dict[str, Callable[[bytes], bytes]] = {
    "a loose dictionary": lambda pdf: revised(pdf, {free(pdf): b"<< /S (hidden) >>"}),
    "a loose stream": lambda pdf: revised(pdf, {free(pdf): STREAM}),
    "an empty store": lambda pdf: catalogue(pdf, b"/DSS << >>"),
    "junk in the store": lambda pdf: catalogue(pdf, b"/DSS << /Certs [%d 0 R] >>" % free(pdf), {free(pdf): STREAM}),
    "the catalogue again": lambda pdf: catalogue(pdf, b""),
}


@pytest.mark.parametrize("name", IDLE)
@pytest.mark.parametrize("kept", [None, known()], ids=["foreign", "known"])
def test_what_serves_no_signature_is_a_modification_and_told(name: str, kept: Known | None) -> None:
    told = verify(IDLE[name](signed_twice()), pki().anchors, NOW, kept)
    assert told.verdict is Verdict.MODIFIED
    assert told.changes


@pytest.mark.parametrize("kept", [None, known()], ids=["foreign", "known"])
def test_validation_data_are_a_permitted_addition(kept: Known | None) -> None:
    pdf, der = signed_twice(), pki().anchors.roots[0].public_bytes(Encoding.DER)
    stream = b"<< /Length %d >>\nstream\n%b\nendstream" % (len(der), der)
    told = verify(
        catalogue(pdf, b"/DSS << /Certs [%d 0 R] >>" % free(pdf), {free(pdf): stream}), pki().anchors, NOW, kept
    )
    assert (told.verdict, told.changes) == (Verdict.VALID_LATER_SIGNATURE, ())


def test_a_payload_under_a_good_later_signature_is_found() -> None:
    carried = revised(signed_once(), {free(signed_once()): STREAM})
    told = verify(hand("Petr Dvořák").sign(carried, "Podpis2"), pki().anchors, NOW)
    assert told.verdict is Verdict.MODIFIED


def test_a_later_signature_followed_by_nothing_stays_a_later_signature() -> None:
    kept = Known({sha256(signed_once()): 1}, signed_once())
    told = verify(signed_twice() + b"\n", pki().anchors, NOW, kept)
    assert (told.verdict, told.changes) == (Verdict.VALID_LATER_SIGNATURE, ())


def test_an_incremental_writer_that_changes_nothing_makes_a_modification_at_most() -> None:
    def touch(writer: IncrementalPdfFileWriter) -> None:
        writer.update_root()

    told = verify(appended(touch)(signed_twice()), pki().anchors, NOW)
    assert told.verdict is Verdict.MODIFIED
