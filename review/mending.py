"""Content as it can be read, whatever a draft says: what the schema does not allow is mended, and named.

Drafts are written by many at once. Two people who each delete one of two items leave a list without any; no update was
wrong, and nobody may lose the document by it. Pure: JSON in, a valid tree and the places out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from review.content import MAX_DEPTH, Content, parse
from review.errors import BadContent
from review.schema import Attribute, schema
from review.signs import written

_Raw = Mapping[str, Any]

MOST_NAMED = 50
"""Mended places that are named; all are mended."""

_INNERMOST = MAX_DEPTH - 4
"""Deeper containers are taken apart; what is wrapped may still need up to four levels."""

_INSIDE = {
    "bulletList": "listItem",
    "orderedList": "listItem",
    "table": "tableRow",
    "tableRow": "tableCell",
}
"""What must stand between such a node and a block; everything else that holds blocks holds a paragraph."""

_KEPT_EMPTY = frozenset({"doc", "listItem", "tableRow", "tableCell", "tableHeader"})
"""What has a place in a whole of others: it is given an empty paragraph. Other empty containers disappear."""


class Fault(StrEnum):
    """What is wrong, and thus how it is read."""

    EMPTY = "empty"
    DEEP = "deep"
    SAME_ID = "same_id"
    MISPLACED = "misplaced"
    UNKNOWN = "unknown"
    VALUE = "value"
    UNWRITABLE = "unwritable"


@dataclass(frozen=True, slots=True)
class Flaw:
    """`place` is the path of the node in the tree as it was found, such as `content[2].content[0]`.

    `name` is the node, mark or attribute that it is about.
    """

    place: str
    fault: Fault
    name: str = ""


@dataclass(frozen=True, slots=True)
class Mended:
    """`flaws` is empty when the schema allows the content as it was found."""

    content: Content
    flaws: tuple[Flaw, ...] = ()
    faults: tuple[Fault, ...] = ()


def mended(raw: Mapping[str, Any]) -> Mended:
    """The nearest tree that the schema allows. All of the text stays, except signs that cannot be written."""
    try:
        return Mended(parse(raw))
    except BadContent:
        mending = _Mending()
        nodes = mending.fitted("doc", list(mending.parts(raw.get("content"), "", 1)), "")
        faults = tuple(dict.fromkeys(flaw.fault for flaw in mending.flaws))
        return Mended(parse({"type": "doc", "content": nodes}), tuple(mending.flaws[:MOST_NAMED]), faults)


@dataclass(slots=True)
class _Mending:
    flaws: list[Flaw] = field(default_factory=list)

    def _name(self, place: str, fault: Fault, name: object = "") -> None:
        self.flaws.append(Flaw(place, fault, str(name)[:80]))

    def parts(self, raw: object, place: str, level: int) -> Iterator[_Raw]:
        for at, part in enumerate(raw if isinstance(raw, list) else ()):
            yield from self._part(part, f"{place}content[{at}]", level)

    def _part(self, raw: Any, place: str, level: int) -> Iterator[_Raw]:
        if isinstance(raw, dict) and raw.get("type") == "text":
            yield from self._text(raw, place)
            return
        known = schema().nodes
        name = raw.get("type") if isinstance(raw, dict) else None
        if not isinstance(name, str) or name not in known or name == "doc":
            self._name(place, Fault.UNKNOWN, name)
            yield from self.parts(raw.get("content") if isinstance(raw, dict) else None, f"{place}.", level)
            return
        children = list(self.parts(raw.get("content"), f"{place}.", level + 1))
        if level > _INNERMOST and _holds_blocks(name):
            self._name(place, Fault.DEEP, name)
            yield from children
            return
        yield from self._node(name, raw, children, place)

    def _node(self, name: str, raw: _Raw, children: list[_Raw], place: str) -> Iterator[_Raw]:
        content = self.fitted(name, children, place)
        if not content and not schema().may_hold(name, ()):
            self._name(place, Fault.EMPTY, name)
            return
        attrs = self._attrs(schema().nodes[name].attrs, raw.get("attrs"), place)
        yield {"type": name, "attrs": attrs, "content": content}

    def fitted(self, parent: str, children: Sequence[_Raw], place: str) -> list[_Raw]:
        """The children as such a parent may hold them; empty when it should not be there without any."""
        if schema().may_hold(parent, _names(children)):
            return list(children)
        fitting = [fit for child in children for fit in self._fit(parent, child, place)]
        if not fitting and parent in _KEPT_EMPTY:
            self._name(place, Fault.EMPTY, parent)
        if not schema().may_hold(parent, _names(fitting)) and (fitting or parent in _KEPT_EMPTY):
            fitting = [{"type": "paragraph"}, *fitting]
        return fitting

    def _fit(self, parent: str, child: _Raw, place: str) -> Iterator[_Raw]:
        """The child itself, what it holds, or the child in what must be around it."""
        if _may_stand(parent, child["type"]):
            yield child
            return
        self._name(place, Fault.MISPLACED, child["type"])
        if _is_part(child["type"]) or not _holds_blocks(parent):
            for inner in child.get("content") or ():
                yield from self._fit(parent, inner, place)
            return
        around = _INSIDE.get(parent, "paragraph")
        yield {"type": around, "content": self.fitted(around, [child], place)}

    def _text(self, raw: _Raw, place: str) -> Iterator[_Raw]:
        found = raw.get("text")
        text = written(found) if isinstance(found, str) else ""
        if text != found:
            self._name(place, Fault.UNWRITABLE)
        if text:
            given = raw.get("marks")
            marks = [kept for mark in (given if isinstance(given, list) else ()) for kept in self._mark(mark, place)]
            yield {"type": "text", "text": text, "marks": marks}

    def _mark(self, raw: Any, place: str) -> Iterator[_Raw]:
        """A mark with a wrong value says nothing and goes."""
        name = raw.get("type") if isinstance(raw, dict) else None
        if not isinstance(name, str) or name not in schema().marks:
            self._name(place, Fault.UNKNOWN, name)
            return
        given = raw.get("attrs") or {}
        attrs = self._attrs(schema().marks[name].attrs, given, place)
        if attrs.keys() == given.keys():
            yield {"type": name, "attrs": attrs}

    def _attrs(self, allowed: Mapping[str, Attribute], raw: Any, place: str) -> dict[str, Any]:
        attrs: dict[str, Any] = {}
        for name, value in raw.items() if isinstance(raw, dict) else ():
            if name in allowed and allowed[name].accepts(value):
                attrs[name] = value
            else:
                self._name(place, Fault.VALUE, name)
        return attrs


def _names(parts: Sequence[_Raw]) -> tuple[str, ...]:
    return tuple(str(part["type"]) for part in parts)


def _holds_blocks(name: str) -> bool:
    content = schema().nodes[name].content
    return content is not None and not schema().is_textblock(name) and name != "footnote"


def _is_part(name: str) -> bool:
    """Of a list or a table: it says nothing outside of it."""
    return name != "text" and schema().nodes[name].group is None


def _may_stand(parent: str, child: str) -> bool:
    """Whether the parent may hold the child, if need be behind a paragraph."""
    return any(schema().may_hold(parent, names) for names in ((child,), ("paragraph", child)))
