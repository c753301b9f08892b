"""Whether new structs can have been written where they say, and what it takes to put them in order.

A struct names its neighbours. Libraries agree on its place as long as these were neighbours for whoever wrote it: then
they stand in that order for everybody, whatever else came between them meanwhile. One that names them the wrong way
round, or leaves out what they were themselves put beside, comes to stand here or there by the order in which structs
are read, and the same document says one thing live and another when it is opened again.

And all who were written at one place at once are gone through, one by one, for each that comes to them. So what it
takes is counted: a few thousand at one place, each past all others, would stop everybody. Only lists in which somebody
writes between others are put in order here; where nobody stands yet behind the left neighbour there is nothing to see.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

from collab.errors import TooDear
from collab.judging.codes import is_nowhere, is_value, siblings_of
from collab.judging.siblings import Block, Laborious, Siblings
from collab.judging.turns import in_turn
from collab.update import Content, Id, Struct

KEPT = 50_000
"""Blocks that may be kept in order in one room. Beyond them all are put in order anew when they are needed."""

IN_ORDER, SPLIT, MOVED, FOLLOWED, COPIED = 20, 8, 400, 4, 50
"""What weighs as much as a step: a block put in order weighs 20 of them, a block split 8. 400 blocks moved on by that
weigh one, as do 4 values of one attribute, which are followed back to the first, and 50 signs copied where pieces of
text become one: the last is put to the one before it, both to the one before them, and all copies are kept meanwhile.
"""

MOST_FOR_ALL = 4_000_000
"""Steps that it may take to put one list in order, which whoever opens the document has to go."""

FEW = 100
"""Steps that are always free to go, in the most crowded list."""


class Limits(NamedTuple):
    """Steps of ours, beyond which an update is `Laborious`: it must be judged where nobody waits for it. And steps of
    everybody's, beyond which it is `TooDear`: `few`, more for `each` of its structs, and never more than `most`. A step
    takes 0.6 µs here and 0.13 µs in the native library.
    """

    ours: float = math.inf
    few: float = 400_000
    each: float = 150
    most: float = 4_000_000

    def of(self, structs: int) -> float:
        return min(self.few + self.each * structs, self.most)


AT_ONCE = Limits(ours=10_000)
ASIDE = Limits()


class Known(Protocol):
    """What stands in the document already."""

    def is_last(self, left: Id, right: Id | None) -> bool:
        """Whether nothing was put right behind `left`, and it was itself put before `right`."""
        ...

    def blocks(self, key: int) -> Iterator[Struct]:
        """All that stand in one list."""
        ...


class Order:
    """The lists of a document in which somebody writes between others, by what `siblings_of` says of them.

    What was placed and is not `settled` when the next update comes was never written.
    """

    __slots__ = ("_begun", "_placed", "_size", "lists", "unsettled")

    def __init__(self) -> None:
        self.lists: dict[int, Siblings] = {}
        self._placed: list[tuple[Siblings, int, int, int]] = []
        self._begun: list[int] = []
        self._size = 0
        self.unsettled = False

    def get(self, key: int) -> Siblings | None:
        return self.lists.get(key)

    def begin(self, key: int, siblings: Siblings, *, settled: bool) -> None:
        self.lists[key] = siblings
        self._size += siblings.size
        if not settled:
            self.unsettled = True
            self._begun.append(key)

    def place(self, siblings: Siblings, struct: Struct, most: float) -> int:
        """How many steps it took. Raises `Laborious`."""
        self.unsettled = True
        self._size += 1
        steps = siblings.place(_block(struct), most)
        self._placed.append((siblings, struct.client, struct.clock, steps))
        return steps

    def go_on(self, key: int, client: int, clock: int, end: int) -> None:
        """More of the text that the client wrote last, where nobody stands behind it yet."""
        if siblings := self.lists.get(key):
            self.unsettled = True
            self._placed.append((siblings, client, clock, 0))
            siblings.go_on(client, end)

    def settle(self) -> None:
        """All that was placed is there now."""
        self.unsettled = False
        self._placed.clear()
        self._begun.clear()
        if self._size > KEPT:
            self.lists.clear()
            self._size = 0

    def take_back(self) -> None:
        """Nothing of it is there."""
        self.forget(self._begun)
        for siblings, client, clock, steps in reversed(self._placed):
            siblings.take_back(client, clock)
            siblings.steps -= steps
        self.settle()

    def forget(self, keys: Iterable[int]) -> None:
        """Something came into these lists otherwise."""
        for key in keys:
            if siblings := self.lists.pop(key, None):
                self._size -= siblings.size


class Placing:
    """One update's structs, in turn. `steps` are ours, `work` those that everybody goes who reads it."""

    def __init__(self, order: Order, known: Known, limits: Limits, structs: int) -> None:
        self._order, self._known = order, known
        self._ours, self._most = limits.ours, limits.of(structs)
        self._plain: dict[int, list[Struct]] = {}
        self._beside: set[Id] = set()
        self.steps = self.work = 0
        self._pieces, self._copied = 1, 0

    def put(self, struct: Struct, code: int, parent_is_new: bool, left: Struct | None) -> None:
        """`left` is the struct of this update that holds its left neighbour. Raises `Malformed`, `TooDear`."""
        if is_nowhere(code):
            return
        key = siblings_of(code)
        siblings = self._order.get(key)
        if siblings is None and self._is_plain(struct, key, parent_is_new, left):
            self._plain.setdefault(key, []).append(struct)
        else:
            self._put_among(siblings or self._in_order(key, parent_is_new), struct, code)
        if struct.left is not None:
            self._beside.add(struct.left)
            self._count_pieces(struct, left)

    def _is_plain(self, struct: Struct, key: int, parent_is_new: bool, left: Struct | None) -> bool:
        """Whether its place is clear, whoever else is there."""
        if struct.left is None:
            return struct.right is None and parent_is_new and key not in self._plain
        if struct.left in self._beside:
            return False
        if left is not None:
            return struct.left[1] == left.clock + left.length - 1 and struct.right == left.right
        return self._known.is_last(struct.left, struct.right)

    def _put_among(self, siblings: Siblings, struct: Struct, code: int) -> None:
        self.steps += siblings.check(struct.left, struct.right, self._ours - self.steps)
        steps = self._order.place(siblings, struct, self._ours - self.steps)
        if steps > FEW and siblings.steps > MOST_FOR_ALL:
            raise TooDear(siblings.steps, MOST_FOR_ALL)
        if struct.left is None and is_value(code):
            steps += siblings.size // FOLLOWED
        self.count(steps)

    def _count_pieces(self, struct: Struct, before: Struct | None) -> None:
        """Text that came in pieces and becomes one."""
        if before is None or before.content is not Content.TEXT or not _goes_on(before, struct):
            self._pieces = 1
            return
        self._pieces += 1
        steps, self._copied = divmod(self._copied + self._pieces * struct.length, COPIED)
        self.count(steps)

    def _in_order(self, key: int, parent_is_new: bool) -> Siblings:
        fresh, structs = self._plain.get(key, []), list[Struct]()
        for struct in chain(() if parent_is_new else self._known.blocks(key), fresh):
            self.steps += IN_ORDER
            self._check_steps()
            structs.append(struct)
        siblings = Siblings()
        for struct in in_turn(list(_within(structs)), {}):
            siblings.place(_block(struct))
        self._order.begin(key, siblings, settled=not fresh)
        return siblings

    def count(self, work: int) -> None:
        """Raises `TooDear`, `Laborious`."""
        self.steps += work
        self.work += work
        if self.work > self._most:
            raise TooDear(self.work, int(self._most))
        self._check_steps()

    def _check_steps(self) -> None:
        if self.steps > self._ours:
            raise Laborious


