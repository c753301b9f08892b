"""kill -9 in the middle of a signing act: afterwards each document is signed and whole, or untouched and waits."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp

from review.content import to_json
from tests.reliability.soak import of
from tests.reliability.visitor import sign_in
from tests.server.desk import PIN, key_for
from tests.server.world import World, open_world
from tests.servers.paraph import Server, start
from tests.signing.office import contract

ROUNDS = of(30, at_least=2)
DOCUMENTS = 16


async def an_office(data: Path) -> tuple[str, dict[str, str]]:
    """Documents that wait for one person: the id of the key, and the hash of each version's file."""
    async with open_world(data) as world:
        director = await world.browser("reditel")
        key = await key_for(world, director)
        assert director.person is not None
        waiting = [await asked(world, n, director.person.id) for n in range(DOCUMENTS)]
    return key, dict(waiting)


async def asked(world: World, number: int, signer: str) -> tuple[str, str]:
    submitter = await world.browser("novakova")
    document = await world.document(title=f"Smlouva {number}", kind="contract", content=to_json(contract()))
    job = (await submitter.post(f"/api/v1/documents/{document['id']}/finalize")).json
    version = str(((await world.office.jobs.finished(job["id"])).result or {})["version"])
    steps = [{"signers": [signer], "level": "B-T"}]
    assert (await submitter.post(f"/api/v1/versions/{version}/signing", {"steps": steps})).status == 201
    return version, str((await world.office.stores.versions.get(version)).value.file)


async def test_an_act_killed_at_any_moment_leaves_no_document_in_between(tmp_path: Path) -> None:
    key, files = await an_office(tmp_path)
    server = start(tmp_path)
    try:
        for round in range(ROUNDS):
            async with AsyncExitStack() as stack:
                session = await sign_in(stack, server.url, "reditel")
                await begin(session, key, after=0.05 * round)
            server.kill()
            server = start(tmp_path)
        await check(server, key, files)
    finally:
        server.kill()


async def begin(session: aiohttp.ClientSession, key: str, after: float) -> None:
    """An act on all that waits; returns while it runs, with the first outcome or after some seconds."""
    requests = [row["request"] for row in await told(session, "/api/v1/signing-desk")]
    if not requests:
        return
    async with session.post(
        "/api/v1/signing-acts", json={"requests": requests, "credential": key, "pin": PIN}
    ) as answer:
        assert answer.status == 202, await answer.text()
        path = answer.headers["Location"]
    while not (await told(session, path))["done"]:
        pass
    await asyncio.sleep(after)


async def told(session: aiohttp.ClientSession, path: str) -> Any:
    async with session.get(path) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def check(server: Server, key: str, files: dict[str, str]) -> None:
    async with AsyncExitStack() as stack:
        director = await sign_in(stack, server.url, "reditel")
        waiting = {row["version"]: row for row in await told(director, "/api/v1/signing-desk")}
        for version, before in files.items():
            now = await told(director, f"/api/v1/versions/{version}")
            async with director.get(f"/api/v1/versions/{version}/file") as answer:
                data = await answer.read()
            assert hashlib.sha256(data).hexdigest() == now["fileHash"]
            if version in waiting:
                assert (now["kind"], now["fileHash"]) == ("final", before)
            else:
                assert now["kind"] == "signed"
                assert await verdict(director, data) == "valid"
        await begin(director, key, after=0)
        for _ in range(600):
            if not await told(director, "/api/v1/signing-desk"):
                return
            await asyncio.sleep(0.1)
        raise AssertionError("some documents cannot be signed any more")


async def verdict(session: aiohttp.ClientSession, data: bytes) -> str:
    form = aiohttp.FormData()
    form.add_field("file", data, filename="kopie.pdf", content_type="application/pdf")
    async with session.post("/api/v1/verifications", data=form) as answer:
        return str((await answer.json())["verdict"])
