"""Drafts of a long history: opening one, its past, and what an open one costs while nobody writes."""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.document.beginning import begin
from collab.document.draft import Draft
from collab.document.merging import TOGETHER, merge
from collab.drafts.rooms import Rooms
from collab.history.presser import Presser
from collab.journal.archive import Compacted
from collab.journal.entries import stream
from collab.journal.past import MOST, Past
from collab.journal.row import Kind as Through
from collab.journal.row import Row, encode
from collab.protocol import sync_update
from collab.room.member import Standing
from review.content import Content, parse
from review.thread import Anchor
from storage.drafts import past_of
from storage.engine import Engine
from storage.factlog import Log
from storage.kinds import OWN, Kind
from storage.opening import open_engine
from storage.records import Records
from tests.bench.figure import Figure, processor_seconds
from tests.reliability.disk import first_text
from tests.reliability.typist import Typist

EDITS, PEOPLE, BLOCKS = 100_000, 20, 200
AT_ONCE = 10
"""Edits that a commit writes together."""

IDLE, TIMES = 1500, 7
FEW, ROUNDS, TYPED_AT_ONCE = 1000, 3, 40
COMPACTED = Kind("compacted", Compacted)


class Silent:
    """A client that listens."""

    def send(self, message: bytes) -> None: ...
    def backlog(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None: ...


class Told(Silent):
    """A client that notices when something is said to it."""

    def __init__(self) -> None:
        self.news = asyncio.Event()

    def send(self, message: bytes) -> None:
        self.news.set()


def measure() -> list[Figure]:
    return asyncio.run(_measured())


async def _measured() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        async with _store(Path(folder)) as (engine, past):
            idle = await _idle(past)
            await _write(engine, "d", _history(EDITS))
            return [*await _long(past), idle, *await _flat(engine, past)]


@asynccontextmanager
async def _store(folder: Path) -> AsyncIterator[tuple[Engine, Past]]:
    engine = await open_engine(f"sqlite:///{folder}/paraph.db")
    await engine.setup([*OWN, COMPACTED.declared])
    try:
        yield engine, past_of(engine, Records(engine, Log(engine), COMPACTED))
    finally:
        await engine.close()


def _rooms(past: Past) -> Rooms:
    return Rooms(past.log, lambda: datetime.now(UTC), shelf=past.shelf)


def _content(blocks: int) -> Content:
    paragraphs = [
        {"type": "paragraph", "attrs": {"id": f"p{at}"}, "content": [{"type": "text", "text": f"Odstavec {at}."}]}
        for at in range(blocks)
    ]
    return parse({"type": "doc", "content": paragraphs})


def _history(edits: int) -> Iterator[Row]:
    """Twenty people in turn write bursts of single letters into two hundred paragraphs, and take some back."""
    chance = random.Random(20261123)
    first = begin(_content(BLOCKS), 7)
    yield Row(Through.SERVER, "person0", 0, (7,), first)
    docs: list[Doc[Any]] = [Doc(client_id=1000 + at) for at in range(PEOPLE)]
    made: list[bytes] = []
    for doc in docs:
        doc.get("body", type=XmlFragment)
        doc.apply_update(first)
        doc.observe(lambda event: made.append(event.update))
    log, seen, new = list[bytes](), [0] * PEOPLE, set(range(PEOPLE))
    while len(log) < edits:
        who = chance.randrange(PEOPLE)
        _catch_up(docs[who], log[seen[who] :])
        made.clear()
        _burst(docs[who], chance)
        for update in made:
            log.append(update)
            yield Row(Through.PERSON, f"person{who}", 200 * len(log), (1000 + who,) if who in new else (), update)
            new.discard(who)
        seen[who] = len(log)


def _catch_up(doc: Doc[Any], updates: list[bytes]) -> None:
    for at in range(0, len(updates), TOGETHER):
        doc.apply_update(merge(updates[at : at + TOGETHER]))


def _burst(doc: Doc[Any], chance: random.Random) -> None:
    element = doc.get("body", type=XmlFragment).children[chance.randrange(BLOCKS)]
    assert isinstance(element, XmlElement)
    text = element.children[0]
    assert isinstance(text, XmlText)
    at = chance.randrange(len(text) + 1)
    for _ in range(chance.randrange(5, 60)):
        if chance.random() < 0.12 and at:
            at -= 1
            del text[at : at + 1]
        else:
            text.insert(at, chance.choice("abcdefghij "))
            at += 1


async def _write(engine: Engine, document: str, rows: Iterator[Row]) -> None:
    waiting = list[bytes]()
    number = 0
    for row in rows:
        waiting.append(encode(document, row))
        if len(waiting) == AT_ONCE:
            number += 1
            await engine.append(stream(document), waiting, str(number))
            waiting = []
    await engine.append(stream(document), waiting, "last")


async def _long(past: Past) -> list[Figure]:
    begun = time.perf_counter()
    rooms = _rooms(past)
    await rooms.content("d")
    never = (time.perf_counter() - begun) * 1000
    while rooms.compacting:
        await asyncio.sleep(0.05)
    await rooms.close_all()
    opened = await _median(lambda: _opened(past))
    first = await _letters(past)
    rooms = _rooms(past)
    listed = await _median(lambda: rooms.history("d", limit=200))
    then = await _median(lambda: rooms.content_at("d", EDITS // AT_ONCE // 3))
    await rooms.close_all()
    return [
        Figure(f"a draft of {EDITS} edits, opened, never compacted", never, "ms"),
        Figure(f"a draft of {EDITS} edits, opened and synced", opened, "ms", "≤ 50"),
        Figure("its first edit after that, until it is on disk", first, "ms"),
        Figure("its latest 200 moments", listed, "ms"),
        Figure("what it said in the middle of its past", then, "ms"),
    ]


async def _median(act: Callable[[], Awaitable[object]]) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await act()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


async def _opened(past: Past) -> None:
    rooms = _rooms(past)
    member = await rooms.join("d", "eva", Standing("editor", True), Silent(), paraph=True)
    rooms.receive(member, b"\x00\x00\x01\x00")
    rooms.leave(member)
    await rooms.close_all()


async def _letters(past: Past) -> float:
    """Milliseconds from the first letter in a draft that was just opened until it is on disk, the median."""
    taken = []
    for time_ in range(TIMES):
        rooms = _rooms(past)
        member = await rooms.join("d", "eva", Standing("editor", True), Silent(), paraph=True)
        letter = sync_update(_letter(rooms, 5000 + time_))
        begun = time.perf_counter()
        rooms.receive(member, letter)
        async with asyncio.timeout(10):
            while member.receipts.dealt == 0:
                await asyncio.sleep(0.0005)
        taken.append((time.perf_counter() - begun) * 1000)
        await rooms.close_all()
    return statistics.median(taken)


def _letter(rooms: Rooms, client: int) -> bytes:
    """What a new client sends that has synced and typed one letter."""
    fork = Draft([_draft(rooms, "d").since()], client)
    fork.mark_comment(Anchor("p0", 0, 3, ""), f"c{client}")
    return merge(fork.edits())


async def _flat(engine: Engine, past: Past) -> list[Figure]:
    """Whether an edit costs more where much was written before."""
    few, many = [], []
    for turn in range(ROUNDS):
        await _write(engine, f"few{turn}", _history(FEW))
        few.append(await _typing(past, f"few{turn}"))
        many.append(await _typing(past, "d"))
    after, long_after = statistics.median(few), statistics.median(many)
    return [
        Figure(f"CPU of an edit after {FEW} others, compaction included", after, "µs"),
        Figure(f"CPU of an edit after {EDITS} others, by that", long_after / after, "", "≤ 1.1"),
    ]


async def _typing(past: Past, document: str) -> float:
    """Microseconds of the processor's time for each of so many edits that every draft is compacted meanwhile."""
    rooms, told = Rooms(past.log, lambda: datetime.now(UTC), shelf=past.shelf, work=Presser()), Told()
    member = await rooms.join(document, "eva", Standing("editor", True), told, paraph=True)
    typist = Typist(random.getrandbits(31), first_text(_draft(rooms, document)), 0)
    messages = [sync_update(typist.update(clock, "x", ())) for clock in range(MOST)]
    begun = processor_seconds()
    for at in range(0, MOST, TYPED_AT_ONCE):
        for message in messages[at : at + TYPED_AT_ONCE]:
            rooms.receive(member, message)
        while member.receipts.dealt < at + TYPED_AT_ONCE:
            told.news.clear()
            await told.news.wait()
    while rooms.compacting:
        await asyncio.sleep(0.05)
    await rooms.close_all()
    return (processor_seconds() - begun) / MOST * 1e6


def _draft(rooms: Rooms, document: str) -> Draft:
    room = rooms._awake(document)
    assert room is not None
    return room.draft


async def _idle(past: Past) -> Figure:
    """Bytes of resident memory for a small draft that somebody has open."""
    rooms = _rooms(past)
    for number in range(2 * IDLE):
        await rooms.create(f"idle{number}", _content(3), "eva")
    await _open(rooms, 0)
    before = _resident()
    await _open(rooms, IDLE)
    grown = (_resident() - before) / IDLE / 1000
    await rooms.close_all()
    return Figure(f"memory of an open draft, the mean of {IDLE}", grown, "kB", "≤ 25")


async def _open(rooms: Rooms, first: int) -> None:
    for number in range(first, first + IDLE):
        member = await rooms.join(f"idle{number}", "eva", Standing("editor", True), Silent(), paraph=True)
        rooms.receive(member, b"\x00\x00\x01\x00")
    gc.collect()


def _resident() -> int:
    """Of this process, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS in /proc/self/status")