class Cuts:
    """Where blocks are taken apart: what an update is put between, and what it deletes."""

    def __init__(self) -> None:
        self.clocks: dict[int, list[int]] = {}

    def cut(self, client: int, clock: int, behind: int) -> int:
        """What it takes in steps. `behind` are the client's blocks behind it, which are moved on."""
        clocks = self.clocks.setdefault(client, [])
        at = bisect_left(clocks, clock)
        if clocks[at : at + 1] == [clock]:
            return 0
        clocks.insert(at, clock)
        return SPLIT + (behind + len(clocks) - at) // MOVED


def _within(structs: Sequence[Struct]) -> Iterator[Struct]:
    """Without neighbours that stand elsewhere, as they may in documents from before they were looked at."""
    ends = {struct.client: struct.clock + struct.length for struct in structs}
    for struct in structs:
        left, right = (id if id and id[1] < ends.get(id[0], 0) else None for id in (struct.left, struct.right))
        yield struct._replace(left=left, right=right)


def _goes_on(before: Struct, struct: Struct) -> bool:
    if struct.content is not Content.TEXT or struct.client != before.client or struct.right != before.right:
        return False
    return struct.left == (before.client, struct.clock - 1) and before.clock + before.length == struct.clock


def _block(struct: Struct) -> Block:
    end, text = struct.clock + struct.length, struct.content is Content.TEXT
    return Block(struct.client, struct.clock, end, struct.left, struct.right, text=text)
