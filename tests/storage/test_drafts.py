"""Compacted drafts on the real engines: kept, backed up, proven, and what is broken is named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import apsw
import msgspec
import pytest
from msgspec.structs import replace as altered

from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.errors import DamagedPart, DamagedRow
from collab.history.compactor import Compactor, InThread
from collab.journal.archive import Compacted, Snapshot, pack
from collab.journal.entries import stream
from collab.journal.past import Past
from review.content import to_json
from storage.backup import backup, restore
from storage.drafts import documents, past_of, verify_drafts
from storage.engine import Engine, Flaw
from storage.factlog import Log
from storage.kinds import OWN, Kind
from storage.opening import open_engine
from storage.records import Records
from tests.collab.conftest import content
from tests.servers.mongodb import fresh

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
KIND = Kind("compacted", Compacted)


@dataclass(slots=True)
class Office:
    engine: Engine
    past: Past
    compactor: Compactor
    rooms: Rooms

    async def write(self, *words: str) -> None:
        for word in words:
            await self.rooms.edit("d", "eva", partial(Draft.become, content=content(word, "stálé")))

    async def compacted(self) -> None:
        """Two segments and a tail."""
        await self.rooms.create("d", content("Úvod", "stálé"), "eva")
        await self.rooms.create("e", content("jiný"), "eva")
        await self.write("jedna", "dvě")
        await self.compactor.compact("d")
        await self.write("tři", "čtyři")
        await self.compactor.compact("d")
        await self.write("pět")

    async def flaws(self) -> list[Flaw]:
        return (await verify_drafts(self.engine, self.past))[1]

    async def close(self) -> None:
        await self.rooms.close_all()
        await self.engine.close()


async def opened(address: str) -> Office:
    engine = await open_engine(address)
    await engine.setup([*OWN, KIND.declared])
    past = past_of(engine, Records(engine, Log(engine), KIND))
    rooms = Rooms(past.log, lambda: NOON, shelf=past.shelf)
    return Office(engine, past, Compactor(past, InThread(), lambda document, pressed: None), rooms)


def address_of(request: pytest.FixtureRequest, folder: Path, name: str) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder}/{name}.db"
    server: str = request.getfixturevalue("mongodb_server")
    return fresh(server)


@pytest.fixture(params=["sqlite", "mongodb"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    office = await opened(address_of(request, tmp_path, "paraph"))
    await office.compacted()
    yield office
    await office.close()


@pytest.fixture(params=["sqlite", "mongodb"])
async def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    office = await opened(address_of(request, tmp_path, "elsewhere"))
    yield office
    await office.close()


async def test_compacted_drafts_are_proven_whole(office: Office) -> None:
    assert (await verify_drafts(office.engine, office.past)) == (2, [])
    assert [entry.seq for entry in await office.engine.read(stream("d"))] == [4, 5, 6]
    assert [(await office.rooms.content_at("d", seq)).plain.split("\n")[0] for seq in (1, 3, 4, 6)] == [
        "Úvod",
        "dvě",
        "tři",
        "pět",
    ]


async def test_a_backup_holds_segments_and_snapshots(office: Office, elsewhere: Office, tmp_path: Path) -> None:
    await backup(office.engine, tmp_path / "office.backup")
    await restore(elsewhere.engine, tmp_path / "office.backup")
    assert await elsewhere.flaws() == []
    assert to_json(await elsewhere.rooms.content("d")) == to_json(await office.rooms.content("d"))
    assert await elsewhere.rooms.history("d") == await office.rooms.history("d")
    assert (await elsewhere.rooms.content_at("d", 2)).plain.startswith("jedna")
    await elsewhere.write("šest")
    await elsewhere.compactor.compact("d")
    assert await elsewhere.flaws() == []
    assert (await elsewhere.past.open("d")).head == 7


async def test_a_snapshot_that_says_something_else_than_the_journal_is_named(office: Office) -> None:
    kept = await office.past.kept("d")
    assert kept is not None
    first, second = kept.value.segments
    lying = altered(await office.past.part(Snapshot, "d", second.snapshot), fingerprint="0" * 64)
    assert office.past.shelf is not None
    name = await office.past.shelf.put_blob(pack(lying))
    forged = (first, replace(second, snapshot=name))
    await office.past.shelf.put(kept, Compacted("d", forged))
    assert await office.flaws() == [Flaw("draft d, entries 4 to 5, snapshot", "content")]


async def test_segments_with_a_hole_are_named(office: Office) -> None:
    kept = await office.past.kept("d")
    assert kept is not None
    assert office.past.shelf is not None
    await office.past.shelf.put(kept, Compacted("d", kept.value.segments[1:]))
    assert Flaw("draft d, entry 1", "it is in no segment") in await office.flaws()


async def test_a_log_that_lost_its_end_is_named(office: Office) -> None:
    kept = await office.past.kept("d")
    assert kept is not None
    assert office.past.shelf is not None
    await office.past.shelf.put(None, Compacted("f", kept.value.segments))
    assert "f" in await documents(office.engine)
    assert Flaw("draft f, journal", "it ends with entry 0, before what is compacted") in await office.flaws()


async def test_a_blob_flipped_on_the_disk_is_passed_round_and_named(tmp_path: Path) -> None:
    office = await opened(f"sqlite:///{tmp_path}/paraph.db")
    await office.compacted()
    whole = to_json(await office.rooms.content("d"))
    snapshot = (await office.past.segments("d"))[1].snapshot
    forged = apsw.Connection(str(tmp_path / "paraph.db"))
    query = "update chunk set data = zeroblob(length(data)) where upload = (select upload from blob where sha256 = ?)"
    forged.execute(query, (snapshot,))
    forged.close()
    assert [flaw.place for flaw in await office.flaws()] == ["draft d, entries 4 to 5, snapshot"]
    assert Flaw(f"blob {snapshot}", "its bytes are not those that were kept") in await office.engine.verify()
    opening = await office.past.open("d")
    assert (opening.damage, len(opening.repaired)) == ("", 1)
    await office.rooms.close_all()
    again = Rooms(office.past.log, lambda: NOON, shelf=office.past.shelf)
    assert to_json(await again.content("d")) == whole
    await again.close_all()
    await office.close()


async def test_a_blob_whose_bytes_are_missing_is_passed_round(tmp_path: Path) -> None:
    office = await opened(f"sqlite:///{tmp_path}/paraph.db")
    await office.compacted()
    snapshot = (await office.past.segments("d"))[1].snapshot
    forged = apsw.Connection(str(tmp_path / "paraph.db"))
    forged.execute("delete from chunk where upload = (select upload from blob where sha256 = ?)", (snapshot,))
    forged.close()
    opening = await office.past.open("d")
    assert (opening.damage, len(opening.repaired)) == ("", 1)
    await office.close()


async def test_a_damaged_entry_is_named_with_its_document(tmp_path: Path) -> None:
    office = await opened(f"sqlite:///{tmp_path}/paraph.db")
    await office.compacted()
    forged = apsw.Connection(str(tmp_path / "paraph.db"))
    forged.execute("update log set body = x'00' where stream = 'draft/d' and seq = 6")
    forged.close()
    with pytest.raises(DamagedRow) as damaged:
        await office.rooms.history("d")
    assert (damaged.value.document, damaged.value.seq) == ("d", 6)
    await office.close()


async def test_a_damaged_record_is_named_and_others_do_not_suffer(tmp_path: Path) -> None:
    office = await opened(f"sqlite:///{tmp_path}/paraph.db")
    await office.compacted()
    forged = apsw.Connection(str(tmp_path / "paraph.db"))
    forged.execute("update record set body = x'00' where kind = 'compacted'")
    forged.close()
    assert [flaw.place for flaw in await office.flaws()] == ["draft d, record of its segments"]
    assert (await office.rooms.content("e")).plain == "jiný"
    await office.close()


@pytest.mark.parametrize("behind", [0, 1])
async def test_a_draft_whose_record_is_damaged_is_read_by_the_twin(tmp_path: Path, behind: int) -> None:
    """Also by one that does not name the newest segment yet."""
    office = await opened(f"sqlite:///{tmp_path}/paraph.db")
    await office.compacted()
    whole = to_json(await office.rooms.content("d"))
    kept = await office.past.kept("d")
    assert kept is not None
    await office.rooms.close_all()
    twin = Compacted("d", kept.value.segments[: 2 - behind])
    await office.engine.append("compacted/d", [msgspec.json.encode(twin)], "anew")
    forged = apsw.Connection(str(tmp_path / "paraph.db"))
    forged.execute("update record set body = x'00' where kind = 'compacted'")
    forged.close()
    opening = await office.past.open("d")
    assert (opening.head, opening.damage) == (6, "the record of its segments is damaged: its checksum does not match")
    again = Rooms(office.past.log, lambda: NOON, shelf=office.past.shelf)
    assert to_json(await again.content("d")) == whole
    await again.close_all()
    await office.engine.close()


async def test_a_draft_of_which_nothing_can_be_found_is_not_shown_empty(tmp_path: Path) -> None:
    office = await opened(f"sqlite:///{tmp_path}/paraph.db")
    await office.compacted()
    await office.rooms.close_all()
    forged = apsw.Connection(str(tmp_path / "paraph.db"))
    forged.execute("update record set body = x'00' where kind = 'compacted'")
    forged.execute("update log set body = x'00' where stream = 'compacted/d'")
    forged.close()
    with pytest.raises(DamagedPart, match="record"):
        await office.past.open("d")
    await office.engine.close()


async def test_of_a_twin_only_the_newest_is_kept(office: Office) -> None:
    kept = await office.past.kept("d")
    assert kept is not None
    assert office.past.shelf is not None
    assert await office.past.shelf.get_twin("d") == kept.value
    assert [entry.seq for entry in await office.engine.read("compacted/d")] == [2]


async def test_a_twin_that_is_no_record_is_damaged(office: Office) -> None:
    assert office.past.shelf is not None
    for n, rows in enumerate((b"{", b"[]", b'{"document": "\xff"}')):
        await office.engine.append("compacted/d", [rows], f"anew {n}")
        with pytest.raises(DamagedPart) as damaged:
            await office.past.shelf.get_twin("d")
        assert (damaged.value.document, damaged.value.part) == ("d", "twin")
