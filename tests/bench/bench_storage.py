"""What storage keeps a second, everything on disk before it is acknowledged."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from statistics import quantiles

from review.facts import Fact
from storage.engine import Engine
from storage.factlog import Log
from storage.kinds import OWN
from storage.opening import open_engine
from tests.bench.figure import Figure
from tests.servers.mongodb import fresh, mongodb

WRITERS, EACH = 50, 200
FACTS = 1000


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_measured("SQLite", f"sqlite:///{folder}/paraph.db"))
    with mongodb() as url:
        return figures + asyncio.run(_measured("MongoDB in memory", fresh(url)))


async def _measured(name: str, address: str) -> list[Figure]:
    engine = await open_engine(address)
    await engine.setup(OWN)
    try:
        return [*await _appends(name, engine), *await _facts(name, engine)]
    finally:
        await engine.close()


async def _appends(name: str, engine: Engine) -> list[Figure]:
    times: list[float] = []

    async def write(stream: str) -> None:
        for number in range(EACH):
            times.append(await _timed(partial(engine.append, stream, [bytes(60)], str(number))))

    taken = await _timed(lambda: asyncio.gather(*(write(f"s{number}") for number in range(WRITERS))))
    p99 = quantiles(times, n=100)[98] * 1000
    return [
        Figure(f"{name}: appends by {WRITERS} writers", WRITERS * EACH / taken, "/s"),
        Figure(f"{name}: the slowest of a hundred of them", p99, "ms"),
    ]


async def _facts(name: str, engine: Engine) -> list[Figure]:
    log, now = Log(engine), datetime.now(UTC)
    facts = [Fact("comment.made", now, data={"number": number}) for number in range(FACTS)]
    return [Figure(f"{name}: facts into the chain", FACTS / await _timed(lambda: log.append(facts)), "/s")]


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun
