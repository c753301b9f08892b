"""Reads a Yjs update without applying it: who wrote which clock range, what it refers to, which names it brings.

Source of the format: Yjs 13 `src/utils/encoding.js`, `src/structs/*`, update encoding version 1. Reading takes a few
microseconds a keystroke and never allocates more than a small multiple of the input. What is accepted here is
well-formed for every implementation: one block a client, no empty struct, deletions in order (yrs loses others when it
merges them), clocks of 32 bits, strict UTF-8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from enum import IntEnum
from typing import Any, NamedTuple

from collab.errors import BadSchema, Incomplete, Malformed, TooLarge
from collab.lib0 import LARGEST, Value, decode, read_any, read_bytes, read_string, read_uint, write_uint

CLOCKS = 2**32
"""One more than the highest clock: implementations keep it in 32 bits."""

EMPTY = b"\x00\x00"

_ELEMENT, _TEXT = 3, 6
_BIG = 122
"""An integer of 64 bits, which no attribute is: JSON has none."""


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


class Content(IntEnum):
    """What a struct holds, by the numbers of the encoding."""

    COLLECTED = 0
    DELETED = 1
    TEXT = 4
    FORMAT = 6
    TYPE = 7
    VALUE = 8


Id = tuple[int, int]
"""Client and clock."""

Held = str | tuple[Value, ...] | None

ROOT: Id = (-1, 0)
"""Stands for the document itself where a parent is named."""


class Struct(NamedTuple):
    """One struct. `left` and `right` were its neighbours when it was written; without any, `parent` tells its place.

    `sub` is the attribute it is the value of. `held` is the element's name ("" for a text) of a type, or
    the values of an attribute, one after another.
    """

    client: int
    clock: int
    length: int
    content: Content
    left: Id | None
    right: Id | None
    parent: Id | None
    sub: str | None
    held: Held


class Mark(NamedTuple):
    """`value` is JSON as it came; `null` ends the mark."""

    name: str
    value: str


class Update(NamedTuple):
    """What an update would do. Ranges are one a client, in the order written, and so are structs.

    `halves` are the clocks of second halves: signs beyond U+FFFF take two, and a text can be cut between them only by
    breaking the sign.
    """

    ranges: Sequence[Range]
    references: Sequence[Reference]
    deletions: Sequence[Range]
    roots: Set[str]
    structs: Sequence[Struct]
    marks: Set[Mark]
    halves: Sequence[Id]


_NONE: frozenset[Any] = frozenset()
NOTHING = Update((), (), (), _NONE, (), _NONE, ())


class _Found:
    """What was found so far."""

    __slots__ = ("deletions", "halves", "marks", "ranges", "references", "roots", "structs")

    def __init__(self) -> None:
        self.ranges: list[Range] = []
        self.references: list[Reference] = []
        self.deletions: list[Range] = []
        self.roots: set[str] = set()
        self.structs: list[Struct] = []
        self.marks: set[Mark] = set()
        self.halves: list[Id] = []

    def update(self) -> Update:
        return Update(self.ranges, self.references, self.deletions, self.roots, self.structs, self.marks, self.halves)


class _Reader:
    """The state of one reading: the bytes, the place, and what was found."""

    __slots__ = ("at", "client", "clock", "data", "found", "held", "left", "most", "parent", "right", "sub")

    def __init__(self, data: bytes, most: int) -> None:
        self.data, self.at, self.most = data, 0, most
        self.found = _Found()
        self.client = self.clock = 0
        self.left: Id | None = None
        self.right: Id | None = None
        self.parent: Id | None = None
        self.sub: str | None = None
        self.held: Held = None


def read(update: bytes, most: int = LARGEST, clients: int = LARGEST) -> Update:
    """What the update says, in at most so many structs of so many clients.

    Raises `Malformed`, `TooLarge`, `BadSchema` for content that drafts never hold, `Incomplete` for a hole that its
    author left in it.
    """
    if (typed := _read_typed(update)) is not None:
        return typed
    reader = _Reader(update, most)
    try:
        _read_structs(reader, clients)
        _read_deletions(reader)
    except IndexError as error:
        raise Malformed("cut short") from error
    if reader.at != len(update):
        raise Malformed("more than one update")
    return reader.found.update()


def _read_typed(data: bytes) -> Update | None:
    """What nearly every update is, read at once: one piece of text behind another, with nothing deleted.

    None for anything else, and for anything wrong: that is read in full.
    """
    if data[:2] != b"\x01\x01" or data[-1] != 0:
        return None
    try:
        client, at = read_uint(data, 2)
        clock, at = read_uint(data, at)
        info = data[at]
        if info not in _BESIDE:
            return None
        by, at = read_uint(data, at + 1)
        of, at = read_uint(data, at)
        left, right = (by, of), None
        references = [Reference(by, of, client, clock)]
        if info == _BETWEEN:
            by, at = read_uint(data, at)
            of, at = read_uint(data, at)
            right = (by, of)
            references.append(Reference(by, of, client, clock))
        raw, at = read_bytes(data, at)
    except (IndexError, Malformed):
        return None
    length = _length(raw)
    if not length or at + 1 != len(data) or clock + length >= CLOCKS:
        return None
    struct = Struct(client, clock, length, Content.TEXT, left, right, None, None, None)
    return Update((Range(client, clock, length),), references, (), _NONE, (struct,), _NONE, ())


_BEHIND, _BETWEEN = 4 | 128, 4 | 128 | 64
_BESIDE = (_BEHIND, _BETWEEN)


def _length(raw: bytes) -> int:
    """Of a text whose signs take one code unit each; 0 for any other."""
    if raw.isascii():
        return len(raw)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return 0
    return len(text) if max(text) <= "\uffff" else 0


def _uint(reader: _Reader) -> int:
    byte = reader.data[reader.at]
    if byte < 128:
        reader.at += 1
        return byte
    value, reader.at = read_uint(reader.data, reader.at)
    return value


def _read_structs(reader: _Reader, clients: int) -> None:
    seen: set[int] = set()
    if (number := _uint(reader)) > clients:
        raise TooLarge(number, clients)
    for _ in range(number):
        count, client, start = _uint(reader), _uint(reader), _uint(reader)
        if client in seen or not count:
            raise Malformed("a client twice or without structs")
        if (total := len(reader.found.structs) + count) > reader.most:
            raise TooLarge(total, reader.most)
        seen.add(client)
        reader.client, reader.clock = client, start
        for _ in range(count):
            _read_struct(reader)
        reader.found.ranges.append(Range(client, start, reader.clock - start))


def _read_struct(reader: _Reader) -> None:
    info = reader.data[reader.at]
    reader.at += 1
    kind = info & 31
    reader.left = reader.right = reader.parent = reader.sub = reader.held = None
    if kind == 10:
        raise Incomplete(reader.client, reader.clock)
    if kind:
        _read_place(reader, info)
    length = _content(kind)(reader)
    clock = reader.clock
    reader.clock += length
    if not length or reader.clock >= CLOCKS:
        raise Malformed("a struct without length or beyond all clocks")
    place = (reader.left, reader.right, reader.parent, reader.sub)
    reader.found.structs.append(Struct(reader.client, clock, length, Content(kind), *place, reader.held))


def _read_place(reader: _Reader, info: int) -> None:
    """The neighbours a struct was written between, else its parent and the attribute it is the value of."""
    if info & 128:
        reader.left = _refer(reader)
    if info & 64:
        reader.right = _refer(reader)
    if not info & 192:
        _read_parent(reader, info & 32)


def _read_parent(reader: _Reader, named: int) -> None:
    if _uint(reader) == 1:
        name, reader.at = read_string(reader.data, reader.at)
        reader.found.roots.add(name)
        reader.parent = ROOT
    else:
        reader.parent = _refer(reader)
    if named:
        reader.sub, reader.at = read_string(reader.data, reader.at)


def _refer(reader: _Reader) -> Id:
    client, clock = _uint(reader), _uint(reader)
    reader.found.references.append(Reference(client, clock, reader.client, reader.clock))
    return client, clock


def _content(kind: int) -> Callable[[_Reader], int]:
    known = _CONTENTS.get(kind)
    if known is None:
        raise BadSchema("content", _FOREIGN[kind]) if kind in _FOREIGN else Malformed("unknown content")
    return known


def _read_text(reader: _Reader) -> int:
    """Length in UTF-16 code units, as clocks count."""
    raw, reader.at = read_bytes(reader.data, reader.at)
    if raw.isascii():
        return len(raw)
    text = decode(raw)
    length = len(text.encode("utf-16-le")) >> 1
    if length != len(text):
        _read_halves(reader, text)
    return length


def _read_halves(reader: _Reader, text: str) -> None:
    clock = reader.clock
    for sign in text:
        clock += 1
        if sign > "\uffff":
            reader.found.halves.append((reader.client, clock))
            clock += 1


def _read_format(reader: _Reader) -> int:
    name, reader.at = read_string(reader.data, reader.at)
    value, reader.at = read_string(reader.data, reader.at)
    reader.found.marks.add(Mark(name, value))
    return 1


def _read_type(reader: _Reader) -> int:
    kind = _uint(reader)
    if kind not in (_ELEMENT, _TEXT):
        raise BadSchema("content", f"type {kind}")
    reader.held = ""
    if kind == _ELEMENT:
        reader.held, reader.at = read_string(reader.data, reader.at)
    return 1


def _read_values(reader: _Reader) -> int:
    """Plain values are attributes. Several are those that one client gave it one after another."""
    values: list[Value] = []
    for _ in range(_uint(reader)):
        if reader.data[reader.at] == _BIG:
            raise BadSchema("content", "values")
        value, reader.at = read_any(reader.data, reader.at)
        values.append(value)
    reader.held = tuple(values)
    return len(values)


_CONTENTS: dict[int, Callable[[_Reader], int]] = {
    0: _uint,
    1: _uint,
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
        end, count = 0, _uint(reader)
        if (total := len(reader.found.deletions) + count) > reader.most:
            raise TooLarge(total, reader.most)
        for _ in range(count):
            clock, length = _uint(reader), _uint(reader)
            if not length or clock + length >= CLOCKS:
                raise Malformed("a deletion of nothing or beyond all clocks")
            if clock < end:
                raise Malformed("deletions out of order")
            end = clock + length
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


def write_vector(clocks: Mapping[int, int]) -> bytes:
    written = write_uint(len(clocks))
    for client, clock in clocks.items():
        written += write_uint(client) + write_uint(clock)
    return written
