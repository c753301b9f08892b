"""Long work among several processes: one works on a job, and when it stops another does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from review.errors import Unavailable
from review.ports import Kept, Repository
from server import jobs as module
from server.app import KINDS, now
from server.jobs import Job, Jobs, Progress, State
from storage.factlog import Log
from storage.kinds import OWN
from storage.opening import open_engine
from storage.records import Records

LEASE, RENEWAL, FENCE = 0.6, 0.05, 0.2


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("LEASE", LEASE), ("RENEWAL", RENEWAL), ("FENCE", FENCE), ("RETRY", 0.02)):
        monkeypatch.setattr(module, name, seconds)


@dataclass(slots=True)
class Cut:
    """The way to the records, which may be cut."""

    behind: Repository[Job]
    cut: bool = False

    def __getattr__(self, name: str) -> Any:
        if self.cut:
            raise Unavailable("cut off")
        return getattr(self.behind, name)


@dataclass(slots=True)
class Node:
    """One process, and how often each job was worked on here."""

    way: Cut
    jobs: Jobs
    tasks: list[asyncio.Task[None]]
    worked: list[str] = field(default_factory=list)
    now: set[str] = field(default_factory=set)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self, progress: Progress) -> dict[str, Any]:
        self.worked.append(progress.job.id)
        self.now.add(progress.job.id)
        try:
            progress.begin(1)
            await self.go.wait()
            progress.step({"by": self.jobs.node})
            return {"by": self.jobs.node}
        finally:
            self.now.discard(progress.job.id)

    def die(self) -> None:
        """Nothing of it runs any more, and nothing was said."""
        self.way.cut = True
        for task in self.tasks:
            task.cancel()
        for running in self.jobs._running.values():
            assert running.task
            running.task.cancel()


@asynccontextmanager
async def nodes(data: Path, *names: str, shared: bool = True) -> AsyncIterator[list[Node]]:
    engine = await open_engine(f"sqlite:///{data / 'jobs.db'}")
    await engine.setup([*OWN, KINDS["jobs"].declared])
    made: list[Node] = []
    for name in names:
        way = Cut(Records(engine, Log(engine), KINDS["jobs"]))
        jobs = Jobs(way, now, name, shared)
        made.append(Node(way, jobs, [asyncio.create_task(jobs.renew_forever())]))
        made[-1].tasks.append(asyncio.create_task(jobs.take_over_forever()))
        jobs.register("proof", made[-1].work)
    yield made
    for node in made:
        for task in node.tasks:
            task.cancel()
        await node.jobs.close()
    await engine.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.01)


async def kept(node: Node, id: str) -> Kept[Job]:
    return await node.way.behind.get(id)


async def test_nobody_takes_a_job_that_is_being_worked_on(tmp_path: Path) -> None:
    async with nodes(tmp_path, "a", "b") as (a, b):
        job = await a.jobs.start("proof", None, {})
        first = (await kept(a, job.id)).rev
        async with asyncio.timeout(60):
            while (await kept(a, job.id)).rev < first + 2 * LEASE / RENEWAL:
                await asyncio.sleep(RENEWAL)
        assert (a.worked, b.worked) == ([job.id], [])
        assert (await b.jobs.get(job.id)).state is State.RUNNING
        a.go.set()
        assert (await a.jobs.finished(job.id)).result == {"by": "a"}
        ended = await b.jobs.get(job.id)
        assert (ended.state, ended.open, ended.result, ended.outcomes) == (
            State.DONE,
            False,
            {"by": "a"},
            ({"by": "a"},),
        )


async def test_a_job_of_a_process_that_died_is_gone_on_with(tmp_path: Path) -> None:
    async with nodes(tmp_path, "a", "b", "c") as (a, b, c):
        job = await a.jobs.start("proof", None, {})
        await until(lambda: a.now)
        a.die()
        await until(lambda: b.now or c.now)
        assert len(b.worked) + len(c.worked) == 1
        b.go.set()
        c.go.set()
        taker = b if b.worked else c
        assert (await taker.jobs.finished(job.id)).result == {"by": taker.jobs.node}


async def test_a_process_cut_off_stops_before_another_takes_over(tmp_path: Path) -> None:
    async with nodes(tmp_path, "a", "b") as (a, b):
        job = await a.jobs.start("proof", None, {})
        await until(lambda: a.now)
        a.way.cut = True
        await until(lambda: not a.now)
        assert b.worked == []
        await until(lambda: b.now)
        a.way.cut = False
        b.go.set()
        assert (await b.jobs.finished(job.id)).result == {"by": "b"}
        assert a.worked == [job.id]


async def test_a_process_that_stops_leaves_its_jobs_to_the_next_at_once(tmp_path: Path) -> None:
    async with nodes(tmp_path, "a", "b") as (a, b):
        job = await a.jobs.start("proof", None, {})
        await until(lambda: a.now)
        for task in a.tasks:
            task.cancel()
        await a.jobs.close()
        assert (await kept(a, job.id)).value.owner == ""
        await until(lambda: b.now)
        b.go.set()
        assert (await b.jobs.finished(job.id)).state is State.DONE


async def test_an_outcome_waits_for_storage(tmp_path: Path) -> None:
    async with nodes(tmp_path, "a", shared=False) as (a,):
        job = await a.jobs.start("proof", None, {})
        await until(lambda: a.now)
        a.way.cut = True
        a.go.set()
        await until(lambda: not a.now)
        a.way.cut = False
        assert (await a.jobs.finished(job.id)).result == {"by": "a"}
        assert (await kept(a, job.id)).value.state is State.DONE


async def test_the_only_process_goes_on_at_once_after_a_start(tmp_path: Path) -> None:
    async with nodes(tmp_path, "a", "again", shared=False) as (a, again):
        job = await a.jobs.start("proof", None, {})
        await until(lambda: a.now)
        a.die()
        await again.jobs.resume()
        await until(lambda: again.now)
        again.go.set()
        assert (await again.jobs.finished(job.id)).result == {"by": "again"}
