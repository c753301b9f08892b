"""Somebody who signs in to a server that runs in a process of its own."""

from __future__ import annotations

from contextlib import AsyncExitStack

import aiohttp

from tests.server.world import PASSWORD


async def sign_in(stack: AsyncExitStack, url: str, login: str) -> aiohttp.ClientSession:
    jar = aiohttp.CookieJar(unsafe=True)
    session = await stack.enter_async_context(aiohttp.ClientSession(url, cookie_jar=jar))
    async with session.post("/api/v1/session", json={"login": login, "password": PASSWORD}) as answer:
        assert answer.status == 200, await answer.text()
    return session
