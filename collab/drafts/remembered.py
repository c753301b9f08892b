"""What was found out about drafts as they stand, until they are edited or others are asked for more."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """One finding a document, with the journal's entry that it holds for; `most` is what all may weigh together.

    Those not asked for the longest go first.
    """

    def __init__(self, most: int) -> None:
        self._most, self._weight = most, 0
        self._found: dict[str, tuple[int, T, int]] = {}

    def get(self, document: str, seq: int) -> T | None:
        """None for another entry than the one it was found at."""
        known = self._found.get(document)
        if known is None or known[0] != seq:
            return None
        self._found[document] = self._found.pop(document)
        return known[1]

    def put(self, document: str, seq: int, finding: T, weight: int = 1) -> None:
        """In the place of an earlier one. What alone weighs too much is not kept."""
        self._drop(document)
        if weight > self._most:
            return
        self._found[document] = (seq, finding, weight)
        self._weight += weight
        while self._weight > self._most:
            self._drop(next(iter(self._found)))

    def _drop(self, document: str) -> None:
        if dropped := self._found.pop(document, None):
            self._weight -= dropped[2]
