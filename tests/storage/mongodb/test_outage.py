from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from storage.engine import Engine, RecordKind
from storage.errors import Conflict, Unavailable
from storage.opening import open_engine
from tests.servers.mongodb import fresh
from tests.servers.proxy import Outage, Proxy

PAPERS = RecordKind("paper", unique=frozenset({"number"}))
IMPATIENT = "?timeoutMS=1000&serverSelectionTimeoutMS=1000"


@pytest.fixture
async def proxy(mongodb_server: str) -> AsyncIterator[Proxy]:
    async with Proxy(fresh(mongodb_server)) as opened:
        yield opened


@pytest.fixture
async def engine(proxy: Proxy) -> AsyncIterator[Engine]:
    opened = await open_engine(proxy.url + IMPATIENT)
    await opened.setup([PAPERS])
    yield opened
    await opened.close()


async def end_with_the_first_loss(proxy: Proxy) -> None:
    await asyncio.wait_for(proxy.lost.wait(), 10)
    proxy.outage = Outage.NONE


async def test_an_append_whose_answer_was_lost_is_in_the_log_once(engine: Engine, proxy: Proxy) -> None:
    await engine.append("s", [b"1"], "w1")
    proxy.outage = Outage.LOSES_ANSWERS
    ending = asyncio.create_task(end_with_the_first_loss(proxy))
    assert await engine.append("s", [b"2"], "w2") == 2
    await ending
    assert [entry.writer for entry in await engine.read("s")] == ["w1", "w2"]


async def test_a_replacement_whose_answer_was_lost_is_unavailable_and_can_be_looked_up(
    engine: Engine, proxy: Proxy
) -> None:
    await engine.insert("paper", "p1", b"1", {})
    proxy.outage = Outage.LOSES_ANSWERS
    with pytest.raises(Unavailable):
        await engine.replace("paper", "p1", 1, b"2", {})
    proxy.outage = Outage.NONE
    assert (await engine.get("paper", "p1")).rev == 2
    with pytest.raises(Conflict):
        await engine.replace("paper", "p1", 1, b"3", {})


async def test_while_nobody_answers_nothing_is_acknowledged_and_afterwards_all_goes_on(
    engine: Engine, proxy: Proxy
) -> None:
    await engine.append("s", [b"1"], "w1")
    proxy.outage = Outage.HANGS_UP
    proxy.hang_up()
    for refused in (engine.append("s", [b"2"], "w2"), engine.insert("paper", "p1", b"", {}), engine.health()):
        with pytest.raises(Unavailable):
            await refused
    proxy.outage = Outage.NONE
    assert await engine.append("s", [b"2"], "w2") == 2
    assert await engine.insert("paper", "p1", b"", {}) == 1


async def test_a_server_that_was_never_there_is_said_within_seconds() -> None:
    async with asyncio.timeout(10):
        with pytest.raises(Unavailable):
            await open_engine(f"mongodb://127.0.0.1:1/paraph{IMPATIENT}")
