"""The content tree: what a document says, free of how it is stored live or printed.

Canonical JSON is RFC 8785; its SHA-256 is the content hash. An unknown node, mark or attribute is an error, never
skipped. Comment marks are places, not content: they are left out of the hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import rfc8785

from review.errors import BadContent
from review.ids import new_id
from review.schema import Attribute, Schema, Value, schema

OBJECT = "\ufffc"
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Mark:
    type: str
    attrs: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """An element with its attributes (absent = default) and its children in order."""

    type: str
    attrs: Mapping[str, Value] = field(default_factory=dict)
    content: tuple[Node | Text, ...] = ()

    @property
    def id(self) -> str | None:
        value = self.attrs.get("id")
        return value if isinstance(value, str) else None

    @property
    def text(self) -> str:
        """Plain text of a text block: hard break = line feed, footnote = U+FFFC. Anchors count its code points."""
        return "".join(map(_plain, self.content))


@dataclass(frozen=True, slots=True)
class Content:
    schema: int
    nodes: tuple[Node, ...]

    def blocks(self) -> Iterator[Node]:
        """Every text block in reading order."""
        for node in self.walk():
            if schema().is_textblock(node.type):
                yield node

    def walk(self) -> Iterator[Node]:
        """Every node in reading order, parents first."""
        stack: list[Node | Text] = list(reversed(self.nodes))
        while stack:
            node = stack.pop()
            if isinstance(node, Node):
                yield node
                stack.extend(reversed(node.content))

    @property
    def plain(self) -> str:
        """The text of all blocks, one a line, footnotes behind their block in brackets."""
        return "\n".join(block.text.replace(OBJECT, "") + _notes(block) for block in self.blocks())

    @property
    def words(self) -> int:
        return len(self.plain.split())


def _plain(part: Node | Text) -> str:
    if isinstance(part, Text):
        return part.text
    return "\n" if part.type == "hardBreak" else OBJECT


def _notes(block: Node) -> str:
    notes = [part.text for part in block.content if isinstance(part, Node) and part.type == "footnote"]
    return "".join(f" [{note}]" for note in notes)


def parse(raw: object) -> Content:
    """The tree of its JSON form `{schema, type: "doc", content}`. Raises `BadContent` with the place.

    Whatever an earlier schema allowed this one does, so content keeps the version, and with it the hash, it came with.
    """
    known = schema()
    if not isinstance(raw, dict) or raw.get("type") != "doc":
        raise BadContent("", "not a document")
    version = raw.get("schema", known.version)
    if type(version) is not int or not 1 <= version <= known.version:
        raise BadContent("schema", f"versions up to {known.version} are spoken here")
    extra = set(raw) - {"schema", "type", "content"}
    if extra:
        raise BadContent(sorted(extra)[0], "unknown field")
    children = _children(known, "doc", raw.get("content"), "", 0)
    return Content(version, tuple(child for child in children if isinstance(child, Node)))


def _children(known: Schema, parent: str, raw: object, place: str, depth: int) -> tuple[Node | Text, ...]:
    if raw is None:
        raw = []
    if not isinstance(raw, list):
        raise BadContent(f"{place}content", "not a list")
    if depth > MAX_DEPTH:
        raise BadContent(place, "nested too deep")
    parts = tuple(_part(known, item, f"{place}content[{at}]", depth) for at, item in enumerate(raw))
    names = tuple("text" if isinstance(part, Text) else part.type for part in parts)
    if not known.may_hold(parent, names):
        raise BadContent(place or "content", f"{parent} may not hold {', '.join(dict.fromkeys(names)) or 'nothing'}")
    return joined(parts)


def _part(known: Schema, raw: object, place: str, depth: int) -> Node | Text:
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
        raise BadContent(place, "not a node")
    name = raw["type"]
    if name == "text":
        return _text(known, raw, place)
    if name not in known.nodes or name == "doc":
        raise BadContent(place, f"unknown node {name}")
    extra = set(raw) - {"type", "attrs", "content"}
    if extra:
        raise BadContent(f"{place}.{sorted(extra)[0]}", "unknown field")
    attrs = _attrs(known.nodes[name].attrs, raw.get("attrs"), place)
    return Node(name, attrs, _children(known, name, raw.get("content"), f"{place}.", depth + 1))


def _text(known: Schema, raw: Mapping[str, Any], place: str) -> Text:
    text, marks = raw.get("text"), raw.get("marks") or []
    if not isinstance(text, str) or not text:
        raise BadContent(place, "a text node needs text")
    if set(raw) - {"type", "text", "marks"} or not isinstance(marks, list):
        raise BadContent(place, "unknown field")
    if any(0xD800 <= ord(sign) < 0xE000 for sign in text):
        raise BadContent(place, "half of a surrogate pair")
    return Text(text, tuple(sorted((_mark(known, mark, place) for mark in marks), key=_mark_order)))


def _mark(known: Schema, raw: object, place: str) -> Mark:
    if not isinstance(raw, dict) or raw.get("type") not in known.marks or set(raw) - {"type", "attrs"}:
        raise BadContent(place, "unknown mark")
    name = raw["type"]
    return Mark(name, _attrs(known.marks[name].attrs, raw.get("attrs"), place))


def _mark_order(mark: Mark) -> tuple[str, str]:
    return mark.type, str(sorted(mark.attrs.items(), key=lambda pair: pair[0]))


def _attrs(allowed: Mapping[str, Attribute], raw: object, place: str) -> dict[str, Value]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise BadContent(f"{place}.attrs", "not an object")
    attrs: dict[str, Value] = {}
    for name, found in raw.items():
        if name not in allowed:
            raise BadContent(f"{place}.attrs.{name}", "unknown attribute")
        value = int(found) if isinstance(found, float) and found.is_integer() else found
        if not allowed[name].accepts(value):
            raise BadContent(f"{place}.attrs.{name}", "value not allowed")
        if value is not None and value != allowed[name].default:
            attrs[name] = tuple(value) if isinstance(value, list) else value
    return attrs


def joined(parts: Sequence[Node | Text]) -> tuple[Node | Text, ...]:
    """Neighbouring texts with equal marks are one: the same content always has the same tree."""
    joined: list[Node | Text] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Text) and isinstance(last, Text) and last.marks == part.marks:
            joined[-1] = Text(last.text + part.text, part.marks)
        else:
            joined.append(part)
    return tuple(joined)


def to_json(content: Content) -> dict[str, Any]:
    return {"schema": content.schema, "type": "doc", "content": [_node_json(node) for node in content.nodes]}


def _node_json(part: Node | Text) -> dict[str, Any]:
    if isinstance(part, Text):
        text: dict[str, Any] = {"type": "text", "text": part.text}
        return text | ({"marks": [_mark_json(mark) for mark in part.marks]} if part.marks else {})
    node: dict[str, Any] = {"type": part.type}
    if part.attrs:
        node["attrs"] = _plain_attrs(part.attrs)
    if part.content:
        node["content"] = [_node_json(child) for child in part.content]
    return node


def _mark_json(mark: Mark) -> dict[str, Any]:
    return {"type": mark.type} | ({"attrs": _plain_attrs(mark.attrs)} if mark.attrs else {})


def _plain_attrs(attrs: Mapping[str, Value]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in sorted(attrs.items())}


def canonical(content: Content) -> bytes:
    """RFC 8785 bytes of the content without its comment marks: what is stored, hashed and signed."""
    return rfc8785.dumps(to_json(without_comments(content)))


def content_hash(content: Content) -> str:
    """SHA-256 of `canonical`, lower-case hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


