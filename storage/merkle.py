"""The Merkle tree of RFC 9162, section 2.1: one hash for a whole log, and short proofs that a row is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

SIZE = 32


def leaf_hash(row: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + row).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Grows at its end. Hashes of complete subtrees are kept, so a root or a proof costs a few dozen hashes."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]

    def __len__(self) -> int:
        return len(self._levels[0]) // SIZE

    def append(self, row: bytes) -> None:
        new, level = leaf_hash(row), 0
        self._levels[0] += new
        while (len(self._levels[level]) // SIZE) % 2 == 0:
            new = node_hash(self._at(level, -2), new)
            level += 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += new

    def root(self, size: int | None = None) -> bytes:
        """Of the first `size` rows, all of them unless given. Raises `ValueError` beyond the tree."""
        size = self._within(size)
        return self._subtree(0, size) if size else hashlib.sha256(b"").digest()

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that row `index` (from 0) is among the first `size`: the siblings from the leaf to the root."""
        size = self._within(size)
        if not 0 <= index < size:
            raise ValueError(f"row {index} is not among the first {size}")
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(start, middle))
                start = middle
        return proof[::-1]

    def _within(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise ValueError(f"the tree has {len(self)} rows, not {size}")
        return size

    def _subtree(self, start: int, end: int) -> bytes:
        width = end - start
        if width & (width - 1) == 0 and start % width == 0:
            return self._at(width.bit_length() - 1, start // width)
        middle = start + _split(width)
        return node_hash(self._subtree(start, middle), self._subtree(middle, end))

    def _at(self, level: int, index: int) -> bytes:
        if index < 0:
            index += len(self._levels[level]) // SIZE
        return bytes(self._levels[level][index * SIZE : (index + 1) * SIZE])


def root_of_proof(row: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, section 2.1.3.2); None for a proof of a wrong length."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf_hash(row)
    for sibling in proof:
        if last == 0:
            return None
        if place % 2 or place == last:
            found = node_hash(sibling, found)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << ((width - 1).bit_length() - 1)
