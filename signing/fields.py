"""Every visible signature field, placed and tagged in one revision before the first signature.

After a signature no visible field can be made good any more: neither PDF/UA's tags nor a strict change policy would
allow it. ISO 32000-1 14.7.4.3 and 14.8.4.5 (a Form element holds the widget), ISO 14289-1 7.18, ISO 19005-2 6.1.9.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field, ensure_sig_flags

from signing.errors import CannotTypeset
from signing.typeset import Room


def place_fields(pdf: bytes, rooms: Sequence[Room], unseen: Sequence[str] = ()) -> bytes:
    """The typeset PDF with an empty signature field in each room, and `unseen` ones without a place on any page.

    Without any, the same PDF with its last line ended.
    """
    # ISO 19005-2 6.1.9: an object's number stands on a line of its own; the typesetter ends without a line end.
    whole = pdf.rstrip() + b"\n"
    if not rooms and not unseen:
        return whole
    writer = IncrementalPdfFileWriter(io.BytesIO(whole))
    for room in rooms:
        _add(writer, room)
    for field in unseen:
        append_signature_field(writer, SigFieldSpec(field, readable_field_name=field))
    ensure_sig_flags(writer, lock_sig_flags=True)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue().rstrip() + b"\n"


def _add(writer: IncrementalPdfFileWriter, room: Room) -> None:
    page, _ = writer.find_page_for_modification(room.page - 1)
    top = float(page.get_object()["/MediaBox"][3]) - room.y
    box = (round(room.x), round(top - room.height), round(room.x + room.width), round(top))
    spec = SigFieldSpec(room.field, on_page=room.page - 1, box=box, readable_field_name=room.label)
    append_signature_field(writer, spec)
    widget = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    # ISO 14289-1 7.18.3: the order of the keyboard is the order of the structure.
    page.get_object()[pdf_name("/Tabs")] = pdf_name("/S")
    writer.mark_update(page)
    _tag(writer, room, page, widget)


def _tag(writer: IncrementalPdfFileWriter, room: Room, page: generic.Reference, widget: generic.IndirectObject) -> None:
    tree = writer.root["/StructTreeRoot"]
    top = tree["/K"].raw_get(0) if isinstance(tree["/K"], generic.ArrayObject) else tree.raw_get("/K")
    children = top.get_object()["/K"]
    if top.get_object()["/S"] != "/Document" or "/Nums" not in tree["/ParentTree"]:
        raise CannotTypeset("the structure tree has another shape than the template makes")
    form = writer.add_object(_form_element(room, top, page, widget))
    children.insert(_place(writer, children, room.page - 1), form)
    writer.update_container(children)
    key = int(tree["/ParentTreeNextKey"])
    tree[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(key + 1)
    numbers = tree["/ParentTree"]["/Nums"]
    numbers.extend([generic.NumberObject(key), form])
    writer.update_container(numbers)
    writer.update_container(tree)
    widget.get_object()[pdf_name("/StructParent")] = generic.NumberObject(key)


def _form_element(
    room: Room, parent: generic.PdfObject, page: generic.Reference, widget: generic.PdfObject
) -> generic.DictionaryObject:
    held = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): widget, pdf_name("/Pg"): page}
    )
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/StructElem"),
            pdf_name("/S"): pdf_name("/Form"),
            pdf_name("/P"): parent,
            pdf_name("/Pg"): page,
            pdf_name("/Alt"): pdf_string(room.label),
            pdf_name("/K"): held,
        }
    )


def _place(writer: IncrementalPdfFileWriter, children: generic.ArrayObject, page: int) -> int:
    """Reading order: behind the last element at the top that begins on this page (from 0) or before it."""
    count = int(writer.root["/Pages"]["/Count"])
    numbers = {writer.prev.find_page_for_modification(n)[0].idnum: n for n in range(count)}
    starts = [_first_page(child.get_object(), numbers) for child in children]
    return max((at + 1 for at, start in enumerate(starts) if start <= page), default=0)


def _first_page(element: generic.DictionaryObject, numbers: dict[int, int]) -> int:
    """-1 when nothing of the element tells where it stands."""
    while "/Pg" not in element:
        inner = element.get("/K")
        inner = inner[0] if isinstance(inner, generic.ArrayObject) and inner else inner
        if not isinstance(inner, generic.DictionaryObject):
            return -1
        element = inner
    return numbers[element.raw_get("/Pg").idnum]
