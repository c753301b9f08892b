"""Long work: a record with a state and an owner, done in the background, resumed after a stop, followed live.

A kind of work is registered once with its runner. The runner finds everything it needs in the job's `input` and in
the records it works on, so that running it again after a crash goes on where it stopped. The process that works on a
job writes so into its record every few seconds; a job whose record stands still is taken over by another. Nobody's
clock counts but one's own: what is watched is that the record changes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from review.errors import ChangedMeanwhile, NotFound, Unavailable
from review.facts import Fact
from review.ids import DocumentId, JobId, PersonId, new_id
from review.ports import Clock, Kept, Repository
from server.background import end
from server.problems import Problem, problem_of

log = logging.getLogger("paraph.jobs")


RENEWAL = 4.0
"""Seconds after which an owner writes into its job's record again, and looks for jobs that nobody works on."""

FENCE = 10.0
"""Seconds without such a writing after which a process among several stops its work: soon it may be taken over."""

LEASE = 20.0
"""Seconds for which a job's record may stand still before another process takes the job over."""

RETRY = 1.0
RELEASING = 2.0


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """`problem` holds a code and the data of its words; `outcomes` has one entry per piece of work done. `owner` is the
    process that works on it, empty when none does.
    """

    id: JobId
    kind: str
    person: PersonId | None
    document: DocumentId | None
    input: Mapping[str, Any]
    state: State = State.QUEUED
    open: bool = True
    done: int = 0
    total: int = 0
    outcomes: tuple[Mapping[str, Any], ...] = ()
    result: Mapping[str, Any] | None = None
    problem: Mapping[str, Any] | None = None
    owner: str = ""


@dataclass(slots=True)
class Progress:
    """What a runner reports with. `secret` is what must never be kept (a PIN); it is gone after a restart."""

    job: Job
    secret: Any
    _announce: Callable[[Job], None]

    def begin(self, total: int) -> None:
        self._tell(total=total)

    def step(self, outcome: Mapping[str, Any] | None = None) -> None:
        outcomes = self.job.outcomes + ((outcome,) if outcome is not None else ())
        self._tell(done=self.job.done + 1, outcomes=outcomes)

    def _tell(self, **changes: Any) -> None:
        self.job = replace(self.job, **changes)
        self._announce(self.job)


Runner = Callable[[Progress], Awaitable[Mapping[str, Any] | None]]


