"""Repositories: one kind of value each, kept as records of the engine, with an outbox for its facts.

A write keeps the value and its facts in one record. Then the facts go to the log, once each by their id, and the
outbox is emptied. What a crash leaves in an outbox is found by the index `pending` and delivered at the next start.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from review import errors as port
from review.facts import Fact
from review.ports import FactLog, Kept, Page
from storage import errors
from storage.engine import Engine, Record, Terms
from storage.kinds import PENDING, Kind

log = logging.getLogger("paraph.storage")

T = TypeVar("T")

YES = "true"
AT_ONCE = 500


class Body(msgspec.Struct, frozen=True):
    """A record's body. `v` counts the value's changes; `gone` marks a value whose deletion is being announced."""

    v: int
    value: msgspec.Raw
    outbox: tuple[Fact, ...] = ()
    gone: bool = False


_BODIES = msgspec.json.Decoder(Body)
_ENCODER = msgspec.json.Encoder()


@cache
def _decoder(type: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type)


@contextmanager
def translated(kind: str, id: str) -> Iterator[None]:
    """Storage's errors as the ports' errors."""
    try:
        yield
    except (errors.NotFound, UnicodeEncodeError) as error:  # what cannot be encoded was never kept
        raise port.NotFound(kind, id) from error
    except errors.Conflict as error:
        raise port.ChangedMeanwhile(kind, id) from error
    except errors.Duplicate as error:
        raise port.AlreadyThere(kind, id) from error
    except errors.TooLarge as error:
        raise port.Invalid(kind, "too_large_to_keep", {"size": error.size, "limit": error.limit}) from error
    except errors.Unavailable as error:
        raise port.Unavailable(error.why, error.trouble) from error
    except errors.Corrupt as error:
        raise port.Unavailable(str(error), port.Trouble.BROKEN) from error


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    """`review.ports.Repository` on an engine."""

    engine: Engine
    facts: FactLog
    kind: Kind[T]

    async def insert(self, id: str, value: T, facts: Sequence[Fact] = ()) -> Kept[T]:
        body = Body(1, self._raw(value), tuple(facts))
        with translated(self.kind.name, id):
            stamp = await self._insert(id, _ENCODER.encode(body), self._index(value, body))
        return await self._announce(Kept(id, 1, value, stamp, body.outbox))

    async def get(self, id: str) -> Kept[T]:
        with translated(self.kind.name, id):
            kept, body = self._kept(await self.engine.get(self.kind.name, id))
        if body.gone:
            raise port.NotFound(self.kind.name, id)
        return kept

    async def replace(self, kept: Kept[T], value: T, facts: Sequence[Fact] = ()) -> Kept[T]:
        try:
            return await self._replace(kept, value, facts)
        except port.ChangedMeanwhile:
            return await self._replace(await self._unchanged(kept), value, facts)

    async def delete(self, kept: Kept[T], facts: Sequence[Fact] = ()) -> None:
        try:
            await self._delete(kept, facts)
        except port.ChangedMeanwhile:
            await self._delete(await self._unchanged(kept), facts)

    async def find(self, *, after: str | None = None, limit: int = 200, **equal: str | int | bool) -> Page[T]:
        index, value = self.kind.lookup(equal)
        with translated(self.kind.name, ""):
            records = await self.engine.find(self.kind.name, index, value, after=after or "", limit=limit)
        read = [self._kept(record) for record in records]
        items = [kept for kept, body in read if not body.gone]
        return Page(items, records[-1].id if len(records) == limit else None)

    async def all(self, **equal: str | int | bool) -> list[Kept[T]]:
        found: list[Kept[T]] = []
        page = await self.find(after=None, limit=AT_ONCE, **equal)
        found.extend(page.items)
        while page.next is not None:
            page = await self.find(after=page.next, limit=AT_ONCE, **equal)
            found.extend(page.items)
        return found

    async def deliver_pending(self) -> int:
        """Delivers what a crash left in outboxes. Returns how many records had something."""
        found, after = 0, ""
        while records := await self.engine.find(self.kind.name, PENDING, YES, after=after, limit=AT_ONCE):
            for record in records:
                await self._deliver(record)
            found, after = found + len(records), records[-1].id
        return found

    async def reindex(self) -> None:
        """Write every record's index values anew, as the kind declares them now. The values stay as they are."""
        after = ""
        while records := await self.engine.find(self.kind.name, after=after, limit=AT_ONCE):
            for record in records:
                with suppress(errors.Conflict, errors.NotFound):
                    terms = self.terms_of(record)
                    await self.engine.replace(self.kind.name, record.id, record.rev, record.body, terms)
            after = records[-1].id

    def terms_of(self, record: Record) -> Terms:
        """What the record is to be found by. Raises `storage.errors.Corrupt` for a body that is none of this kind."""
        try:
            kept, body = self._kept(record)
        except msgspec.DecodeError as error:
            raise errors.Corrupt(f"record {self.kind.name}/{record.id}", str(error)) from error
        return {PENDING: (YES,)} if body.gone else self._index(kept.value, body)

    async def _insert(self, id: str, body: bytes, terms: Terms) -> int:
        try:
            return await self.engine.insert(self.kind.name, id, body, terms)
        except errors.Duplicate as taken:
            if taken.index is not None or not await self._cleared(id):
                raise
            return await self.engine.insert(self.kind.name, id, body, terms)

    async def _cleared(self, id: str) -> bool:
        """True when what stood under this identity was deleted and only had to be announced; now it has been."""
        record = await self.engine.get(self.kind.name, id)
        body = _BODIES.decode(record.body)
        if body.gone:
            await self._finish_deleting(id, record.rev, body.outbox)
        return body.gone

    async def _replace(self, kept: Kept[T], value: T, facts: Sequence[Fact]) -> Kept[T]:
        body = Body(kept.rev + 1, self._raw(value), (*kept.waiting, *facts))
        stamp = await self._write(kept.id, kept.stamp, body, self._index(value, body))
        return await self._announce(Kept(kept.id, kept.rev + 1, value, stamp, body.outbox))

    async def _unchanged(self, kept: Kept[T]) -> Kept[T]:
        """The same value as it stands now: only its outbox was emptied meanwhile. Raises `ChangedMeanwhile`."""
        current = await self.get(kept.id)
        if current.rev != kept.rev or current.value != kept.value:
            raise port.ChangedMeanwhile(self.kind.name, kept.id)
        return current

    async def _delete(self, kept: Kept[T], facts: Sequence[Fact]) -> None:
        outbox = (*kept.waiting, *facts)
        if not outbox:
            with translated(self.kind.name, kept.id):
                await self.engine.delete(self.kind.name, kept.id, kept.stamp)
            return
        body = Body(kept.rev + 1, self._raw(kept.value), outbox, gone=True)
        stamp = await self._write(kept.id, kept.stamp, body, {PENDING: (YES,)})
        try:
            await self._finish_deleting(kept.id, stamp, outbox)
        except (errors.Unavailable, port.Unavailable) as error:
            log.warning("facts of %s %s wait: %s", self.kind.name, kept.id, error)

    async def _deliver(self, record: Record) -> None:
        kept, body = self._kept(record)
        if body.gone:
            await self._finish_deleting(record.id, record.rev, body.outbox)
        else:
            await self._announce(kept)

    async def _finish_deleting(self, id: str, stamp: int, outbox: Sequence[Fact]) -> None:
        await self.facts.append(outbox)
        with suppress(errors.Conflict, errors.NotFound):
            await self.engine.delete(self.kind.name, id, stamp)

    async def _announce(self, kept: Kept[T]) -> Kept[T]:
        """The write is durable already: a log that does not answer now hears of it later."""
        if not kept.waiting:
            return kept
        try:
            await self.facts.append(kept.waiting)
            body = Body(kept.rev, self._raw(kept.value))
            stamp = await self.engine.replace(
                self.kind.name, kept.id, kept.stamp, _ENCODER.encode(body), self.kind.terms(kept.value)
            )
        except (errors.Conflict, errors.NotFound):
            return kept  # somebody wrote meanwhile and carries the outbox on
        except (errors.Unavailable, port.Unavailable) as error:
            log.warning("facts of %s %s wait: %s", self.kind.name, kept.id, error)
            return kept
        return replace(kept, stamp=stamp, waiting=())

    async def _write(self, id: str, stamp: int, body: Body, terms: Terms) -> int:
        with translated(self.kind.name, id):
            return await self.engine.replace(self.kind.name, id, stamp, _ENCODER.encode(body), terms)

    def _kept(self, record: Record) -> tuple[Kept[T], Body]:
        body = _BODIES.decode(record.body)
        value: T = _decoder(cast(Hashable, self.kind.type)).decode(body.value)
        return Kept(record.id, body.v, value, record.rev, body.outbox), body

    def _raw(self, value: T) -> msgspec.Raw:
        return msgspec.Raw(_ENCODER.encode(value))

    def _index(self, value: T, body: Body) -> dict[str, Sequence[str]]:
        return self.kind.terms(value) | ({PENDING: (YES,)} if body.outbox else {})
