"""From pandoc's tree to content: blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from review.content import MAX_DEPTH, Content, Node, Text, parse, to_json, without_comments
from review.errors import BadContent
from review.exchange import inlines, tables
from review.exchange.inlines import Remark
from review.exchange.pandoc import ALIGNED, ARTICLE, LABEL, LEVEL_TWO, NUMBERINGS, PAGE_BREAK, Attr, Elements, attr_of
from review.schema import Value, schema

OWN_IMAGES = "/api/v1/blobs/"


def _own_images(address: str) -> str | None:
    return address if address.startswith(OWN_IMAGES) else None


@dataclass(frozen=True, slots=True)
class Reading:
    """`remarks` are the comments that the file carried; `left_out` names what has no place in a document of ours."""

    content: Content
    remarks: tuple[Remark, ...] = ()
    left_out: tuple[str, ...] = ()


def read(tree: Mapping[str, Any], image: Callable[[str], str | None] = _own_images) -> Reading:
    """The content of a tree, without ids. `image` gives the kept address of a picture, or None to leave it out.

    Tracked changes become suggestions. Raises `BadContent` for what is no tree.
    """
    reader = _Reader(image)
    try:
        nodes = tuple(reader.flow(tree["blocks"], 0, outer=True)) or (Node("paragraph"),)
    except (AttributeError, LookupError, TypeError, ValueError) as wrong:
        raise BadContent("", f"not a pandoc tree: {wrong!r}") from wrong
    content = parse(to_json(Content(schema().version, nodes)))
    remarks = inlines.placed(content, reader.remarks)
    return Reading(without_comments(content), remarks, tuple(dict.fromkeys(reader.left_out)))


@dataclass(slots=True)
class _Reader:
    """One pass over a tree. `outer` tells that articles, clauses and points may stand where the blocks stand."""

    image: Callable[[str], str | None]
    remarks: inlines.Remarks = field(default_factory=inlines.Remarks)
    left_out: list[str] = field(default_factory=list)

    def flow(self, blocks: Elements, depth: int, *, outer: bool = False) -> Iterator[Node]:
        if depth > MAX_DEPTH:
            raise BadContent("", "nested too deep")
        for block in blocks:
            yield from self._block(block["t"], block.get("c"), depth, outer)

    def inner(self, blocks: Elements, depth: int) -> tuple[Node, ...]:
        """What a cell or a quotation holds: at least a paragraph."""
        return tuple(self.flow(blocks, depth)) or (Node("paragraph"),)

    def _block(self, name: str, content: Any, depth: int, outer: bool) -> Iterator[Node]:
        match name:
            case "Plain" | "Para":
                yield from self._paragraphs(content, outer)
            case "LineBlock":
                yield Node("paragraph", content=self._inline(_lines(content)))
            case "Header":
                yield from self._heading(*content)
            case "BulletList":
                yield Node("bulletList", content=self._items(content, depth))
            case "OrderedList":
                yield from self._ordered(content, depth, outer)
            case "DefinitionList":
                yield from self._definitions(content, depth, outer)
            case "BlockQuote":
                yield Node("blockquote", content=self.inner(content, depth + 1))
            case "Div":
                yield from self._div(attr_of(content[0]), content[1], depth, outer)
            case "Table":
                yield from tables.read(content, lambda cell: self.inner(cell, depth + 3))
            case _:
                yield from self._rare(name, content, depth, outer)

    def _rare(self, name: str, content: Any, depth: int, outer: bool) -> Iterator[Node]:
        match name:
            case "HorizontalRule":
                yield Node("horizontalRule")
            case "CodeBlock":
                yield Node("paragraph", content=inlines.lines_of(content[1]))
            case "Figure":
                yield from self.flow(content[2], depth, outer=outer)
                yield from self.flow(content[1][1], depth)
            case "RawBlock":
                self.left_out += [] if content[1].startswith("<!--") else [f"raw {content[0]}"]
            case "Null":
                return
            case _:
                raise BadContent("", f"unknown block {name}")

    def _inline(self, parts: Elements) -> tuple[Node | Text, ...]:
        return inlines.read(parts, self.remarks, self.left_out)

    def _paragraphs(self, parts: Elements, outer: bool) -> Iterator[Node]:
        """A paragraph; a picture inside it stands between two of them, since pictures are blocks of ours."""
        whole = inlines.plain(parts).strip()
        if outer and ARTICLE.fullmatch(whole):
            yield Node("article")
            return
        images = list(inlines.pictures(parts))
        if not images:
            yield Node("paragraph", content=self._inline(parts))
            return
        for piece in inlines.split_at_pictures(parts):
            if isinstance(piece, inlines.Picture):
                yield from self._picture(piece)
            elif inlines.plain(piece).strip():
                yield Node("paragraph", content=self._inline(piece))

    def _picture(self, picture: inlines.Picture) -> Iterator[Node]:
        address = self.image(picture.address)
        if address is not None:
            yield Node("image", {"src": address, **picture.attrs})
        else:
            self.left_out.append(f"image {picture.address[:80]}")
            alt = picture.attrs.get("alt")
            yield Node("paragraph", content=(Text(f"[{alt}]"),) if alt else ())

    def _heading(self, level: int, raw: Sequence[Any], parts: Elements) -> Iterator[Node]:
        _, classes, _ = attr_of(raw)
        labelled = ARTICLE.match(inlines.plain(parts))
        text = self._inline([part for part in parts if not _is_label(part)])
        if "article" in classes or labelled:
            yield Node("article", content=inlines.without_leading_space(inlines.without_label(text, ARTICLE)))
            return
        attrs: dict[str, Value] = {"level": min(max(level, 1), 4)}
        yield Node("heading", attrs | _alignment(classes), text)

    def _items(self, items: Sequence[Elements], depth: int) -> tuple[Node, ...]:
        return tuple(self._item(item, depth + 2) for item in items)

    def _item(self, blocks: Elements, depth: int) -> Node:
        inside = self.inner(blocks, depth)
        return Node("listItem", content=inside if inside[0].type == "paragraph" else (Node("paragraph"), *inside))

    def _ordered(self, content: Any, depth: int, outer: bool) -> Iterator[Node]:
        (start, style, delimiter), items = content
        kind = (style["t"], delimiter["t"])
        if outer and kind == ("Decimal", "TwoParens"):
            yield from self._numbered("clause", {}, items, depth)
        elif outer and kind == ("LowerAlpha", "OneParen"):
            yield from self._numbered("point", {}, items, depth)
        else:
            attrs: dict[str, Value] = {"start": start} | (
                {"type": NUMBERINGS[kind[0]]} if kind[0] in NUMBERINGS else {}
            )
            yield Node("orderedList", attrs, self._items(items, depth))

    def _numbered(self, kind: str, attrs: Mapping[str, Value], items: Sequence[Elements], depth: int) -> Iterator[Node]:
        """Each item's first paragraph bears the number; what is nested in it follows as blocks of its own."""
        for item in items:
            first = item[0] if item and item[0]["t"] in {"Plain", "Para"} else None
            yield Node(kind, attrs, self._inline(first["c"]) if first else ())
            for block in item[1:] if first else item:
                yield from self._nested(kind, block, depth + 1)

    def _nested(self, kind: str, block: Mapping[str, Any], depth: int) -> Iterator[Node]:
        if kind == "point" and block["t"] == "OrderedList" and block["c"][0][1]["t"] in {"Decimal", "DefaultStyle"}:
            yield from self._numbered("point", {"level": 2}, block["c"][1], depth)
        else:
            yield from self.flow([block], depth, outer=True)

    def _definitions(self, content: Any, depth: int, outer: bool) -> Iterator[Node]:
        for term, definitions in content:
            yield Node("paragraph", content=self._inline([{"t": "Strong", "c": term}]))
            for definition in definitions:
                yield from self.flow(definition, depth + 1, outer=outer)

    def _div(self, raw: Attr, blocks: Elements, depth: int, outer: bool) -> Iterator[Node]:
        _, classes, _ = raw
        if PAGE_BREAK in classes:
            yield Node("pageBreak")
        elif LEVEL_TWO in classes and outer:
            for block in blocks:
                yield from self._numbered("point", {"level": 2}, block["c"][1], depth)
        elif outer and (kind := next((name for name in ("clause", "point", "point2") if name in classes), None)):
            yield from self._labelled(kind, blocks)
        else:
            for node in self.flow(blocks, depth + 1, outer=outer):
                yield _aligned(node, classes)

    def _labelled(self, kind: str, blocks: Elements) -> Iterator[Node]:
        """A clause or a point as HTML shows it: a paragraph whose number is a span of its own."""
        attrs: dict[str, Value] = {"level": 2} if kind == "point2" else {}
        for block in blocks:
            parts = [part for part in block["c"] if not _is_label(part)]
            yield Node(kind.rstrip("2"), attrs, inlines.without_leading_space(self._inline(parts)))


def _is_label(part: Mapping[str, Any]) -> bool:
    return part["t"] == "Span" and LABEL in part["c"][0][1]


def _alignment(classes: Sequence[str]) -> dict[str, Value]:
    sides = [side for name, side in ALIGNED.items() if name in classes]
    return {"textAlign": sides[0]} if sides else {}


def _aligned(node: Node, classes: Sequence[str]) -> Node:
    side = _alignment(classes)
    return replace(node, attrs=dict(node.attrs) | side) if side and node.type == "paragraph" else node


def _lines(lines: Sequence[Elements]) -> list[Mapping[str, Any]]:
    joined: list[Mapping[str, Any]] = []
    for line in lines:
        joined += [*([{"t": "LineBreak"}] if joined else []), *line]
    return joined
