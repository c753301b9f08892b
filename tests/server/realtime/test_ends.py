"""A socket lives as long as what opened it: session, token, or a ticket that either of them asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
import socketio  # type: ignore[import-untyped]
from aiohttp import ClientWebSocketResponse, WSMsgType

from server.app import now
from tests.server.world import Browser, World

Ended = Callable[[], Awaitable[object]]
Door = tuple[dict[str, str], str]
"""Headers and query that open a socket."""


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def token(browser: Browser, **asked: Any) -> dict[str, Any]:
    issued: dict[str, Any] = (await browser.post("/api/v1/tokens", {"name": "skript", **asked})).json
    return issued


async def ticket(world: World, bearer: str) -> str:
    answer = await (await world.browser()).post("/api/v1/tickets", Authorization=f"Bearer {bearer}")
    assert answer.status == 201, answer.raw
    return f"?ticket={answer.json['ticket']}"


async def sync(world: World, stack: AsyncExitStack, document: str, door: Door) -> Ended:
    headers, query = door
    client = (await world.browser()).client
    socket: ClientWebSocketResponse = await stack.enter_async_context(
        client.ws_connect(f"/sync/{document}{query}", headers=headers)
    )
    first = await socket.receive()
    assert first.type is WSMsgType.BINARY, first

    async def ended() -> object:
        while (message := await socket.receive()).type is WSMsgType.BINARY:
            pass
        return message.data

    return ended


async def live(world: World, stack: AsyncExitStack, _: str, door: Door) -> Ended:
    headers, query = door
    client, gone = socketio.AsyncClient(reconnection=False), asyncio.Event()
    client.on("disconnect", lambda *_: gone.set(), namespace="/live")
    await client.connect(f"{world.server.make_url('/')}{query}", headers=headers, namespaces=["/live"])
    stack.push_async_callback(client.disconnect)
    return gone.wait


OPENINGS = pytest.mark.parametrize("opened", [sync, live])


@OPENINGS
@pytest.mark.parametrize("by_ticket", [False, True])
async def test_a_socket_ends_with_its_token(world: World, stack: AsyncExitStack, opened: Any, by_ticket: bool) -> None:
    document, browser = (await world.document())["id"], await world.browser("novakova")
    issued = await token(browser)
    bearer = issued["token"]
    door = ({}, await ticket(world, bearer)) if by_ticket else ({"Authorization": f"Bearer {bearer}"}, "")
    ended = await opened(world, stack, document, door)
    assert (await browser.ask("DELETE", f"/api/v1/tokens/{issued['id']}")).status == 204
    async with asyncio.timeout(20):
        assert await ended() in (4401, True)


@OPENINGS
async def test_a_socket_opened_by_ticket_ends_with_the_session(
    world: World, stack: AsyncExitStack, opened: Any
) -> None:
    document, browser = (await world.document())["id"], await world.browser("novakova")
    told = (await browser.post("/api/v1/tickets")).json["ticket"]
    ended = await opened(world, stack, document, ({}, f"?ticket={told}"))
    assert (await browser.ask("DELETE", "/api/v1/session?all=true")).status == 204
    async with asyncio.timeout(20):
        assert await ended() in (4401, True)


@OPENINGS
async def test_a_socket_ends_when_its_token_comes_to_its_end(world: World, stack: AsyncExitStack, opened: Any) -> None:
    document, browser = (await world.document())["id"], await world.browser("novakova")
    issued = await token(browser, expires=(now() + timedelta(seconds=2)).isoformat())
    ended = await opened(world, stack, document, ({"Authorization": f"Bearer {issued['token']}"}, ""))
    async with asyncio.timeout(20):
        assert await ended() in (4401, True)


async def test_a_ticket_may_no_more_than_the_token_that_asked_for_it(world: World) -> None:
    document, browser = (await world.document())["id"], await world.browser("novakova")
    query = await ticket(world, (await token(browser, scopes=["write"]))["token"])
    async with (await world.browser()).client.ws_connect(f"/sync/{document}{query}") as socket:
        assert (await socket.receive()).data == 4401


async def test_a_ticket_of_a_token_that_was_revoked_opens_nothing(world: World) -> None:
    document, browser = (await world.document())["id"], await world.browser("novakova")
    issued = await token(browser)
    query = await ticket(world, issued["token"])
    assert (await browser.ask("DELETE", f"/api/v1/tokens/{issued['id']}")).status == 204
    async with (await world.browser()).client.ws_connect(f"/sync/{document}{query}") as socket:
        assert (await socket.receive()).data == 4401
