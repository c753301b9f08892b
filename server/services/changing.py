"""Load, decide, save: over again when somebody else wrote in between; or one after another, where work is dear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar
from weakref import WeakValueDictionary

from review.errors import ChangedMeanwhile
from review.facts import Fact
from review.ports import Kept, Repository

T = TypeVar("T")

TRIES = 25


async def changed(repository: Repository[T], id: str, decide: Callable[[T], tuple[T, Sequence[Fact]]]) -> Kept[T]:
    """The record as `decide` makes it of what is kept now; as it was when nothing happens. Raises what `decide` does.

    For commands that are right whatever somebody else just did. Where a person's view matters, the record they read
    is replaced instead, so that they are told of the change.
    """
    for left in reversed(range(TRIES)):
        kept = await repository.get(id)
        value, facts = decide(kept.value)
        if not facts and value == kept.value:
            return kept
        try:
            return await repository.replace(kept, value, facts)
        except ChangedMeanwhile:
            if not left:
                raise
    raise AssertionError("unreachable")


class Turns:
    """One at a time for each key, within this process: `async with turns.of(document):`."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock
