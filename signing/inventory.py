"""What a PDF holds beside its pages' text: metadata, fields, and structure that can act or hide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

_XMP: Final = {
    "xmp:title": re.compile(rb"<dc:title[^>]*>(.*?)</dc:title>", re.S),
    "xmp:creator": re.compile(rb"<dc:creator[^>]*>(.*?)</dc:creator>", re.S),
    "xmp:description": re.compile(rb"<dc:description[^>]*>(.*?)</dc:description>", re.S),
    # A simple property is written as an element or as an attribute (ISO 16684-1 7.4, 7.9.2.2).
    "xmp:keywords": re.compile(rb"pdf:Keywords(?:>|\s*=\s*[\"'])([^<\"']*)"),
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
    said = dict(_metadata(reader))
    words = f"{said.get('/Keywords', '')} {said.get('xmp:keywords', '')}"
    return tuple(dict.fromkeys(re.findall(r"paraph:[a-z]+:[0-9A-Za-z-]+", words)))


def _metadata(reader: PdfFileReader) -> Iterator[tuple[str, str]]:
    info = entry(reader.trailer_view, "/Info")
    if isinstance(info, generic.DictionaryObject):
        yield from ((key, str(info[key])) for key in info if key not in _DATES)
    stream = entry(reader.root, "/Metadata")
    if isinstance(stream, generic.StreamObject):
        for name, pattern in _XMP.items():
            found = pattern.search(stream.data)
            if found:
                yield name, _TAG.sub(b" ", found.group(1)).decode("utf-8", "replace").strip()


def _fields(reader: PdfFileReader) -> Iterator[tuple[str, str]]:
    stack = [(item, "") for item in items(entry(entry(reader.root, "/AcroForm"), "/Fields"))]
    count = 0
    while stack and count < MAX_FIELDS:
        item, prefix = stack.pop()
        if not isinstance(item, generic.DictionaryObject):
            continue
        count += 1
        name = ".".join(part for part in (prefix, str(entry(item, "/T") or "")) if part)
        stack.extend((kid, name) for kid in items(entry(item, "/Kids")))
        yield name, _field(item)


def _field(item: generic.DictionaryObject) -> str:
    value = entry(item, "/V")
    shown = "signed" if isinstance(value, generic.DictionaryObject) else "" if value is None else str(value)
    box = " ".join(f"{float(str(side)):.0f}" for side in items(entry(item, "/Rect")))
    return f"{entry(item, '/FT') or ''} [{box}] {shown}".strip()


def _structure(reader: PdfFileReader) -> Iterator[tuple[str, str]]:
    for name in _ACTING:
        if name in reader.root:
            yield name, _summary(reader.root[name])
    for name in ("/EmbeddedFiles", "/JavaScript"):
        held = entry(entry(reader.root, "/Names"), name)
        if held is not None:
            yield name, _summary(held)
    for at, page in enumerate(_pages(reader)):
        for number, note in enumerate(_annotations(page)):
            yield f"page {at + 1} annotation {number + 1}", note


def _pages(reader: PdfFileReader) -> Iterator[generic.DictionaryObject]:
    for at in range(min(int(reader.root["/Pages"]["/Count"]), 5000)):
        reference, _ = reader.find_page_for_modification(at)
        yield reference.get_object()


def _annotations(page: generic.DictionaryObject) -> Iterator[str]:
    """Links and widgets are not named: links belong to the text, widgets are fields."""
    for note in items(entry(page, "/Annots")):
        kind = str(entry(note, "/Subtype") or "")
        if kind not in ("", "/Widget", "/Link"):
            yield f"{kind} {entry(note, '/Contents') or ''}".strip()


def entry(holder: object, key: str) -> generic.PdfObject | None:
    """What a dictionary holds under a key, the reference followed; None when it is no dictionary or has no such key."""
    return holder[key] if isinstance(holder, generic.DictionaryObject) and key in holder else None


def items(array: object) -> Iterator[generic.PdfObject]:
    """What an array holds, references followed; nothing when it is no array."""
    if isinstance(array, generic.ArrayObject):
        yield from (array[at] for at in range(len(array)))


def _summary(value: object) -> str:
    return str(value)[:200]
