"""A registry's client that knows only the published interface: token, feed, hand-overs, packages, confirmations."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import FormData, web
from aiohttp.test_utils import TestClient
from cryptography.hazmat.primitives.asymmetric import ec

from review import handover
from review.content import to_json
from review.document import Document, SignatureSummary, State, Version, VersionKind
from review.facts import Fact
from review.ids import DocumentId, VersionId, new_id
from review.people import Person
from review.ports import Kept
from server.office import Office
from tests.server.world import Answer, Browser, World
from tests.signing.office import contract

PIN = "1234"


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


async def written(world: World, title: str = "Zásady") -> dict[str, Any]:
    """A new document with something in it."""
    return await world.document(title=title, content=to_json(contract()))


async def signed(world: World, document: str) -> Kept[Version]:
    """The document's next version, finalised and signed as people do it."""
    submitter, signer = await world.browser("novakova"), await world.browser("reditel")
    final = await _done(submitter, await submitter.post(f"/api/v1/documents/{document}/finalize"))
    version = VersionId(final["result"]["version"])
    steps = [{"signers": [world.people["reditel"].id], "order": "parallel", "level": "B-T"}]
    asked = await submitter.post(f"/api/v1/versions/{version}/signing", {"steps": steps})
    assert asked.status == 201, asked.raw
    (row,) = [one for one in (await signer.get("/api/v1/signing-desk")).json if one["version"] == version]
    act = {"requests": [row["request"]], "credential": await _key(world, signer), "pin": PIN}
    outcomes = (await _done(signer, await signer.post("/api/v1/signing-acts", act)))["outcomes"]
    assert [one["result"] for one in outcomes] == ["signed"], outcomes
    return await world.office.stores.versions.get(version)


async def _done(browser: Browser, accepted: Answer) -> dict[str, Any]:
    assert accepted.status == 202, accepted.raw
    while (job := (await browser.get(accepted.headers["Location"])).json)["state"] in ("queued", "running"):
        pass
    assert job["state"] == "done", job
    found: dict[str, Any] = job
    return found


async def _key(world: World, signer: Browser) -> str:
    known = (await signer.get("/api/v1/credentials")).json
    if known:
        return str(known[0]["id"])
    pki, key = await world.office.signatures.trust.pki(), ec.generate_private_key(ec.SECP256R1())
    store = pki.certify(key, "Marie Ředitelová", "Krajský úřad", PIN, world.office.clock(), 100)
    form = FormData()
    form.add_field("file", store, filename="klic.p12", content_type="application/octet-stream")
    form.add_field("pin", PIN)
    async with signer.client.post("/api/v1/credentials", data=form) as response:
        return str((await response.json())["id"])


async def kept_version(office: Office, by: Person, document: str, **more: Any) -> Kept[Version]:
    """A signed version whose file is no PDF, put into the store by hand."""
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
        file=await office.blobs.put(b"no PDF"),
        size=6,
        signatures=(SignatureSummary("Podpis1", by.id, now, "B-T"),),
        **more,
    )
    kept = await office.stores.documents.get(document)
    await office.stores.documents.replace(kept, _signed(kept.value, version.id))
    fact = Fact("version.signed", now, by.id, version.document, {"version": version.id})
    return await office.stores.versions.insert(version.id, version, [fact])


def _signed(document: Document, version: VersionId) -> Document:
    return replace(document, state=State.SIGNED, versions=(*document.versions, version))


async def offered(world: World, document: dict[str, Any]) -> str:
    """A hand-over on offer; its id."""
    return await packaged(world.office, await signed(world, document["id"]))


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
