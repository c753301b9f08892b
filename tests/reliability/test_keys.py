"""kill -9 of the real server while it creates: asked again with their keys, all are there, and each is there once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from pathlib import Path

import aiohttp
from aiohttp.test_utils import TestServer

from server.api.idempotency import HELD
from server.app import build_app, now, open_office
from server.settings import settings
from tests.server.world import open_world
from tests.servers.paraph import start

ASKED, ANSWERED = 120, 30


async def an_office(data: Path) -> tuple[str, dict[str, str]]:
    """A department, and the cookie of somebody who writes for it."""
    async with open_world(data) as world:
        jar = (await world.browser("novakova")).client.session.cookie_jar
        return world.departments["EO"].id, {morsel.key: morsel.value for morsel in jar}


async def create(session: aiohttp.ClientSession, department: str, n: int) -> tuple[str, str]:
    """Title and id."""
    body = {"title": f"Dokument {n}", "department": department}
    async with session.post("/api/v1/documents", json=body, headers={"Idempotency-Key": f"key {n}"}) as answer:
        told = await answer.json()
        assert answer.status == 201, told
        return told["title"], told["id"]


async def until_killed(data: Path, department: str, cookies: dict[str, str]) -> dict[str, str]:
    """Everything is asked for at once; the server is killed in the middle. What it has answered."""
    server = await asyncio.to_thread(start, data)
    async with aiohttp.ClientSession(server.url, cookies=cookies) as session:
        asking = [asyncio.create_task(create(session, department, n)) for n in range(ASKED)]
        for answered in asyncio.as_completed(asking[:ANSWERED]):
            await answered
        await asyncio.to_thread(server.kill)
        ended = await asyncio.gather(*asking, return_exceptions=True)
    assert [one for one in ended if isinstance(one, AssertionError)] == []
    return dict(one for one in ended if isinstance(one, tuple))


def later() -> datetime:
    """When what an attempt held is free again."""
    return now() + HELD


async def test_what_the_server_was_creating_when_it_was_killed_is_there_once(tmp_path: Path) -> None:
    department, cookies = await an_office(tmp_path)
    answered = await until_killed(tmp_path, department, cookies)
    async with open_office(settings({"data": str(tmp_path)}, {}), clock=later) as office:
        async with (
            TestServer(build_app(office)) as server,
            aiohttp.ClientSession(server.make_url("/"), cookies=cookies) as session,
        ):
            told = dict([await create(session, department, n) for n in range(ASKED)])
        documents = [kept.value for kept in await office.stores.documents.all()]
    assert {title: told[title] for title in answered} == answered
    assert Counter(document.title for document in documents) == Counter(list(told))
    assert {document.title: document.id for document in documents} == told
