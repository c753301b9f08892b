"""The visible face of a signature: typeset once for an act, carried into every file with its fonts.

A face is a list of PDF objects that refer to each other by place in the list; written into a file they get its next
object numbers. ISO 19005-2 6.2.11.4: the fonts are embedded. No tags: an appearance stream has no marked content.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import typst
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.coverage import require_covered
from signing.errors import CannotTypeset
from signing.fonts import FONTS
from signing.typeset import Language, template

_REFERENCE: Final = re.compile(rb"\b(\d+) 0 R\b")
_HEADING: Final = {"cs": "Podepsáno elektronicky", "en": "Signed electronically"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One object: the dictionary's text cut at its references, and the place in the face that each leads to."""

    text: tuple[bytes, ...]
    leads: tuple[int, ...]
    stream: bytes | None

    def written(self, first: int) -> bytes:
        """The object's body in a file where the face begins with that object number."""
        parts = [self.text[0]]
        for lead, text in zip(self.leads, self.text[1:], strict=True):
            parts.append(b"%d 0 R" % (first + lead) + text)
        if self.stream is not None:
            parts.append(b"\nstream\n" + self.stream + b"\nendstream")
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Face:
    """`pieces[0]` is the form XObject that is shown in the field."""

    pieces: tuple[Piece, ...]


def draw(name: str, lines: Sequence[str], notice: str, language: Language) -> Face:
    """A signature's face. Raises `UncoveredSign`, `CannotTypeset`."""
    require_covered([("stamp", text) for text in (name, *lines, notice)])
    heading = _HEADING[language]
    data = {"language": language, "heading": heading, "name": name, "lines": list(lines), "notice": notice}
    try:
        pdf = typst.compile(
            template("stamp"),
            format="pdf",
            font_paths=FONTS,
            ignore_system_fonts=True,
            pdf_standards=["a-2u"],
            pdf_tags=False,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    except typst.TypstError as refused:
        raise CannotTypeset(refused.message) from refused
    return _face(pdf)


def _face(pdf: bytes) -> Face:
    reader = PdfFileReader(io.BytesIO(pdf))
    page = reader.root["/Pages"]["/Kids"][0]
    form = generic.StreamObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/XObject"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
            generic.pdf_name("/BBox"): page["/MediaBox"],
            generic.pdf_name("/Resources"): page["/Resources"],
        },
        stream_data=page["/Contents"].data,
    )
    places: dict[int, int] = {}
    objects: list[generic.PdfObject] = [form]
    for reference in _reached(form):
        if reference.idnum not in places:
            places[reference.idnum] = len(objects)
            objects.append(reference.get_object())
    return Face(tuple(_piece(one, places) for one in objects))


def _reached(value: generic.PdfObject) -> Iterator[generic.IndirectObject]:
    """Every reference under a value, through the objects it leads to, each object once."""
    seen: set[int] = set()
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, generic.IndirectObject):
            if item.idnum not in seen:
                seen.add(item.idnum)
                yield item
                stack.append(item.get_object())
        elif isinstance(item, generic.DictionaryObject):
            stack.extend(item.raw_get(key) for key in item)
        elif isinstance(item, generic.ArrayObject):
            stack.extend(item.raw_get(at) for at in range(len(item)))


def _piece(value: generic.PdfObject, places: dict[int, int]) -> Piece:
    stream = None
    if isinstance(value, generic.StreamObject):
        stream = zlib.compress(value.data, 9)
        value = generic.DictionaryObject({key: value.raw_get(key) for key in value if key not in _STREAM_KEYS})
        value[generic.pdf_name("/Filter")] = generic.pdf_name("/FlateDecode")
        value[generic.pdf_name("/Length")] = generic.NumberObject(len(stream))
    out = io.BytesIO()
    value.write_to_stream(out, None)
    cut = _REFERENCE.split(out.getvalue())
    return Piece(tuple(cut[::2]), tuple(places[int(number)] for number in cut[1::2]), stream)


_STREAM_KEYS: Final = frozenset({"/Filter", "/Length", "/DecodeParms"})
