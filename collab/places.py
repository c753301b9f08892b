"""Where every struct of a document stands: in a text, among an element's children, as an attribute's value.

An update names its structs' neighbours, not what they are. One that puts letters between elements, or an element into
a text, is well-formed for Yjs and makes every editor that loads the document fail. So a room remembers the kind of
place of each clock, a few bytes for each change of place, and lets in what the schema allows there.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from functools import cache

import msgspec

from collab.errors import BadSchema, Incomplete, Malformed
from collab.update import ROOT, Content, Id, Struct, Update
from collab.vocabulary import TEXT, check_attribute, check_child, check_mark
from review.content import MAX_DEPTH
from review.schema import schema


class Place(IntEnum):
    """GONE: nobody will ever see it, its surroundings are collected."""

    GONE = 0
    IN_TEXT = 1
    ATTRIBUTE = 2
    CHILD = 3


_PLACES = tuple(Place)

# A code says it all: the place in the lowest two bits, then the holder (an element's number), then how deep children
# stand, or which attribute it is the value of, then what the struct itself is: 0 no type, 1 a text, else an element's
# number and one.
_HOLDER, _DEPTH, _MADE = 2, 9, 15
_PLACE_MASK, _HOLDER_MASK, _DEEPEST, _STANDING = 3, 127, 63, (1 << _MADE) - 1
_GONE, _IN_TEXT = int(Place.GONE), int(Place.IN_TEXT)

Run = tuple[int, int, int, int]
"""Client, first clock, clock behind the last, code."""

_Decide = Callable[[Struct, Sequence[int]], int]
"""The code of a struct, by the codes of those that it refers to."""


@cache
def _names() -> tuple[str, ...]:
    return ("", *sorted(name for name in schema().nodes if name != "text"))


@cache
def _attributes() -> tuple[str, ...]:
    return ("", *sorted({name for node in schema().nodes.values() for name in node.attrs}))


@cache
def _attribute_numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(_attributes())}


@cache
def _numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(_names())}


class Places:
    """The places of all structs of one document."""

    __slots__ = ("_clients", "_halves")

    def __init__(self) -> None:
        self._clients: dict[int, tuple[array[int], array[int], int]] = {}
        self._halves: set[Id] = set()

    @classmethod
    def of(cls, whole: Update) -> Places:
        """Those of a whole document, which is taken as it is."""
        places = cls()
        places.follow(whole)
        return places

    @classmethod
    def loaded(cls, data: bytes) -> Places | None:
        """As they were dumped; None when the schema has other names now, whose numbers differ."""
        dumped = msgspec.msgpack.decode(data, type=_Dumped)
        if dumped.names != _names() + _attributes():
            return None
        places = cls()
        for client, end, starts, codes in dumped.clients:
            places._clients[client] = (_numbers_of(starts), _numbers_of(codes), end)
        places._halves.update(dumped.halves)
        return places

    def dump(self) -> bytes:
        clients = [
            (client, end, _bytes_of(starts), _bytes_of(codes))
            for client, (starts, codes, end) in sorted(self._clients.items())
        ]
        return msgspec.msgpack.encode(_Dumped(_names() + _attributes(), clients, sorted(self._halves)))

    def ends(self) -> dict[int, int]:
        """How many clocks of each client are known."""
        return {client: end for client, (_, _, end) in self._clients.items()}

    def follow(self, update: Update) -> None:
        """What a whole document brings that is not known yet; it is taken as it is."""
        self.add(_Resolving(self, update.structs, _recognise).runs(), update.halves)

    def judge(self, update: Update) -> list[Run]:
        """Where the new structs of the update will stand. Raises `BadSchema`, `Malformed`.

        The update must continue all clocks: `Clocks.judge` comes before.
        """
        if run := self._typed(update):
            return [run]
        for root in update.roots:
            if root != schema().root:
                raise BadSchema("root", root)
        for mark in update.marks:
            check_mark(mark)
        self._check_halves(update)
        return _Resolving(self, update.structs, _check).runs()

    def _typed(self, update: Update) -> Run | None:
        """The run of a new text between texts, without surrogates anywhere: what nearly every update is."""
        if len(update.structs) != 1 or update.halves or self._halves:
            return None
        client, clock, length, content, left, right, *_ = update.structs[0]
        if content is not Content.TEXT or left is None or clock + length <= self.end(client):
            return None
        code = self.at(left)
        if code is None or code & _PLACE_MASK != _IN_TEXT:
            return None
        if right is not None and (self.at(right) or 0) & _PLACE_MASK != _IN_TEXT:
            return None
        return client, clock, clock + length, code & _STANDING

    def _check_halves(self, update: Update) -> None:
        """Nothing cuts a sign in two: libraries do not agree on what is left of it."""
        halves = self._halves | set(update.halves) if update.halves else self._halves
        if not halves:
            return
        cuts = [(client, clock + end) for client, clock, length in update.deletions for end in (0, length)]
        cuts += [(struct.left[0], struct.left[1] + 1) for struct in update.structs if struct.left]
        cuts += [struct.right for struct in update.structs if struct.right]
        if not halves.isdisjoint(cuts):
            raise Malformed("a sign cut in two")

    def add(self, runs: Iterable[Run], halves: Iterable[Id] = ()) -> None:
        """These structs are there now."""
        self._halves.update(halves)
        for client, start, end, code in runs:
            starts, codes, known = self._clients.get(client) or (array("I"), array("I"), 0)
            if not codes or codes[-1] != code or code >> _MADE:
                starts.append(max(start, known))
                codes.append(code)
            self._clients[client] = (starts, codes, end)

    def cut(self, ends: Mapping[int, int]) -> None:
        """Forget what stands from these clocks on."""
        for client, (starts, codes, known) in list(self._clients.items()):
            end = ends.get(client, 0)
            if known <= end:
                continue
            if at := bisect_left(starts, end):
                self._clients[client] = (starts[:at], codes[:at], end)
            else:
                del self._clients[client]
        self._halves = {(client, clock) for client, clock in self._halves if clock < ends.get(client, 0)}

    def end(self, client: int) -> int:
        """How far the client's places are known."""
        known = self._clients.get(client)
        return known[2] if known else 0

    def at(self, id: Id) -> int | None:
        """The code of a known struct."""
        known = self._clients.get(id[0])
        if known is None or id[1] >= known[2]:
            return None
        return known[1][bisect_right(known[0], id[1]) - 1]


