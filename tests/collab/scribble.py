"""Contents at random: every node and mark of the schema, quickly."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from review.content import Content, parse, with_ids

WORDS = ["návrh", "vyhláška", "příloha 😀", "čl. 3", "𝒳", "a", " ", "poplatek ", "„úřad“", "\t"]
PLAIN = ("bold", "italic", "underline", "strike", "subscript", "superscript")
ALIGNMENTS: tuple[dict[str, Any], ...] = ({}, {"textAlign": "center"}, {"textAlign": "justify"})


def any_content(chance: random.Random, most: int = 6) -> Content:
    return with_ids(parse({"type": "doc", "content": [_block(chance, 2) for _ in range(chance.randint(1, most))]}))


def _marks(chance: random.Random) -> list[dict[str, Any]]:
    names = [name for name in PLAIN if chance.random() < 0.15]
    links = [{"type": "link", "attrs": {"href": f"https://example.test/{chance.choice(WORDS)}"}}]
    comments = [{"type": "comment", "attrs": {"id": f"c{at}"}} for at in range(1) if chance.random() < 0.2]
    return [*({"type": name} for name in names), *(links if chance.random() < 0.1 else []), *comments]


def _inline(chance: random.Random) -> dict[str, Any]:
    if chance.random() < 0.85:
        return {"type": "text", "text": chance.choice(WORDS), "marks": _marks(chance)}
    note = {"type": "footnote", "content": [{"type": "text", "text": chance.choice(WORDS)}]}
    return chance.choice([{"type": "hardBreak"}, {"type": "footnote"}, note])


def _textblock(chance: random.Random, name: str, **attrs: Any) -> dict[str, Any]:
    return {"type": name, "attrs": attrs, "content": [_inline(chance) for _ in range(chance.randint(0, 5))]}


def _paragraph(chance: random.Random) -> dict[str, Any]:
    return _textblock(chance, "paragraph", **chance.choice(ALIGNMENTS))


def _block(chance: random.Random, depth: int) -> dict[str, Any]:
    flat: list[Callable[[], dict[str, Any]]] = [
        lambda: _paragraph(chance),
        lambda: _textblock(chance, "heading", level=chance.randint(1, 4)),
        lambda: _textblock(chance, "article"),
        lambda: _textblock(chance, "clause"),
        lambda: _textblock(chance, "point", level=chance.randint(1, 2)),
        lambda: {"type": "image", "attrs": {"src": "/api/v1/blobs/x", "alt": "plán", "width": 300}},
        lambda: {"type": chance.choice(["horizontalRule", "pageBreak"])},
    ]
    nested: list[Callable[[], dict[str, Any]]] = [
        lambda: _list(chance, depth),
        lambda: _table(chance),
        lambda: _quote(chance, depth),
    ]
    return chance.choice(flat + nested if depth else flat)()


def _list(chance: random.Random, depth: int) -> dict[str, Any]:
    attrs = chance.choice([{}, {"start": 3}])
    items = [
        {
            "type": "listItem",
            "content": [_paragraph(chance), *(_block(chance, depth - 1) for _ in range(chance.randint(0, 1)))],
        }
        for _ in range(chance.randint(1, 3))
    ]
    name = "orderedList" if attrs else chance.choice(["orderedList", "bulletList"])
    return {"type": name, "attrs": attrs, "content": items}


def _item(chance: random.Random, depth: int) -> dict[str, Any]:
    more = [_block(chance, depth - 1) for _ in range(chance.randint(0, 1))]
    return {"type": "listItem", "content": [_paragraph(chance), *more]}


def _quote(chance: random.Random, depth: int) -> dict[str, Any]:
    return {"type": "blockquote", "content": [_block(chance, depth - 1) for _ in range(chance.randint(1, 2))]}


def _table(chance: random.Random) -> dict[str, Any]:
    def cell(name: str) -> dict[str, Any]:
        attrs = chance.choice([{}, {"colspan": 2, "colwidth": [120, 80]}, {"align": "right"}])
        return {"type": name, "attrs": attrs, "content": [_paragraph(chance)]}

    rows = [[cell(chance.choice(["tableCell", "tableHeader"])) for _ in range(2)] for _ in range(chance.randint(1, 2))]
    return {"type": "table", "content": [{"type": "tableRow", "content": row} for row in rows]}
