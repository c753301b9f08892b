"""The places of one client's structs, in runs: the form in which they are held and kept.

A run is what libraries hold as one block: text typed in a row, or one struct of anything else. Its code says what its
place is (`codes`). `lefts` and `rights` are the neighbours it was written between, as their client's number and clock;
0 is none. Each but the first of a run stands behind the one before it and was written before the same right neighbour.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence, Set
from typing import Literal, Self

from collab.judging.codes import CODE_MASK, MADE_MASK, NUMBER, PARENT, is_nowhere

TEXT, TAKEN = 1, 2
"""Flags: its author may go on in it; something was put right behind its end."""


class ClientPlaces:
    """Runs by their first clocks, up to `end`. `number` stands for the client where it is named."""

    __slots__ = ("codes", "end", "flags", "lefts", "number", "parents", "rights", "starts")

    def __init__(self, number: int) -> None:
        self.number, self.end = number, 0
        self.starts, self.codes, self.flags = array("I"), array("I"), array("B")
        self.parents, self.lefts, self.rights = array("Q"), array("Q"), array("Q")

    @classmethod
    def loaded(cls, number: int, end: int, narrow: Sequence[bytes], wide: Sequence[bytes], flags: bytes) -> Self:
        places = cls(number)
        places.end = end
        places.starts, places.codes = (_numbers_of("I", data) for data in narrow)
        places.parents, places.lefts, places.rights = (_numbers_of("Q", data) for data in wide)
        places.flags.frombytes(flags)
        return places

    def dump(self) -> tuple[int, int, tuple[bytes, bytes], tuple[bytes, bytes, bytes], bytes]:
        """Starts and codes take four bytes each, parents and neighbours eight, all little-endian; flags one."""
        narrow = _bytes_of(self.starts), _bytes_of(self.codes)
        wide = _bytes_of(self.parents), _bytes_of(self.lefts), _bytes_of(self.rights)
        return self.number, self.end, narrow, wide, self.flags.tobytes()

    # Finding -------------------------------------------------------------------------------------------------

    def run_of(self, clock: int) -> int:
        """Which run holds it."""
        return bisect_right(self.starts, clock) - 1

    def code(self, at: int) -> int:
        return self.codes[at] | self.parents[at] << PARENT

    def end_of(self, at: int) -> int:
        """The clock behind the last of a run."""
        return self.starts[at + 1] if at + 1 < len(self.starts) else self.end

    def standing(self, key: int) -> Iterator[int]:
        """The runs that stand in one list."""
        own, parent = key & CODE_MASK, key >> PARENT
        for at in _finds(self.parents, parent):
            if self.codes[at] & ~MADE_MASK == own:
                yield at

    # Changing ------------------------------------------------------------------------------------------------

    def add(self, start: int, end: int, code: int, left: int, right: int, *, text: bool) -> None:
        own, parent = code & CODE_MASK, code >> PARENT
        if not self._goes_on(start, own, parent, left, right, text):
            self.starts.append(start)
            self.codes.append(own)
            self.flags.append(TEXT if text else 0)
            self.parents.append(parent)
            self.lefts.append(left)
            self.rights.append(right)
        self.end = end

    def extend(self, other: Self) -> None:
        """The same client's next runs."""
        self.starts.extend(other.starts)
        self.codes.extend(other.codes)
        self.flags.extend(other.flags)
        self.parents.extend(other.parents)
        self.lefts.extend(other.lefts)
        self.rights.extend(other.rights)
        self.end = other.end

    def _goes_on(self, start: int, own: int, parent: int, left: int, right: int, text: bool) -> bool:
        if not self.codes or self.codes[-1] != own or self.parents[-1] != parent or own & MADE_MASK:
            return False
        if is_nowhere(own):
            return True
        behind = left == (self.number << NUMBER | start) - 1 and self.rights[-1] == right
        return text and behind and self.flags[-1] == TEXT

    def take(self, clock: int) -> None:
        """Something stands right behind this one."""
        at = self.run_of(clock)
        if self.end_of(at) == clock + 1:
            self.flags[at] |= TAKEN

    def split(self, clocks: Sequence[int]) -> None:
        """Runs end before each of these, which are in order, where they do not yet."""
        clocks = [clock for clock in clocks if self.starts[self.run_of(clock)] != clock]
        ats = [bisect_left(self.starts, clock) for clock in clocks]
        halves = [at - 1 for at in ats]
        behind = [(self.number << NUMBER | clock) - 1 for clock in clocks]
        self.codes = _with(self.codes, ats, [self.codes[half] for half in halves])
        self.flags = _with(self.flags, ats, [self.flags[half] for half in halves])
        self.parents = _with(self.parents, ats, [self.parents[half] for half in halves])
        self.rights = _with(self.rights, ats, [self.rights[half] for half in halves])
        self.lefts, self.starts = _with(self.lefts, ats, behind), _with(self.starts, ats, clocks)
        for clock in clocks:
            self.take(clock - 1)

    def cut(self, end: int) -> bool:
        """Forget what stands from this clock on. Whether anything is left."""
        at = bisect_left(self.starts, end)
        del self.starts[at:], self.codes[at:], self.flags[at:]
        del self.parents[at:], self.lefts[at:], self.rights[at:]
        self.end = end
        return at > 0

    def unmake(self, low: int, high: int) -> list[int]:
        """Types from clock `low` to before `high` are deleted. As what parents they stand in codes."""
        runs = range(bisect_left(self.starts, low), bisect_left(self.starts, high))
        made = [at for at in runs if self.codes[at] & MADE_MASK]
        for at in made:
            self.codes[at] &= ~MADE_MASK
        return [self.number << NUMBER | self.starts[at] for at in made]

    def empty(self, parents: Set[int]) -> None:
        """What is in these is nowhere."""
        for at in [at for at, parent in enumerate(self.parents) if parent in parents]:
            self.codes[at] = self.parents[at] = 0


def _with(numbers: array[int], ats: Sequence[int], more: Sequence[int]) -> array[int]:
    """Each of `more` put in before the number that stands at its place."""
    if len(ats) == 1:
        numbers.insert(ats[0], more[0])
        return numbers
    made, last = array(numbers.typecode), 0
    for at, one in zip(ats, more, strict=True):
        made.extend(numbers[last:at])
        made.append(one)
        last = at
    made.extend(numbers[last:])
    return made


def _finds(numbers: array[int], wanted: int) -> Iterator[int]:
    """Where it stands, found by its bytes: long arrays are gone through quickly."""
    data, pattern, size = numbers.tobytes(), array(numbers.typecode, (wanted,)).tobytes(), numbers.itemsize
    at = data.find(pattern)
    while at >= 0:
        if at % size == 0:
            yield at // size
        at = data.find(pattern, at + (1 if at % size else size))


def _bytes_of(numbers: array[int]) -> bytes:
    return _turned(numbers).tobytes()


def _numbers_of(width: Literal["I", "Q"], data: bytes) -> array[int]:
    numbers = array(width)
    numbers.frombytes(data)
    return _turned(numbers)


def _turned(numbers: array[int]) -> array[int]:
    """The other way round on a machine that is big-endian."""
    if sys.byteorder == "little":
        return numbers
    numbers = numbers[:]
    numbers.byteswap()
    return numbers
