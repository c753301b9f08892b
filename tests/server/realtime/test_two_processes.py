"""Two processes of one office: what is done at one holds at the other, at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import ANY

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from collab.awareness import State
from collab.protocol import presence
from server.app import build_app, open_office
from server.jobs import Progress
from server.settings import settings
from storage.errors import Unsuitable
from tests.server.realtime.test_live import NAMESPACE, Ear, hearing, listen, remark
from tests.server.realtime.test_sync import TEXT, join
from tests.server.world import PASSWORD, World, open_world
from tests.servers.balancer import Balancer
from tests.servers.mongodb import fresh, mongodb
from tests.servers.redis import redis


@dataclass(slots=True)
class Two:
    one: World
    other: World


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    with mongodb() as database, redis() as bell:
        yield database, bell.url


@asynccontextmanager
async def another(data: Path, database: str, bell: str, like: World) -> AsyncIterator[World]:
    """One more process on the same database."""
    async with open_office(settings({"data": str(data), "database": database, "redis": bell}, {})) as office:
        server = TestServer(build_app(office))
        world = World(office, server, like.departments, like.people)
        async with server, world._stack:
            yield world


@pytest.fixture
async def two(tmp_path: Path, servers: tuple[str, str]) -> AsyncIterator[Two]:
    database, bell = fresh(servers[0]), servers[1]
    async with open_world(tmp_path, database, redis=bell) as one, another(tmp_path, database, bell, one) as other:
        yield Two(one, other)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def test_there_is_no_polling_that_a_balancer_would_have_to_keep_together(two: Two) -> None:
    eva = await two.one.browser("novakova")
    assert (await eva.get("/socket.io/?EIO=4&transport=polling")).status == 400


async def test_facts_of_one_are_told_live_at_the_other(two: Two, stack: AsyncExitStack) -> None:
    document = (await two.one.document())["id"]
    eva = await listen(two.other, stack, "novakova")
    start = await eva.subscribe(document=document)
    for text in ("první", "druhá"):
        await remark(two.one, "novakova", document, text)
    await eva.until(lambda: len(eva.facts) == 2)
    assert [fact["seq"] for fact in eva.facts] == [start["seq"] + 1, start["seq"] + 2]


async def test_a_right_that_is_taken_at_one_ends_the_socket_at_the_other(two: Two, stack: AsyncExitStack) -> None:
    document = (await two.one.document(content=TEXT, confidentiality="confidential"))["id"]
    eva = await two.one.browser("novakova")
    member = f"/api/v1/documents/{document}/members/{two.one.people['ticha'].id}"
    assert (await eva.ask("PUT", member, {"role": "editor"})).status == 200
    ticha = await join(two.other, stack, "ticha", document)
    await ticha.until(lambda: ticha.party.told.roles)
    rev = (await eva.get(f"/api/v1/documents/{document}")).json["rev"]
    assert (await eva.change("PUT", member, {"role": "reader"}, rev=rev)).status == 200
    await ticha.until(lambda: ticha.party.told.roles[-1] == "reader")
    ticha.party.type(" už ne")
    await ticha.until(lambda: ticha.party.told.refused)
    assert ticha.party.told.refused[0][1] == "not_allowed"
    rev = (await eva.get(f"/api/v1/documents/{document}")).json["rev"]
    assert (await eva.change("DELETE", member, rev=rev)).status == 204
    await ticha.until(lambda: ticha.closed)
    assert (ticha.party.told.roles[-1], ticha.closed) == ("", 4403)


async def test_who_signs_out_at_one_is_out_at_the_other(two: Two, stack: AsyncExitStack) -> None:
    document = (await two.one.document(content=TEXT))["id"]
    eva = await join(two.other, stack, "novakova", document)
    await eva.until(lambda: eva.party.words)
    elsewhere = await two.one.browser("novakova")
    assert (await elsewhere.ask("DELETE", "/api/v1/session?all=true")).status == 204
    await eva.until(lambda: eva.closed)
    assert eva.closed == 4401


async def test_people_see_who_is_where_across_processes(two: Two, stack: AsyncExitStack) -> None:
    document = (await two.one.document())["id"]
    eva, petr = await listen(two.one, stack, "novakova"), await listen(two.other, stack, "dvorak")
    await eva.subscribe(document=document)
    await petr.subscribe(document=document)
    await petr.client.call("here", {"document": document, "block": "p0"}, namespace=NAMESPACE)
    await eva.until(lambda: eva.people and eva.people[-1]["here"])
    (there,) = eva.people[-1]["here"]
    assert (there["person"], there["block"]) == (two.one.people["dvorak"].id, "p0")
    await petr.client.disconnect()
    await eva.until(lambda: not eva.people[-1]["here"])


async def test_cursors_cross_and_go_with_a_process_that_stops(
    tmp_path: Path, servers: tuple[str, str], stack: AsyncExitStack
) -> None:
    database, bell = fresh(servers[0]), servers[1]
    async with open_world(tmp_path, database, redis=bell) as one:
        document = (await one.document(content=TEXT))["id"]
        eva = await join(one, stack, "novakova", document)
        async with another(tmp_path, database, bell, one) as other, AsyncExitStack() as inner:
            petr = await join(other, inner, "dvorak", document)
            await petr.until(lambda: petr.party.words)
            petr.party.say(presence([State(9, 1, '{"cursor":1}')]))
            await eva.until(lambda: 9 in eva.party.presence)
        await eva.until(lambda: 9 not in eva.party.presence)


async def test_a_job_is_followed_live_at_whichever_process(two: Two, stack: AsyncExitStack) -> None:
    eva = await listen(two.other, stack, "novakova")
    go = asyncio.Event()

    async def work(progress: Progress) -> None:
        progress.begin(2)
        progress.step()
        await go.wait()
        progress.step()

    two.one.office.jobs.register("proof", work)
    job = await two.one.office.jobs.start("proof", two.one.people["novakova"].id, {})
    await eva.until(lambda: any(fact["data"]["done"] == 1 for fact in eva.facts))
    go.set()
    await eva.until(lambda: eva.facts[-1]["data"]["state"] == "done")
    assert {fact["data"]["job"] for fact in eva.facts} == {job.id}


async def test_a_balancer_without_memory_needs_none(two: Two, stack: AsyncExitStack) -> None:
    """Each connection goes to the next process: signing in, tickets, requests and both sockets."""
    document = (await two.one.document(content=TEXT))["id"]
    ports = [world.server.port for world in (two.one, two.other) if world.server.port]
    balancer = await stack.enter_async_context(Balancer(ports))
    ears = [await through(balancer.url, stack) for _ in range(4)]
    for ear in ears:
        assert await ear.subscribe(document=document) == {"seq": ANY, "missed": []}
    await remark(two.one, "novakova", document, "všem")
    await asyncio.gather(*(heard_once(ear) for ear in ears))
    assert balancer.taken[ports[0]] == balancer.taken[ports[1]] > 4


async def heard_once(ear: Ear) -> None:
    await ear.until(lambda: ear.types == ["thread.opened"])


async def through(url: str, stack: AsyncExitStack) -> Ear:
    """Signed in over one connection, with a ticket from another, listening on a third."""
    jar = aiohttp.CookieJar(unsafe=True)
    unkept = aiohttp.TCPConnector(force_close=True)
    session = await stack.enter_async_context(aiohttp.ClientSession(url, cookie_jar=jar, connector=unkept))
    async with session.post("/api/v1/session", json={"login": "novakova", "password": PASSWORD}) as answer:
        assert answer.status == 200
    async with session.post("/api/v1/tickets") as answer:
        ticket = (await answer.json())["ticket"]
    return await hearing(f"{url}/?ticket={ticket}", stack)


async def test_a_process_with_another_key_for_citizens_codes_does_not_start(two: Two, tmp_path: Path) -> None:
    chosen = {"data": str(tmp_path / "elsewhere"), "database": two.one.office.settings.database}
    with pytest.raises(Unsuitable, match="the same folder secrets"):
        async with open_office(settings(chosen, {})):
            raise AssertionError("it started")
