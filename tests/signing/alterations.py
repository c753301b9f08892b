"""Ways to alter a signed file. Each takes the bytes and gives the bytes of the altered copy."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

Alteration = Callable[[bytes], bytes]


def appended(change: Callable[[IncrementalPdfFileWriter], None]) -> Alteration:
    """By an incremental update, as an editor program saves."""

    def alter(pdf: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    return alter


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(str(value)) for value in values])


def dictionary(**entries: Any) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(f"/{key}"): value for key, value in entries.items()})


def overlay(writer: IncrementalPdfFileWriter) -> None:
    reference, _ = writer.find_page_for_modification(0)
    page = reference.get_object()
    stream = writer.add_object(generic.StreamObject(stream_data=b"q 1 1 1 rg 200 480 200 60 re f Q"))
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), stream])
    writer.mark_update(reference)


def content_replaced(writer: IncrementalPdfFileWriter) -> None:
    reference = writer.find_page_for_modification(0)[0].get_object().raw_get("/Contents")
    stream = generic.StreamObject(stream_data=reference.get_object().data + b"\nq 0 0 1 rg 60 60 90 50 re f Q")
    writer.objects[(reference.generation, reference.idnum)] = stream


def annotated(writer: IncrementalPdfFileWriter) -> None:
    page, _ = writer.find_page_for_modification(0)
    note = dictionary(
        Type=pdf_name("/Annot"), Subtype=pdf_name("/Square"), Rect=numbers(100, 500, 300, 560),
        IC=numbers(1, 1, 0), Contents=pdf_string("480 000 Kč"), F=generic.NumberObject(4),
    )  # fmt: skip
    writer.register_annotation(page, writer.add_object(note))


def page_added(writer: IncrementalPdfFileWriter) -> None:
    stream = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
    writer.insert_page(PageObject(contents=stream, media_box=numbers(0, 0, 595, 842)))


def information(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(writer.add_object(dictionary(Title=pdf_string("Jiný název"))))


def appearance(writer: IncrementalPdfFileWriter) -> None:
    field = field_named(writer, "Podpis1")
    shown = generic.StreamObject(
        dict_data={
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): numbers(0, 0, 200, 60),
        },
        stream_data=b"1 0 0 rg 0 0 200 60 re f",
    )
    field.get_object()[pdf_name("/AP")] = dictionary(N=writer.add_object(shown))
    writer.mark_update(field)


def moved(writer: IncrementalPdfFileWriter) -> None:
    field = field_named(writer, "Podpis1")
    field.get_object()[pdf_name("/Rect")] = numbers(50, 600, 550, 800)
    writer.mark_update(field)


def unsigned_field(writer: IncrementalPdfFileWriter) -> None:
    for name in ("Podpis1", "Podpis2"):
        field = field_named(writer, name)
        if "/V" in field.get_object():
            del field.get_object()["/V"]
            writer.mark_update(field)


def reason(writer: IncrementalPdfFileWriter) -> None:
    signature = field_named(writer, "Podpis1").get_object().raw_get("/V")
    signature.get_object()[pdf_name("/Reason")] = pdf_string("Jiný důvod")
    writer.mark_update(signature)


def attachment(writer: IncrementalPdfFileWriter) -> None:
    data = embed.EmbeddedFileObject.from_file_data(writer, data=b"hello", mime_type="text/plain")
    embed.embed_file(writer, embed.FileSpec(file_spec_string="a.txt", embedded_data=data))


def script(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/OpenAction")] = dictionary(S=pdf_name("/JavaScript"), JS=pdf_string("app.alert(1)"))
    writer.update_root()


def visible_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Podvrh", on_page=0, box=(50, 700, 250, 760)))


def text_field(writer: IncrementalPdfFileWriter) -> None:
    page, _ = writer.find_page_for_modification(0)
    field = dictionary(
        FT=pdf_name("/Tx"), Type=pdf_name("/Annot"), Subtype=pdf_name("/Widget"), T=pdf_string("castka"),
        V=pdf_string("480 000"), F=generic.NumberObject(4), Rect=numbers(50, 150, 250, 170), P=page,
    )  # fmt: skip
    reference = writer.add_object(field)
    writer.root["/AcroForm"]["/Fields"].append(reference)
    writer.update_container(writer.root["/AcroForm"]["/Fields"])
    writer.register_annotation(page, reference)


def described(writer: IncrementalPdfFileWriter) -> None:
    reference = writer.root.raw_get("/Metadata")
    stream = generic.StreamObject(
        dict_data={pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")},
        stream_data=reference.get_object().data.replace(b"Smlouva", b"Podvrh!"),
    )
    writer.objects[(reference.generation, reference.idnum)] = stream


def field_named(writer: IncrementalPdfFileWriter, name: str) -> generic.IndirectObject:
    fields = writer.root["/AcroForm"]["/Fields"]
    found: generic.IndirectObject = next(fields.raw_get(at) for at in range(len(fields)) if fields[at]["/T"] == name)
    return found


def junk(pdf: bytes) -> bytes:
    return pdf + b"% nothing of the kind\n"


def flipped_content(pdf: bytes) -> bytes:
    at = pdf.index(b"stream\n", pdf.index(b"/FlateDecode")) + 40
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def flipped_padding(pdf: bytes) -> bytes:
    end = hole(pdf)[1]
    return pdf[: end - 9] + b"1" + pdf[end - 8 :]


def flipped_container(pdf: bytes) -> bytes:
    """In the middle of the certificates that the signature carries along."""
    at = hole(pdf)[0] + 1200
    return pdf[:at] + (b"0" if pdf[at : at + 1] != b"0" else b"1") + pdf[at + 1 :]


def flipped_value(pdf: bytes) -> bytes:
    """In the last bytes of the container: the signature's value or its time-stamp's."""
    start, end = hole(pdf)
    used = len(pdf[start : end - 1].rstrip(b"0")) + start - 8
    return pdf[:used] + (b"0" if pdf[used : used + 1] != b"0" else b"1") + pdf[used + 1 :]


def hole(pdf: bytes) -> tuple[int, int]:
    """Where the newest signature's container stands, brackets included."""
    found = re.findall(rb"/ByteRange \[0 (\d+) (\d+) \d+\]", pdf)[-1]
    return int(found[0]), int(found[1])


APPENDED: dict[str, Alteration] = {
    change.__name__: appended(change)
    for change in (
        overlay, content_replaced, annotated, page_added, information, appearance, moved, reason, attachment, script,
        visible_field, text_field, described,
    )
}  # fmt: skip
BENT: dict[str, Alteration] = {change.__name__: change for change in (junk, flipped_content, flipped_padding)}
