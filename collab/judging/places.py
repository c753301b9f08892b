"""Where every struct of a document stands: in a text, among an element's children, as an attribute's value.

An update names its structs' neighbours, not what they are. One that puts letters between elements, or an element into
a text, is well-formed for Yjs and makes every editor that loads the document fail. So a room remembers of each struct
the kind of its place, the element that it is in and the neighbours it was written between, a few bytes for what
libraries hold as one block, and lets in what the schema allows there. Neighbours in two places are refused: which of
them counts, libraries do not agree on. So are those that were never neighbours (`order`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from collab.errors import BadSchema, Incomplete, Malformed
from collab.judging import codes
from collab.judging.client_places import TAKEN, TEXT, ClientPlaces
from collab.judging.codes import NUMBER, PARENT, checked, is_among_letters, is_nowhere, recognised, siblings_of
from collab.judging.order import AT_ONCE, Cuts, Limits, Order, Placing, within
from collab.judging.turns import in_turn
from collab.update import CLOCKS, ROOT, Content, Id, Range, Struct, Update
from collab.vocabulary import check_mark
from review.schema import schema

GOES_ON = -1
"""In place of a code: more of the text that its author wrote last."""

Run = tuple[int, int, int, int, Id | None, Id | None, bool]
"""Client, first clock, clock behind the last, code, the neighbours it was written between, whether it is text."""


class Placed(NamedTuple):
    """Where an update's structs will stand, and at which clocks blocks are split for them. `work` is what it takes
    everybody, in steps (`order`).
    """

    runs: Sequence[Run] = ()
    cuts: Mapping[int, Sequence[int]] = {}
    work: int = 0


NOT_PLACED = Placed()

_Decide = Callable[[Struct, Sequence[int], int], int]
"""The code of a struct, by the codes of those that it refers to, and what says its parent where it names one."""


class Places:
    """The places of all structs of one document. `steps` are those that judging the last update took."""

    __slots__ = ("_clients", "_halves", "_order", "steps")

    def __init__(self) -> None:
        self._clients: dict[int, ClientPlaces] = {}
        self._halves: set[Id] = set()
        self._order = Order()
        self.steps = 0

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
        if dumped.names != codes.names() + codes.attributes():
            return None
        places = cls()
        places._clients = {client: ClientPlaces.loaded(*kept) for client, kept in dumped.clients}
        places._halves.update(dumped.halves)
        return places

    def dump(self) -> bytes:
        clients = [(client, known.dump()) for client, known in self._clients.items()]
        return msgspec.msgpack.encode(_Dumped(codes.names() + codes.attributes(), clients, sorted(self._halves)))

    # What is there -------------------------------------------------------------------------------------------

    def ends(self) -> dict[int, int]:
        """How many clocks of each client are known."""
        return {client: known.end for client, known in self._clients.items()}

    def end(self, client: int) -> int:
        """How far the client's places are known."""
        known = self._clients.get(client)
        return known.end if known else 0

    def number(self, client: int) -> int:
        """What stands for the client in codes; 0 when it is not known."""
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
        return known.code(known.run_of(id[1]))

    def is_last(self, left: Id, right: Id | None) -> bool:
        known = self._clients[left[0]]
        at = known.run_of(left[1])
        if known.end_of(at) != left[1] + 1 or known.flags[at] & TAKEN:
            return False
        return known.rights[at] == self._packed(right)

    def _packed(self, id: Id | None) -> int:
        return self.number(id[0]) << NUMBER | id[1] if id else 0

    def blocks(self, key: int) -> list[Struct]:
        clients = {known.number: client for client, known in self._clients.items()}

        def id_of(packed: int) -> Id | None:
            return (clients[packed >> NUMBER], packed & (1 << NUMBER) - 1) if packed else None

        found: list[Struct] = []
        for client, known in self._clients.items():
            for at in known.standing(key):
                start, content = known.starts[at], Content.TEXT if known.flags[at] & TEXT else Content.DELETED
                beside = id_of(known.lefts[at]), id_of(known.rights[at])
                found.append(Struct(client, start, known.end_of(at) - start, content, *beside, None, None, None))
        return list(within(found))

    def split_at(self, client: int, clock: int) -> int | None:
        """How many blocks of the client stand behind a cut before this clock; None where nothing is to be split."""
        known = self._clients.get(client)
        if known is None or clock >= known.end:
            return None
        at = known.run_of(clock)
        if known.starts[at] == clock or is_nowhere(known.codes[at]):
            return None
        return len(known.starts) - at - 1

    # What comes ----------------------------------------------------------------------------------------------

    def follow(self, update: Update) -> None:
        """What a whole document, or somebody else, brings that is not known yet; it is taken as it is."""
        if self._order.busy:
            self._order = Order()
        placed = _Resolving(self, update, recognised).placed()
        self._order.take_back()
        self._order.forget(siblings_of(run[3]) for run in placed.runs)
        self.add(placed, update.halves)
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

    def judge(self, update: Update, limits: Limits = AT_ONCE) -> Placed:
        """Where the new structs of the update will stand. Raises `BadSchema`, `Malformed`, `TooDear`, `Laborious`.

        The update must continue all clocks: `Clocks.judge` comes before. What is not added before the next one is
        judged was never written.
        """
        order = self._order
        if order.unsettled:
            order.take_back()
        self.steps = 0
        if run := self._typed(update):
            return Placed((run,))
        for root in update.roots:
            if root != schema().root:
                raise BadSchema("root", root)
        for mark in update.marks:
            check_mark(mark)
        self._check_halves(update)
        _check_values(update)
        placing = Placing(order, self, limits, len(update.structs))
        order.busy = True
        try:
            return _Resolving(self, update, checked, placing).placed()
        finally:
            order.busy, self.steps = False, placing.steps

    def _typed(self, update: Update) -> Run | None:
        """The run of more text behind what its author typed last, without surrogates: what nearly every update is."""
        if len(update.structs) != 1 or update.deletions or update.halves or self._halves:
            return None
        client, clock, length, content, left, right, *_ = update.structs[0]
        known = self._clients.get(client)
        if content is not Content.TEXT or known is None or left != (client, clock - 1) or clock != known.end:
            return None
        if known.flags[-1] != TEXT or not is_among_letters(known.codes[-1]):
            return None
        if known.rights[-1] != (self._packed(right) if right else 0):
            return None
        if self._order.lists:
            self._order.go_on(siblings_of(known.code(-1)), client, clock, clock + length)
        return client, clock, clock + length, GOES_ON, left, right, True

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

    def add(self, placed: Placed, halves: Iterable[Id] = ()) -> None:
        """These structs are there now."""
        if self._order.unsettled:
            self._order.settle()
        if placed.runs and placed.runs[0][3] == GOES_ON:
            self._clients[placed.runs[0][0]].end = placed.runs[0][2]
            return
        self._halves.update(halves)
        for client, *_ in placed.runs:
            if client not in self._clients:
                self._clients[client] = ClientPlaces(self.next_number)
        for client, start, end, code, left, right, text in placed.runs:
            self._clients[client].add(start, end, code, self._packed(left), self._packed(right), text=text)
        for client, clocks in placed.cuts.items():
            self._split(client, clocks)
        for *_, left, _, _ in placed.runs:
            if left is not None:
                self._clients[left[0]].take(left[1])

    def _split(self, client: int, clocks: Sequence[int]) -> None:
        known = self._clients[client]
        if self._order.lists:
            for clock in clocks:
                if siblings := self._order.get(siblings_of(known.code(known.run_of(clock)))):
                    siblings.split(client, clock)
        known.split(clocks)

    def cut(self, ends: Mapping[int, int]) -> None:
        """Forget what stands from these clocks on."""
        self._order = Order()
        for client, known in list(self._clients.items()):
            end = ends.get(client, 0)
            if known.end > end and not known.cut(end):
                del self._clients[client]
        self._halves = {(client, clock) for client, clock in self._halves if clock < ends.get(client, 0)}


