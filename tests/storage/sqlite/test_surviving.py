from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import apsw
import pytest

from storage.engine import Engine, RecordKind
from storage.errors import Corrupt, InUse, Unavailable, Unsuitable
from storage.opening import Access, open_engine
from storage.sqlite import SqliteEngine, connection

ROOT = Path(__file__).parents[3]
KILLS = 8
FULL_PIPE = 6000
"""More lines than a pipe holds: the last of them is written after the first is read."""

PAPERS = RecordKind("paper")
Acknowledged = dict[tuple[str, int], str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "paraph.db"


@pytest.fixture
async def engine(file: Path) -> AsyncIterator[SqliteEngine]:
    opened = await SqliteEngine.open(file)
    await opened.setup([PAPERS])
    yield opened
    await opened.close()


async def test_no_entry_that_was_acknowledged_is_lost_when_the_process_is_killed(file: Path) -> None:
    acknowledged: Acknowledged = {}
    for _ in range(KILLS):
        before = len(acknowledged)
        acknowledged.update(_killed_while_appending(f"sqlite:///{file}"))
        assert len(acknowledged) > before
        await _all_there(file, acknowledged)


async def test_what_is_acknowledged_after_an_outside_program_closed_the_file_survives_a_kill(file: Path) -> None:
    """The last to close a database takes its log away: an older SQLite must see that others still have it open."""

    def look_from_outside() -> None:
        subprocess.run([sys.executable, "-c", OUTSIDE, str(file)], check=True, timeout=60)

    await _all_there(file, _killed_while_appending(f"sqlite:///{file}", look_from_outside, then=FULL_PIPE))


OUTSIDE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute("select count(*) from log").fetchone()[0] > 0
db.close()
"""


async def _all_there(file: Path, acknowledged: Acknowledged) -> None:
    engine = await open_engine(f"sqlite:///{file}")
    await engine.setup(())
    assert await engine.verify() == []
    for stream in {stream for stream, _ in acknowledged}:
        entries = {entry.seq: entry.writer for entry in await engine.read(stream, limit=1_000_000)}
        assert sorted(entries) == list(range(1, len(entries) + 1))
        mine = {seq: writer for (name, seq), writer in acknowledged.items() if name == stream}
        assert {seq: entries.get(seq) for seq in mine} == mine
    await engine.close()


def _killed_while_appending(address: str, act: Callable[[], None] = lambda: None, then: int = 200) -> Acknowledged:
    """Let it acknowledge some hundred entries, act, let it acknowledge so many more, and kill it in the middle."""
    command = [sys.executable, "-m", "tests.storage.sqlite.appending", address]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(200)]
        act()
        lines += [process.stdout.readline() for _ in range(then)]
        process.kill()
        lines += process.stdout.read().splitlines(keepends=True)
    told = (line.split() for line in lines if line.endswith(b"\n"))
    return {(stream.decode(), int(seq)): writer.decode() for stream, seq, writer in told}


async def test_a_full_disk_is_said_and_what_was_kept_stays_and_room_makes_it_writable_again(
    engine: SqliteEngine,
) -> None:
    await engine.append("s", [b"kept"], "w1")
    pages = await engine._writer.run(lambda db: db.pragma("page_count"))
    await engine._writer.run(lambda db: db.pragma("max_page_count", pages + 4))
    with pytest.raises(Unavailable, match="Full"):
        await engine.append("s", [bytes(1_000_000)], "w2")
    assert [entry.writer for entry in await engine.read("s")] == ["w1"]
    assert (await engine.health()).writable
    await engine._writer.run(lambda db: db.pragma("max_page_count", 1_000_000))
    assert await engine.append("s", [bytes(1_000_000)], "w2") == 2
    assert await engine.verify() == []


def test_after_an_error_of_the_disk_nothing_is_acknowledged_until_the_next_start(tmp_path: Path) -> None:
    """In a process of its own, whose files the system does not let grow any more."""
    child = [sys.executable, "-c", DISK_ERROR, f"sqlite:///{tmp_path}/paraph.db"]
    done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("refused refused not writable read 1\nwritable again 2\n", "")


DISK_ERROR = f"""
import asyncio, resource, signal, sys
sys.path.insert(0, {str(ROOT)!r})
from storage.errors import Unavailable
from storage.opening import open_engine

async def refused(engine, writer, size):
    try:
        await engine.append("s", [bytes(size)], writer)
        return "taken"
    except Unavailable:
        return "refused"

async def main(address):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    engine = await open_engine(address)
    await engine.setup(())
    await engine.append("s", [b"kept"], "w1")
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    big = await refused(engine, "w2", 1_000_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    small = await refused(engine, "w3", 1)
    state = "writable" if (await engine.health()).writable else "not writable"
    print(big, small, state, "read", len(await engine.read("s")))
    await engine.close()
    engine = await open_engine(address)
    await engine.setup(())
    print("writable again", await engine.append("s", [b"more"], "w4"))
    await engine.close()

asyncio.run(main(sys.argv[1]))
"""


async def test_two_processes_cannot_serve_from_one_file_but_a_command_may_work_beside(
    engine: SqliteEngine, file: Path
) -> None:
    with pytest.raises(InUse, match="another process has"):
        await open_engine(f"sqlite:///{file}")
    beside = await open_engine(f"sqlite:///{file}", Access.BESIDE)
    await beside.setup([PAPERS])
    await beside.insert("paper", "p1", b"from the command", {})
    assert (await engine.get("paper", "p1")).body == b"from the command"
    await beside.close()
    await engine.close()
    again = await open_engine(f"sqlite:///{file}")
    await again.close()


async def test_a_flipped_byte_in_the_log_is_named_by_stream_and_number(engine: SqliteEngine, file: Path) -> None:
    for number in range(5):
        await engine.append("journal/d1", [b"update %d" % number], f"w{number}")
    forged = apsw.Connection(str(file))
    forged.execute("update log set body = cast(replace(body, 'update 2', 'update 9') as blob)")
    forged.close()
    with pytest.raises(Corrupt, match="stream journal/d1, entry 3"):
        await engine.read("journal/d1")
    assert [flaw.place for flaw in await engine.verify()] == ["stream journal/d1, entry 3"]
    assert len(await engine.read("journal/d1", after=3)) == 2


async def test_readers_do_not_wait_for_a_writer_and_the_event_loop_waits_for_nobody(engine: Engine) -> None:
    await engine.insert("paper", "p1", b"here", {})
    writing = [asyncio.create_task(engine.append("s", [bytes(200_000)], f"w{number}")) for number in range(100)]
    turns = 0
    while not all(task.done() for task in writing):
        assert (await engine.get("paper", "p1")).body == b"here"
        turns += 1
    assert turns > 10
    assert sorted(await asyncio.gather(*writing)) == list(range(1, 101))


def log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


async def test_the_log_is_lengthened_once_and_then_written_over(engine: SqliteEngine, file: Path) -> None:
    size = log_of(file).stat().st_size
    assert size >= connection.ROOM
    for n in range(3):
        await engine.append("s", [bytes(100)], f"w{n}")
    assert log_of(file).stat().st_size == size
    with apsw.Connection(str(file)) as other:
        assert other.execute("select count(*) from log").fetchone() == (3,)


async def test_on_a_nearly_full_disk_the_log_stays_short(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PLENTY", 2**80)
    engine = await SqliteEngine.open(file)
    await engine.setup(())
    await engine.append("s", [b"x"], "w")
    assert log_of(file).stat().st_size < connection.ROOM
    await engine.close()


def test_a_limit_on_the_size_of_files_or_a_quota_does_not_stop_the_start(file: Path) -> None:
    child = [sys.executable, "-c", SMALL_FILES, str(file), str(connection.ROOM // 2)]
    done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "kept 1, the log is short\n"
    assert done.stderr.startswith("no room could be made for the write-ahead log")
    assert done.stderr.count("\n") == 1


SMALL_FILES = f"""
import asyncio, os, resource, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from storage.sqlite import SqliteEngine

async def main(file, most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    engine = await SqliteEngine.open(Path(file))
    await engine.setup(())
    kept, size = await engine.append("s", [b"kept"], "w1"), os.stat(file + "-wal").st_size
    print(f"kept {{kept}}, the log is {{'short' if size < 400_000 else 'long'}}")
    await engine.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


async def test_an_older_sqlite_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "NEEDED", (99, 0, 0))
    with pytest.raises(Unsuitable, match="too old"):
        await open_engine(f"sqlite:///{file}")


async def test_a_file_that_is_no_database_and_one_of_another_program_are_refused(tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_bytes(b"Dear Sir or Madam" * 1000)
    with pytest.raises(Unsuitable, match="not a SQLite database"):
        await open_engine(f"sqlite:///{letter}")
    newer = await SqliteEngine.open(tmp_path / "newer.db")
    await newer.setup([])
    await newer._writer.run(lambda db: db.execute("update meta set value = '99' where key = 'layout'").fetchall())
    with pytest.raises(Unsuitable, match="layout 99"):
        await newer.setup([])
    await newer._writer.run(lambda db: db.execute("update meta set value = '1' where key = 'layout'").fetchall())
    with pytest.raises(Unsuitable, match="before the first release"):
        await newer.setup([])
    await newer.close()


async def test_a_url_of_another_shape_is_refused() -> None:
    for url in ("", "paraph.db", "postgres://host/name", "sqlite://host/file", "sqlite:///", "mongodb://host"):
        with pytest.raises(Unsuitable):
            await open_engine(url)


async def test_an_upload_that_a_crash_broke_off_is_cleared_at_the_next_start(file: Path) -> None:
    first = await SqliteEngine.open(file)
    await first.setup([])
    await first._writer.run(lambda db: db.execute("insert into chunk values ('lost', 0, x'00')").fetchall())
    await first.close()
    again = await SqliteEngine.open(file)
    await again.setup([])
    count = await again._readers.run(lambda db: db.execute("select count(*) from chunk").fetchall())
    assert count == [(0,)]
    await again.close()
