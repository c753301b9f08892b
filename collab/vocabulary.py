"""Whether the names that an update brings are those of the content schema. Nothing outside it ever enters a draft."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache

from collab.errors import BadSchema
from collab.update import Attribute, Mark, Node, Update
from review.schema import Attribute as Allowed
from review.schema import schema

OVERLAPPING = re.compile(r"(.+)--[A-Za-z0-9+/=]{8}")
"""A mark that may overlap others of its type is kept under its name and a short hash of itself (y-prosemirror)."""


def mark_name(key: str) -> str:
    """The type of the mark kept under `key`."""
    found = OVERLAPPING.fullmatch(key)
    return found.group(1) if found else key


def check(update: Update) -> None:
    """Raises `BadSchema` with the first root, node, attribute or mark that the schema does not know."""
    for root in update.roots:
        if root != schema().root:
            raise BadSchema("root", root)
    for node in update.nodes:
        _check_node(node)
    for attribute in update.attributes:
        _check_attribute(attribute)
    for mark in update.marks:
        _check_mark(mark)


def _check_node(node: Node) -> None:
    known = schema().nodes.get(node.name)
    if known is None or node.name in ("doc", "text") or (node.root and known.group != "block"):
        raise BadSchema("node", node.name)


def _check_attribute(found: Attribute) -> None:
    if not any(allowed.accepts(whole(found.value)) for allowed in _allowed(found.node, found.name)):
        raise BadSchema("attribute", found.name or str(found.value))


def _allowed(node: str | None, name: str | None) -> tuple[Allowed, ...]:
    """What the attribute may be. Where node or name are not known, everything that it may be anywhere."""
    return _attributes().get((node, name), ())


@cache
def _attributes() -> Mapping[tuple[str | None, str | None], tuple[Allowed, ...]]:
    found: dict[tuple[str | None, str | None], tuple[Allowed, ...]] = {}
    for node, spec in schema().nodes.items():
        for name, allowed in spec.attrs.items():
            for place in ((node, name), (None, name), (None, None)):
                found[place] = (*found.get(place, ()), allowed)
    return found


def whole(value: object) -> object:
    """Numbers come as floats; a whole one is an integer, also within a list."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return [whole(item) for item in value] if isinstance(value, list) else value


def _check_mark(mark: Mark) -> None:
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
