"""The content tree as the blocks that the page template sets: plain data, every text a string."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from review.content import Content, Node, Text
from review.numbering import numbered
from review.schema import schema
from signing.errors import MissingImage
from signing.table import Cell, grid

Block = dict[str, Any]
LINKS = frozenset({"http", "https", "mailto"})
FULL_WIDTH = 605  # pixels of the text's width: 16 cm at 96 to the inch


@dataclass(slots=True)
class _Levels:
    """The headings open at a place: PDF/UA forbids to skip a level, whatever style a writer chose."""

    styles: list[int] = field(default_factory=list)

    def enter(self, style: int) -> int:
        self.styles = [known for known in self.styles if known < style] + [style]
        return len(self.styles)

    @property
    def below(self) -> int:
        return min(len(self.styles) + 1, 6)


@dataclass(frozen=True, slots=True)
class _Page:
    """`images` leads from `src` to the path under the typesetter's root; `labels` come in reading order."""

    images: Mapping[str, str]
    picture: str
    labels: Iterator[str]
    levels: _Levels = field(default_factory=_Levels)


def blocks(content: Content, images: Mapping[str, str], picture: str) -> list[Block]:
    """Template blocks in reading order. `picture` is what an image without a description is called.

    Raises `MissingImage`, `TableTooWide`.
    """
    labels = (entry.label for entry in numbered(content) if entry.label)
    return _blocks(content.nodes, _Page(images, picture, labels), 0)


def texts(content: Content) -> Iterator[tuple[str, str]]:
    """Every text with the id of the block it stands in: what the font has to cover."""
    for node in content.walk():
        if schema().is_textblock(node.type):
            yield from ((node.id or "", text) for text in _texts_of(node))
        elif node.type == "image":
            yield node.id or "", str(node.attrs.get("alt") or "")


def _texts_of(node: Node) -> Iterator[str]:
    for part in node.content:
        if isinstance(part, Text):
            yield part.text
        elif part.type == "footnote":
            yield from _texts_of(part)


def _blocks(nodes: Sequence[Node | Text], page: _Page, depth: int) -> list[Block]:
    return [block for node in nodes if isinstance(node, Node) and (block := _block(node, page, depth)) is not None]


def _block(node: Node, page: _Page, depth: int) -> Block | None:
    match node.type:
        case "paragraph":
            return _aligned({"kind": "paragraph", "runs": _runs(node)}, node)
        case "heading":
            return _heading(node, page)
        case "article":
            return {"kind": "article", "level": page.levels.below, "number": next(page.labels), "runs": _runs(node)}
        case "clause":
            return {"kind": "clause", "number": next(page.labels), "runs": _runs(node)}
        case "point":
            level = int(str(node.attrs.get("level", 1)))
            return {"kind": "point", "level": level, "number": next(page.labels), "runs": _runs(node)}
        case "image":
            return _picture(node, page)
        case "table":
            return _table(node, page, depth)
        case "horizontalRule":
            return {"kind": "rule"}
        case "pageBreak":
            return {"kind": "new-page"} if depth == 0 else None
        case _:
            return _container(node, page, depth)


def _container(node: Node, page: _Page, depth: int) -> Block:
    if node.type == "blockquote":
        return {"kind": "quote", "blocks": _blocks(node.content, page, depth + 1)}
    items = [_blocks(item.content, page, depth + 1) for item in node.content if isinstance(item, Node)]
    if node.type == "bulletList":
        return {"kind": "bullets", "items": items}
    return {"kind": "steps", "start": max(0, int(str(node.attrs.get("start", 1)))), "items": items}


def _heading(node: Node, page: _Page) -> Block | None:
    if not node.text.strip():
        return None
    style = int(str(node.attrs.get("level", 1)))
    return _aligned({"kind": "heading", "style": style, "level": page.levels.enter(style), "runs": _runs(node)}, node)


def _picture(node: Node, page: _Page) -> Block:
    src = str(node.attrs.get("src") or "")
    if src not in page.images:
        raise MissingImage(src)
    alt = str(node.attrs.get("alt") or node.attrs.get("title") or page.picture)
    block: Block = {"kind": "picture", "path": page.images[src], "alt": alt}
    width = node.attrs.get("width")
    return block | {"width": max(1, round(100 * width / FULL_WIDTH))} if isinstance(width, int) else block


def _table(node: Node, page: _Page, depth: int) -> Block:
    plan = grid(node)
    return {
        "kind": "table",
        "widths": plan.widths,
        "head": plan.head,
        "cells": [_cell(cell, page, depth + 1) for cell in plan.cells],
    }


def _cell(cell: Cell, page: _Page, depth: int) -> Block:
    place = {"x": cell.x, "y": cell.y, "colspan": cell.colspan, "rowspan": cell.rowspan}
    if cell.node is None:
        return place | {"header": False, "blocks": []}
    align = cell.node.attrs.get("align")
    inner = [_plain_cell(block, align) for block in _blocks(cell.node.content, page, depth)]
    return place | {"header": cell.node.type == "tableHeader", "align": align or "left", "blocks": inner}


def _plain_cell(block: Block, align: Any) -> Block:
    """A cell's paragraphs follow the cell's side unless they have one of their own: no justified columns."""
    return block if block["kind"] != "paragraph" or "align" in block else block | {"align": align or "left"}


def _aligned(block: Block, node: Node) -> Block:
    side = node.attrs.get("textAlign")
    return block | {"align": side} if side else block


def _runs(node: Node) -> list[Block]:
    return [_run(part) for part in node.content if isinstance(part, Text) or part.type != "footnote" or part.content]


def _run(part: Node | Text) -> Block:
    if isinstance(part, Node):
        return {"kind": "break"} if part.type == "hardBreak" else {"kind": "footnote", "runs": _runs(part)}
    run: Block = {"kind": "text", "text": part.text}
    for mark in part.marks:
        if mark.type == "link":
            target = str(mark.attrs.get("href") or "")
            if is_link(target):
                run["link"] = target
        elif mark.type != "comment":
            run[mark.type] = True
    return run


def is_link(target: str) -> bool:
    """Whether a printed page may lead there: the web or a mailbox, nothing that a reader would run."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in LINKS and len(target) < 2000 and target.isprintable()
