"""The places of one client's structs, as codes in runs: the form in which they are held and kept.

A code says it all: the place in the lowest two bits, then the holder (an element's number), then how deep children
stand, or which attribute it is the value of, then what the struct itself is: 0 no type, 1 a text, else an element's
number and one; then whether it is gone and was no type. Above 32 bits stands the parent, as its client's number and its
clock; 0 is the document.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Set
from typing import Literal, Self

HOLDER, DEPTH, MADE, PARENT, NUMBER = 2, 9, 15, 32, 32
NO_TYPE = 1 << 31
MADE_MASK = NO_TYPE - (1 << MADE)
_CODE_MASK = (1 << PARENT) - 1


class ClientPlaces:
    """Runs by their first clocks, up to `end`. `number` stands for the client in parents."""

    __slots__ = ("codes", "end", "number", "parents", "starts")

    def __init__(self, number: int) -> None:
        self.number, self.end = number, 0
        self.starts, self.codes, self.parents = array("I"), array("I"), array("Q")

    @classmethod
    def loaded(cls, number: int, end: int, starts: bytes, codes: bytes, parents: bytes) -> Self:
        places = cls(number)
        places.end = end
        places.starts, places.codes = _numbers_of("I", starts), _numbers_of("I", codes)
        places.parents = _numbers_of("Q", parents)
        return places

    def dump(self) -> tuple[int, int, bytes, bytes, bytes]:
        """Starts and codes take four bytes each, parents eight, all little-endian."""
        return self.number, self.end, _bytes_of(self.starts), _bytes_of(self.codes), _bytes_of(self.parents)

    def add(self, start: int, end: int, code: int) -> None:
        own, parent = code & _CODE_MASK, code >> PARENT
        if code & MADE_MASK or not self.codes or self.codes[-1] != own or self.parents[-1] != parent:
            self.starts.append(max(start, self.end))
            self.codes.append(own)
            self.parents.append(parent)
        self.end = end

    def cut(self, end: int) -> bool:
        """Forget what stands from this clock on. Whether anything is left."""
        at = bisect_left(self.starts, end)
        del self.starts[at:], self.codes[at:], self.parents[at:]
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
