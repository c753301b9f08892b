"""From the shared document to raw content: what stands there, and what the schema does not allow but edits can leave.

Names that do not belong never come in (`collab.judging.places`). What still can happen, when two people change a
list at once or another editor is careless: a list, a quotation, a row without anything in it; blocks nested deeper than
anybody reads; two blocks with one id. Such a document is read all the same. What is empty holds no words and is left
out, what lies too deep is read as if it lay less deep, and every such fault is told. The rest is mended by
`review.mending`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText

from collab.vocabulary import mark_name, whole
from review.content import MAX_DEPTH
from review.mending import Fault
from review.schema import schema

DEEPEST = MAX_DEPTH - 4
"""How deep a list, a quotation or a table may begin: a table's footnote lies four levels below it."""

Raw = dict[str, Any]
Part = XmlElement | XmlText | XmlFragment


@dataclass(slots=True)
class Reader:
    """One reading of a whole document."""

    faults: dict[Fault, None] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)

    def read(self, body: XmlFragment) -> list[Raw]:
        return [node for child in body.children for node in self._read(child, 0)]

    def _read(self, part: Part, depth: int) -> Iterator[Raw]:
        """The node that the part is; none for one that is empty and may not be, its blocks for one too deep."""
        if isinstance(part, XmlText):
            yield from _runs(part)
        elif not isinstance(part, XmlElement) or part.tag not in schema().nodes:
            yield from self._unknown(part, depth)
        elif depth >= DEEPEST and _is_container(str(part.tag)):
            self.faults[Fault.DEEP] = None
            for block in _blocks_in(part):
                yield from self._read(block, depth)
        else:
            yield from self._element(part, depth)

    def _unknown(self, part: Part, depth: int) -> Iterator[Raw]:
        """Its name is told; what it holds is read, if it does not lie too deep."""
        children = part.children if isinstance(part, XmlElement) and depth < DEEPEST else ()
        content = [node for child in children for node in self._read(child, depth + 1)]
        yield {"type": part.tag if isinstance(part, XmlElement) else type(part).__name__, "content": content}

    def _element(self, element: XmlElement, depth: int) -> Iterator[Raw]:
        name, attrs = str(element.tag), attributes_of(element)
        children = [node for child in element.children for node in self._read(child, depth + 1)]
        if not children and not schema().may_hold(name, ()):
            self.faults[Fault.EMPTY] = None
            return
        if isinstance(id := attrs.get("id"), str):
            if id in self._ids:
                self.faults[Fault.SAME_ID] = None
            self._ids.add(id)
        yield {"type": name, "attrs": attrs, "content": children}


def everything(body: XmlFragment) -> Iterator[tuple[int, str, Any]]:
    """All that stands in a document, whether the schema allows it or not: depth, name, attributes or runs of text."""
    stack: list[tuple[int, Part]] = [(0, child) for child in reversed(list(body.children))]
    while stack:
        depth, part = stack.pop()
        if isinstance(part, XmlText):
            yield depth, "", list(_runs(part))
        elif isinstance(part, XmlElement):
            yield depth, str(part.tag), attributes_of(part)
            stack.extend((depth + 1, child) for child in reversed(list(part.children)))
        else:
            yield depth, type(part).__name__, None


def _is_container(name: str) -> bool:
    """A block that holds blocks: it may stand wherever they may."""
    spec = schema().nodes[name]
    return spec.group == "block" and spec.content is not None and not schema().is_textblock(name)


def _blocks_in(element: XmlElement) -> Iterator[XmlElement]:
    """The blocks of words and pictures within, in reading order, from any depth."""
    stack: list[Part] = [element]
    while stack:
        part = stack.pop()
        if not isinstance(part, XmlElement) or part.tag not in schema().nodes:
            continue
        spec = schema().nodes[str(part.tag)]
        if spec.group == "block" and not _is_container(str(part.tag)):
            yield part
        else:
            stack.extend(reversed(list(part.children)))


def attributes_of(element: XmlElement) -> Raw:
    there: Iterable[tuple[str, Any]] = element.attributes.__iter__()  # pycrdt declares it short of an iterator
    return {name: whole(value) for name, value in there if value is not None}


def _runs(text: XmlText) -> Iterator[Raw]:
    for run, attrs in text.diff():
        if isinstance(run, str):
            yield {"type": "text", "text": run, "marks": _marks(attrs or {})}
        else:
            yield {"type": type(run).__name__}


def _marks(attrs: Mapping[str, Any]) -> list[Raw]:
    """By their keys: the library tells them in another order each time."""
    return [
        {"type": mark_name(key), "attrs": value if isinstance(value, dict) else None}
        for key, value in sorted(attrs.items())
        if value is not None
    ]
