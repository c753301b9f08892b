"""The first update of a document, written without a replica: one struct behind another, in linear time, in any thread.

Source of the format: Yjs 13 `src/structs/*`, `src/utils/encoding.js`, update encoding version 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from collab.document.shape import Part, attributes, grouped, marks
from collab.lib0 import write_any, write_string, write_uint
from collab.update import Content as Kind
from review.content import Content, Node, Text, with_ids
from review.schema import schema

_BEHIND, _NAMED = 128, 32
_ELEMENT, _RUN = b"\x03", b"\x06"


def begin(content: Content, client: int) -> bytes:
    """The first update of a document that says this; every block gets an id of its own."""
    beginning = _Beginning(client)
    beginning.children(b"\x01" + write_string(schema().root), with_ids(content).nodes)
    return beginning.update()


class _Beginning:
    """Structs as they are written; `clock` is that of the next one."""

    __slots__ = ("_client", "_count", "_structs", "_whose", "clock")

    def __init__(self, client: int) -> None:
        self._client, self._whose = client, write_uint(client)
        self._structs = bytearray()
        self._count = self.clock = 0

    def update(self) -> bytes:
        head = write_uint(1) + write_uint(self._count) + self._whose + write_uint(0)
        return head + bytes(self._structs) + write_uint(0) if self._count else b"\x00\x00"

    def children(self, parent: bytes, parts: Sequence[Node | Text]) -> None:
        """`parent` is written as the first child names it; each other one stands behind its neighbour."""
        behind: int | None = None
        for part in grouped(parts):
            own = self.clock
            self._type(parent, behind, part)
            behind = own

    def _type(self, parent: bytes, behind: int | None, part: Part) -> None:
        own = self.clock
        if not isinstance(part, Node):
            self._add(parent, behind, Kind.TYPE, _RUN, 1)
            self._run(own, part)
            return
        self._add(parent, behind, Kind.TYPE, _ELEMENT + write_string(part.type), 1)
        inside = self._inside(own)
        for name, value in attributes(part).items():
            self._add(inside + write_string(name), None, Kind.VALUE | _NAMED, b"\x01" + write_any(value), 1)
        self.children(inside, part.content)

    def _inside(self, clock: int) -> bytes:
        return b"\x00" + self._whose + write_uint(clock)

    def _add(self, parent: bytes, behind: int | None, info: int, held: bytes, length: int) -> None:
        if behind is None:
            self._structs += bytes((info,)) + parent
        else:
            self._structs += bytes((info | _BEHIND,)) + self._whose + write_uint(behind)
        self._structs += held
        self.clock += length
        self._count += 1

    def _run(self, text: int, runs: Sequence[Text]) -> None:
        """Before each piece the marks that end and those that begin; behind the last one all that are open end."""
        parent, first = self._inside(text), self.clock
        wanted = [{}, *(marks(run.marks) for run in runs), {}]
        pieces = [run.text for run in runs] + [""]
        for (before, after), piece in zip(pairwise(wanted), pieces, strict=True):
            for name, value in _changes(before, after).items():
                self._piece(parent, first, Kind.FORMAT, write_string(name) + write_string(_json(value)), 1)
            if piece:
                self._piece(parent, first, Kind.TEXT, write_string(piece), len(piece.encode("utf-16-le")) >> 1)

    def _piece(self, parent: bytes, first: int, kind: Kind, held: bytes, length: int) -> None:
        self._add(parent, None if self.clock == first else self.clock - 1, kind, held, length)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    ended = dict.fromkeys(name for name in before if name not in after)
    return ended | {name: value for name, value in after.items() if name not in before or before[name] != value}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
