"""The content schema as updates see it: which element may stand in which, with which attributes, under which marks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache

from collab.errors import BadSchema
from collab.lib0 import Value
from collab.update import Mark
from review.schema import Schema, schema

TEXT = ""
"""The name under which a run of text stands among elements."""

OVERLAPPING = re.compile(r"(.+)--[A-Za-z0-9+/=]{8}")
"""A mark that may overlap others of its type is kept under its name and a short hash of itself (y-prosemirror)."""


def mark_name(key: str) -> str:
    """The type of the mark kept under `key`."""
    found = OVERLAPPING.fullmatch(key)
    return found.group(1) if found else key


def check_child(parent: str, child: str) -> None:
    """Raises `BadSchema` for an element, or a text, that can never stand in such a parent."""
    if child not in _children()[parent]:
        raise BadSchema("node", f"{child or 'text'} in {parent}" if child == TEXT or child in _children() else child)


@cache
def _children() -> Mapping[str, frozenset[str]]:
    known = schema()
    return {name: _held(known, spec.content or "") for name, spec in known.nodes.items() if name != "text"}


def _held(known: Schema, expression: str) -> frozenset[str]:
    """What a content expression names, itself or by its group."""
    words = set(re.findall(r"[A-Za-z]+", expression))
    named = {name for name, spec in known.nodes.items() if name in words or spec.group in words}
    return frozenset(TEXT if name == "text" else name for name in named)


def check_attribute(node: str, name: str, value: Value) -> None:
    """Raises `BadSchema` for a value that the node's attribute does not have, or for no attribute of it."""
    spec = schema().nodes[node].attrs.get(name)
    if spec is None or not spec.accepts(whole(value)):
        raise BadSchema("attribute", name or str(value))


def whole(value: object) -> object:
    """Numbers come as floats; a whole one is an integer, also within a list."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return [whole(item) for item in value] if isinstance(value, list) else value


def check_mark(mark: Mark) -> None:
    """Raises `BadSchema` for a mark or a value of it that the schema does not know."""
    name = mark_name(mark.name)
    known = schema().marks.get(name)
    if known is None or (name != mark.name) != known.overlaps:
        raise BadSchema("mark", mark.name)
    if not _fits(name, mark.value):
        raise BadSchema("mark", f"{name} {mark.value}")


@cache
def _constant_marks() -> frozenset[str]:
    return frozenset(name for name, mark in schema().marks.items() if not mark.attrs)


def _fits(name: str, value: str) -> bool:
    if value == "null" or (value == "{}" and name in _constant_marks()):
        return True
    try:
        attrs = json.loads(value)
    except (ValueError, RecursionError):
        return False
    allowed = schema().marks[name].attrs
    if not isinstance(attrs, dict):
        return attrs is None or (attrs is True and not allowed)
    return all(key in allowed and allowed[key].accepts(whole(attrs[key])) for key in attrs)
