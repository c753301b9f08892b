"""A shared document's elements in reading order, and which structs their words are.

The native library tells what a text says, not which client wrote which of its signs. So the structs of the document's
state are put in order here once more.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence

from collab.judging.siblings import Block, Siblings
from collab.judging.turns import in_turn
from collab.update import ROOT, Content, Id, Range, Struct, Update


class _Everybody:
    """All structs of a document. Nowhere is who stands in what is collected; values of attributes are in no order."""

    def __init__(self) -> None:
        self.root = Siblings()
        self.inside: dict[Id, tuple[object, Siblings]] = {}
        self._nowhere = Siblings()
        self._lists: dict[int, tuple[list[int], list[Siblings]]] = {}

    def add(self, struct: Struct) -> None:
        """All that the struct refers to is there."""
        stands_in = self._list_of(struct)
        clocks, lists = self._lists.setdefault(struct.client, ([], []))
        clocks.append(struct.clock)
        lists.append(stands_in)
        if struct.content is Content.TYPE:
            self.inside[struct.client, struct.clock] = struct.held, Siblings()
        if stands_in is not self._nowhere:
            end, text = struct.clock + struct.length, struct.content is Content.TEXT
            stands_in.place(Block(struct.client, struct.clock, end, struct.left, struct.right, text=text))

    def _list_of(self, struct: Struct) -> Siblings:
        beside = [self._at(id) for id in (struct.left, struct.right) if id is not None]
        if beside:
            return self._nowhere if self._nowhere in beside else beside[0]
        if struct.parent is None or struct.sub is not None:
            return self._nowhere
        return self.root if struct.parent == ROOT else self.inside.get(struct.parent, (None, self._nowhere))[1]

    def _at(self, id: Id) -> Siblings:
        clocks, lists = self._lists[id[0]]
        return lists[bisect_right(clocks, id[1]) - 1]


class Deleted:
    """What is deleted, by client."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for client, clock, length in ranges:
            insort(self._spans.setdefault(client, []), (clock, clock + length))

    def left_of(self, client: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        """What is not deleted of these clocks."""
        spans = self._spans.get(client, ())
        first = max(bisect_right(spans, (start, -1)) - 1, 0)
        for low, high in map(spans.__getitem__, range(first, len(spans))):
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
    everybody = _Everybody()
    for struct in in_turn(state.structs, {}):
        everybody.add(struct)
    return _Walk(everybody, Deleted(state.deletions)).found


class _Walk:
    def __init__(self, everybody: _Everybody, deleted: Deleted) -> None:
        self.found: list[Element] = []
        self._inside, self._deleted = everybody.inside, deleted
        self._go(everybody.root, [])

    def _go(self, siblings: Siblings, around: Element) -> None:
        """`around` is the element whose children these are; a text's signs are its element's."""
        for block in siblings:
            held, inside = self._inside.get((block.client, block.clock), ("", None))
            if inside is None and not block.text:
                continue
            for start, end in self._deleted.left_of(block.client, block.clock, block.end):
                if inside is None:
                    around.append((block.client, start, end))
                elif held == "":
                    self._go(inside, around)
                else:
                    around.append(None)
                    self.found.append([])
                    self._go(inside, self.found[-1])
