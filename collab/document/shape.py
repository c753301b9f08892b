"""The shape that y-prosemirror gives a content tree: what is written on an element, and which texts share one run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from collab.lib0 import Value, write_any
from review.content import Mark, Node, Text
from review.schema import schema


def mark_key(name: str, attrs: Mapping[str, Any]) -> str:
    """The key a mark is kept under: its name, with a hash of the mark where marks of the type may overlap."""
    if not schema().marks[name].overlaps:
        return name
    mark: dict[str, Value] = {"type": name, "attrs": dict(attrs)}
    digest = bytearray(hashlib.sha256(write_any(mark)).digest())
    for at in range(6, len(digest)):
        digest[at % 6] ^= digest[at]
    return f"{name}--{base64.b64encode(digest[:6]).decode()}"


def marks(marks: Sequence[Mark]) -> dict[str, Any]:
    return {mark_key(mark.type, mark.attrs): dict(mark.attrs) for mark in marks}


def attributes(node: Node) -> dict[str, Any]:
    """What is written on an element: as in the browser every attribute that is not null, defaults too."""
    allowed = schema().nodes[node.type].attrs
    chosen = {name: node.attrs.get(name, spec.default) for name, spec in allowed.items()}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in chosen.items() if value is not None
    }


Part = Node | tuple[Text, ...]


def grouped(parts: Sequence[Node | Text]) -> list[Part]:
    """Neighbouring texts together: they share one XmlText."""
    found: list[Part] = []
    texts: list[Text] = []
    for part in (*parts, None):
        if isinstance(part, Text):
            texts.append(part)
            continue
        if texts:
            found.append(tuple(texts))
            texts = []
        if part is not None:
            found.append(part)
    return found
