"""Reads a Yjs update without applying it: who wrote which clock range, what it refers to, which names it brings.

Source of the format: Yjs 13 `src/utils/encoding.js`, `src/structs/*`, update encoding version 1. Reading takes a few
microseconds a keystroke and never allocates more than a small multiple of the input. What is accepted here is
well-formed for every implementation: one block a client, no empty struct, clocks of 32 bits, strict UTF-8.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from collab.errors import BadSchema, Incomplete, Malformed
from collab.lib0 import Value, decode, read_any, read_bytes, read_string, read_uint, write_uint

CLOCKS = 2**32
"""One more than the highest clock: implementations keep it in 32 bits."""

EMPTY = b"\x00\x00"

_ELEMENT, _TEXT = 3, 6


class Range(NamedTuple):
    """`length` structs in a row of one client, from `clock` on."""

    client: int
    clock: int
    length: int


class Reference(NamedTuple):
    """The struct `(by, at)` can only be integrated once `(client, clock)` is there."""

    client: int
    clock: int
    by: int
    at: int


class Node(NamedTuple):
    """An element that the update creates. `root` tells that it stands directly in the document."""

    name: str
    root: bool


class Attribute(NamedTuple):
    """`node` is the element's name when the update brings that too, None when it cannot be known, "" for a text."""

    node: str | None
    name: str | None
    value: Value


class Mark(NamedTuple):
    """`value` is JSON as it came; `null` ends the mark."""

    name: str
    value: str


class Update(NamedTuple):
    """What an update would do. Ranges are one a client, in the order written."""

    ranges: list[Range]
    references: list[Reference]
    deletions: list[Range]
    roots: set[str]
    nodes: list[Node]
    attributes: list[Attribute]
    marks: set[Mark]


NOTHING = Update([], [], [], set(), [], [], set())


class _Reader:
    """The state of one reading: the bytes, the place, and what was found so far."""

    __slots__ = ("at", "client", "clock", "data", "found", "root", "sub", "types", "unknown")

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.found = Update([], [], [], set(), [], [], set())
        self.types: dict[tuple[int, int], str] = {}
        self.client = self.clock = 0
        self.root = False
        self.sub: tuple[str | None, str] | None = None
        self.unknown = False


def read(update: bytes) -> Update:
    """What the update says. Raises `Malformed`, `BadSchema` for content that drafts never hold, `Incomplete` for a
    hole that its author left in it.
    """
    reader = _Reader(update)
    try:
        _read_structs(reader)
        _read_deletions(reader)
    except IndexError as error:
        raise Malformed("cut short") from error
    if reader.at != len(update):
        raise Malformed("more than one update")
    return reader.found


def _uint(reader: _Reader) -> int:
    byte = reader.data[reader.at]
    if byte < 128:
        reader.at += 1
        return byte
    value, reader.at = read_uint(reader.data, reader.at)
    return value


def _read_structs(reader: _Reader) -> None:
    seen: set[int] = set()
    for _ in range(_uint(reader)):
        count, client, start = _uint(reader), _uint(reader), _uint(reader)
        if client in seen or not count:
            raise Malformed("a client twice or without structs")
        seen.add(client)
        reader.client, reader.clock = client, start
        for _ in range(count):
            _read_struct(reader)
        reader.found.ranges.append(Range(client, start, reader.clock - start))


def _read_struct(reader: _Reader) -> None:
    info = reader.data[reader.at]
    reader.at += 1
    kind = info & 31
    if kind == 0:
        length = _uint(reader)
    elif kind == 10:
        raise Incomplete(reader.client, reader.clock)
    else:
        _read_place(reader, info)
        length = _content(kind)(reader)
    reader.clock += length
    if not length or reader.clock >= CLOCKS:
        raise Malformed("a struct without length or beyond all clocks")


def _read_place(reader: _Reader, info: int) -> None:
    """The neighbours a struct was written between, else its parent and the attribute it is the value of."""
    reader.root, reader.sub, reader.unknown = False, None, bool(info & 192)
    if info & 128:
        _refer(reader)
    if info & 64:
        _refer(reader)
    if not info & 192:
        _read_parent(reader, info & 32)


