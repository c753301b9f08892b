"""Opening the database file: library version, pragmas, layout, and the lock of the one serving process."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import apsw

from storage.errors import InUse, Unavailable, Unsuitable

NEEDED = (3, 51, 3)
"""Older ones may lose committed transactions when the write-ahead log is reset."""

LAYOUT = 2

CHECKPOINT = 4000
"""Pages in the write-ahead log after which they are brought into the file and the log begins anew."""

ROOM = 32 + (CHECKPOINT + 100) * (24 + 4096)
"""Bytes of such a log: its header, and a header for each page."""

PLENTY = 20 * ROOM

PRAGMAS = (
    "journal_mode = wal",
    "synchronous = full",
    f"wal_autocheckpoint = {CHECKPOINT}",
    "journal_size_limit = 67108864",
    "trusted_schema = off",
    "cell_size_check = on",
    "foreign_keys = off",
)

META = "create table if not exists meta (key text primary key, value text not null) without rowid"
SCHEMA = """
create table if not exists record (
  kind text not null, id text not null, rev integer not null, body blob not null, sum integer not null,
  primary key (kind, id));
create table if not exists term (
  kind text not null, name text not null, value text not null, id text not null, sole integer not null,
  primary key (kind, name, value, id)) without rowid;
create unique index if not exists term_sole on term (kind, name, value) where sole = 1;
create index if not exists term_of on term (kind, id);
create table if not exists log (
  stream text not null, seq integer not null, writer text not null, body blob not null, sum integer not null,
  offered integer not null, primary key (stream, seq)) without rowid;
create unique index if not exists log_writer on log (stream, writer) where not offered;
create table if not exists blob (sha256 text primary key, size integer not null, upload text not null) without rowid;
create table if not exists chunk (
  upload text not null, n integer not null, data blob not null, primary key (upload, n));
"""


logger = logging.getLogger("paraph.storage")


def check_library() -> None:
    version = apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")) < NEEDED:
        raise Unsuitable(f"SQLite {version} is too old: {'.'.join(map(str, NEEDED))} or newer is needed")


def create(path: Path) -> None:
    """The folder and an empty file that only its owner may read, unless they exist. Raises `Unavailable`.

    This is the only place where the file is opened by hand, and only before any connection has it open: closing any
    descriptor of a file gives up all locks of the process on it (POSIX, fcntl). SQLite's would be gone without its
    knowing, and an older SQLite in another process that closes the database would then take the log away under us.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise Unavailable(f"cannot create {path}: {error}") from error


def connect(path: Path) -> apsw.Connection:
    """A connection with our pragmas to a file that exists. Raises `Unavailable`, `Unsuitable`."""
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.set_busy_timeout(5000)
        for pragma in PRAGMAS:
            connection.execute(f"pragma {pragma}").fetchall()
    except apsw.NotADBError as error:
        raise Unsuitable(f"{path} is not a SQLite database") from error
    except apsw.Error as error:
        raise Unavailable(f"cannot open {path}: {error}") from error
    if connection.pragma("journal_mode") != "wal":
        connection.close()
        raise Unsuitable(f"{path} stands on a file system without write-ahead logging")
    return connection


def settle(path: Path) -> None:
    """Bring what the write-ahead log holds into the file, and flush it. Raises `Unavailable`, `Unsuitable`.

    After a failed flush the system takes pages for written that are not; only writing them again makes it true.
    """
    connection = connect(path)
    try:
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()
    except apsw.Error as error:
        raise Unavailable(f"cannot settle {path}: {error}") from error
    finally:
        connection.close()


def lay_out(connection: apsw.Connection) -> None:
    """Create what is missing. Raises `Unsuitable` when another program was here or a restore was not finished."""
    connection.execute(META)
    rows: list[tuple[Any, ...]] = connection.execute("select key, value from meta").fetchall()
    known = dict(rows)
    layout = int(known.get("layout", LAYOUT))
    if layout > LAYOUT:
        raise Unsuitable(f"the database has layout {layout}, this program knows up to {LAYOUT}")
    if layout < LAYOUT:
        raise Unsuitable(f"the database was made before the first release, with layout {layout}: begin a new one")
    if "loading" in known:
        raise Unsuitable("a restore into this database was not finished; start again with an empty one")
    connection.execute(SCHEMA)
    connection.execute("insert into meta values ('layout', ?) on conflict (key) do nothing", (str(LAYOUT),))


def make_room(connection: apsw.Connection) -> None:
    """Lengthen the write-ahead log by zeros, where the disk is far from full: a flush then lengthens no file and costs
    a third less. Where that is refused, by a quota say, the log stays as it was.

    Inside a transaction, so that nobody else writes to the log. What is behind its last valid page is never read.
    SQLite holds no locks on the log itself, so it may be opened and closed by hand.
    """
    try:
        if shutil.disk_usage(os.path.dirname(connection.filename)).free >= PLENTY:
            _lengthen(f"{connection.filename}-wal")
    except OSError as error:
        logger.warning("no room could be made for the write-ahead log, writing will be slower: %s", error)


def _lengthen(path: str) -> None:
    """All or nothing: what was got of a quota is wanted for the database."""
    with open(path, "ab", buffering=0) as log:
        before = log.tell()
        try:
            while (lacking := ROOM - log.tell()) > 0:
                log.write(bytes(min(lacking, 1 << 20)))
            os.fdatasync(log.fileno())
        except OSError:
            log.truncate(before)
            raise


def take_lock(path: Path) -> BinaryIO:
    """Hold the file's lock until the returned handle is closed or the process ends. Raises `InUse`.

    The lock is kept beside the database: commands may still read and write it while a server is serving.
    """
    handle = open(path.with_name(path.name + ".lock"), "ab")  # noqa: SIM115 - it stays open as long as we serve
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise InUse(f"another process has {path} open") from error
    return handle
