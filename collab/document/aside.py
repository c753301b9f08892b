"""Work on a draft beside the event loop. A replica lives in one thread: another is given its own, made from bytes."""

from __future__ import annotations

import asyncio
import gc
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from time import thread_time
from typing import Generic, TypeVar

from collab.document.draft import Draft

LARGE = 32 * 1024
"""Bytes of a document from which on a thread of its own costs less than the wait of everybody else."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Done(Generic[R]):
    result: R
    edits: list[bytes]


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


async def read_aside(draft: Draft, read: Callable[[Draft], R]) -> R:
    """What `read` finds in the draft, which it leaves as it is."""
    state = draft.since()
    if len(state) < LARGE:
        return read(draft)
    return (await _aside(state, None, read)).result


async def edit_aside(draft: Draft, client: int, change: Callable[[Draft], R]) -> tuple[R, list[bytes]]:
    """The result of `change` on a copy of the draft, and its edits, one update a step, written by `client`."""
    state = draft.since()
    done = _work(state, client, change) if len(state) < LARGE else await _aside(state, client, change)
    return done.result, done.edits


async def in_thread(work: Callable[[], R], charge: Callable[[float], None] | None = None) -> R:
    """What `work` finds in another thread. A replica that it makes must not outlive it.

    `charge` is told the seconds of the processor's time.
    """
    done, seconds = await asyncio.to_thread(_timed, work)
    if charge:
        charge(seconds)
    if isinstance(done, _Failed):
        raise done.error
    return done


async def _aside(state: bytes, client: int | None, work: Callable[[Draft], R]) -> _Done[R]:
    return await in_thread(lambda: _work(state, client, work))


def _work(state: bytes, client: int | None, work: Callable[[Draft], R]) -> _Done[R]:
    draft = Draft((state,), client)
    return _Done(work(draft), draft.edits())


def _timed(work: Callable[[], R]) -> tuple[R | _Failed, float]:
    began = thread_time()
    return _tried(work), thread_time() - began


def _tried(work: Callable[[], R]) -> R | _Failed:
    """An error leaves without its frames: they hold the replica, which must be freed in this thread."""
    try:
        with _UNCOLLECTED():
            return work()
    except Exception as error:
        error.add_note(traceback.format_exc())
        link: BaseException | None = error
        while link is not None:
            link.__traceback__, link = None, link.__cause__ or link.__context__
        return _Failed(error)


class _Uncollected:
    """While a long text is read, nobody looks for garbage in circles.

    A text of 20,000 paragraphs is half a million objects and no circle. The collector would go through all of them
    again and again, and nothing else runs meanwhile, in no thread.
    """

    def __init__(self) -> None:
        self._lock, self._inside = Lock(), 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            self._inside += 1
            gc.disable()
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    gc.enable()


_UNCOLLECTED = _Uncollected()
