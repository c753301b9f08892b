"""Finds where an update's structs will stand, one after another in their turn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from collab.errors import Incomplete
from collab.judging.client_places import ClientPlaces
from collab.judging.codes import NUMBER, PARENT
from collab.judging.order import Cuts, Placing
from collab.judging.turns import in_turn
from collab.update import ROOT, Content, Id, Struct, Update


class Placed(NamedTuple):
    """Where an update's structs will stand. `longer` is a client whose last text goes on to a clock, and nothing else.

    `new` are the clients' runs, `cuts` the clocks before which blocks that are there are split, `beside` those behind
    whom something is put. `work` is what it takes everybody, in steps (`order`).
    """

    longer: tuple[int, int] | None = None
    new: Mapping[int, ClientPlaces] = {}
    cuts: Mapping[int, Sequence[int]] = {}
    beside: Sequence[Id] = ()
    work: int = 0


NOT_PLACED = Placed()

_Decide = Callable[[Struct, Sequence[int], int], int]
"""The code of a struct, by the codes of those that it refers to, and what says its parent where it names one."""


class There(Protocol):
    """What stands in the document already."""

    @property
    def next_number(self) -> int: ...
    def ends(self) -> dict[int, int]: ...
    def end(self, client: int) -> int: ...
    def number(self, client: int) -> int: ...
    def at(self, id: Id) -> int | None: ...
    def split_at(self, client: int, clock: int) -> int | None: ...


class _New:
    """One client's structs of the update, and where they will stand."""

    __slots__ = ("clocks", "places", "structs")

    def __init__(self, number: int) -> None:
        self.places = ClientPlaces(number)
        self.clocks: list[int] = []
        self.structs: list[Struct] = []


class Resolving:
    """With `placing` it is also seen in which order they stand."""

    __slots__ = ("_beside", "_cuts", "_decide", "_made", "_new", "_next", "_placing", "_there", "_update")

    def __init__(self, there: There, update: Update, decide: _Decide, placing: Placing | None = None) -> None:
        self._there, self._update, self._decide, self._placing = there, update, decide, placing
        self._new: dict[int, _New] = {}
        self._next = there.next_number
        self._made: set[int] = set()
        self._beside: list[Id] = []
        self._cuts = Cuts()

    def placed(self) -> Placed:
        structs = self._update.structs
        for struct in structs if len(self._update.ranges) == 1 else in_turn(structs, self._there.ends()):
            self._put(struct)
        for client, clock, length in self._update.deletions:
            self._split(client, clock)
            self._split(client, clock + length)
        cuts, beside = self._settled()
        places = {client: new.places for client, new in self._new.items()}
        return Placed(None, places, cuts, beside, self._placing.work if self._placing else 0)

    def _put(self, struct: Struct) -> None:
        client, clock, length, content, left, right, parent, *_ = struct
        known = self._there.end(client)
        if clock + length <= known:
            return
        code = self._decide(struct, [self._code(id) for id in _needs(struct)], self._within(parent))
        if self._placing:
            self._placing.put(struct, code, code >> PARENT in self._made, self._struct(left) if left else None)
        new = self._keep(struct)
        if clock < known:
            clock, left = known, (client, known - 1)
        beside = self._packed(left), self._packed(right)
        new.places.add(clock, struct.clock + length, code, *beside, text=content is Content.TEXT)
        if left is not None:
            self._beside.append(left)
            if left != (client, clock - 1):
                self._split(left[0], left[1] + 1)
        if right is not None:
            self._split(*right)

    def _keep(self, struct: Struct) -> _New:
        new = self._new.get(struct.client)
        if new is None:
            new = self._new[struct.client] = _New(self._there.number(struct.client) or self._fresh())
        new.clocks.append(struct.clock)
        new.structs.append(struct)
        if struct.content is Content.TYPE:
            self._made.add(new.places.number << NUMBER | struct.clock)
        return new

    def _fresh(self) -> int:
        """The number that a new client gets."""
        self._next += 1
        return self._next - 1

    def _split(self, client: int, clock: int) -> None:
        """The library takes a block apart before this clock."""
        behind = self._there.split_at(client, clock)
        if behind is None:
            struct = self._struct((client, clock))
            if struct is None or struct.clock == clock:
                return
            behind = 0
        work = self._cuts.cut(client, clock, behind)
        if self._placing:
            self._placing.count(work)

    def _settled(self) -> tuple[Mapping[int, Sequence[int]], Sequence[Id]]:
        """What is to be done to those that are there already. The new ones are done with."""
        cuts: dict[int, Sequence[int]] = {}
        for client, clocks in self._cuts.clocks.items():
            at = bisect_right(clocks, self._there.end(client) - 1)
            if at:
                cuts[client] = clocks[:at]
            if clocks[at:]:
                self._new[client].places.split(clocks[at:])
        beside: list[Id] = []
        for client, clock in self._beside:
            if clock < self._there.end(client):
                beside.append((client, clock))
            else:
                self._new[client].places.take(clock)
        return cuts, beside

    def _code(self, id: Id) -> int:
        code = self._there.at(id)
        if code is not None:
            return code
        if self._struct(id) is None:
            raise Incomplete(*id)
        places = self._new[id[0]].places
        return places.code(places.run_of(id[1]))

    def _struct(self, id: Id) -> Struct | None:
        """That of this update which holds it."""
        new = self._new.get(id[0])
        if new is None:
            return None
        at = bisect_right(new.clocks, id[1]) - 1
        return new.structs[at] if at >= 0 and id[1] < new.clocks[at] + new.structs[at].length else None

    def _within(self, parent: Id | None) -> int:
        """The parent as it stands in the code."""
        return 0 if parent is None or parent == ROOT else self._packed(parent) << PARENT

    def _packed(self, id: Id | None) -> int:
        if id is None:
            return 0
        new = self._new.get(id[0])
        number = new.places.number if new else self._there.number(id[0])
        return number << NUMBER | id[1]


def _needs(struct: Struct) -> tuple[Id, ...]:
    beside = tuple(id for id in (struct.left, struct.right) if id is not None)
    return beside if beside or struct.parent in (None, ROOT) else (struct.parent,)
