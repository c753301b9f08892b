"""Long work: a record with a state, done in the background, resumed after a restart, followed live.

A kind of work is registered once with its runner. The runner finds everything it needs in the job's `input` and in
the records it works on, so that running it again after a crash goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from review.errors import ChangedMeanwhile
from review.facts import Fact
from review.ids import DocumentId, JobId, PersonId, new_id
from review.ports import Clock, Kept, Repository
from server.problems import Problem, problem_of

log = logging.getLogger("paraph.jobs")


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """`problem` holds a code and the data of its words; `outcomes` has one entry per piece of work done."""

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


@dataclass(slots=True)
class Jobs:
    """Runs them. `listeners` hear every progress; running jobs are answered from memory, ended ones from storage."""

    repository: Repository[Job]
    clock: Clock
    listeners: list[Callable[[Job], None]] = field(default_factory=list)
    _runners: dict[str, Runner] = field(default_factory=dict)
    _live: dict[str, Job] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

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
        job = Job(JobId(id or new_id()), kind, person, document, input)
        self._spawn(await self.repository.insert(job.id, job, facts), secret)
        return self._live[job.id]

    async def get(self, id: str) -> Job:
        """Raises `NotFound`."""
        return self._live.get(id) or (await self.repository.get(id)).value

    async def resume(self) -> None:
        """After a start: goes on with everything that was not ended."""
        for kept in await self.repository.all(open=True):
            self._spawn(kept, None)

    async def finished(self, id: str) -> Job:
        """Waits for its end."""
        if task := self._tasks.get(id):
            await asyncio.shield(task)
        return await self.get(id)

    async def close(self) -> None:
        """Stops what runs; it stays open in storage and is resumed."""
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _spawn(self, kept: Kept[Job], secret: Any) -> None:
        job = replace(kept.value, state=State.RUNNING, done=0, outcomes=())
        self._live[job.id] = job
        task = asyncio.create_task(self._run(kept, Progress(job, secret, self._tell)), name=f"job {job.kind}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._forget(job.id))

    def _tell(self, job: Job) -> None:
        self._live[job.id] = job
        for listener in self.listeners:
            listener(job)

    async def _run(self, kept: Kept[Job], progress: Progress) -> None:
        self._tell(progress.job)
        ended = await self._outcome(progress)
        with contextlib.suppress(ChangedMeanwhile):
            await self.repository.replace(kept, ended)
        self._tell(ended)

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

    def _forget(self, id: str) -> None:
        self._tasks.pop(id, None)
        self._live.pop(id, None)
