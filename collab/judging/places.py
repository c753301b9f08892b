"""Where every struct of a document stands: in a text, among an element's children, as an attribute's value.

An update names its structs' neighbours, not what they are. One that puts letters between elements, or an element into
a text, is well-formed for Yjs and makes every editor that loads the document fail. So a room remembers the kind of
place of each clock and the element that it is in, a few bytes for each change of place, and lets in what the schema
allows there. Neighbours in two places are refused: which of them counts, libraries do not agree on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from functools import cache

import msgspec

from collab.errors import BadSchema, Incomplete, Malformed
from collab.judging.client_places import DEPTH, HOLDER, MADE, MADE_MASK, NO_TYPE, NUMBER, PARENT, ClientPlaces
from collab.update import ROOT, Content, Id, Range, Struct, Update
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

_PLACE_MASK, _HOLDER_MASK, _DEEPEST = 3, 127, 63
_STANDING = ~(MADE_MASK | NO_TYPE)
_LETTERS_MASK = _PLACE_MASK | MADE_MASK
_GONE, _IN_TEXT = int(Place.GONE), int(Place.IN_TEXT)

Run = tuple[int, int, int, int]
"""Client, first clock, clock behind the last, code."""

_Decide = Callable[[Struct, Sequence[int], int], int]
"""The code of a struct, by the codes of those that it refers to, and what says its parent where it names one."""


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
        self._clients: dict[int, ClientPlaces] = {}
        self._halves: set[Id] = set()

    @classmethod
    def of(cls, whole: Update) -> Places:
        """Those of a whole document, which is taken as it is."""
        places = cls()
        places.follow(whole)
        return places

    @classmethod
    def loaded(cls, data: bytes) -> Places | None:
        """As they were dumped; None for another form, or when the schema has other names now, whose numbers differ."""
        try:
            dumped = msgspec.msgpack.decode(data, type=_Dumped)
        except msgspec.ValidationError:
            return None
        if dumped.names != _names() + _attributes():
            return None
        places = cls()
        places._clients = {client: ClientPlaces.loaded(*kept) for client, kept in dumped.clients}
        places._halves.update(dumped.halves)
        return places

    def dump(self) -> bytes:
        clients = [(client, known.dump()) for client, known in self._clients.items()]
        return msgspec.msgpack.encode(_Dumped(_names() + _attributes(), clients, sorted(self._halves)))

    def ends(self) -> dict[int, int]:
        """How many clocks of each client are known."""
        return {client: known.end for client, known in self._clients.items()}

    def follow(self, update: Update) -> None:
        """What a whole document brings that is not known yet; it is taken as it is."""
        self.add(_Resolving(self, update.structs, _recognise).runs(), update.halves)
        self._bury(update.deletions)

    def _bury(self, deletions: Iterable[Range]) -> None:
        """What is in deleted elements is nowhere: of the document only what is new tells that it is collected."""
        buried: set[int] = set()
        for client, clock, length in deletions:
            if known := self._clients.get(client):
                buried.update(known.unmake(clock, clock + length))
        if buried:
            for known in self._clients.values():
                known.empty(buried)

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
        if code is None or code & _LETTERS_MASK != _IN_TEXT:
            return None
        if right is not None and (right == left or self.at(right) != code):
            return None
        return client, clock, clock + length, code

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
            known = self._clients.get(client)
            if known is None:
                known = self._clients[client] = ClientPlaces(self.next_number)
            known.add(start, end, code)

    def cut(self, ends: Mapping[int, int]) -> None:
        """Forget what stands from these clocks on."""
        for client, known in list(self._clients.items()):
            end = ends.get(client, 0)
            if known.end > end and not known.cut(end):
                del self._clients[client]
        self._halves = {(client, clock) for client, clock in self._halves if clock < ends.get(client, 0)}

    def end(self, client: int) -> int:
        """How far the client's places are known."""
        known = self._clients.get(client)
        return known.end if known else 0

    def number(self, client: int) -> int:
        """What stands for the client in parents; 0 when it is not known."""
        known = self._clients.get(client)
        return known.number if known else 0

    @property
    def next_number(self) -> int:
        """That of the next new client."""
        return self._clients[next(reversed(self._clients))].number + 1 if self._clients else 1

    def at(self, id: Id) -> int | None:
        """The code of a known struct."""
        known = self._clients.get(id[0])
        if known is None or id[1] >= known.end:
            return None
        at = bisect_right(known.starts, id[1]) - 1
        return known.codes[at] | known.parents[at] << PARENT


def _extend(runs: list[Run], run: Run) -> None:
    """One more; what goes on in the same place is one run."""
    client, start, end, code = run
    if runs and runs[-1][0] == client and runs[-1][2] == start and runs[-1][3] == code and not code & MADE_MASK:
        runs[-1] = (client, runs[-1][1], end, code)
    else:
        runs.append(run)


class _Dumped(msgspec.Struct, frozen=True, array_like=True):
    """Places as they are kept beside a document: of each client what `ClientPlaces.dump` tells."""

    names: tuple[str, ...]
    clients: list[tuple[int, tuple[int, int, bytes, bytes, bytes]]]
    halves: list[Id]