@dataclass(slots=True, eq=False)
class _Running:
    """A job that this process works on. `renewed` is when it last wrote so; `writing` keeps its writings apart."""

    kept: Kept[Job]
    progress: Progress
    renewed: float
    task: asyncio.Task[None] | None = None
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class Jobs:
    """Runs them. `listeners` hear every progress; what runs here is answered from memory, the rest from storage.

    `node` is this process; `shared` tells that others may work on the same records.
    """

    repository: Repository[Job]
    clock: Clock
    node: str
    shared: bool
    listeners: list[Callable[[Job], None]] = field(default_factory=list)
    _runners: dict[str, Runner] = field(default_factory=dict)
    _running: dict[str, _Running] = field(default_factory=dict)
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)

    def register(self, kind: str, runner: Runner) -> None:
        self._runners[kind] = runner

    async def start(
        self,
        kind: str,
        person: PersonId | None,
        input: Mapping[str, Any],
        *,
        document: DocumentId | None = None,
        secret: Any = None,
        facts: Sequence[Fact] = (),
        id: str | None = None,
    ) -> Job:
        """Durable before it is begun. `secret` is handed to the runner and never kept."""
        job = Job(JobId(id or new_id()), kind, person, document, input, owner=self.node)
        return self._spawn(await self.repository.insert(job.id, job, facts), secret)

    async def get(self, id: str) -> Job:
        """Raises `NotFound`."""
        running = self._running.get(id)
        return running.progress.job if running else (await self.repository.get(id)).value

    async def waiting(self, kind: str) -> list[Job]:
        """Those of this kind that are not ended, whoever works on them."""
        return [kept.value for kept in await self.repository.all(open=True) if kept.value.kind == kind]

    async def finished(self, id: str) -> Job:
        """Waits for its end, when it is worked on here."""
        if (running := self._running.get(id)) and running.task:
            await asyncio.shield(running.task)
        return await self.get(id)

    async def close(self) -> None:
        """Stops what runs; it stays open in storage and is resumed, by whoever comes first."""
        stopped = list(self._running.values())
        for running in stopped:
            await self._stop(running)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RELEASING):
                await asyncio.gather(*map(self._release, stopped))

    # Whose a job is ------------------------------------------------------------------------------------------------

    async def resume(self) -> None:
        """After a start: goes on with everything that was not ended. Others that may work on it are waited for."""
        if not self.shared:
            for kept in await self.repository.all(open=True):
                await self._adopt(kept)

    async def renew_forever(self) -> None:
        """What this process works on stays its own."""
        while True:
            await asyncio.sleep(RENEWAL)
            await asyncio.gather(*map(self._renew, list(self._running.values())))

    async def take_over_forever(self) -> None:
        """What nobody works on any more is gone on with here."""
        while True:
            try:
                await self._take_over()
            except Exception:
                log.exception("open jobs could not be looked at")
            await asyncio.sleep(RENEWAL)

    async def _take_over(self) -> None:
        now, seen = asyncio.get_running_loop().time(), self._seen
        self._seen = {}
        for kept in await self.repository.all(open=True):
            rev, since = seen.get(kept.id, (0, now))
            since = since if rev == kept.rev else now
            self._seen[kept.id] = kept.rev, since
            if kept.id not in self._running and (not kept.value.owner or now - since >= LEASE):
                await self._adopt(kept)

    async def _adopt(self, kept: Kept[Job]) -> None:
        with contextlib.suppress(ChangedMeanwhile, NotFound):  # another process was first
            mine = await self.repository.replace(kept, replace(kept.value, owner=self.node))
            self._spawn(mine, None)

    async def _renew(self, running: _Running) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with running.writing:
                await self._write(running, running.progress.job)
        except (ChangedMeanwhile, NotFound):
            log.warning("job %s goes on elsewhere", running.kept.id)
            await self._stop(running)
        except Unavailable as error:
            log.warning("job %s could not be renewed: %s", running.kept.id, error)
            if self.shared and loop.time() - running.renewed > FENCE:
                await self._stop(running)

    async def _write(self, running: _Running, job: Job) -> None:
        """Over what this process wrote last, also where it was not told that it was written."""
        if not running.kept.value.open or running.kept.id not in self._running:
            return
        began = asyncio.get_running_loop().time()
        try:
            running.kept = await self.repository.replace(running.kept, job)
        except ChangedMeanwhile:
            there = await self.repository.get(running.kept.id)
            if there.value.owner != self.node or not there.value.open:
                raise
            running.kept = await self.repository.replace(there, job)
        running.renewed = began

    async def _stop(self, running: _Running) -> None:
        if running.task and running.task is not asyncio.current_task():
            await end([running.task])

    async def _release(self, running: _Running) -> None:
        if running.kept.value.open:
            with contextlib.suppress(ChangedMeanwhile, NotFound, Unavailable):
                await self.repository.replace(running.kept, replace(running.kept.value, owner=""))

    # Running -------------------------------------------------------------------------------------------------------

    def _spawn(self, kept: Kept[Job], secret: Any) -> Job:
        job = replace(kept.value, state=State.RUNNING, done=0, outcomes=())
        running = _Running(kept, Progress(job, secret, self._tell), asyncio.get_running_loop().time())
        self._running[job.id] = running
        running.task = asyncio.create_task(self._run(running), name=f"job {job.kind}")
        running.task.add_done_callback(lambda _: self._running.pop(job.id, None))
        return job

    def _tell(self, job: Job) -> None:
        for listener in self.listeners:
            listener(job)

    async def _run(self, running: _Running) -> None:
        self._tell(running.progress.job)
        running.progress.job = await self._outcome(running.progress)
        await self._end(running)
        self._tell(running.progress.job)

    async def _end(self, running: _Running) -> None:
        """The outcome is kept, however long storage takes to answer; unless the job went on elsewhere."""
        while True:
            try:
                async with running.writing:
                    return await self._write(running, running.progress.job)
            except (ChangedMeanwhile, NotFound):
                return
            except Unavailable:
                await asyncio.sleep(RETRY)

    async def _outcome(self, progress: Progress) -> Job:
        try:
            result = await self._runners[progress.job.kind](progress)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                log.exception("job %s %s failed", progress.job.kind, progress.job.id)
                problem = Problem("internal", {"incident": progress.job.id})
            data = {name: str(value) for name, value in problem.data.items()}
            told = {"code": problem.code, "data": data}
            return replace(progress.job, state=State.FAILED, open=False, problem=told)
        return replace(progress.job, state=State.DONE, open=False, result=result)
