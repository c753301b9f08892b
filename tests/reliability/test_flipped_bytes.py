"""A byte that turns on the disk, in whatever is kept of a draft: it is named, and nothing else suffers."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import apsw
import pytest

from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.history.compactor import Compactor, InThread
from collab.journal.archive import Segment
from collab.journal.entries import stream
from collab.journal.past import Past
from collab.protocol import PARAPH
from server.app import open_storage
from server.settings import settings
from storage.drafts import past_of
from tests.collab.conftest import NOON, content
from tests.collab.party import Party
from tests.reliability.crowd import WRITERS, cookies_of
from tests.server.realtime.replica import Replica
from tests.server.world import open_world
from tests.servers import paraph
from tests.servers.cradle import cradle

WORDS = ("jedna", "dvě", "tři", "čtyři", "pět", "šest")
LAST = WORDS[-1]
DRAFTS = ("row", "snapshot", "entries", "record", "whole")
"""What of each draft is spoilt."""


@dataclass(frozen=True, slots=True)
class Office:
    data: Path
    url: str
    cookies: dict[str, str]
    drafts: dict[str, str]

    @asynccontextmanager
    async def session(self) -> AsyncIterator[aiohttp.ClientSession]:
        async with aiohttp.ClientSession(self.url, cookies=self.cookies) as session:
            yield session

    @asynccontextmanager
    async def opened(self, draft: str) -> AsyncIterator[Party]:
        """Somebody who has joined it and has all there is."""
        async with self.session() as session:
            path = f"/sync/{self.drafts[draft]}"
            replica = Replica(await session.ws_connect(path, protocols=(PARAPH,)), Party(""))
            replica.begin()
            await replica.until(lambda: replica.party.frames and replica.party.told.saved)
            yield replica.party
            await replica.end()

    async def typed(self, draft: str) -> tuple[str, str] | None:
        """Why an edit is refused, None when it is saved."""
        async with self.opened(draft) as party:
            party.type("+")
            async with asyncio.timeout(60):
                while party.told.saved[-1][1] < party.sent and not party.told.refused:
                    await asyncio.sleep(0.01)
            return party.told.refused[-1][1:] if party.told.refused else None

    async def said(self, draft: str) -> str:
        async with self.opened(draft) as party:
            return party.words.split("\n")[0]

    async def asked(self, draft: str, what: str) -> tuple[int, Any]:
        path = f"/api/v1/documents/{self.drafts[draft]}/{what}"
        async with self.session() as session, session.get(path) as answer:
            return answer.status, await answer.json(content_type=None)

    def checked(self, command: str) -> str:
        """What a command that finds something says."""
        line = paraph.command(command, "--data", str(self.data), "--json")
        done = subprocess.run(line, cwd=paraph.ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 1, done.stderr
        return done.stdout


async def filled(data: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Drafts of two segments and a tail of two entries."""
    async with open_world(data) as world:
        drafts = {name: str((await world.document(title=name))["id"]) for name in DRAFTS}
        cookies = await cookies_of(world, WRITERS[0])
    async with open_storage(settings({"data": str(data)}, {})) as storage:
        past = past_of(storage.engine, storage.repositories["compacted"])
        for document in drafts.values():
            await write(past, document)
        newest = {name: (await past.segments(document))[-1] for name, document in drafts.items()}
    spoil(data / "paraph.db", drafts, newest)
    return drafts, cookies


async def write(past: Past, document: str) -> None:
    rooms = Rooms(past.log, lambda: NOON, shelf=past.shelf)
    compactor = Compactor(past, InThread(), lambda document, pressed: None)
    for at, word in enumerate(WORDS):
        await rooms.edit(document, "eva", partial(Draft.become, content=content(word)))
        if at in (1, 3):
            await compactor.compact(document)
    await rooms.close_all()


def spoil(file: Path, drafts: dict[str, str], segments: dict[str, Segment]) -> None:
    database = apsw.Connection(str(file))
    one = "select chunk.data from chunk join blob on blob.upload = chunk.upload where sha256 = ?"
    kept = [
        database.execute("select body from log where stream = ? and seq = 6", (stream(drafts["row"]),)).get,
        database.execute(one, (segments["snapshot"].snapshot,)).get,
        database.execute(one, (segments["entries"].entries,)).get,
        database.execute("select body from record where kind = 'compacted' and id = ?", (drafts["record"],)).get,
    ]
    database.pragma("wal_checkpoint(truncate)")
    database.close()
    for bytes_kept in kept:
        flip(file, bytes_kept if isinstance(bytes_kept, bytes) else bytes_kept.encode())


def flip(file: Path, kept: bytes) -> None:
    """One bit of these bytes, wherever they begin in the file: what is longer than a page is cut there."""
    data, head = bytearray(file.read_bytes()), kept[:64]
    at = data.find(head)
    assert at > 0
    while at > 0:
        data[at + len(head) // 2] ^= 1
        at = data.find(head, at + 1)
    file.write_bytes(data)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("office")
    drafts, cookies = asyncio.run(filled(data))
    with cradle(data) as servers:
        servers.start()
        yield Office(data, servers.url, cookies, drafts)


async def test_a_draft_with_a_spoilt_row_opens_as_it_was_before_and_is_only_read(office: Office) -> None:
    assert await office.said("row") == WORDS[3]
    why = "damaged: entry 6 of the journal is damaged: its checksum does not match"
    assert await office.typed("row") == ("not_saved", why)


async def test_a_spoilt_snapshot_is_passed_round_and_the_draft_goes_on(office: Office) -> None:
    assert await office.said("snapshot") == LAST
    assert await office.typed("snapshot") is None


async def test_spoilt_entries_of_a_segment_spoil_nothing_but_what_was_then(office: Office) -> None:
    assert await office.said("entries") == LAST
    assert await office.typed("entries") is None
    assert (await office.asked("entries", "history"))[0] == 200


async def test_a_draft_whose_record_is_spoilt_opens_whole_and_is_only_read(office: Office) -> None:
    assert await office.said("record") == LAST
    why = "damaged: the record of its segments is damaged: its checksum does not match"
    assert await office.typed("record") == ("not_saved", why)
    status, told = await office.asked("record", "history")
    assert (status, told["code"]) == (503, "damaged_part")


async def test_nobody_else_suffers(office: Office) -> None:
    assert await office.said("whole") == LAST
    assert await office.typed("whole") is None
    assert (await office.asked("whole", "history"))[0] == 200


def test_each_is_named_by_the_proof(office: Office) -> None:
    places = [flaw["place"] for flaw in json.loads(office.checked("verify"))["flaws"]]
    drafts = office.drafts
    for named in (
        f"draft {drafts['row']}, journal",
        f"draft {drafts['snapshot']}, entries 4 to 5, snapshot",
        f"draft {drafts['entries']}, entries 4 to 5",
        f"draft {drafts['record']}, record of its segments",
    ):
        assert named in places
    assert drafts["whole"] not in json.dumps(places)


def test_the_doctor_names_what_is_only_read(office: Office) -> None:
    told = office.checked("doctor")
    assert "restore from a backup" in told
    assert all(office.drafts[name] in told for name in ("row", "record"))
    assert not any(office.drafts[name] in told for name in ("entries", "whole"))
