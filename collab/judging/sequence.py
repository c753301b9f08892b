"""In which order a shared document's structs stand: the list algorithm of Yjs (YATA), without its contents.

The native library tells what a text says, not which client wrote which of its signs. So the structs of the document's
state are put in order here once more. Source: Yjs 13 `src/structs/Item.js`, `integrate` and `getMissing`.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence

from collab.errors import Malformed
from collab.update import ROOT, Content, Id, Range, Struct, Update

_VISIBLE = (Content.TEXT, Content.TYPE)


class _List:
    """The children of the root, an element or a text: where the chain of items begins."""

    __slots__ = ("start",)

    def __init__(self) -> None:
        self.start: _Item | None = None


class _Item:
    __slots__ = (
        "client",
        "clock",
        "content",
        "end",
        "held",
        "inside",
        "left",
        "origin",
        "parent",
        "right",
        "right_origin",
    )

    def __init__(
        self, client: int, clock: int, end: int, content: Content, origin: Id | None, right: Id | None
    ) -> None:
        self.client, self.clock, self.end, self.content = client, clock, end, content
        self.origin, self.right_origin = origin, right
        self.left: _Item | None = None
        self.right: _Item | None = None
        self.parent: _List | None = None
        self.inside: _List | None = None
        self.held: object = None


class _Order:
    def __init__(self) -> None:
        self.root = _List()
        self._items: dict[int, tuple[list[int], list[_Item]]] = {}
        self._of_attributes = _List()

    # Finding -------------------------------------------------------------------------------------------------

    def at(self, id: Id) -> _Item:
        """The item that holds a clock."""
        starts, items = self._items[id[0]]
        return items[bisect_right(starts, id[1]) - 1]

    def ending_with(self, id: Id) -> _Item:
        item = self.at(id)
        if item.end > id[1] + 1:
            self._split(item, id[1] + 1)
        return item

    def beginning_with(self, id: Id) -> _Item:
        item = self.at(id)
        return item if item.clock == id[1] else self._split(item, id[1])

    def _split(self, item: _Item, clock: int) -> _Item:
        """The second half, from `clock` on."""
        half = _Item(item.client, clock, item.end, item.content, (item.client, clock - 1), item.right_origin)
        half.parent, half.left, half.right = item.parent, item, item.right
        if item.right:
            item.right.left = half
        item.right, item.end = half, clock
        self._keep(half)
        return half

    def _keep(self, item: _Item) -> None:
        starts, items = self._items.setdefault(item.client, ([], []))
        at = bisect_right(starts, item.clock)
        starts.insert(at, item.clock)
        items.insert(at, item)

    # Putting in order ----------------------------------------------------------------------------------------

    def add(self, struct: Struct) -> None:
        """All that the struct refers to is there."""
        end = struct.clock + struct.length
        item = _Item(struct.client, struct.clock, end, struct.content, struct.left, struct.right)
        if struct.content is Content.TYPE:
            item.inside, item.held = _List(), struct.held
        left = self.ending_with(struct.left) if struct.left else None
        right = self.beginning_with(struct.right) if struct.right else None
        item.parent = self._parent_of(struct, left, right)
        self._keep(item)
        if item.parent is not None and item.parent is not self._of_attributes:
            self._place(item, item.parent, left, right)

    def _parent_of(self, struct: Struct, left: _Item | None, right: _Item | None) -> _List | None:
        """None where the surroundings are collected; attributes are in no order."""
        if left or right:
            gone = (left and left.parent is None) or (right and right.parent is None)
            beside = left or right
            return None if gone or beside is None else beside.parent
        if struct.sub is not None:
            return self._of_attributes
        if struct.parent == ROOT:
            return self.root
        return self.at(struct.parent).inside if struct.parent else None

    def _place(self, item: _Item, parent: _List, left: _Item | None, right: _Item | None) -> None:
        left = self._behind(item, left, left.right if left else parent.start, right)
        item.left = left
        item.right = left.right if left else parent.start
        if left:
            left.right = item
        else:
            parent.start = item
        if item.right:
            item.right.left = item

    def _behind(self, item: _Item, left: _Item | None, other: _Item | None, right: _Item | None) -> _Item | None:
        """After which item it stands, among those that were written at the same place at the same time."""
        conflicting: set[_Item] = set()
        before: set[_Item] = set()
        while other is not None and other is not right:
            before.add(other)
            conflicting.add(other)
            if item.origin == other.origin:
                if other.client < item.client:
                    left = other
                    conflicting.clear()
                elif item.right_origin == other.right_origin:
                    break
            elif other.origin is not None and (beside := self.at(other.origin)) in before:
                if beside not in conflicting:
                    left = other
                    conflicting.clear()
            else:
                break
            other = other.right
        return left


class Deleted:
    """What is deleted, by client."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for client, clock, length in ranges:
            insort(self._spans.setdefault(client, []), (clock, clock + length))

    def left_of(self, client: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        """What is not deleted of these clocks."""
        spans = self._spans.get(client, ())
        for low, high in spans[max(bisect_right(spans, (start, -1)) - 1, 0) :]:
            if low >= end:
                break
            if low > start:
                yield start, low
            start = max(start, high)
        if start < end:
            yield start, end


Piece = tuple[int, int, int]
"""Signs of a text that are there: client, first clock, clock behind the last."""

Element = list[Piece | None]
"""What stands in an element itself: pieces of text, None for each element."""


def elements(state: Update) -> list[Element]:
    """Every element of a document in reading order, parents first. Raises `Malformed` for less than a whole state."""
    order, deleted = _Order(), Deleted(state.deletions)
    for struct in _in_turn(state):
        order.add(struct)
    found: list[Element] = []
    _walk(order.root, deleted, found, [])
    return found


def _in_turn(state: Update) -> Iterator[Struct]:
    """The structs so that each comes after those that it refers to."""
    waiting: dict[int, list[Struct]] = {}
    for struct in reversed(state.structs):
        waiting.setdefault(struct.client, []).append(struct)
    reached = dict.fromkeys(waiting, 0)
    stack = list(waiting)
    while stack:
        client = stack[-1]
        if not waiting[client]:
            stack.pop()
            continue
        lacking = _lacking(waiting[client][-1], reached)
        if lacking is None:
            struct = waiting[client].pop()
            reached[client] = struct.clock + struct.length
            yield struct
        elif not waiting.get(lacking) or len(stack) > 2 * len(state.structs) + len(waiting):
            raise Malformed("refers to what is not there")
        else:
            stack.append(lacking)


def _lacking(struct: Struct, reached: Mapping[int, int]) -> int | None:
    for id in (struct.left, struct.right, struct.parent):
        if id is not None and id != ROOT and id[0] != struct.client and id[1] >= reached.get(id[0], 0):
            return id[0]
    return None


def _walk(children: _List, deleted: Deleted, found: list[Element], around: Element) -> None:
    """`around` is the element whose children these are; a text's signs are its element's."""
    item = children.start
    while item is not None:
        for start, end in deleted.left_of(item.client, item.clock, item.end) if item.content in _VISIBLE else ():
            if item.inside is None:
                around.append((item.client, start, end))
            elif item.held == "":
                _walk(item.inside, deleted, found, around)
            else:
                around.append(None)
                found.append([])
                _walk(item.inside, deleted, found, found[-1])
        item = item.right