def _check_values(update: Update) -> None:
    """An attribute has one value. Several come once all are deleted: Yjs fails where only a part of them is."""
    gone: Sequence[Range] | None = None
    for client, clock, length, content, *_ in update.structs:
        if content is Content.VALUE and length > 1:
            gone = sorted(update.deletions) if gone is None else gone
            at = bisect_right(gone, (client, clock, CLOCKS)) - 1
            if at < 0 or gone[at].client != client or sum(gone[at][1:]) < clock + length:
                raise BadSchema("content", "values")


class _Dumped(msgspec.Struct, frozen=True, array_like=True):
    """Places as they are kept beside a document: of each client what `ClientPlaces.dump` tells."""

    names: tuple[str, ...]
    clients: list[tuple[int, tuple[int, int, tuple[bytes, bytes], tuple[bytes, bytes, bytes], bytes]]]
    halves: list[Id]


class _Resolving:
    """Finds the codes of an update's structs, whatever order its clients stand in, and with `placing` their order."""

    __slots__ = ("_cuts", "_decide", "_made", "_new", "_next", "_numbers", "_places", "_placing", "_runs", "_update")

    def __init__(self, places: Places, update: Update, decide: _Decide, placing: Placing | None = None) -> None:
        self._places, self._update, self._decide, self._placing = places, update, decide, placing
        self._new: dict[int, tuple[list[int], list[Struct], list[int]]] = {}
        self._numbers: dict[int, int] = {}
        self._next = places.next_number
        self._made: set[int] = set()
        self._cuts = Cuts()
        self._runs: list[Run] = []

    def placed(self) -> Placed:
        structs = self._update.structs
        for struct in structs if len(self._update.ranges) == 1 else in_turn(structs, self._places.ends()):
            self._put(struct)
        for client, clock, length in self._update.deletions:
            self._split(client, clock)
            self._split(client, clock + length)
        return Placed(self._runs, self._cuts.clocks, self._placing.work if self._placing else 0)

    def _put(self, struct: Struct) -> None:
        client, clock, length, content, left, right, parent, *_ = struct
        known = self._places.end(client)
        if clock + length <= known:
            return
        code = self._decide(struct, [self._code(id) for id in _needs(struct)], self._within(parent))
        if self._placing:
            self._placing.put(struct, code, code >> PARENT in self._made, self._struct(left) if left else None)
        self._keep(struct, code)
        if clock < known:
            clock, left = known, (client, known - 1)
        self._runs.append((client, clock, struct.clock + length, code, left, right, content is Content.TEXT))
        if left is not None and left != (client, clock - 1):
            self._split(left[0], left[1] + 1)
        if right is not None:
            self._split(*right)

    def _keep(self, struct: Struct, code: int) -> None:
        new = self._new.get(struct.client)
        if new is None:
            new = self._new[struct.client] = [], [], []
            self._numbers[struct.client] = self._number(struct.client)
        new[0].append(struct.clock)
        new[1].append(struct)
        new[2].append(code)
        if struct.content is Content.TYPE:
            self._made.add(self._numbers[struct.client] << NUMBER | struct.clock)

    def _split(self, client: int, clock: int) -> None:
        """The library takes a block apart before this clock."""
        behind = self._places.split_at(client, clock)
        if behind is None:
            struct = self._struct((client, clock))
            if struct is None or struct.clock == clock:
                return
            behind = 0
        work = self._cuts.cut(client, clock, behind)
        if self._placing:
            self._placing.count(work)

    def _code(self, id: Id) -> int:
        code = self._places.at(id)
        if code is not None:
            return code
        clocks, _, found = self._new.get(id[0], ((), (), ()))
        at = bisect_right(clocks, id[1]) - 1
        if at < 0:
            raise Incomplete(*id)
        return found[at]

    def _struct(self, id: Id) -> Struct | None:
        """That of this update which holds it."""
        clocks, structs, _ = self._new.get(id[0], ((), (), ()))
        at = bisect_right(clocks, id[1]) - 1
        return structs[at] if at >= 0 and id[1] < clocks[at] + structs[at].length else None

    def _within(self, parent: Id | None) -> int:
        """The parent as it stands in the code."""
        if parent is None or parent == ROOT:
            return 0
        return (self._number(parent[0]) << NUMBER | parent[1]) << PARENT

    def _number(self, client: int) -> int:
        """A new client has the number that it gets once it is added."""
        return self._numbers.get(client) or self._places.number(client) or self._fresh()

    def _fresh(self) -> int:
        self._next += 1
        return self._next - 1


def _needs(struct: Struct) -> tuple[Id, ...]:
    beside = tuple(id for id in (struct.left, struct.right) if id is not None)
    return beside if beside or struct.parent in (None, ROOT) else (struct.parent,)
