"""pycrdt's own provider joins as docs/integrators/clients.md says: the example there is what runs here."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

import pytest
from pycrdt import Doc, Provider, XmlElement, XmlFragment, XmlText

from tests.server.realtime.replica import npm_client
from tests.server.realtime.test_sync import TEXT, join
from tests.server.world import World
from tests.servers.paraph import ROOT


@pytest.fixture(scope="module")
def example() -> SimpleNamespace:
    page = (ROOT / "docs/integrators/clients.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code[1], "clients.md", "exec"), names)
    return SimpleNamespace(**names)


@pytest.fixture
async def stack() -> Any:
    async with AsyncExitStack() as stack:
        yield stack


async def shared_draft(world: World) -> str:
    """Of Eva Nováková, who lets Petr Dvořák write too."""
    document = str((await world.document(content=TEXT, confidentiality="confidential"))["id"])
    await set_role(world, document, "editor")
    return document


async def set_role(world: World, document: str, role: str, rev: int | None = None) -> int:
    """Petr Dvořák's; the membership's revision."""
    eva = await world.browser("novakova")
    match = {} if rev is None else {"If_Match": f'"{rev}"'}
    path = f"/api/v1/documents/{document}/members/{world.people['dvorak'].id}"
    answer = await eva.ask("PUT", path, {"role": role}, **match)
    assert answer.status in (200, 201), answer.raw
    return int(answer.headers["ETag"].strip('"'))


async def ticket(world: World, login: str) -> str:
    return str((await (await world.browser(login)).post("/api/v1/tickets")).json["ticket"])


def words(body: XmlFragment) -> str:
    blocks = [block for block in body.children if isinstance(block, XmlElement)]
    return "\n".join(str(text) for block in blocks for text in block.children)


def first_text(body: XmlFragment) -> XmlText:
    element = body.children[0]
    assert isinstance(element, XmlElement)
    text = element.children[0]
    assert isinstance(text, XmlText)
    return text


async def until(body: XmlFragment, true: Callable[[], object]) -> None:
    news = asyncio.Event()
    subscription = body.observe_deep(lambda _: news.set())
    try:
        async with asyncio.timeout(60):
            while not true():
                news.clear()
                await news.wait()
    finally:
        body.unobserve(subscription)


async def history(world: World, document: str) -> list[dict[str, Any]]:
    found = await (await world.browser("novakova")).get(f"/api/v1/documents/{document}/history")
    items: list[dict[str, Any]] = found.json["items"]
    return items


async def test_it_converges_with_y_websocket_and_what_it_wrote_is_on_disk(
    world: World, stack: AsyncExitStack, example: SimpleNamespace
) -> None:
    document = await shared_draft(world)
    stranger = (await world.browser()).client
    url = str(world.server.make_url("/sync")).replace("http", "ws")
    params = {"ticket": await ticket(world, "novakova")}
    npm = await stack.enter_async_context(npm_client(url, document, params))
    assert await npm.ask("synced")
    async with example.draft(stranger, f"/sync/{document}", await ticket(world, "dvorak")) as (body, _):
        assert words(body) == "Úvod"
        await npm.ask("type", words=" z npm 😀")
        await until(body, lambda: words(body) == "Úvod z npm 😀")
        first_text(body).insert(0, "Python: ")
        await npm.ask("until", words="Python: Úvod z npm 😀")
        first_text(body).insert(0, "a ještě ")
    assert (await world.office.rooms.content(document)).plain == "a ještě Python: Úvod z npm 😀"
    await npm.ask("until", words="a ještě Python")


async def test_what_it_sends_back_is_nobody_s_edit_again(
    world: World, stack: AsyncExitStack, example: SimpleNamespace
) -> None:
    document = await shared_draft(world)
    eva = await join(world, stack, "novakova", document)
    await eva.until(lambda: eva.party.words)
    stranger = (await world.browser()).client
    async with example.draft(stranger, f"/sync/{document}", await ticket(world, "dvorak")) as (body, socket):
        eva.party.type(" a víc")
        await until(body, lambda: words(body) == "Úvod a víc")
        eva.party.edit(lambda _: eva.party.text().__delitem__(slice(0, 2)))
        await until(body, lambda: words(body) == "vod a víc")
    assert (socket.sent, socket.refused) == (4, [])
    told = await history(world, document)
    assert {author for moment in told for author in moment["authors"]} == {world.people["novakova"].id}
    assert sum(moment["edits"] for moment in told) == 3


async def test_neither_a_refused_update_nor_another_role_ends_it(
    world: World, stack: AsyncExitStack, example: SimpleNamespace
) -> None:
    document = str((await world.document(content=TEXT, confidentiality="confidential"))["id"])
    rev = await set_role(world, document, "editor")
    writer = await join(world, stack, "novakova", document)
    stranger = (await world.browser()).client
    async with example.draft(stranger, f"/sync/{document}", await ticket(world, "dvorak")) as (body, socket):
        body.children.append(XmlElement("marquee"))
        await until_refused(socket, 1)
        writer.party.type(" dál")
        await until(body, lambda: "Úvod dál" in words(body))
        await set_role(world, document, "reader", rev)
        first_text(body).insert(0, "ne")
        await until_refused(socket, 2)
        writer.party.type(" a dál")
        await until(body, lambda: "dál a dál" in words(body))
    assert [code for _, code, _ in socket.refused] == ["bad_schema", "not_allowed"]
    assert (await world.office.rooms.content(document)).plain == "Úvod dál a dál"


async def until_refused(socket: Any, count: int) -> None:
    async with asyncio.timeout(60):
        while len(socket.refused) < count:
            await asyncio.sleep(0)


async def test_it_joins_without_paraph_s_own_messages_too(
    world: World, stack: AsyncExitStack, example: SimpleNamespace
) -> None:
    document = await shared_draft(world)
    eva = await join(world, stack, "novakova", document)
    stranger = (await world.browser()).client
    params = {"ticket": await ticket(world, "dvorak")}
    doc = Doc[Any]()
    body = doc.get("body", type=XmlFragment)
    async with (
        stranger.ws_connect(f"/sync/{document}", params=params) as websocket,
        Provider(doc, example.Socket(websocket)) as provider,
    ):
        await provider.synced.wait()
        first_text(body).insert(0, "prostý ")
        await eva.until(lambda: eva.party.words.startswith("prostý Úvod"))
        eva.party.type(" i zpět")
        await until(body, lambda: words(body) == "prostý Úvod i zpět")


async def test_a_door_that_stays_closed_is_told(world: World, example: SimpleNamespace) -> None:
    document = (await world.document())["id"]
    stranger = (await world.browser()).client
    used = await ticket(world, "novakova")
    async with example.draft(stranger, f"/sync/{document}", used):
        pass
    with pytest.raises(ExceptionGroup) as closed:
        async with example.draft(stranger, f"/sync/{document}", used):
            raise AssertionError("a ticket is good once")
    assert [error.args for error in closed.value.exceptions] == [(4401,)]
