from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.engine import DumpedEntry, Entry, Item, Offer, RecordKind
from storage.errors import Corrupt, Unavailable
from storage.sqlite import SqliteEngine
from storage.sqlite.connection import create
from storage.sqlite.writer import Job, Writer

AT_MOST = 0.5
"""Seconds that a close is given to slip between."""

PAPERS = RecordKind("paper")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    opened = await SqliteEngine.open(tmp_path / "paraph.db")
    await opened.setup([PAPERS])
    yield opened
    await opened.close()


class ClosedInBetween(queue.SimpleQueue[Job | None]):
    """While a job is about to be put, another thread closes the writer."""

    closing: threading.Thread

    def qsize(self) -> int:
        self.closing.start()
        self.closing.join(AT_MOST)
        return super().qsize()


async def test_a_job_is_done_or_refused_whenever_the_writer_is_closed(tmp_path: Path) -> None:
    create(tmp_path / "paraph.db")
    writer = Writer(tmp_path / "paraph.db")
    await writer.run(lambda db: None)
    between = ClosedInBetween()
    between.closing = threading.Thread(target=writer.close)
    waiting, writer._queue = writer._queue, between
    waiting.put(Job(lambda db: None, asyncio.get_running_loop().create_future(), asyncio.get_running_loop()))
    async with asyncio.timeout(60):
        assert await writer.run(lambda db: 7) == 7
    await asyncio.to_thread(between.closing.join)
    with pytest.raises(Unavailable, match="closed"):
        await writer.run(lambda db: None)


async def test_what_only_a_damaged_file_can_refuse_is_told_as_damage(engine: SqliteEngine) -> None:
    refusing = "create trigger refusing before insert on log begin select raise(abort, 'as a broken index does'); end"
    await engine._writer.run(lambda db: db.execute(refusing).fetchall())
    with pytest.raises(Corrupt, match="broken index"):
        await engine.append("s", [b"x"], "w")
    with pytest.raises(Corrupt, match="broken index"):
        await engine.append_each([Offer("s", [b"x"], "w", 0)])
    await engine.insert("paper", "p", b"others are taken", {})
    assert (await engine.health()).writable


async def test_a_dump_that_contradicts_itself_is_damage(engine: SqliteEngine) -> None:
    async def twice() -> AsyncIterator[Item]:
        for writer in ("w1", "w2"):
            yield DumpedEntry("s", Entry(1, writer, (b"x",)))

    with pytest.raises(Corrupt, match="Constraint"):
        await engine.load(twice())
