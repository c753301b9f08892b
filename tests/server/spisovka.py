"""A registry's client that knows only the published interface: token, feed, hand-overs, packages, confirmations."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from review import handover
from review.document import Document, SignatureSummary, State, Version, VersionKind
from review.facts import Fact
from review.ids import DocumentId, VersionId, new_id
from review.people import Person
from review.ports import Kept
from server.office import Office
from tests.server.world import Answer, World

ALL_SCOPES = "handover:read handover:confirm audit:read"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 300 + b"\n%%EOF\n"


@dataclass(slots=True)
class Spisovka:
    """Speaks HTTP alone; `token` is sent with everything."""

    client: TestClient[web.Request, web.Application]
    token: str = ""

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        async with self.client.request(method, path, json=body, headers=sent) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", f"/registry/v1/{path}", **headers)

    async def put(self, path: str, body: Any) -> Answer:
        return await self.ask("PUT", f"/registry/v1/{path}", body)

    async def sign_in(self, form: dict[str, str], basic: tuple[str, str] | None = None) -> Answer:
        headers = {}
        if basic:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
        async with self.client.post("/registry/v1/token", data=form, headers=headers) as response:
            return Answer(response.status, response.headers, await response.read())


async def spisovka(world: World, scopes: str = "") -> Spisovka:
    """A new client with its token."""
    client, secret = await world.office.clients.add("Spisovka", scopes.split())
    stranger = await world.browser()
    registry = Spisovka(stranger.client)
    answer = await registry.sign_in({"grant_type": "client_credentials"}, (client.id, secret))
    assert answer.status == 200, answer.raw
    registry.token = answer.json["access_token"]
    return registry


async def signed_version(office: Office, by: Person, document: str, pdf: bytes = PDF, **more: Any) -> Kept[Version]:
    """A signed version as the signing service leaves one behind, announced the same way."""
    now = office.clock()
    content = await office.blobs.put(b'{"content":[{"type":"paragraph"}],"schema":1,"type":"doc"}')
    version = Version(
        VersionId(new_id()),
        DocumentId(document),
        "1",
        VersionKind.SIGNED,
        1,
        content,
        now,
        by.id,
        file=await office.blobs.put(pdf),
        size=len(pdf),
        signatures=(SignatureSummary("Podpis1", by.id, now, "B-T"),),
        **more,
    )
    kept = await office.stores.documents.get(document)
    await office.stores.documents.replace(kept, _signed(kept.value, version.id))
    fact = Fact("version.created", now, by.id, version.document, {"version": version.id, "kind": "signed"})
    return await office.stores.versions.insert(version.id, version, [fact])


def _signed(document: Document, version: VersionId) -> Document:
    return replace(document, state=State.SIGNED, versions=(*document.versions, version))


async def offered(world: World, document: dict[str, Any], **more: Any) -> str:
    """A hand-over on offer; its id."""
    version = await signed_version(world.office, world.people["novakova"], document["id"], **more)
    return await packaged(world.office, version)


async def packaged(office: Office, version: Kept[Version]) -> str:
    """Waits until the hand-over of this version no longer stands ready; its id."""
    registry = office.registry
    while True:
        heard = registry.bell.rung
        kept = await registry.handovers.of_version(VersionId(version.id))
        if kept is not None and kept.value.state is not handover.State.READY:
            return kept.id
        assert await registry.bell.wait(heard, 30), "nothing happened to the hand-over"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