def _extend(runs: list[Run], run: Run) -> None:
    """One more; what goes on in the same place is one run."""
    client, start, end, code = run
    if runs and runs[-1][0] == client and runs[-1][2] == start and runs[-1][3] == code and not code >> _MADE:
        runs[-1] = (client, runs[-1][1], end, code)
    else:
        runs.append(run)


class _Dumped(msgspec.Struct, frozen=True, array_like=True):
    """Places as they are kept beside a document: starts and codes are little-endian, four bytes each."""

    names: tuple[str, ...]
    clients: list[tuple[int, int, bytes, bytes]]
    halves: list[Id]


def _bytes_of(numbers: array[int]) -> bytes:
    return _turned(numbers).tobytes()


def _numbers_of(data: bytes) -> array[int]:
    numbers = array("I")
    numbers.frombytes(data)
    return _turned(numbers)


def _turned(numbers: array[int]) -> array[int]:
    """The other way round on a machine that is big-endian."""
    if sys.byteorder == "little":
        return numbers
    numbers = numbers[:]
    numbers.byteswap()
    return numbers


class _Resolving:
    """Finds the codes of an update's structs, whatever order its clients stand in."""

    __slots__ = ("_by_client", "_codes", "_decide", "_places", "_structs")

    def __init__(self, places: Places, structs: Sequence[Struct], decide: _Decide) -> None:
        self._places, self._structs, self._decide = places, structs, decide
        self._codes: list[int | None] = [None] * len(structs)
        self._by_client: dict[int, tuple[list[int], list[int]]] = {}
        if len(structs) > 1:
            self._index()

    def _index(self) -> None:
        for number, struct in enumerate(self._structs):
            starts, numbers = self._by_client.setdefault(struct.client, ([], []))
            starts.append(struct.clock)
            numbers.append(number)

    def runs(self) -> list[Run]:
        runs: list[Run] = []
        for number, struct in enumerate(self._structs):
            end = struct.clock + struct.length
            if end > self._places.end(struct.client):
                _extend(runs, (struct.client, struct.clock, end, self._resolve(number)))
        return runs

    def _resolve(self, number: int) -> int:
        """What it depends on comes first; a stack, because a text is a long chain."""
        stack = [number]
        while stack:
            struct = self._structs[stack[-1]]
            around = [self._known(id) for id in _needs(struct)]
            lacking = [-1 - code for code in around if code < 0]
            if lacking:
                stack.extend(lacking)
                if len(stack) > 2 * len(self._structs) + 2:
                    raise Malformed("refers in a circle")
                continue
            self._codes[stack.pop()] = self._decide(struct, around)
        code = self._codes[number]
        assert code is not None
        return code

    def _known(self, id: Id) -> int:
        """The code of a struct; below 0 the number of one in this update that is to be found first."""
        code = self._places.at(id)
        if code is not None:
            return code
        starts, numbers = self._by_client.get(id[0], ((), ()))
        at = bisect_right(starts, id[1]) - 1
        if at < 0:
            raise Incomplete(*id)
        number = numbers[at]
        known = self._codes[number]
        return -1 - number if known is None else known


