"""A draft and what was written in it since: applied together, when somebody looks, or when it has become much."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from collab.document import Draft

FROM, AFTER = 200, 5.0
"""So many updates at most wait to be applied, and no longer than so many seconds."""


class Folding:
    __slots__ = ("_draft", "_timer", "_waiting")

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._waiting: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def draft(self) -> Draft:
        """With all that was written."""
        self.fold()
        return self._draft

    def add(self, updates: Sequence[bytes]) -> None:
        """These were written, in this order."""
        self._waiting.extend(updates)
        if len(self._waiting) >= FROM:
            self.fold()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(AFTER, self.fold)

    def fold(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._draft.apply(waiting)