def _read_parent(reader: _Reader, named: int) -> None:
    if _uint(reader) == 1:
        name, reader.at = read_string(reader.data, reader.at)
        reader.found.roots.add(name)
        reader.root, parent = True, None
    else:
        parent = reader.types.get(_refer(reader))
    if named:
        name, reader.at = read_string(reader.data, reader.at)
        reader.sub = (parent, name)
        if reader.root:
            raise BadSchema("attribute", name)


def _refer(reader: _Reader) -> tuple[int, int]:
    client, clock = _uint(reader), _uint(reader)
    reader.found.references.append(Reference(client, clock, reader.client, reader.clock))
    return client, clock


def _content(kind: int) -> Callable[[_Reader], int]:
    known = _CONTENTS.get(kind)
    if known is None:
        raise BadSchema("content", _FOREIGN[kind]) if kind in _FOREIGN else Malformed("unknown content")
    return known


def _read_deleted(reader: _Reader) -> int:
    return _uint(reader)


def _read_text(reader: _Reader) -> int:
    """Length in UTF-16 code units, as clocks count."""
    raw, reader.at = read_bytes(reader.data, reader.at)
    if reader.root or reader.sub:
        raise BadSchema("content", "text")
    if raw.isascii():
        return len(raw)
    return len(decode(raw).encode("utf-16-le")) >> 1


def _read_format(reader: _Reader) -> int:
    name, reader.at = read_string(reader.data, reader.at)
    value, reader.at = read_string(reader.data, reader.at)
    if reader.root or reader.sub:
        raise BadSchema("content", "format")
    reader.found.marks.add(Mark(name, value))
    return 1


def _read_type(reader: _Reader) -> int:
    kind = _uint(reader)
    if reader.sub or kind not in (_ELEMENT, _TEXT):
        raise BadSchema("content", f"type {kind}")
    name = ""
    if kind == _ELEMENT:
        name, reader.at = read_string(reader.data, reader.at)
        reader.found.nodes.append(Node(name, reader.root))
    elif reader.root:
        raise BadSchema("content", "text")
    reader.types[reader.client, reader.clock] = name
    return 1


def _read_values(reader: _Reader) -> int:
    """Plain values are attributes: one each, of a named parent or after the value that they replace."""
    count = _uint(reader)
    if count != 1 or not (reader.sub or reader.unknown):
        raise BadSchema("content", "values")
    value, reader.at = read_any(reader.data, reader.at)
    node, name = reader.sub or (None, None)
    reader.found.attributes.append(Attribute(node, name, value))
    return 1


_CONTENTS: dict[int, Callable[[_Reader], int]] = {
    1: _read_deleted,
    4: _read_text,
    6: _read_format,
    7: _read_type,
    8: _read_values,
}
_FOREIGN = {2: "json", 3: "binary", 5: "embed", 9: "document", 11: "move"}


def _read_deletions(reader: _Reader) -> None:
    seen: set[int] = set()
    for _ in range(_uint(reader)):
        client = _uint(reader)
        if client in seen:
            raise Malformed("a client's deletions twice")
        seen.add(client)
        for _ in range(_uint(reader)):
            clock, length = _uint(reader), _uint(reader)
            if clock + length >= CLOCKS:
                raise Malformed("a deletion beyond all clocks")
            reader.found.deletions.append(Range(client, clock, length))


def read_vector(vector: bytes) -> dict[int, int]:
    """A state vector: how many clocks of each client are known. Raises `Malformed`.

    A vector that passes holds as many entries as it says, so that no decoder reserves memory for more.
    """
    clocks: dict[int, int] = {}
    try:
        size, at = read_uint(vector, 0)
        for _ in range(size):
            client, at = read_uint(vector, at)
            clocks[client], at = read_uint(vector, at)
            if clocks[client] >= CLOCKS:
                raise Malformed("beyond all clocks")
    except IndexError as error:
        raise Malformed("cut short") from error
    if at != len(vector) or len(clocks) != size:
        raise Malformed("not one state vector")
    return clocks


def write_vector(clocks: dict[int, int]) -> bytes:
    pairs = (write_uint(client) + write_uint(clock) for client, clock in clocks.items())
    return write_uint(len(clocks)) + b"".join(pairs)
