"""From pandoc's tree to content: what stands inside a paragraph, and the comments of a Word file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from review.content import OBJECT, Content, Mark, Node, Text, joined
from review.exchange.pandoc import MARK_OF, Elements, attr_of
from review.ids import new_id
from review.schema import Value
from review.suggestions import SUGGESTED

QUOTES = {"DoubleQuote": ("„", "“"), "SingleQuote": ("‚", "‘")}
# Narrower than the schema: a place "of this office" in a file from elsewhere is a place of another one.
SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)\S+", re.IGNORECASE)
LENGTH = re.compile(r"(\d+(?:\.\d+)?)(px|in|cm|mm|pt)?")
PIXELS = {"px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72, None: 1.0}
DROPPED = {"paragraph-deletion", "paragraph-insertion"}

Inline = Node | Text
Marks = tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment that a foreign file carried. `block` counts text blocks in reading order, `start` and `end` code
    points in its plain text; a passage over several blocks is cut at the end of its first."""

    author: str
    date: str
    text: str
    block: int = 0
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Remarks:
    """What was met while reading, under the id that the file gives it."""

    found: dict[str, Remark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    address: str
    attrs: Mapping[str, Value]


@dataclass(slots=True)
class _Reader:
    remarks: Remarks
    left_out: list[str]

    def parts(self, elements: Elements, marks: Marks) -> Iterator[Inline]:
        for part in elements:
            yield from self._part(part["t"], part.get("c"), marks)

    def _part(self, name: str, content: Any, marks: Marks) -> Iterator[Inline]:
        if name in MARK_OF:
            yield from self.parts(content, _with(marks, Mark(MARK_OF[name])))
            return
        match name:
            case "Str":
                yield from _text(content, marks)
            case "Space" | "SoftBreak":
                yield Text(" ", marks)
            case "LineBreak":
                yield Node("hardBreak")
            case "Link":
                yield from self._link(content, marks)
            case "Note":
                yield Node("footnote", content=self._note(content))
            case "Span":
                yield from self._span(content, marks)
            case _:
                yield from self._rare(name, content, marks)

    def _rare(self, name: str, content: Any, marks: Marks) -> Iterator[Inline]:
        match name:
            case "Quoted":
                before, after = QUOTES[content[0]["t"]]
                yield from [Text(before, marks), *self.parts(content[1], marks), Text(after, marks)]
            case "Cite":
                yield from self.parts(content[1], marks)
            case "SmallCaps":
                yield from self.parts(content, marks)
            case "Code" | "Math":
                yield from _text(content[1], marks)
            case "Image":
                yield from self.parts(content[1], marks)
            case "RawInline":
                self.left_out.append(f"raw {content[0]}")
            case _:
                raise ValueError(f"unknown inline {name}")

    def _link(self, content: Any, marks: Marks) -> Iterator[Inline]:
        _, parts, (address, title) = content
        if not SAFE_LINK.fullmatch(address):
            yield from self.parts(parts, marks)
            return
        attrs: dict[str, Value] = {"href": address} | ({"title": title} if title else {})
        yield from self.parts(parts, _with(marks, Mark("link", attrs)))

    def _note(self, blocks: Elements) -> tuple[Text, ...]:
        """A footnote is one run of text: its paragraphs are joined by a space, a line break is a space."""
        parts: list[Text] = []
        for block in blocks:
            inside = block["c"] if block["t"] in {"Plain", "Para"} else [{"t": "Str", "c": plain(block)}]
            parts += [Text(" ")] if parts else []
            parts += [part if isinstance(part, Text) else Text(" ") for part in self.parts(inside, ())]
        return tuple(part for part in _identified(iter(parts)) if isinstance(part, Text))

    def _span(self, content: Any, marks: Marks) -> Iterator[Inline]:
        (_, classes, pairs), parts = attr_of(content[0]), content[1]
        if "comment-start" in classes:
            identity = pairs.get("id", "")
            self.remarks.found[identity] = Remark(pairs.get("author", ""), pairs.get("date", ""), plain(parts))
            yield Node("comment-start", {"id": identity})
        elif "comment-end" in classes:
            yield Node("comment-end", {"id": pairs.get("id", "")})
        elif not DROPPED.intersection(classes):
            inside = _with(marks, Mark("underline")) if {"ul", "underline"}.intersection(classes) else marks
            yield from self.parts(parts, _tracked(inside, classes, pairs))


def read(parts: Elements, remarks: Remarks, left_out: list[str]) -> tuple[Inline, ...]:
    """The inline content of one block. Places of comments stand in it until `placed` takes them out."""
    found = list(_Reader(remarks, left_out).parts(parts, ()))
    return joined(list(_identified(_noted(found))))


def _tracked(marks: Marks, classes: Sequence[str], pairs: Mapping[str, str]) -> Marks:
    """A tracked change of Word is a suggestion; it has no identity yet."""
    kind = next((name for name in SUGGESTED if name in classes), None)
    if kind is None:
        return marks
    return _with(marks, Mark(kind, {"name": pairs.get("author", ""), "at": pairs.get("date", "")}))


def _identified(parts: Iterator[Inline]) -> Iterator[Inline]:
    """Neighbours that one author changed at one time are one suggestion: words, and what comes in their place."""
    last: Mapping[str, Value] | None = None
    identity = ""
    for part in parts:
        told = next((mark.attrs for mark in _marks(part) if mark.type in SUGGESTED), None)
        if told is not None and told != last:
            identity = new_id()
        last = told
        yield part if told is None else _named(part, identity)


def _marks(part: Inline) -> Marks:
    return part.marks if isinstance(part, Text) else ()


def _named(part: Inline, identity: str) -> Inline:
    marks = (
        Mark(mark.type, {"id": identity, **mark.attrs}) if mark.type in SUGGESTED else mark for mark in _marks(part)
    )
    return replace(part, marks=tuple(marks)) if isinstance(part, Text) else part


def _noted(parts: Sequence[Inline]) -> Iterator[Inline]:
    """The parts with the bounds of comments turned into marks, which reading keeps beside the text they cover."""
    open_ids: dict[str, None] = {}
    for part in parts:
        if isinstance(part, Node) and part.type == "comment-start":
            open_ids[str(part.attrs["id"])] = None
        elif isinstance(part, Node) and part.type == "comment-end":
            open_ids.pop(str(part.attrs["id"]), None)
        elif isinstance(part, Text):
            noted = tuple(Mark("comment", {"id": identity}) for identity in open_ids)
            yield replace(part, marks=(*part.marks, *noted))
        else:
            yield part


def placed(content: Content, remarks: Remarks) -> tuple[Remark, ...]:
    """The remarks with the block and the code points that their marks cover in the content."""
    places: dict[str, tuple[int, int, int]] = {}
    for number, block in enumerate(content.blocks()):
        for identity, start, end in _covered(block):
            first = places.setdefault(identity, (number, start, end))
            if first[0] == number:
                places[identity] = (number, min(first[1], start), max(first[2], end))
    return tuple(
        replace(remark, block=places[key][0], start=places[key][1], end=places[key][2]) if key in places else remark
        for key, remark in remarks.found.items()
    )


def _covered(block: Node) -> Iterator[tuple[str, int, int]]:
    at = 0
    for part in block.content:
        length = len(part.text) if isinstance(part, Text) else 1
        for mark in part.marks if isinstance(part, Text) else ():
            if mark.type == "comment":
                yield str(mark.attrs["id"]), at, at + length
        at += length


def _text(text: str, marks: Marks) -> Iterator[Inline]:
    """Text without what a document cannot hold: the object sign, and line ends, which are hard breaks."""
    for number, line in enumerate(text.replace(OBJECT, "").split("\n")):
        if number:
            yield Node("hardBreak")
        if line:
            yield Text(line, marks)


def lines_of(text: str) -> tuple[Inline, ...]:
    return tuple(_text(text, ()))


def _with(marks: Marks, mark: Mark) -> Marks:
    return marks if any(kept.type == mark.type for kept in marks) else (*marks, mark)


def plain(raw: object) -> str:
    """Every word of elements, blocks or inline, of whatever depth; notes and pictures left out."""
    if isinstance(raw, Mapping):
        return _plain(raw)
    return "".join(map(plain, raw)) if isinstance(raw, list | tuple) else ""


def _plain(part: Mapping[str, Any]) -> str:
    match part.get("t"):
        case "Str":
            return str(part["c"])
        case "Space" | "SoftBreak" | "LineBreak":
            return " "
        case "Note" | "Image" | "RawInline" | "RawBlock":
            return ""
        case "Code" | "Math" | "CodeBlock":
            return str(part["c"][1])
        case _:
            return plain(part.get("c"))


def pictures(parts: Elements) -> Iterator[Picture]:
    for part in parts:
        if part["t"] == "Image":
            yield _picture(part["c"])
        elif part["t"] in {"Link", "Span"}:
            yield from pictures(part["c"][1])


def split_at_pictures(parts: Elements) -> Iterator[Picture | Elements]:
    run: list[Mapping[str, Any]] = []
    for part in parts:
        inside = list(pictures([part]))
        if inside:
            yield run
            yield from inside
            run = []
        else:
            run.append(part)
    yield run


def _picture(content: Any) -> Picture:
    (_, _, pairs), alt, (address, title) = attr_of(content[0]), content[1], content[2]
    attrs: dict[str, Value] = {"alt": plain(alt)} if alt else {}
    attrs |= {"title": title} if title and title != "fig:" else {}
    attrs |= {name: size for name in ("width", "height") if (size := _pixels(pairs.get(name, ""))) is not None}
    return Picture(address, attrs)


def _pixels(length: str) -> int | None:
    found = LENGTH.fullmatch(length)
    return round(float(found[1]) * PIXELS[found[2]]) if found else None


def without_label(parts: Sequence[Inline], label: re.Pattern[str]) -> tuple[Inline, ...]:
    """Inline content without a leading label, which may be followed by a line break, a dash or a space."""
    if not parts or not isinstance(parts[0], Text):
        return tuple(parts)
    found = label.match(parts[0].text)
    if not found:
        return tuple(parts)
    rest = parts[0].text[found.end() :]
    kept = [replace(parts[0], text=rest), *parts[1:]] if rest else list(parts[1:])
    if kept and isinstance(kept[0], Node) and kept[0].type == "hardBreak":
        kept = kept[1:]
    return without_leading_space(kept)


def without_leading_space(parts: Sequence[Inline]) -> tuple[Inline, ...]:
    if not parts or not isinstance(parts[0], Text):
        return tuple(parts)
    rest = parts[0].text.lstrip(" \u00a0")
    return (replace(parts[0], text=rest), *parts[1:]) if rest else without_leading_space(parts[1:])
