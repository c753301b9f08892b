"""The one log of facts: ordered, gap-free, hash-chained. Every process that appends continues the same chain.

A fact is first kept as the record of its number, with everything about it, and then becomes that number's row. The
record decides who comes next; a row that its process did not live to write is written by whoever comes after.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from review.facts import Fact, Recorded
from review.ids import PersonId
from storage.chain import ORIGIN, Told, hash_of, people_in, recorded, tell, without
from storage.engine import Engine, NewEntry, NewRecord, Record, Terms
from storage.errors import Conflict, Corrupt, Duplicate
from storage.kinds import FACTS
from storage.records import translated

log = logging.getLogger("paraph.storage")

STREAM = "facts"
ERASURE = "person.erased"
"""Type of the fact whose `facts` are the numbers of those that a person is taken out of."""

PAGE = 500
AT_ONCE = 200
"""Callers whose facts are written together."""

Listener = Callable[[Recorded], None]

_TOLD = msgspec.json.Decoder(Told)


@dataclass(slots=True, eq=False)
class _Waiting:
    """What one caller wants to have in the log, and then its places there."""

    facts: Sequence[Fact]
    recorded: list[Recorded] | None = None


@dataclass(slots=True)
class Log:
    """`review.ports.FactLog` on an engine. Listeners are called in order, after the fact is durable."""

    engine: Engine
    listeners: list[Listener] = field(default_factory=list)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _head: tuple[int, str] | None = None
    _announced: int | None = None
    _waiting: list[_Waiting] = field(default_factory=list)
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    async def append(self, facts: Sequence[Fact]) -> list[Recorded]:
        """What several callers bring at once goes to the log together, at the price of one."""
        mine = _Waiting(facts)
        self._waiting.append(mine)
        try:
            with translated("facts", ""):
                return await self._in_turn(mine)
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)

    async def since(self, seq: int, limit: int = 500) -> list[Recorded]:
        with translated("facts", ""):
            return [recorded(told) for told in await self.told(seq, limit)]

    async def of_document(self, document: str, after: int = 0, limit: int = 200) -> list[Recorded]:
        with translated("facts", document):
            return [recorded(told) for told in await self.told(after, limit, document)]

    async def head(self) -> int:
        with translated("facts", ""):
            return await self.engine.head(STREAM)

    def subscribe(self, listener: Listener) -> None:
        """`listener` hears every fact from now on, of this process and, by `follow`, of the others."""
        self.listeners.append(listener)

    async def catch_up(self) -> int:
        """Tell the listeners what other processes appended. Returns the number of the last fact told."""
        with translated("facts", ""):
            async with self._lock:
                if self._announced is None:
                    self._announced = await self.engine.head(STREAM)
                return await self._announce_up_to(await self.engine.head(STREAM))

    def ring(self) -> None:
        """Another process told that it appended something."""
        self._rung.set()

    async def follow(self, pause: float) -> None:
        """Catch up when rung for, and every `pause` seconds, until cancelled. Storage that fails is asked again."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._rung.wait()
            self._rung.clear()
            try:
                await self.catch_up()
            except Exception:
                log.exception("the facts of other processes could not be read")

    async def told(self, after: int, limit: int, document: str | None = None) -> list[Told]:
        """Facts beyond number `after` in the form they are kept in, those of one document or all."""
        head = await self.engine.head(STREAM)
        index, value = (None, "") if document is None else ("document", document)
        records = await self.engine.find(FACTS.name, index, value, after=key(after), limit=limit)
        return [_TOLD.decode(record.body) for record in records if record.id <= key(head)]

    async def erase(self, person: PersonId, now: datetime) -> int:
        """Take this person out of every fact; the chain and its proofs stay whole. Returns how many facts changed.

        A fact of its own says first which ones: what misses people without it was not erased but forged.
        """
        with translated("facts", ""):
            naming = [record async for record in self._naming(person)]
        if not naming:
            return 0
        await self.append([Fact(ERASURE, now, data={"facts": [int(record.id) for record in naming]})])
        with translated("facts", ""):
            for record in naming:
                told = without(_TOLD.decode(record.body), person)
                await self.engine.replace(FACTS.name, record.id, record.rev, *_kept(told))
        return len(naming)

    async def _naming(self, person: PersonId) -> AsyncIterator[Record]:
        after = ""
        while records := await self.engine.find(FACTS.name, "person", person, after=after, limit=PAGE):
            for record in records:
                yield record
            after = records[-1].id

    async def _in_turn(self, mine: _Waiting) -> list[Recorded]:
        async with self._lock:
            while mine.recorded is None:
                await self._append_waiting(mine)
        return mine.recorded

    async def _append_waiting(self, mine: _Waiting) -> None:
        """Everything that waits now. Where storage fails, this caller hears of it and the others try again."""
        if self._announced is None:
            self._announced = await self.engine.head(STREAM)
        batch = self._waiting[:AT_ONCE]
        try:
            recorded_by_id = await self._append_each(batch)
        except (TypeError, ValueError):  # a fact that cannot be written is the affair of who brought it
            batch = [mine]
            recorded_by_id = await self._append_each(batch)
        for waiting in batch:
            waiting.recorded = [recorded_by_id[fact.id] for fact in waiting.facts]
        self._waiting = [waiting for waiting in self._waiting if waiting.recorded is None]

    async def _append_each(self, batch: Sequence[_Waiting]) -> dict[str, Recorded]:
        facts = {fact.id: fact for waiting in batch for fact in waiting.facts}
        done = await self._append_together(list(facts.values())) if len(facts) > 1 else None
        if done is None:
            done = [await self._append(fact) for fact in facts.values()]
        return {one.fact.id: one for one in done}

    async def _append_together(self, facts: Sequence[Fact]) -> list[Recorded] | None:
        """All behind each other in two writes. None where somebody else is in the way or one was there before."""
        seq, prev = self._head or await self._read_head()
        batch: list[Told] = []
        for fact in facts:
            batch.append(tell(fact, seq + len(batch) + 1, prev))
            prev = hash_of(batch[-1].row.encode())
        done = [recorded(one) for one in batch]
        records = [NewRecord(key(one.seq), *_kept(told)) for one, told in zip(done, batch, strict=True)]
        rows = [NewEntry((told.row.encode(),), one.fact.id) for one, told in zip(done, batch, strict=True)]
        try:
            await self.engine.insert_all(FACTS.name, records)
            await self.engine.append_all(STREAM, rows, seq)
        except (Duplicate, Conflict):
            self._head = None
            return None
        self._head = (done[-1].seq, done[-1].hash)
        await self._announce_up_to(self._head[0], done)
        return done

    async def _append(self, fact: Fact) -> Recorded:
        while True:
            seq, prev = self._head = self._head or await self._read_head()
            told = tell(fact, seq + 1, prev)
            try:
                await self.engine.insert(FACTS.name, key(seq + 1), *_kept(told))
            except Duplicate as taken:
                if taken.index == "fact":
                    return await self._repeat(fact)
                await self._step_aside(seq, prev)
                continue
            return await self._write_row(told)

    async def _repeat(self, fact: Fact) -> Recorded:
        """A fact that was appended before: its row may still have to be written."""
        known = (await self.engine.find(FACTS.name, "fact", fact.id, limit=1))[0]
        told = _TOLD.decode(known.body)
        if int(known.id) > await self.engine.head(STREAM):
            return await self._write_row(told)
        return recorded(told)

    async def _step_aside(self, seq: int, prev: str) -> None:
        """Another process has this number. If its row is not written yet, write it for them; then go on behind."""
        self._head = await self._read_head()
        if self._head == (seq, prev):
            await self._write_row(_TOLD.decode((await self.engine.get(FACTS.name, key(seq + 1))).body))

    async def _write_row(self, told: Told) -> Recorded:
        fact = recorded(told)
        try:
            await self.engine.append(STREAM, [told.row.encode()], fact.fact.id, expect=fact.seq - 1)
        except Conflict:
            self._head = None
            raise
        self._head = (fact.seq, fact.hash)
        await self._announce_up_to(fact.seq, [fact])
        return fact

    async def _announce_up_to(self, seq: int, known: Sequence[Recorded] = ()) -> int:
        """In order and without a gap: what others appended meanwhile is read and told first."""
        done = self._announced or 0
        while done < seq:
            some = known if known and known[0].seq == done + 1 else await self.since(done, PAGE)
            for fact in some:
                self._tell(fact)
            done = self._announced = some[-1].seq
        return done

    async def _read_head(self) -> tuple[int, str]:
        seq = await self.engine.head(STREAM)
        if seq == 0:
            return 0, ORIGIN
        return seq, hash_of((await self.engine.read(STREAM, seq - 1, 1))[0].rows[0])

    def _tell(self, fact: Recorded) -> None:
        for listener in self.listeners:
            try:
                listener(fact)
            except Exception:
                log.exception("a listener failed on fact %d", fact.seq)


def key(seq: int) -> str:
    """Identities in the order of the numbers."""
    return f"{seq:012d}"


def _kept(told: Told) -> tuple[bytes, dict[str, list[str]]]:
    """A record's body and index values."""
    fact = recorded(told).fact
    terms: dict[str, list[str]] = {"fact": [fact.id], "person": people_in(told.payload)}
    if fact.document is not None:
        terms["document"] = [fact.document]
    return msgspec.json.encode(told), terms


def terms_of(record: Record) -> Terms:
    """What the record of a fact is found by. Raises `Corrupt`."""
    try:
        return _kept(_TOLD.decode(record.body))[1]
    except (msgspec.DecodeError, ValueError, KeyError) as error:
        raise Corrupt(f"record {FACTS.name}/{record.id}", str(error)) from error
