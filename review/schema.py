"""The one schema of a document's content, read from `schema.json`: nodes, marks, attributes and their version."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from review.signs import is_writable

Value = str | int | bool | None | tuple[int, ...]


_OWN = re.compile(r"[#/](?![/\\])")
_SCHEME = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_PASSED_OVER = re.compile(r"^[\x00-\x20]+|[\x00-\x20]+$|[\t\n\r]")


def is_address(text: str) -> bool:
    """Whether a link may lead there: the web, mail, telephone, or a place of this office, as a browser reads it.

    Source of what is passed over: WHATWG URL, basic URL parser, steps 1 to 3.
    """
    read = _PASSED_OVER.sub("", text)
    return bool(_SCHEME.match(read) or _OWN.match(read))


@dataclass(frozen=True, slots=True)
class Attribute:
    """`type` is id, string, address, integer, boolean or integers; `values` lists the only ones allowed, empty = any.

    Numbers lie between `minimum` and `maximum`; a text has at most `max_length` signs, a list `max_items` numbers.
    """

    type: str
    values: tuple[str | int, ...] = ()
    default: Value = None
    minimum: int = 0
    maximum: int = 0
    max_length: int = 0
    max_items: int = 0

    def accepts(self, value: object) -> bool:
        if value is None:
            return True
        if self.values:
            return type(value) is type(self.values[0]) and value in self.values
        match self.type:
            case "id" | "string":
                return isinstance(value, str) and self._fits(value)
            case "address":
                return isinstance(value, str) and self._fits(value) and is_address(value)
            case "integer":
                return self._lies_within(value)
            case "boolean":
                return isinstance(value, bool)
            case _:
                return isinstance(value, list | tuple) and self._holds(value)

    def _fits(self, text: str) -> bool:
        return len(text) <= self.max_length and is_writable(text)

    def _holds(self, numbers: Sequence[object]) -> bool:
        return len(numbers) <= self.max_items and all(map(self._lies_within, numbers))

    def _lies_within(self, value: object) -> bool:
        return type(value) is int and self.minimum <= value <= self.maximum


@dataclass(frozen=True, slots=True)
class NodeType:
    """`content` is ProseMirror's content expression; None for a leaf."""

    name: str
    group: str | None
    content: str | None
    attrs: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class MarkType:
    name: str
    attrs: Mapping[str, Attribute]
    overlaps: bool


@dataclass(frozen=True, slots=True)
class Schema:
    version: int
    root: str
    nodes: Mapping[str, NodeType]
    marks: Mapping[str, MarkType]

    def is_textblock(self, name: str) -> bool:
        return self.nodes[name].content == "inline*"

    def has_id(self, name: str) -> bool:
        return "id" in self.nodes[name].attrs

    def may_hold(self, parent: str, children: tuple[str, ...]) -> bool:
        """Whether the children, by name in order, satisfy the parent's content expression."""
        expression = self.nodes[parent].content
        if expression is None:
            return not children
        return self._pattern(expression).fullmatch("".join(f"{name} " for name in children)) is not None

    def _pattern(self, expression: str) -> re.Pattern[str]:
        return _compile(expression, tuple((node.name, node.group) for node in self.nodes.values()))


@cache
def _compile(expression: str, names: tuple[tuple[str, str | None], ...]) -> re.Pattern[str]:
    def alternatives(found: re.Match[str]) -> str:
        word = found.group()
        members = [name for name, group in names if word in (name, group)]
        return "(?:" + "|".join(f"{name} " for name in members) + ")"

    tight = re.sub(r"\s*\|\s*", "|", expression).replace(" ", "")
    if " " in expression and "|" not in expression:
        tight = "".join(f"(?:{term})" if term.isalpha() else term for term in expression.split())
    return re.compile(re.sub(r"[A-Za-z]+", alternatives, tight))


def _attributes(raw: Mapping[str, Any]) -> dict[str, Attribute]:
    return {name: _attribute(spec) for name, spec in raw.items()}


def _attribute(spec: Mapping[str, Any]) -> Attribute:
    return Attribute(
        spec["type"],
        tuple(spec.get("values", ())),
        spec.get("default"),
        spec.get("minimum", 0),
        spec.get("maximum", 0),
        spec.get("maxLength", 0),
        spec.get("maxItems", 0),
    )


def source() -> dict[str, Any]:
    """The schema as it is published: `GET /api/v1/schema` and the browser read the same."""
    loaded: dict[str, Any] = json.loads(files("review").joinpath("schema.json").read_text("utf-8"))
    return loaded


@cache
def schema() -> Schema:
    raw = source()
    nodes = {
        name: NodeType(name, spec.get("group"), spec.get("content"), _attributes(spec.get("attrs", {})))
        for name, spec in raw["nodes"].items()
    }
    marks = {
        name: MarkType(name, _attributes(spec.get("attrs", {})), spec.get("overlaps", False))
        for name, spec in raw["marks"].items()
    }
    return Schema(raw["version"], raw["root"], nodes, marks)
