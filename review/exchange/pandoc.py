"""The words of pandoc's JSON tree (pandoc-types 1.23) that both directions use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

API_VERSION = (1, 23, 1)
PAGE_WIDTH = 640
"""Width of the text on the page in CSS pixels: what a column of width 1.0 stands for."""

Element = Mapping[str, Any]
Elements = Sequence[Element]
Attr = tuple[str, tuple[str, ...], Mapping[str, str]]
"""Identifier, classes, further attributes."""

MARKS = {
    "bold": "Strong",
    "italic": "Emph",
    "underline": "Underline",
    "strike": "Strikeout",
    "superscript": "Superscript",
    "subscript": "Subscript",
}
MARK_OF = {element: mark for mark, element in MARKS.items()}

ARTICLE = re.compile(r"(?:čl\.|článek)[ \u00a0]*(?:\d+|[IVXLC]+)\b\.?", re.IGNORECASE)
"""The label of an article in front of its title."""

LABEL = "number"
"""Class of a span that only shows a computed number."""

ALIGNED = {f"align-{side}": side for side in ("left", "center", "right", "justify")}
PAGE_BREAK = "page-break"
LEVEL_TWO = "points-2"
CELL_SIDES = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center"}
CELL_SIDE_OF = {side: name for name, side in CELL_SIDES.items()}

NUMBERINGS = {"LowerAlpha": "a", "UpperAlpha": "A", "LowerRoman": "i", "UpperRoman": "I"}
NUMBERING_OF = {kind: name for name, kind in NUMBERINGS.items()}


def element(name: str, *contents: Any) -> dict[str, Any]:
    """`{"t": name, "c": …}`: without contents a bare tag, with one that, with more their list."""
    if not contents:
        return {"t": name}
    return {"t": name, "c": contents[0] if len(contents) == 1 else list(contents)}


def attr_of(raw: Sequence[Any]) -> Attr:
    return raw[0], tuple(raw[1]), {str(pair[0]): str(pair[1]) for pair in raw[2]}


def attr(classes: Sequence[str] = (), pairs: Mapping[str, str] | None = None) -> list[Any]:
    return ["", list(classes), [[name, value] for name, value in (pairs or {}).items()]]
