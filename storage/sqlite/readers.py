"""A few threads with a connection each: reading sees the last commit and waits for no writer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw

from storage.errors import Corrupt, Unavailable
from storage.sqlite.connection import connect

T = TypeVar("T")

THREADS = 3


class Readers:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = threading.local()
        self._connections: list[apsw.Connection] = []
        self._pool = ThreadPoolExecutor(THREADS, "sqlite-reader")
        self._closed = False

    async def run(self, work: Callable[[apsw.Connection], T]) -> T:
        """Do `work` on a reading connection. Raises `Unavailable`, `Corrupt` for what SQLite says."""
        if self._closed:
            raise Unavailable("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._do, work)

    def close(self) -> None:
        """Blocks until the running ones are through: call it from a thread."""
        self._closed = True
        self._pool.shutdown(wait=True)
        for connection in self._connections:
            connection.close()

    def _do(self, work: Callable[[apsw.Connection], T]) -> T:
        try:
            return work(self._connection())
        except (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError) as error:
            raise Corrupt("database file", str(error)) from error
        except apsw.Error as error:
            raise Unavailable(f"{type(error).__name__}: {error}") from error

    def _connection(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = connect(self._path)
            connection.execute("pragma query_only = on")
            self._connections.append(connection)
            self._own.connection = connection
        return connection
