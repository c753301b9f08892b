from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from storage.engine import CHUNK, MISFILED, DumpedRecord, Engine, Entry, Flaw, Item, Record, Terms
from storage.errors import Corrupt, Duplicate, Unavailable, Unsuitable
from storage.opening import open_engine
from tests.storage.contract.kinds import KINDS, PAPER, PERSON, pieces


async def fill(engine: Engine) -> str:
    await engine.insert(PERSON, "p1", b"Eva", {"login": ["eva"]})
    await engine.insert(PAPER, "d1", b"1", {"state": ["draft"], "reader": ["eva", "jana"], "number": ["7"]})
    await engine.replace(PAPER, "d1", 1, b"2", {"state": ["ready"], "reader": ["eva", "jana"], "number": ["7"]})
    for number in range(5):
        await engine.append("s", [b"%d" % number, b""], f"w{number}")
    await engine.trim("s", 2)
    await engine.put_blob(pieces(b"", 1))
    return await engine.put_blob(pieces(bytes(CHUNK + 5), 1000))


async def given(items: Iterable[Item]) -> AsyncIterator[Item]:
    for item in items:
        yield item


async def test_a_new_database_is_empty_until_something_is_kept(engine: Engine) -> None:
    assert await engine.is_empty()
    await engine.append("s", [b""], "w")
    assert not await engine.is_empty()


async def test_what_is_dumped_loads_into_an_empty_database_of_either_engine(
    engine: Engine, address: str, tmp_path: Path
) -> None:
    sha256 = await fill(engine)
    items = [item async for item in engine.dump()]
    other = await open_engine(f"sqlite:///{tmp_path}/other.db")
    await other.setup(KINDS)
    await other.load(given(items))
    assert await other.get(PAPER, "d1") == Record("d1", 2, b"2")
    assert [found.id for found in await other.find(PAPER, "reader", "jana")] == ["d1"]
    assert await other.read("s") == [Entry(n + 1, f"w{n}", (b"%d" % n, b"")) for n in (2, 3, 4)]
    assert b"".join([chunk async for chunk in other.open_blob(sha256)]) == bytes(CHUNK + 5)
    with pytest.raises(Duplicate):
        await other.insert(PERSON, "p2", b"", {"login": ["eva"]})
    assert await other.verify() == []
    assert [item async for item in other.dump()] == items
    await other.close()


async def test_a_dump_loads_back_into_its_own_engine(engine: Engine, address: str) -> None:
    await fill(engine)
    items = [item async for item in engine.dump()]
    again_address = address.replace("paraph", "again")
    again = await open_engine(again_address)
    await again.setup(KINDS)
    await again.load(given(items))
    assert [item async for item in again.dump()] == items
    assert await again.append("s", [b"next"], "w9") == 6
    await again.close()


async def test_a_database_that_holds_anything_is_not_loaded_into(engine: Engine) -> None:
    await engine.insert(PERSON, "p1", b"", {})
    with pytest.raises(Unsuitable):
        await engine.load(given([DumpedRecord(PERSON, Record("p2", 1, b""), {})]))


async def test_a_load_that_broke_off_is_refused_at_the_next_start(engine: Engine, address: str) -> None:
    async def broken() -> AsyncIterator[Item]:
        yield DumpedRecord(PERSON, Record("p1", 1, b""), {})
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await engine.load(broken())
    await engine.close()
    again = await open_engine(address)
    with pytest.raises(Unsuitable):
        await again.setup(KINDS)
    await again.close()


async def test_an_undamaged_database_verifies_and_says_it_is_writable(engine: Engine) -> None:
    await fill(engine)
    assert await engine.verify() == []
    assert (await engine.health()).writable


@pytest.mark.parametrize(
    "found_by",
    [
        {"state": ["ready"], "reader": ["eva", "jana", "petr"], "number": ["7"]},
        {"state": ["ready"], "reader": ["eva"], "number": ["7"]},
        {"state": ["draft"], "reader": ["eva", "jana"], "number": ["7"]},
        {"state": ["ready"], "reader": ["eva", "jana"]},
    ],
)
async def test_a_record_that_is_not_found_by_what_it_says_is_a_flaw(engine: Engine, found_by: Terms) -> None:
    await fill(engine)
    right = {"state": ["ready"], "reader": ["jana", "eva"], "number": ["7"]}
    assert await engine.verify({PAPER: lambda record: right, PERSON: lambda record: {"login": ["eva"]}}) == []
    assert await engine.verify({PAPER: lambda record: found_by}) == [Flaw(f"record {PAPER}/d1", MISFILED)]


async def test_a_record_that_says_nothing_is_a_flaw(engine: Engine) -> None:
    def speechless(record: Record) -> Terms:
        raise Corrupt(f"record {PAPER}/{record.id}", "it says nothing")

    await fill(engine)
    assert await engine.verify({PAPER: speechless}) == [Flaw(f"record {PAPER}/d1", "it says nothing")]


async def test_setting_up_again_changes_nothing(engine: Engine) -> None:
    await fill(engine)
    await engine.setup(KINDS)
    assert (await engine.get(PERSON, "p1")).body == b"Eva"


async def test_a_closed_engine_takes_nothing(engine: Engine) -> None:
    await engine.close()
    with pytest.raises(Unavailable):
        await engine.append("s", [b""], "w")
    with pytest.raises(Unavailable):
        await engine.get(PERSON, "p1")
