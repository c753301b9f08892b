"""What differs between two states of a document, where a person can see it: page, box, before, after.

Boxes are `(left, top, right, bottom)` in points from the page's top left corner; pages count from 1.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from threading import Lock
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.inventory import take

Box = tuple[float, float, float, float]
MAX_CHANGES: Final = 200
MAX_PICTURES: Final = 120
_LONGEST_SIDE: Final = 1600
_THRESHOLD: Final = 40
_GAP: Final = 10
_ALONE: Final = Lock()
"""PDFium must never be entered by two threads."""


class Kind(StrEnum):
    TEXT = "text"
    PAGE = "page"
    FIELD = "field"
    METADATA = "metadata"
    VISUAL = "visual"
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True)
class Change:
    kind: Kind
    page: int | None = None
    box: Box | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    box: Box


def compare(before: bytes, after: bytes, allowed: Mapping[int, Sequence[Box]] | None = None) -> tuple[Change, ...]:
    """Every difference that can be named, at most `MAX_CHANGES`. Differences of the picture inside `allowed` boxes,
    by page, are not told: a signature shows itself there."""
    with _ALONE:
        changes = list(_compare_pages(before, after, allowed or {}))
    changes.extend(_compare_inventories(before, after))
    return tuple(changes[:MAX_CHANGES])


def _compare_inventories(before: bytes, after: bytes) -> Iterator[Change]:
    old, new = (take(PdfFileReader(io.BytesIO(data), strict=False)) for data in (before, after))
    yield from _named(Kind.METADATA, old.metadata, new.metadata)
    yield from _named(Kind.FIELD, old.fields, new.fields)
    yield from _named(Kind.STRUCTURE, old.structure, new.structure)


def _named(kind: Kind, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield Change(kind, None, None, _told(name, old), _told(name, new))


def _told(name: str, values: Mapping[str, str]) -> str | None:
    return f"{name}: {values[name]}" if name in values else None


def _compare_pages(before: bytes, after: bytes, allowed: Mapping[int, Sequence[Box]]) -> Iterator[Change]:
    old, new = pdfium.PdfDocument(before), pdfium.PdfDocument(after)
    try:
        for document in (old, new):
            document.init_forms()
        texts = [[_text(document[at]) for at in range(len(document))] for document in (old, new)]
        for _, a, a_end, b, b_end in SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_opcodes():
            common = min(a_end - a, b_end - b)
            pairs = [(a + n, b + n) for n in range(common)]
            for one, other in pairs:
                yield from _compare_page(old[one], new[other], other, allowed.get(other + 1, ()))
            for gone in range(a + common, a_end):
                yield Change(Kind.PAGE, gone + 1, None, texts[0][gone][:200], None)
            for added in range(b + common, b_end):
                yield Change(Kind.PAGE, added + 1, None, None, texts[1][added][:200])
    finally:
        old.close()
        new.close()


def _text(page: pdfium.PdfPage) -> str:
    text = page.get_textpage()
    try:
        return str(text.get_text_range())
    finally:
        text.close()


def _compare_page(old: pdfium.PdfPage, new: pdfium.PdfPage, at: int, allowed: Sequence[Box]) -> Iterator[Change]:
    textual = tuple(_compare_words(_words(old), _words(new), at + 1)) if _text(old) != _text(new) else ()
    yield from textual
    told = [change.box for change in textual if change.box]
    if at < MAX_PICTURES:
        for box in _seen_differences(old, new):
            if not any(_inside(box, known) for known in (*told, *allowed)):
                yield Change(Kind.VISUAL, at + 1, box)


def _words(page: pdfium.PdfPage) -> list[Word]:
    """The page's words with their boxes."""
    height = page.get_height()
    text = page.get_textpage()
    words: list[Word] = []
    letters: list[str] = []
    boxes: list[Box] = []
    try:
        content = text.get_text_range()
        for at in range(text.count_chars()):
            letter = content[at] if at < len(content) else " "
            if letter.isspace():
                _finish(words, letters, boxes)
            else:
                left, bottom, right, top = text.get_charbox(at)
                letters.append(letter)
                boxes.append((left, height - top, right, height - bottom))
        _finish(words, letters, boxes)
    finally:
        text.close()
    return words


def _finish(words: list[Word], letters: list[str], boxes: list[Box]) -> None:
    if letters:
        words.append(Word("".join(letters), _around(boxes)))
        letters.clear()
        boxes.clear()


def _compare_words(old: Sequence[Word], new: Sequence[Word], page: int) -> Iterator[Change]:
    matcher = SequenceMatcher(None, [word.text for word in old], [word.text for word in new], autojunk=False)
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone, came = old[a:a_end], new[b:b_end]
        box = _around([word.box for word in came or gone])
        yield Change(Kind.TEXT, page, box, _joined(gone), _joined(came))


def _joined(words: Sequence[Word]) -> str | None:
    return " ".join(word.text for word in words)[:1000] or None


def _seen_differences(old: pdfium.PdfPage, new: pdfium.PdfPage) -> list[Box]:
    """Boxes where the pages look different, from top to bottom."""
    scale = min(1.0, _LONGEST_SIDE / max(*old.get_size(), *new.get_size(), 1))
    one, other = _picture(old, scale), _picture(new, scale)
    if one.size != other.size:
        return [(0, 0, *new.get_size())]
    difference = ImageChops.difference(one, other).point(lambda level: 255 if level > _THRESHOLD else 0)
    return [(a / scale, b / scale, c / scale, d / scale) for a, b, c, d in _regions(difference)]


def _picture(page: pdfium.PdfPage, scale: float) -> Image.Image:
    picture: Image.Image = page.render(scale=scale, may_draw_forms=True, grayscale=True).to_pil()
    return picture


def _regions(difference: Image.Image) -> Iterator[tuple[int, int, int, int]]:
    """Boxes around what differs: bands of rows, each narrowed to its columns."""
    if difference.getbbox() is None:
        return
    width, height = difference.size
    differing = [row for row in range(height) if difference.crop((0, row, width, row + 1)).getbbox()]
    start = last = differing[0]
    for at in [*differing[1:], height + _GAP + 1]:
        if at - last > _GAP:
            yield _narrowed(difference, start, last + 1)
            start = at
        last = at


def _narrowed(difference: Image.Image, top: int, bottom: int) -> tuple[int, int, int, int]:
    found = difference.crop((0, top, difference.width, bottom)).getbbox()
    left, right = (found[0], found[2]) if found else (0, difference.width)
    return left, top, right, bottom


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _inside(box: Box, known: Box, slack: float = 4.0) -> bool:
    return (
        box[0] >= known[0] - slack
        and box[1] >= known[1] - slack
        and box[2] <= known[2] + slack
        and box[3] <= known[3] + slack
    )
