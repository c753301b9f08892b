"""One thread that owns the writing connection and commits whatever is waiting in one transaction."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import apsw

from review.errors import Trouble
from storage.errors import Corrupt, Unavailable
from storage.sqlite.connection import connect

T = TypeVar("T")

BATCH = 500
WAITING = 20_000
"""Jobs that may wait; more than a disk can take are refused rather than kept in memory."""

OF_ONE_JOB = (apsw.ConstraintError, apsw.TooBigError, apsw.MismatchError)
"""What SQLite refuses although our own checks, in the same transaction, let it pass: the file contradicts itself, or
what is being loaded into it does."""

PASSING = (apsw.FullError, apsw.BusyError, apsw.LockedError, apsw.NoMemError)
"""What leaves the file as it was: the next transaction may well succeed."""


@dataclass(slots=True)
class Job:
    work: Callable[[apsw.Connection], Any]
    done: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    outcome: Any = None
    failure: BaseException | None = None

    def settle(self) -> None:
        """Hand the outcome to whoever waits. A loop that is gone has nobody waiting."""
        try:
            self.loop.call_soon_threadsafe(self._resolve)
        except RuntimeError:
            return

    def _resolve(self) -> None:
        if self.done.done():
            return
        if self.failure is not None:
            self.done.set_exception(self.failure)
        else:
            self.done.set_result(self.outcome)


class Writer:
    """`run` returns after the commit, with the disk's word for it.

    There is no timer: while one transaction is being flushed, the next gathers. After an I/O error nothing is
    acknowledged any more until the process is started again: what the kernel dropped cannot be known from here.
    `failed` tells that the last transaction was refused.
    """

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = False
        self._gate = threading.Lock()  # behind the last word of `close` nothing is put into the queue
        self.broken: str | None = None
        self.failed = False
        self._thread = threading.Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[apsw.Connection], T]) -> T:
        """Do `work` inside the next transaction. What it raises undoes its own changes only.

        Raises `Unavailable`, and `Corrupt` for what only a damaged file can refuse.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        with self._gate:
            self._check_open()
            self._queue.put(Job(work, done, loop))
        return await done

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("the database is closed")
        if self.broken:
            raise Unavailable(self.broken, Trouble.BROKEN)
        if self._queue.qsize() >= WAITING:
            raise Unavailable("too many writes are waiting", Trouble.BUSY)

    def close(self) -> None:
        """Commit what was accepted, then close. Blocks: call it from a thread."""
        with self._gate:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (jobs := self._gather()) is not None:
            if self.broken is None:
                self._transact(jobs)
            else:
                self._fail(jobs, Unavailable(self.broken, Trouble.BROKEN))
            for job in jobs:
                job.settle()
        self._connection.close()

    def _gather(self) -> list[Job] | None:
        first = self._queue.get()
        if first is None:
            return None
        jobs = [first]
        while len(jobs) < BATCH:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._queue.put(None)
                break
            jobs.append(job)
        return jobs

    def _transact(self, jobs: list[Job]) -> None:
        try:
            self._connection.execute("begin immediate")
            if len(jobs) > 1:
                for job in jobs:
                    self._try(job)
            else:
                self._do(jobs[0])
            self._connection.execute("rollback" if len(jobs) == 1 and jobs[0].failure else "commit")
            self.failed = False
        except Exception as error:  # a boundary: the thread must live, and nothing of this batch is acknowledged
            self._refuse(jobs, error)

    def _try(self, job: Job) -> None:
        """One of several: what it did is undone alone."""
        self._connection.execute("savepoint job")
        self._do(job)
        if job.failure is not None:
            self._connection.execute("rollback to job")
        self._connection.execute("release job")

    def _do(self, job: Job) -> None:
        try:
            job.outcome = job.work(self._connection)
        except OF_ONE_JOB as error:
            job.failure = Corrupt("database file", f"{type(error).__name__}: {error}")
            job.failure.__cause__ = error
        except apsw.Error:
            raise
        except Exception as error:
            job.failure = error

    def _refuse(self, jobs: list[Job], error: Exception) -> None:
        why = f"{type(error).__name__}: {error}"
        try:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
        except apsw.Error as second:
            why, error = f"{why}; {second}", second
        self.failed = True
        if not isinstance(error, PASSING):
            self.broken = why = f"writing stopped until the next start after {why}"
        self._fail(jobs, Unavailable(why, _trouble(error)))

    @staticmethod
    def _fail(jobs: list[Job], failure: Unavailable) -> None:
        for job in jobs:
            job.failure = Unavailable(failure.why, failure.trouble)


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, apsw.FullError):
        return Trouble.FULL
    return Trouble.BUSY if isinstance(error, PASSING) else Trouble.BROKEN
