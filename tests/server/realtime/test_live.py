from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
import socketio  # type: ignore[import-untyped]
from aiohttp import WSServerHandshakeError
from pycrdt import XmlElement

from server.jobs import Progress
from tests.server.realtime.test_sync import TEXT, join
from tests.server.world import World

NAMESPACE = "/live"


@dataclass(slots=True)
class Ear:
    """A Socket.IO client that remembers what it heard."""

    client: Any
    facts: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def subscribe(self, **asked: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await self.client.call("subscribe", asked, namespace=NAMESPACE)
        return answer

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not true():
                self.news.clear()
                await self.news.wait()

    @property
    def types(self) -> list[str]:
        return [fact["type"] for fact in self.facts]


async def listen(world: World, stack: AsyncExitStack, login: str, query: str = "") -> Ear:
    if not query:
        browser = await world.browser(login)
        ticket = (await browser.post("/api/v1/tickets")).json["ticket"]
        query = f"?ticket={ticket}"
    return await hearing(f"{world.server.make_url('/')}{query}", stack)


async def hearing(url: str, stack: AsyncExitStack) -> Ear:
    ear = Ear(socketio.AsyncClient(reconnection=False))

    async def fact(data: dict[str, Any]) -> None:
        ear.facts.append(data)
        ear.news.set()

    async def people(data: dict[str, Any]) -> None:
        ear.people.append(data)
        ear.news.set()

    ear.client.on("fact", fact, namespace=NAMESPACE)
    ear.client.on("people", people, namespace=NAMESPACE)
    await ear.client.connect(url, namespaces=[NAMESPACE], transports=["websocket"])
    stack.push_async_callback(ear.client.disconnect)
    return ear


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def remark(world: World, login: str, document: str, text: str) -> None:
    answer = await (await world.browser(login)).post(f"/api/v1/documents/{document}/threads", {"text": text})
    assert answer.status == 201, answer.raw


async def test_a_fact_is_told_in_order_to_those_who_may_read(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(confidentiality="confidential"))["id"]
    eva, stranger = await listen(world, stack, "novakova"), await listen(world, stack, "ticha")
    assert await stranger.subscribe(document=document) == {"error": "not_found"}
    await stranger.subscribe()
    start = await eva.subscribe(document=document)
    for text in ("první", "druhá"):
        await remark(world, "novakova", document, text)
    await eva.until(lambda: len(eva.facts) == 2)
    assert eva.types == ["thread.opened", "thread.opened"]
    assert [fact["seq"] for fact in eva.facts] == [start["seq"] + 1, start["seq"] + 2]
    assert eva.facts[0]["by"] == world.people["novakova"].id
    assert stranger.facts == []


async def test_who_missed_facts_asks_from_the_last_number(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document())["id"]
    eva = await listen(world, stack, "novakova")
    start = await eva.subscribe(document=document)
    await eva.client.disconnect()
    await remark(world, "novakova", document, "mezitím")
    again = await listen(world, stack, "novakova")
    answer = await again.subscribe(document=document, since=start["seq"])
    assert [fact["type"] for fact in answer["missed"]] == ["thread.opened"]
    assert answer["missed"][0]["seq"] <= answer["seq"]
    assert await again.subscribe(document=document, since=10**9) == {"resync": True}
    everything = await again.subscribe(since=start["seq"])
    assert "thread.opened" in [fact["type"] for fact in everything["missed"]]


async def test_whose_right_ends_hears_so_and_then_nothing(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(confidentiality="confidential"))["id"]
    eva = await world.browser("novakova")
    person = world.people["ticha"].id
    member = f"/api/v1/documents/{document}/members/{person}"
    assert (await eva.ask("PUT", member, {"role": "reader"})).status == 200
    ticha, watcher = await listen(world, stack, "ticha"), await listen(world, stack, "novakova")
    await ticha.subscribe(document=document)
    await watcher.subscribe(document=document)
    rev = (await eva.get(f"/api/v1/documents/{document}")).json["rev"]
    assert (await eva.change("DELETE", member, rev=rev)).status == 204
    await remark(world, "novakova", document, "už jen pro členy")
    await watcher.until(lambda: "thread.opened" in watcher.types)
    await ticha.until(lambda: ticha.facts)
    assert ticha.types == ["role.changed"]


async def test_people_see_who_is_where(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document())["id"]
    eva, petr = await listen(world, stack, "novakova"), await listen(world, stack, "dvorak")
    await eva.subscribe(document=document)
    await petr.subscribe(document=document)
    await petr.client.call("here", {"document": document, "block": "p0"}, namespace=NAMESPACE)
    await eva.until(lambda: eva.people and eva.people[-1]["here"])
    assert eva.people[-1]["here"] == [
        {
            "person": world.people["dvorak"].id,
            "name": "Petr Dvořák",
            "department": "Ekonomický odbor",
            "block": "p0",
        }
    ]
    await petr.client.disconnect()
    await eva.until(lambda: not eva.people[-1]["here"])


async def test_nobody_comes_in_unknown(world: World) -> None:
    stranger = await world.browser()
    for query in ("", "&ticket=nic"):
        with pytest.raises(WSServerHandshakeError, match="401"):
            await stranger.client.ws_connect(f"/socket.io/?EIO=4&transport=websocket{query}")
    eva = await world.browser("novakova")
    foreign = await eva.get("/socket.io/?EIO=4&transport=websocket", Origin="https://evil.example")
    assert (foreign.status, foreign.code) == (403, "cross_origin")


async def test_one_process_serves_clients_that_poll_too(world: World) -> None:
    eva = await world.browser("novakova")
    assert (await eva.get("/socket.io/?EIO=4&transport=polling")).status == 200


async def test_who_signs_out_hears_nothing_more(world: World, stack: AsyncExitStack) -> None:
    browser = await world.browser("novakova")
    [cookie] = [f"{morsel.key}={morsel.value}" for morsel in browser.client.session.cookie_jar]
    ear = Ear(socketio.AsyncClient(reconnection=False))
    gone = asyncio.Event()

    async def disconnect() -> None:
        gone.set()

    ear.client.on("disconnect", disconnect, namespace=NAMESPACE)
    await ear.client.connect(
        str(world.server.make_url("/")), headers={"Cookie": cookie}, namespaces=[NAMESPACE], transports=["websocket"]
    )
    stack.push_async_callback(ear.client.disconnect)
    assert (await browser.ask("DELETE", "/api/v1/session")).status == 204
    async with asyncio.timeout(60):
        await gone.wait()


async def test_a_malformed_question_is_answered_by_its_code(world: World, stack: AsyncExitStack) -> None:
    eva = await listen(world, stack, "novakova")
    for asked in ({"since": "x"}, {"nic": 1}, {"document": 7}):
        assert await eva.client.call("subscribe", asked, namespace=NAMESPACE) == {"error": "invalid"}
    assert await eva.client.call("here", "x", namespace=NAMESPACE) == {"error": "invalid"}


async def test_a_jobs_progress_reaches_its_person_only(world: World, stack: AsyncExitStack) -> None:
    eva, petr = await listen(world, stack, "novakova"), await listen(world, stack, "dvorak")

    async def work(progress: Progress) -> None:
        progress.begin(2)
        progress.step()
        progress.step()

    world.office.jobs.register("counting", work)
    await world.office.jobs.start("counting", world.people["novakova"].id, {})
    await eva.until(lambda: eva.facts and eva.facts[-1]["data"]["state"] == "done")
    assert (eva.facts[-1]["seq"], eva.facts[-1]["data"]["done"], petr.facts) == (0, 2, [])


async def test_a_draft_that_another_editor_left_misshapen_is_read_mended_and_told(
    world: World, stack: AsyncExitStack
) -> None:
    document = (await world.document(content=TEXT))["id"]
    ear = await listen(world, stack, "novakova")
    await ear.subscribe(document=document)
    careless = await join(world, stack, "novakova", document)
    await careless.until(lambda: careless.party.told.saved)
    careless.party.body.children.append(XmlElement("bulletList", {"id": "l"}))
    await careless.until(lambda: careless.party.told.saved and careless.party.told.saved[-1][1] == careless.party.sent)
    eva = await world.browser("novakova")
    read = await eva.get(f"/api/v1/documents/{document}/content")
    assert (read.status, [node["type"] for node in read.json["content"]]) == (200, ["paragraph"])
    await ear.until(lambda: "draft.mended" in ear.types)
    [fact] = [fact for fact in ear.facts if fact["type"] == "draft.mended"]
    assert (fact["document"], fact["data"], fact.get("by")) == (document, {"faults": ["empty"]}, None)
    latest = (await eva.get(f"/api/v1/documents/{document}/history")).json["items"][0]
    assert (latest["authors"], latest["server"]) == ([], True)
    await careless.until(lambda: len(careless.party.body.children) == 1)
