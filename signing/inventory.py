"""What a PDF holds beside its pages' text: metadata, fields, and structure that can act or hide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

_XMP: Final = {
    "xmp:title": re.compile(rb"<dc:title>(.*?)</dc:title>", re.S),
    "xmp:creator": re.compile(rb"<dc:creator>(.*?)</dc:creator>", re.S),
    "xmp:description": re.compile(rb"<dc:description>(.*?)</dc:description>", re.S),
    "xmp:keywords": re.compile(rb"<pdf:Keywords>(.*?)</pdf:Keywords>", re.S),
}
_TAG: Final = re.compile(rb"<[^>]*>")
# The dates of writing change with every permitted addition and say nothing about the content.
_DATES: Final = frozenset({"/ModDate", "/CreationDate", "/Producer"})
_ACTING: Final = ("/OpenAction", "/AA", "/OCProperties", "/Collection", "/Perms")
MAX_FIELDS = 2000


@dataclass(frozen=True, slots=True)
class Inventory:
    """Names with what stands under them, readable. A field's name begins with its page (from 1) when known."""

    metadata: Mapping[str, str]
    fields: Mapping[str, str]
    structure: Mapping[str, str]


def take(reader: PdfFileReader) -> Inventory:
    return Inventory(dict(_metadata(reader)), dict(_fields(reader)), dict(_structure(reader)))


def identity(reader: PdfFileReader) -> tuple[str, ...]:
    """The keywords that our own files carry, such as `paraph:version:…`."""
    info = reader.trailer_view.get("/Info")
    words = str(info.get("/Keywords", "")) if isinstance(info, generic.DictionaryObject) else ""
    words += " " + dict(_metadata(reader)).get("xmp:keywords", "")
    return tuple(dict.fromkeys(re.findall(r"paraph:[a-z]+:[0-9A-Za-z-]+", words)))


def _metadata(reader: PdfFileReader) -> Iterator[tuple[str, str]]:
    info = reader.trailer_view.get("/Info")
    if isinstance(info, generic.DictionaryObject):
        yield from ((key, str(info[key])) for key in info if key not in _DATES)
    stream = reader.root.get("/Metadata")
    if isinstance(stream, generic.StreamObject):
        for name, pattern in _XMP.items():
            found = pattern.search(stream.data)
            if found:
                yield name, _TAG.sub(b" ", found.group(1)).decode("utf-8", "replace").strip()


def _fields(reader: PdfFileReader) -> Iterator[tuple[str, str]]:
    form = reader.root.get("/AcroForm")
    roots = form.get("/Fields") if isinstance(form, generic.DictionaryObject) else None
    stack = [(item, "") for item in items(roots)]
    count = 0
    while stack and count < MAX_FIELDS:
        item, prefix = stack.pop()
        if not isinstance(item, generic.DictionaryObject):
            continue
        count += 1
        name = ".".join(part for part in (prefix, str(item.get("/T", ""))) if part)
        stack.extend((kid, name) for kid in items(item.get("/Kids")))
        yield name, _field(item)


def _field(item: generic.DictionaryObject) -> str:
    kind = str(item.get("/FT", ""))
    value = item.get("/V")
    shown = "signed" if isinstance(value, generic.DictionaryObject) else "" if value is None else str(value)
    box = " ".join(f"{float(str(side)):.0f}" for side in items(item.get("/Rect")))
    return f"{kind} [{box}] {shown}".strip()


def _structure(reader: PdfFileReader) -> Iterator[tuple[str, str]]:
    for name in _ACTING:
        if name in reader.root:
            yield name, _summary(reader.root[name])
    names = reader.root.get("/Names")
    if isinstance(names, generic.DictionaryObject):
        for name in ("/EmbeddedFiles", "/JavaScript"):
            if name in names:
                yield name, _summary(names[name])
    for at, page in enumerate(_pages(reader)):
        for number, note in enumerate(_annotations(page)):
            yield f"page {at + 1} annotation {number + 1}", note


def _pages(reader: PdfFileReader) -> Iterator[generic.DictionaryObject]:
    for at in range(min(int(reader.root["/Pages"]["/Count"]), 5000)):
        reference, _ = reader.find_page_for_modification(at)
        yield reference.get_object()


def _annotations(page: generic.DictionaryObject) -> Iterator[str]:
    """Links and widgets are not named: links belong to the text, widgets are fields."""
    for note in items(page.get("/Annots")):
        if isinstance(note, generic.DictionaryObject) and note.get("/Subtype") not in ("/Widget", "/Link"):
            yield f"{note.get('/Subtype', '')} {note.get('/Contents', '')}".strip()


def items(array: object) -> Iterator[generic.PdfObject]:
    """What an array holds, references followed; nothing when it is no array."""
    if isinstance(array, generic.ArrayObject):
        yield from (array[at] for at in range(len(array)))


def _summary(value: object) -> str:
    return str(value)[:200]
