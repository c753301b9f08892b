"""A draft and what was written in it since: applied together, when somebody looks, or when it has become much."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from collab.document.draft import Draft
from collab.update import Range

FROM, AFTER = 200, 5.0
"""So many updates at most wait to be applied, and no longer than so many seconds."""

MOST_WORK, MOST_BYTES = 400_000, 4 * 1024 * 1024
"""Steps of putting structs in order (`judging.order`) and bytes that wait at most: such steps take 50 ms."""

MOST_TOLD = 10_000
"""Deletions told since all were looked up; then they are looked up again, and are fewer."""


class Folding:
    """`failed` is called where what was written cannot be applied, and what waits goes on waiting."""

    __slots__ = ("_deleted", "_draft", "_failed", "_size", "_timer", "_told", "_waiting", "_work")

    def __init__(self, draft: Draft, failed: Callable[[], None]) -> None:
        self._draft, self._failed = draft, failed
        self._waiting: list[bytes] = []
        self._work = self._size = 0
        self._deleted: list[Range] | None = None
        self._told = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def draft(self) -> Draft:
        """With all that was written."""
        self.fold()
        return self._draft

    def deletions(self) -> Sequence[Range]:
        """Everything ever deleted, looked up when first somebody asks."""
        if self._deleted is None or self._told > MOST_TOLD:
            self._deleted, self._told = list(self.draft.deletions()), 0
        return self._deleted

    def delete(self, deleted: Sequence[Range]) -> None:
        """What was written deletes these."""
        if self._deleted is not None:
            self._deleted.extend(deleted)
            self._told += len(deleted)

    def add(self, updates: Sequence[bytes], work: int = 0) -> None:
        """These were written, in this order. `work` are the steps that it takes to apply them, as far as known."""
        self._waiting.extend(updates)
        self._work += work
        self._size += sum(map(len, updates))
        if len(self._waiting) >= FROM or self._work >= MOST_WORK or self._size >= MOST_BYTES:
            self.fold()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(AFTER, self._fold_late)

    def fold(self) -> None:
        """Raises what went wrong, when `failed` has heard of it."""
        self.close()
        if not self._waiting:
            return
        try:
            self._draft.apply(self._waiting)
        except Exception:
            self._failed()
            raise
        self._waiting, self._work, self._size = [], 0, 0

    def _fold_late(self) -> None:
        with suppress(Exception):  # a boundary: it was heard of
            self.fold()

    def close(self) -> None:
        """Nothing is applied any more unless somebody looks."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
