from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from review.facts import Fact
from storage.backup import backup, check, restore
from storage.blobs import BlobStore
from storage.engine import Engine
from storage.errors import Corrupt, Unsuitable
from storage.factlog import Log
from storage.kinds import OWN
from storage.marks import begin_epoch, epoch
from storage.opening import open_engine
from tests.servers.mongodb import fresh

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


async def opened(address: str) -> Engine:
    engine = await open_engine(address)
    await engine.setup(OWN)
    return engine


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    opened_engine = await opened(f"sqlite:///{tmp_path}/paraph.db")
    await Log(opened_engine).append([Fact("round.opened", AT, data={"n": number}) for number in range(150)])
    await BlobStore(opened_engine).put(bytes(1_000_000))
    yield opened_engine
    await opened_engine.close()


@pytest.fixture(params=["sqlite", "mongodb"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/elsewhere.db"
    server: str = request.getfixturevalue("mongodb_server")
    return fresh(server)


async def test_a_backup_restores_everything_into_either_engine(engine: Engine, elsewhere: str, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    made = await backup(engine, file)
    other = await opened(elsewhere)
    done = await restore(other, file)
    assert (done.items, done.sha256) == (made.items, made.sha256)
    assert await Log(other).since(0) == await Log(engine).since(0)
    assert await other.verify() == []
    again = tmp_path / "again.backup"
    await backup(other, again)
    assert check(again).items == made.items + 1
    await other.close()


async def test_a_restored_database_has_a_new_epoch(engine: Engine, elsewhere: str, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    await backup(engine, file)
    other = await opened(elsewhere)
    done = await restore(other, file)
    assert done.epoch == await epoch(other) > await epoch(engine)
    await other.close()


async def test_a_backup_is_of_one_moment_while_others_write(engine: Engine, tmp_path: Path) -> None:
    log, stop = Log(engine), asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            await log.append([Fact("round.opened", AT)])

    writing = asyncio.create_task(write())
    await backup(engine, tmp_path / "office.backup")
    stop.set()
    await writing
    other = await opened(f"sqlite:///{tmp_path}/other.db")
    await restore(other, tmp_path / "office.backup")
    assert len(await other.find("fact", limit=100_000)) - await other.head("facts") in (0, 1)
    await other.close()


async def test_a_database_that_only_knows_itself_is_empty_enough(engine: Engine, tmp_path: Path) -> None:
    await backup(engine, tmp_path / "office.backup")
    other = await opened(f"sqlite:///{tmp_path}/other.db")
    await begin_epoch(other)
    await restore(other, tmp_path / "office.backup")
    assert await other.head("facts") == 150
    await other.close()


async def test_nothing_is_restored_over_what_is_there(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    await backup(engine, file)
    with pytest.raises(Unsuitable):
        await restore(engine, file)
    assert await engine.head("facts") == 150


async def test_a_damaged_backup_restores_nothing(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    await backup(engine, file)
    whole = file.read_bytes()
    other = await opened(f"sqlite:///{tmp_path}/other.db")
    for length in (len(whole) // 3, len(whole) - 4):
        file.write_bytes(whole[:length])
        with pytest.raises(Corrupt):
            await restore(other, file)
    assert await other.is_empty()
    await other.close()


async def test_no_flipped_bit_changes_what_a_backup_says(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    made = await backup(engine, file)
    whole = file.read_bytes()
    for place in range(0, len(whole), 211):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with suppress(Corrupt, Unsuitable):
            assert check(file) == made


async def test_a_file_that_is_no_backup_is_refused(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    for content in (b"", b"Dear Sir or Madam", b"\x1f\x8b" + bytes(50), b"paraph backup 9\n"):
        file.write_bytes(content)
        with pytest.raises(Unsuitable):
            check(file)
    with pytest.raises(Unsuitable):
        check(tmp_path / "missing")


async def test_a_backup_that_fails_leaves_the_older_one(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    await backup(engine, file)
    before = file.read_bytes()
    forged = apsw.Connection(str(tmp_path / "paraph.db"))
    forged.execute("update log set body = x'00' where seq = 140")
    forged.close()
    with pytest.raises(Corrupt):
        await backup(engine, file)
    assert file.read_bytes() == before
    assert list(tmp_path.glob("*.part")) == []
