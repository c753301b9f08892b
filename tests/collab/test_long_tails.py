"""Another process wrote so much that following it all at once would stop everybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pycrdt
import pytest
from pycrdt import Doc, XmlFragment, XmlText

from collab.document.draft import Draft
from collab.document.merging import TOGETHER, merge
from collab.journal.row import Kind, Row, encode
from review.errors import Unavailable
from tests.collab.memory_log import Entry, MemoryLog
from tests.collab.party import READER, Party
from tests.collab.test_room import saved
from tests.collab.test_shared_rooms import Two, two_on, until
from tests.counted import Count, counting, handed

ROWS = 20_000
LONGEST = 500_000
"""Steps that the loop may be at one thing: less than a tenth of a second. Following it all takes millions."""


def letters(count: int, first: bytes = b"\x00\x00", client: int = 9) -> list[bytes]:
    """So many updates of one client, each a letter behind the one before."""
    doc: Doc[XmlFragment] = Doc(client_id=client)
    doc.apply_update(first)
    text = doc.get("body", type=XmlFragment).children.append(XmlText())
    typed = [doc.get_update(Draft((first,)).vector)]
    subscription = doc.observe(lambda event: typed.append(event.update))
    for at in range(count - 1):
        text.insert(at, "x")
    doc.unobserve(subscription)
    return typed


def test_twenty_thousand_updates_are_merged_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library takes the square of their number, and reads all their bytes."""
    updates = letters(ROWS)
    calls = handed(monkeypatch, pycrdt, "merge_updates")
    together = merge(updates)
    assert sum(len(merged) ** 2 for merged in calls) < 2 * TOGETHER * ROWS
    assert sum(len(update) for merged in calls for update in merged) < 4 * sum(map(len, updates))
    assert Draft((together,)).vector == Draft(updates).vector


@pytest.mark.parametrize("count", [1, TOGETHER, TOGETHER + 1, TOGETHER * TOGETHER + 1])
def test_updates_merged_by_steps_say_the_same(count: int) -> None:
    updates = letters(count)
    assert Draft((merge(updates),)).since() == Draft(updates).since()


async def longest_turn(done: asyncio.Event, count: Count) -> int:
    """Steps between two turns of the loop, at most."""
    longest, last = 0, count.steps
    while not done.is_set():
        await asyncio.sleep(0)
        longest, last = max(longest, count.steps - last), count.steps
    return longest


def write_elsewhere(two: Two, updates: Sequence[bytes], at_once: int = 1) -> None:
    """As another process does, so many rows an entry."""
    entries = two.log.streams["draft/d"]
    rows = [encode("d", Row(Kind.PERSON, "petr", 0, (9,) if not at else (), one)) for at, one in enumerate(updates)]
    for low in range(0, len(rows), at_once):
        entries.append(Entry(entries[-1].seq + 1, tuple(rows[low : low + at_once])))


@pytest.mark.parametrize("at_once", [1, 100])
async def test_a_long_tail_is_followed_while_others_have_their_turns(at_once: int) -> None:
    async with two_on(MemoryLog()) as two:
        eva, jan = Party("eva"), Party("jan")
        await eva.join(two.one, "d")
        await jan.join(two.one, "d", READER)
        eva.type(" dál")
        await saved(eva)
        write_elsewhere(two, letters(ROWS, eva.doc.get_update()), at_once)
        done = asyncio.Event()
        with counting() as count:
            watch = asyncio.create_task(longest_turn(done, count))
            two.one.look_everywhere()
            await asyncio.sleep(0)
            eva.type(" i teď")
            await until(lambda: eva.member.receipts.dealt == eva.sent)
            done.set()
            assert await watch < LONGEST
        eva.deliver()
        jan.deliver()
        assert eva.words == jan.words == "Úvod dál i teď\n"
        assert eva.doc.get_update() == jan.doc.get_update()
        assert eva.clocks[9] == ROWS
        assert eva.told.refused == []
        assert await two.one.content("d") == await two.other.content("d")


class Halting(MemoryLog):
    """Stops to be readable behind an entry, until it is told to go on."""

    upto = 0

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        if self.upto and after >= self.upto:
            raise Unavailable("no answer")
        return await MemoryLog.read(self, stream, after, limit)


async def test_what_was_given_back_is_written_once_although_the_tail_breaks_off_behind_it() -> None:
    log = Halting()
    async with two_on(log) as two:
        two.deafen()
        eva = Party("eva")
        await eva.join(two.one, "d")
        eva.type(" dál")
        await saved(eva)
        await until(lambda: two.one._journal._writes == set())
        write_elsewhere(two, letters(1200, eva.doc.get_update()))
        log.upto = 500
        eva.type(" i teď")
        await until(lambda: eva.told.refused, eva)
        assert eva.told.refused == [(0, "not_saved", "storage_away")]
        log.upto = 0
        await saved(eva)
        assert (eva.words, eva.clocks[9]) == ("Úvod dál i teď\n", 1200)
        rows = [row for entry in log.streams["draft/d"] for row in entry.rows]
        assert len(rows) == 1 + 1 + 1200 + 1