def without_comments(content: Content) -> Content:
    return replace(content, nodes=tuple(_uncommented(node) for node in content.nodes))


def _uncommented(node: Node) -> Node:
    parts = [
        _uncommented(part)
        if isinstance(part, Node)
        else replace(part, marks=tuple(mark for mark in part.marks if mark.type != "comment"))
        for part in node.content
    ]
    return replace(node, content=joined(parts))


def with_ids(content: Content) -> Content:
    """Every block that has an identity has one of its own: absent and repeated ids are made anew."""
    seen: set[str] = set()
    return replace(content, nodes=tuple(_identified(node, seen) for node in content.nodes))


def _identified(node: Node, seen: set[str]) -> Node:
    attrs = dict(node.attrs)
    if schema().has_id(node.type):
        if node.id is None or node.id in seen:
            attrs["id"] = new_id()
        seen.add(str(attrs["id"]))
    parts = tuple(_identified(part, seen) if isinstance(part, Node) else part for part in node.content)
    return replace(node, attrs=attrs, content=parts)


def afresh(content: Content) -> Content:
    """What another document says when it begins with the same: identities of its own, no comment marks."""
    plain = without_comments(content)
    return with_ids(replace(plain, nodes=tuple(_unidentified(node) for node in plain.nodes)))


def _unidentified(node: Node) -> Node:
    attrs = {name: value for name, value in node.attrs.items() if name != "id"}
    parts = tuple(_unidentified(part) if isinstance(part, Node) else part for part in node.content)
    return replace(node, attrs=attrs, content=parts)


EMPTY = Content(schema().version, (Node("paragraph"),))
