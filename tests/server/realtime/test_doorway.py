"""Strangers who open sockets are slowed down before storage is asked, and nobody who is signed in notices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError

from server.identity.sessions import digest
from server.identity.throttle import Key
from server.realtime.doorway import DOORWAY, ONE_SECRET, STRANGERS
from storage.records import Records
from tests.counted import handed
from tests.server.world import Browser, World, open_world

Door = tuple[dict[str, str], dict[str, str]]
"""Headers and query."""

LET_IN, NOBODY, SLOWED = 101, 401, 429
NOTHING: Door = ({}, {})
MADE_UP: Mapping[str, Door] = {
    "nothing": NOTHING,
    "a cookie": ({"Cookie": "paraph=" + "x" * 59}, {}),
    "a token": ({"Authorization": "Bearer pat_" + "x" * 59}, {}),
    "a ticket": ({}, {"ticket": "x" * 59}),
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Nothing is forgiven here: no time goes by."""
    async with open_world(tmp_path, trusted_proxies="127.0.0.1") as world:
        world.server.app[DOORWAY].throttle.now = lambda: 0.0
        yield world


async def sync(browser: Browser, door: Door) -> int:
    headers, query = door
    try:
        async with browser.client.ws_connect("/sync/d", headers=headers, params=query) as socket:
            return {4401: NOBODY, 4404: LET_IN}[(await socket.receive()).data]
    except WSServerHandshakeError as refused:
        return refused.status if "Retry-After" in (refused.headers or ()) else 0


async def live(browser: Browser, door: Door) -> int:
    headers, query = door
    polling = {"EIO": "4", "transport": "polling"}
    async with browser.client.get("/socket.io/", headers=headers, params=polling | query) as answer:
        if answer.status == SLOWED:
            assert (await answer.json())["code"] == "slow_down"
            assert int(answer.headers["Retry-After"]) > 0
        return LET_IN if answer.status == 200 else answer.status


SOCKETS = pytest.mark.parametrize("opened", [sync, live])
Opened = Callable[[Browser, Door], Awaitable[int]]


def spend(world: World, payer: Key, left: int = 0) -> None:
    for _ in range(payer[0].free - left):
        world.server.app[DOORWAY].throttle.guess(payer)


async def doors(world: World) -> list[Door]:
    """All ways in of somebody who is signed in."""
    browser = await world.browser("novakova")
    token = (await browser.post("/api/v1/tokens", {"name": "skript"})).json["token"]
    ticket = (await browser.post("/api/v1/tickets")).json["ticket"]
    return [await cookie(world), ({"Authorization": f"Bearer {token}"}, {}), ({}, {"ticket": ticket})]


async def cookie(world: World) -> Door:
    secret = await world.office.sign_in.begin(world.people["novakova"])
    return {"Cookie": f"paraph={secret}"}, {}


@SOCKETS
@pytest.mark.parametrize("brought", MADE_UP)
async def test_a_stranger_waits_without_storage_being_asked(
    world: World, monkeypatch: pytest.MonkeyPatch, opened: Opened, brought: str
) -> None:
    stores, stranger = world.office.stores, await world.browser()
    by_id, by_word = handed(monkeypatch, Records, "get"), handed(monkeypatch, Records, "find")

    def asked() -> bool:
        whose = (stores.sessions, stores.tokens, stores.tickets, stores.people)
        return any(records is store for records, *_ in by_id + by_word for store in whose)

    spend(world, (STRANGERS, "127.0.0.1"), left=1)
    assert await opened(stranger, MADE_UP[brought]) == NOBODY
    assert asked() == (brought != "nothing")
    by_id.clear()
    by_word.clear()
    assert await opened(stranger, MADE_UP[brought]) == SLOWED
    assert not asked()


@SOCKETS
async def test_who_is_signed_in_comes_in_where_strangers_of_the_same_address_wait(world: World, opened: Opened) -> None:
    stranger = await world.browser()
    spend(world, (STRANGERS, "127.0.0.1"))
    assert [await opened(stranger, door) for door in await doors(world)] == [LET_IN] * 3
    assert await opened(stranger, NOTHING) == SLOWED


@SOCKETS
async def test_who_is_let_in_pays_nothing(world: World, opened: Opened) -> None:
    stranger, door = await world.browser(), await cookie(world)
    spend(world, (ONE_SECRET, digest(door[0]["Cookie"].removeprefix("paraph="))), left=1)
    assert [await opened(stranger, door) for _ in range(3)] == [LET_IN] * 3


@SOCKETS
async def test_a_sign_in_that_has_ended_pays_for_itself_alone(world: World, opened: Opened) -> None:
    stranger, ended, other = await world.browser(), await cookie(world), await cookie(world)
    secret = ended[0]["Cookie"].removeprefix("paraph=")
    await world.office.sign_in.end(digest(secret))
    spend(world, (ONE_SECRET, digest(secret)), left=1)
    assert [await opened(stranger, door) for door in (ended, ended)] == [NOBODY, SLOWED]
    assert [await opened(stranger, door) for door in (other, NOTHING)] == [LET_IN, NOBODY]


@SOCKETS
async def test_strangers_behind_a_proxy_wait_each_for_themselves(world: World, opened: Opened) -> None:
    stranger = await world.browser()
    spend(world, (STRANGERS, "192.0.2.7"))
    told = [await opened(stranger, ({"X-Forwarded-For": f"192.0.2.{n}"}, {})) for n in (7, 8)]
    assert told == [SLOWED, NOBODY]
