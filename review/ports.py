"""What `review` and the services need from outside, as ports. Adapters stand in `storage` and `server`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from review.facts import Fact, Recorded

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A value as it was read. `rev` counts its changes from 1 and is its ETag; `stamp` guards the next write.

    `waiting` are facts of earlier writes that are kept but not yet in the log.
    """

    id: str
    rev: int
    value: T
    stamp: int
    waiting: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next` is the cursor of the following page, None at the end."""

    items: Sequence[Kept[T]]
    next: str | None


class Repository(Protocol[T]):
    """Keeps one kind of value. Facts given with a write are durable with it and announced after it, once each.

    Raises `NotFound`, `AlreadyThere`, `ChangedMeanwhile`, `Unavailable`.
    """

    async def insert(self, id: str, value: T, facts: Sequence[Fact] = ()) -> Kept[T]: ...
    async def get(self, id: str) -> Kept[T]: ...
    async def replace(self, kept: Kept[T], value: T, facts: Sequence[Fact] = ()) -> Kept[T]: ...
    async def delete(self, kept: Kept[T], facts: Sequence[Fact] = ()) -> None: ...
    async def find(self, *, after: str | None = None, limit: int = 200, **equal: str | int | bool) -> Page[T]:
        """In order of id; `equal` names one declared index of this kind (none = all)."""
        ...

    async def all(self, **equal: str | int | bool) -> list[Kept[T]]:
        """Every match, page by page: for kinds of which an office has few."""
        ...


class Blobs(Protocol):
    """Immutable bytes under their SHA-256. `put` is durable on return; the same bytes twice are kept once."""

    async def put(self, data: bytes | AsyncIterable[bytes]) -> str: ...
    async def get(self, sha256: str) -> bytes: ...
    def stream(self, sha256: str, start: int = 0) -> AsyncIterator[bytes]: ...
    async def size(self, sha256: str) -> int: ...


class FactLog(Protocol):
    """The one ordered, hash-chained log of everything that happened."""

    async def append(self, facts: Sequence[Fact]) -> list[Recorded]:
        """Facts that go with no record (a sign-in, a refused try). Each once, by its id."""
        ...

    async def since(self, seq: int, limit: int = 500) -> list[Recorded]: ...
    async def of_document(self, document: str, after: int = 0, limit: int = 200) -> list[Recorded]: ...
    async def head(self) -> int: ...


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, in UTC, whole milliseconds."""
        ...