class _Resolving:
    """Finds the codes of an update's structs, whatever order its clients stand in."""

    __slots__ = ("_by_client", "_codes", "_decide", "_fresh", "_places", "_structs")

    def __init__(self, places: Places, structs: Sequence[Struct], decide: _Decide) -> None:
        self._places, self._structs, self._decide = places, structs, decide
        self._codes: list[int | None] = [None] * len(structs)
        self._by_client: dict[int, tuple[list[int], list[int]]] = {}
        self._fresh: dict[int, int] = {}
        if len(structs) > 1:
            self._index()

    def _index(self) -> None:
        for number, struct in enumerate(self._structs):
            starts, numbers = self._by_client.setdefault(struct.client, ([], []))
            starts.append(struct.clock)
            numbers.append(number)
        fresh = [client for client in self._by_client if not self._places.number(client)]
        self._fresh = {client: number for number, client in enumerate(fresh, self._places.next_number)}

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
            self._codes[stack.pop()] = self._decide(struct, around, self._within(struct.parent))
        code = self._codes[number]
        assert code is not None
        return code

    def _within(self, parent: Id | None) -> int:
        """The parent as it stands in the code. A new client has the number that it gets once it is added."""
        if parent is None or parent == ROOT:
            return 0
        number = self._places.number(parent[0]) or self._fresh[parent[0]]
        return (number << NUMBER | parent[1]) << PARENT

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


def _place_of(struct: Struct, around: Sequence[int], within: int) -> int:
    """Where a struct stands, by its neighbours or its parent (Yjs `Item.getMissing`)."""
    if struct.content is Content.COLLECTED:
        return _GONE
    if struct.left or struct.right:
        beside = [code & _STANDING for code in around if code & _PLACE_MASK != _GONE]
        return beside[0] if beside else _GONE
    if struct.parent == ROOT:
        return Place.CHILD | _numbers()["doc"] << HOLDER | 1 << DEPTH
    made = (around[0] & MADE_MASK) >> MADE
    if made == 0 or around[0] & _PLACE_MASK == _GONE:
        return _GONE
    if made == 1:
        return _IN_TEXT | within
    holder = (made - 1) << HOLDER | within
    if struct.sub is not None:
        return Place.ATTRIBUTE | holder | _attribute_numbers().get(struct.sub, 0) << DEPTH
    return Place.CHILD | holder | min((around[0] >> DEPTH & _DEEPEST) + 1, _DEEPEST) << DEPTH


def _recognise(struct: Struct, around: Sequence[int], within: int) -> int:
    code = _place_of(struct, around, within)
    if struct.content is Content.TYPE:
        made = 1 if struct.held == TEXT else _numbers().get(str(struct.held), 0) + 1
        return code | made << MADE
    if code == _GONE and struct.content not in (Content.COLLECTED, Content.DELETED):
        return _GONE | NO_TYPE
    return code


def _check(struct: Struct, around: Sequence[int], within: int) -> int:
    """The code of a new struct. Raises `BadSchema` for what does not belong there, `Malformed`."""
    if len(around) == 2 and (struct.left == struct.right or (around[0] ^ around[1]) & _STANDING):
        raise Malformed("between two places")
    code = _place_of(struct, around, within)
    place, holder = _PLACES[code & _PLACE_MASK], _names()[code >> HOLDER & _HOLDER_MASK]
    if struct.sub is not None and place is not Place.ATTRIBUTE and place is not Place.GONE:
        raise BadSchema("attribute", struct.sub)
    match place:
        case Place.IN_TEXT:
            _expect(struct, Content.TEXT, Content.FORMAT)
        case Place.ATTRIBUTE:
            _expect(struct, Content.VALUE)
            if struct.content is Content.VALUE:
                name = struct.sub if struct.sub is not None else _attributes()[code >> DEPTH & _DEEPEST]
                check_attribute(holder, name, struct.held)
        case Place.CHILD:
            _expect(struct, Content.TYPE)
            if struct.content is Content.TYPE:
                check_child(holder, str(struct.held))
                _check_depth(struct, code)
        case Place.GONE:
            _check_nowhere(struct, around)
    return _recognise(struct, around, within)


def _check_depth(struct: Struct, code: int) -> None:
    """Libraries delete and read what is nested by recursion: without a bound a small update ends the process."""
    if struct.held != TEXT and code >> DEPTH & _DEEPEST > MAX_DEPTH:
        raise BadSchema("node", f"{struct.held!s} nested too deep")


def _expect(struct: Struct, *contents: Content) -> None:
    if struct.content not in (Content.DELETED, *contents):
        raise BadSchema("content", struct.content.name.lower())


def _check_nowhere(struct: Struct, around: Sequence[int]) -> None:
    """Honest structs come to stand nowhere only because what was around them is deleted."""
    no_parent = [code for code in around if code & NO_TYPE or code & _PLACE_MASK in (Place.IN_TEXT, Place.ATTRIBUTE)]
    if no_parent and not (struct.left or struct.right):
        raise Malformed("a parent that is no element")
    if struct.content is Content.TYPE and struct.held != TEXT and str(struct.held) not in _numbers():
        raise BadSchema("node", str(struct.held))