def _needs(struct: Struct) -> tuple[Id, ...]:
    beside = tuple(id for id in (struct.left, struct.right) if id is not None)
    return beside if beside or struct.parent in (None, ROOT) else (struct.parent,)


def _place_of(struct: Struct, around: Sequence[int]) -> int:
    """Place and holder of a struct, by its neighbours or its parent (Yjs `Item.getMissing`)."""
    if struct.content is Content.COLLECTED:
        return _GONE
    if struct.left or struct.right:
        return _GONE if any(code & _PLACE_MASK == _GONE for code in around) else around[0] & _STANDING
    if struct.parent == ROOT:
        return Place.CHILD | _numbers()["doc"] << _HOLDER | 1 << _DEPTH
    made = around[0] >> _MADE
    if made == 0:
        return _GONE
    if made == 1:
        return int(Place.IN_TEXT)
    holder = (made - 1) << _HOLDER
    if struct.sub is not None:
        return Place.ATTRIBUTE | holder | _attribute_numbers().get(struct.sub, 0) << _DEPTH
    return Place.CHILD | holder | min((around[0] >> _DEPTH & _DEEPEST) + 1, _DEEPEST) << _DEPTH


def _recognise(struct: Struct, around: Sequence[int]) -> int:
    made = 0
    if struct.content is Content.TYPE:
        made = 1 if struct.held == TEXT else _numbers().get(str(struct.held), 0) + 1
    return _place_of(struct, around) | made << _MADE


def _check(struct: Struct, around: Sequence[int]) -> int:
    """The code of a new struct. Raises `BadSchema` for what does not belong there, `Malformed`."""
    code = _place_of(struct, around)
    place, holder = _PLACES[code & _PLACE_MASK], _names()[code >> _HOLDER & _HOLDER_MASK]
    if struct.sub is not None and place is not Place.ATTRIBUTE and place is not Place.GONE:
        raise BadSchema("attribute", struct.sub)
    match place:
        case Place.IN_TEXT:
            _expect(struct, Content.TEXT, Content.FORMAT)
        case Place.ATTRIBUTE:
            _expect(struct, Content.VALUE)
            if struct.content is Content.VALUE:
                name = struct.sub if struct.sub is not None else _attributes()[code >> _DEPTH & _DEEPEST]
                check_attribute(holder, name, struct.held)
        case Place.CHILD:
            _expect(struct, Content.TYPE)
            if struct.content is Content.TYPE:
                check_child(holder, str(struct.held))
                _check_depth(struct, code)
        case Place.GONE:
            _check_nowhere(struct, around)
    return _recognise(struct, around)


def _check_depth(struct: Struct, code: int) -> None:
    """Libraries delete and read what is nested by recursion: without a bound a small update ends the process."""
    if struct.held != TEXT and code >> _DEPTH & _DEEPEST > MAX_DEPTH:
        raise BadSchema("node", f"{struct.held!s} nested too deep")


def _expect(struct: Struct, *contents: Content) -> None:
    if struct.content not in (Content.DELETED, *contents):
        raise BadSchema("content", struct.content.name.lower())


def _check_nowhere(struct: Struct, around: Sequence[int]) -> None:
    """Honest structs come to stand nowhere only because what was around them is deleted."""
    inside = [code for code in around if code & _PLACE_MASK in (Place.IN_TEXT, Place.ATTRIBUTE)]
    if inside and not (struct.left or struct.right):
        raise Malformed("a parent that is no element")
    if struct.content is Content.TYPE and struct.held != TEXT and str(struct.held) not in _numbers():
        raise BadSchema("node", str(struct.held))
