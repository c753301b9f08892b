"""Updates put together and taken apart without a replica."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pycrdt

from collab.errors import Malformed, Unreadable
from collab.update import write_vector

TOGETHER, BYTES_TOGETHER = 100, 64 * 1024
"""Updates that are merged at once, and their bytes: the native library takes the square of their number, and as much
memory as the square of the pieces of a text while it makes them one.
"""


def merge(updates: Sequence[bytes]) -> bytes:
    """One update that says all that these say. They must follow each other without a gap."""
    while len(updates) > TOGETHER:
        updates = [_merged(updates[at : at + TOGETHER]) for at in range(0, len(updates), TOGETHER)]
    return _merged(updates)


def _merged(updates: Sequence[bytes]) -> bytes:
    if len(updates) == 1:
        return updates[0]
    with guarded():
        return pycrdt.merge_updates(*updates)


def beyond(update: bytes, clocks: Mapping[int, int]) -> bytes:
    """The update without what these clocks know. Raises `Malformed`."""
    try:
        with guarded():
            return pycrdt.get_update(update, write_vector(clocks))
    except Unreadable as error:
        raise Malformed("cut in two") from error


@contextmanager
def guarded() -> Iterator[None]:
    """Whatever the native library raises becomes `Unreadable`; its panics are no `Exception`."""
    try:
        yield
    except (ValueError, RuntimeError, TypeError) as error:
        raise Unreadable(str(error)) from error
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise Unreadable(f"panic: {error}") from error


def batches(updates: Sequence[bytes], together: int = TOGETHER) -> Iterator[Sequence[bytes]]:
    """So many as are applied at once."""
    batch: list[bytes] = []
    size = 0
    for update in updates:
        if batch and (len(batch) == together or size + len(update) > BYTES_TOGETHER):
            yield batch
            batch, size = [], 0
        batch.append(update)
        size += len(update)
    if batch:
        yield batch
