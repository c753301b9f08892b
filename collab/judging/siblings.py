"""In which order structs of one parent stand: the list algorithm of Yjs (YATA).

Without their contents, and with a count of what it costs: every library walks the same way. Source: Yjs 13
`src/structs/Item.js`, `integrate` and `getMissing`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator

from collab.errors import Malformed
from collab.update import Id

_WRONG = "neighbours in the wrong order"


class Laborious(Exception):
    """It takes more steps than are allowed here."""


class Block:
    """Structs in a row of one client. `origin` and `right_origin` were the neighbours its first was written between.

    `text` tells that its author may go on in it: one text behind another is one block.
    """

    __slots__ = ("client", "clock", "end", "left", "origin", "right", "right_origin", "text")

    def __init__(
        self, client: int, clock: int, end: int, origin: Id | None, right_origin: Id | None, *, text: bool
    ) -> None:
        self.client, self.clock, self.end, self.text = client, clock, end, text
        self.origin, self.right_origin = origin, right_origin
        self.left: Block | None = None
        self.right: Block | None = None

    def holds(self, id: Id | None) -> bool:
        return id is not None and id[0] == self.client and self.clock <= id[1] < self.end

    def origin_of(self, id: Id) -> Id | None:
        """The left neighbour that one of them was written beside."""
        return self.origin if id[1] == self.clock else (self.client, id[1] - 1)

    def goes_on_in(self, other: Block) -> bool:
        """Whether `other`, which stands behind it, is more of the same text."""
        return (
            self.text
            and other.text
            and other.origin == (self.client, self.end - 1)
            and (other.client, other.clock) == (self.client, self.end)
            and other.right_origin == self.right_origin
        )


class Siblings:
    """Those of one parent. `size` counts its blocks, `steps` what it took to put them in order."""

    __slots__ = ("_clients", "first", "size", "steps")

    def __init__(self) -> None:
        self.first: Block | None = None
        self.size = self.steps = 0
        self._clients: dict[int, tuple[list[int], list[Block]]] = {}

    def __iter__(self) -> Iterator[Block]:
        block = self.first
        while block is not None:
            yield block
            block = block.right

    # Judging -------------------------------------------------------------------------------------------------

    def check(self, left: Id | None, right: Id | None, most: float = math.inf) -> int:
        """How many steps it took to see that libraries agree on what is put between these; None is the end.

        What is new beside something is put beside it, and nothing moves afterwards. So for whoever writes between two
        neighbours neither was itself put beside what is between them. A right neighbour that stands before the left one
        counts for nothing (Yjs writes it when it brings back what was deleted), unless both may be in one block: then
        libraries take the left one for what is before the right one. Raises `Malformed`, `Laborious`.
        """
        if left is None and right is None:
            return 0
        behind, before = self._find(left), self._find(right)
        origin = before.origin_of(right) if before and right else None
        if (before and origin == left) or (behind and behind.right_origin == right):
            return 0
        if behind is None or left is None or (right is not None and before is None):
            raise Malformed(_WRONG)
        if right and left[0] == right[0] and self._may_share_a_block(left[0], left[1], right[1]):
            raise Malformed(_WRONG)
        steps, passed = self._way(behind, before, (origin, behind.right_origin), most)
        passed_within = behind.holds(origin) and origin is not None and origin[1] > left[1]
        within = before is not None and right is not None and right[1] > before.clock
        if passed is None or not (passed or passed_within or within):
            return steps
        raise Malformed(_WRONG)

    def _may_share_a_block(self, client: int, left: int, right: int) -> bool:
        """Whether both may stand in one block for a library that knows of nothing between, the right one not first."""
        block = self._find((client, min(left, right - 1)))
        while block is not None and block.end <= max(left, right):
            after = self._find((client, block.end))
            if after is None or after.origin != (client, block.end - 1) or after.right_origin != block.right_origin:
                return False
            block = after
        return block is not None

    def _way(
        self, behind: Block, before: Block | None, wanted: tuple[Id | None, ...], most: float
    ) -> tuple[int, bool | None]:
        """How far it is, and whether one of the wanted is on it. None where it does not lead there."""
        steps, passed, block = 0, False, behind.right
        while block is not None and block is not before:
            steps += 1
            if steps > most:
                raise Laborious
            passed = passed or any(map(block.holds, wanted))
            block = block.right
        return steps, passed if block is before else None

    # Putting in order ----------------------------------------------------------------------------------------

    def place(self, block: Block, most: float = math.inf) -> int:
        """How many steps it took. All that it refers to is there. Raises `Laborious`."""
        left = self._ending_with(block.origin) if block.origin else None
        right = self._beginning_with(block.right_origin) if block.right_origin else None
        steps, left = self._behind(block, left, right, most)
        self.steps += steps
        if left is not None and left.goes_on_in(block):
            left.end = block.end
        else:
            self._link(block, left)
            self._keep(block)
        return steps

    def go_on(self, client: int, end: int) -> None:
        """The client's last block is longer now."""
        self._clients[client][1][-1].end = end

    def _behind(self, block: Block, left: Block | None, right: Block | None, most: float) -> tuple[int, Block | None]:
        """After which block it stands, among those that were written at the same place at the same time."""
        other = left.right if left else self.first
        conflicting: set[Block] = set()
        before: set[Block] = set()
        steps = 0
        while other is not None and other is not right:
            steps += 1
            if steps > most:
                raise Laborious
            before.add(other)
            conflicting.add(other)
            if block.origin == other.origin:
                if other.client < block.client:
                    left = other
                    conflicting.clear()
                elif block.right_origin == other.right_origin:
                    break
            elif other.origin is not None and (beside := self._find(other.origin)) in before:
                if beside not in conflicting:
                    left = other
                    conflicting.clear()
            else:
                break
            other = other.right
        return steps, left

    def _link(self, block: Block, left: Block | None) -> None:
        block.left, block.right = left, left.right if left else self.first
        if left:
            left.right = block
        else:
            self.first = block
        if block.right:
            block.right.left = block

    def take_back(self, client: int, clock: int) -> None:
        """What the client wrote from this clock on was never here."""
        starts, blocks = self._clients.get(client, ([], []))
        while blocks and blocks[-1].clock >= clock:
            self._unlink(blocks.pop())
            starts.pop()
            self.size -= 1
        if blocks and blocks[-1].end > clock:
            blocks[-1].end = clock

    def _unlink(self, block: Block) -> None:
        if block.left:
            block.left.right = block.right
        else:
            self.first = block.right
        if block.right:
            block.right.left = block.left

    # Finding -------------------------------------------------------------------------------------------------

    def _find(self, id: Id | None) -> Block | None:
        """The block that holds a struct; None for what stands elsewhere."""
        if id is None:
            return None
        starts, blocks = self._clients.get(id[0], ((), ()))
        at = bisect_right(starts, id[1]) - 1
        return blocks[at] if at >= 0 and id[1] < blocks[at].end else None

    def _ending_with(self, id: Id) -> Block | None:
        block = self._find(id)
        if block is not None and block.end > id[1] + 1:
            self._split(block, id[1] + 1)
        return block

    def _beginning_with(self, id: Id) -> Block | None:
        block = self._find(id)
        return block if block is None or block.clock == id[1] else self._split(block, id[1])

    def split(self, client: int, clock: int) -> None:
        """The library takes the block apart before this clock: it deletes only one of the halves."""
        block = self._find((client, clock))
        if block is not None and block.clock < clock:
            self._split(block, clock)

    def _split(self, block: Block, clock: int) -> Block:
        """The second half, from `clock` on."""
        half = Block(block.client, clock, block.end, (block.client, clock - 1), block.right_origin, text=block.text)
        block.end = clock
        self._link(half, block)
        self._keep(half)
        return half

    def _keep(self, block: Block) -> None:
        starts, blocks = self._clients.setdefault(block.client, ([], []))
        at = bisect_right(starts, block.clock)
        starts.insert(at, block.clock)
        blocks.insert(at, block)
        self.size += 1
