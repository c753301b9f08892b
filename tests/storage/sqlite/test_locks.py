"""In POSIX, closing any descriptor of a file gives up all locks that the process holds on it."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.backup import backup
from storage.engine import RecordKind
from storage.errors import InUse, Unavailable
from storage.sqlite import Access, SqliteEngine

PAPERS = RecordKind("paper")

TRY = """
import fcntl, sys
first, size = 0x40000000 + 2, 510  # SQLite's shared bytes: sqlite.org/src/file/src/os.h
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, size, first)
    except OSError:
        print("held")
"""


def held(file: Path) -> bool:
    """Whether another process is kept from having the database for itself."""
    done = subprocess.run([sys.executable, "-c", TRY, str(file)], capture_output=True, text=True, check=True)
    return done.stdout == "held\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "paraph.db"


@pytest.fixture
async def engine(file: Path) -> AsyncIterator[SqliteEngine]:
    opened = await SqliteEngine.open(file)
    await opened.setup([PAPERS])
    yield opened
    await opened.close()


async def test_the_lock_on_the_file_is_held_through_all_that_a_server_does(
    engine: SqliteEngine, file: Path, tmp_path: Path
) -> None:
    await engine.insert("paper", "p1", b"here", {})
    assert held(file)
    assert (await engine.get("paper", "p1")).body == b"here"
    assert held(file)
    assert await engine.verify() == []
    assert held(file)
    await backup(engine, tmp_path / "backup")
    assert held(file)
    with pytest.raises(InUse):
        await SqliteEngine.open(file)
    assert held(file)
    beside = await SqliteEngine.open(file, Access.BESIDE)
    await beside.setup([PAPERS])
    await beside.close()
    assert held(file)
    assert (await engine.health()).writable
    assert held(file)


async def test_the_lock_is_given_up_at_the_end(file: Path) -> None:
    opened = await SqliteEngine.open(file)
    assert held(file)
    await opened.close()
    assert not held(file)


async def test_the_file_is_its_owners_alone_and_one_that_cannot_be_made_is_said(file: Path) -> None:
    await (await SqliteEngine.open(file)).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Unavailable, match="cannot create"):
        await SqliteEngine.open(file / "paraph.db")


async def test_nobody_locks_the_log_which_is_opened_by_hand(engine: SqliteEngine, file: Path) -> None:
    await engine.insert("paper", "p1", b"here", {})
    inode = file.with_name(f"{file.name}-wal").stat().st_ino
    assert [line for line in Path("/proc/locks").read_text().splitlines() if f":{inode} " in line] == []
