"""Repositories: one kind of value each, kept as records of the engine, with an outbox for its facts.

A write keeps the value and its facts in one record. Then the facts go to the log, once each by their id, and the
outbox is emptied. What a crash leaves in an outbox is found by the index `pending` and delivered at the next start.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import msgspec

from review import errors as port
from review.facts import Fact
from review.ports import FactLog, Kept, Page
from storage import errors
from storage.engine import Engine, Record, RecordKind, Terms

log = logging.getLogger("paraph.storage")

T = TypeVar("T")

PENDING = "pending"
YES = "true"


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What a repository keeps: its record kind, its dataclass, and by which attributes it is found.

    `indexes` and `unique` map an index to the attribute it reads; a tuple is found under each of its values, a
    mapping under each of its keys, None under nothing.
    """

    name: str
    type: type[T]
    indexes: Mapping[str, str] = field(default_factory=dict)
    unique: Mapping[str, str] = field(default_factory=dict)

    @property
    def declared(self) -> RecordKind:
        return RecordKind(self.name, frozenset({*self.indexes, PENDING}), frozenset(self.unique))

    def terms(self, value: T) -> dict[str, Sequence[str]]:
        found = {**self.indexes, **self.unique}
        return {index: _terms(getattr(value, attribute)) for index, attribute in found.items()}


def _terms(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, tuple | list | frozenset | Mapping):
        return tuple(_term(item) for item in value)
    return (_term(value),)


def _term(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Body(msgspec.Struct, frozen=True):
    """A record's body. `v` counts the value's changes; `gone` marks a value whose deletion is being announced."""

    v: int
    value: msgspec.Raw
    outbox: tuple[Fact, ...] = ()
    gone: bool = False


_DECODER = msgspec.json.Decoder(Body)
_ENCODER = msgspec.json.Encoder()


@contextmanager
def translated(kind: str, id: str) -> Iterator[None]:
    """Storage's errors as the ports' errors."""
    try:
        yield
    except errors.NotFound as error:
        raise port.NotFound(kind, id) from error
    except errors.Conflict as error:
        raise port.ChangedMeanwhile(kind, id) from error
    except errors.Duplicate as error:
        raise port.AlreadyThere(kind, id) from error
    except errors.TooLarge as error:
        raise port.Invalid(kind, f"{error.size} > {error.limit}") from error
    except (errors.Unavailable, errors.Corrupt) as error:
        raise port.Unavailable(str(error)) from error


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    """`review.ports.Repository` on an engine."""

    engine: Engine
    facts: FactLog
    kind: Kind[T]

    async def insert(self, id: str, value: T, facts: Sequence[Fact] = ()) -> Kept[T]:
        body = Body(1, self._raw(value), tuple(facts))
        with translated(self.kind.name, id):
            stamp = await self.engine.insert(self.kind.name, id, _ENCODER.encode(body), self._index(value, body))
        return await self._announce(Kept(id, 1, value, stamp, body.outbox))

    async def get(self, id: str) -> Kept[T]:
        with translated(self.kind.name, id):
            kept, body = self._kept(await self.engine.get(self.kind.name, id))
        if body.gone:
            raise port.NotFound(self.kind.name, id)
        return kept

    async def replace(self, kept: Kept[T], value: T, facts: Sequence[Fact] = ()) -> Kept[T]:
        body = Body(kept.rev + 1, self._raw(value), (*kept.waiting, *facts))
        stamp = await self._write(kept.id, kept.stamp, body, self._index(value, body))
        return await self._announce(Kept(kept.id, kept.rev + 1, value, stamp, body.outbox))

    async def delete(self, kept: Kept[T], facts: Sequence[Fact] = ()) -> None:
        outbox = (*kept.waiting, *facts)
        if not outbox:
            with translated(self.kind.name, kept.id):
                await self.engine.delete(self.kind.name, kept.id, kept.stamp)
            return
        body = Body(kept.rev + 1, self._raw(kept.value), outbox, gone=True)
        stamp = await self._write(kept.id, kept.stamp, body, {PENDING: (YES,)})
        await self._finish_deleting(kept.id, stamp, outbox)

    async def find(self, *, after: str | None = None, limit: int = 200, **equal: str | int | bool) -> Page[T]:
        index, value = next(((name, _term(wanted)) for name, wanted in equal.items()), (None, ""))
        with translated(self.kind.name, ""):
            records = await self.engine.find(self.kind.name, index, value, after=after or "", limit=limit)
        read = [self._kept(record) for record in records]
        items = [kept for kept, body in read if not body.gone]
        return Page(items, records[-1].id if len(records) == limit else None)

    async def all(self, **equal: str | int | bool) -> list[Kept[T]]:
        found: list[Kept[T]] = []
        page = await self.find(after=None, limit=500, **equal)
        found.extend(page.items)
        while page.next is not None:
            page = await self.find(after=page.next, limit=500, **equal)
            found.extend(page.items)
        return found

    async def deliver_pending(self) -> int:
        """Delivers what a crash left in outboxes. Returns how many records had something."""
        records = await self.engine.find(self.kind.name, PENDING, YES, limit=1000)
        for record in records:
            kept, body = self._kept(record)
            if body.gone:
                await self._finish_deleting(record.id, record.rev, body.outbox)
            else:
                await self._announce(kept)
        return len(records)

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
        body = _DECODER.decode(record.body)
        value = msgspec.json.decode(body.value, type=self.kind.type)
        return Kept(record.id, body.v, value, record.rev, body.outbox), body

    def _raw(self, value: T) -> msgspec.Raw:
        return msgspec.Raw(_ENCODER.encode(value))

    def _index(self, value: T, body: Body) -> dict[str, Sequence[str]]:
        return self.kind.terms(value) | ({PENDING: (YES,)} if body.outbox else {})


def plain(value: object) -> Any:
    """A dataclass as JSON's plain values: times in RFC 3339, enums by their value."""
    return msgspec.to_builtins(value)
