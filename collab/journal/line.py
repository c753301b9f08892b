"""One document's queue before its journal, and who hears what became of what waited in it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from collab.journal.entries import MOST_ROWS
from collab.journal.past import Opening
from collab.journal.row import Page, Row

LARGEST_ENTRY = 1024 * 1024
"""Bytes of rows that are written together, unless a single row is larger."""


class Waiting(Protocol):
    """Something that waits to be written."""

    @property
    def row(self) -> Row: ...


T = TypeVar("T", bound=Waiting)
T_contra = TypeVar("T_contra", bound=Waiting, contravariant=True)


class Follower(Protocol[T_contra]):
    """Who hears what became of a document's rows."""

    def written(self, items: Sequence[T_contra]) -> None:
        """They are on disk, as the entry after those that the room knows."""
        ...

    def overtaken(self, entries: Sequence[Page], items: Sequence[T_contra]) -> None:
        """Somebody else wrote these entries first. The items, and all that wait, go back to the room."""
        ...

    def leapt(self, opening: Opening) -> None:
        """Somebody else wrote so much that it was compacted: the document as it stands now."""
        ...

    def held(self, why: str) -> None:
        """Storage does not take anything now; what was handed over is kept and offered again."""
        ...

    def released(self) -> None:
        """Storage takes rows, also where it never stopped."""
        ...

    def looked(self) -> None:
        """What others wrote until now was read, as far as storage answers."""
        ...

    def fail(self, items: Sequence[T_contra]) -> None:
        """The room does not say what its log says, by a fault of ours; the items are not written."""
        ...


@dataclass(slots=True, eq=False)
class Line(Generic[T]):
    """One document's queue. `head` is the number of the last entry known; `size` counts the waiting bytes.

    `rung` is the highest number that others told of, `asked` are those who wait until the log was read, and `sure` is
    the loop's time at which `head` was the last entry.
    """

    document: str
    room: Follower[T]
    head: int
    waiting: deque[T] = field(default_factory=deque)
    size: int = 0
    writing: bool = False
    rung: int = 0
    unread: bool = False
    asked: list[asyncio.Future[None]] = field(default_factory=list)
    sure: float = 0.0

    @property
    def quiet(self) -> bool:
        return not self.waiting and not self.writing

    def take(self) -> list[T]:
        """The next entry's items."""
        batch: list[T] = []
        taken = 0
        while self.waiting and len(batch) < MOST_ROWS:
            if batch and taken + len(self.waiting[0].row.update) > LARGEST_ENTRY:
                break
            taken += len(self.waiting[0].row.update)
            batch.append(self.waiting.popleft())
        self.size -= taken
        return batch

    def empty(self) -> list[T]:
        """All that waits, taken back."""
        waiting = list(self.waiting)
        self.waiting.clear()
        self.size = 0
        return waiting
