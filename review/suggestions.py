"""Wordings that are proposed inside a draft: text marked as inserted or deleted, until somebody decides about it.

The agreed text is the one without them: what was inserted is not there yet, what was deleted still is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from review.content import Content, Mark, Node, Text, joined
from review.errors import OpenSuggestions

INSERTION, DELETION = "insertion", "deletion"
SUGGESTED = (INSERTION, DELETION)


def suggestions(content: Content) -> tuple[str, ...]:
    """Ids of the open suggestions, in reading order. One may both delete and insert."""
    return tuple(dict.fromkeys(str(mark.attrs.get("id", "")) for mark in _marks(content)))


def authors(content: Content) -> set[str]:
    """Ids of the people whose suggestions are open."""
    return {str(mark.attrs["author"]) for mark in _marks(content) if "author" in mark.attrs}


def _marks(content: Content) -> Iterator[Mark]:
    for node in content.walk():
        for part in node.content:
            if isinstance(part, Text):
                yield from (mark for mark in part.marks if mark.type in SUGGESTED)


def agreed(content: Content) -> Content:
    """The content without what is only proposed."""
    if not suggestions(content):
        return content
    return replace(content, nodes=tuple(map(_agreed, content.nodes)))


def _agreed(node: Node) -> Node:
    return replace(node, content=joined([kept for part in node.content if (kept := _part(part)) is not None]))


def _part(part: Node | Text) -> Node | Text | None:
    if isinstance(part, Node):
        return _agreed(part)
    if any(mark.type == INSERTION for mark in part.marks):
        return None
    return replace(part, marks=tuple(mark for mark in part.marks if mark.type != DELETION))


def signed(content: Content, names: Mapping[str, str]) -> Content:
    """The content with every suggestion bearing its author's name: what goes out to those who know no identities."""
    return replace(content, nodes=tuple(_signed(node, names) for node in content.nodes))


def _signed(node: Node, names: Mapping[str, str]) -> Node:
    parts = [
        _signed(part, names) if isinstance(part, Node) else replace(part, marks=_named(part.marks, names))
        for part in node.content
    ]
    return replace(node, content=joined(parts))


def _named(marks: tuple[Mark, ...], names: Mapping[str, str]) -> tuple[Mark, ...]:
    return tuple(
        Mark(mark.type, {**mark.attrs, "name": names[str(mark.attrs.get("author"))]})
        if mark.type in SUGGESTED and str(mark.attrs.get("author")) in names
        else mark
        for mark in marks
    )


def decided(content: Content) -> Content:
    """The content, once nothing in it is only proposed. Raises `OpenSuggestions`."""
    if found := suggestions(content):
        raise OpenSuggestions(len(found))
    return content
