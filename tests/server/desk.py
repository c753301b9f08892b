"""A desk where people with keys sign: the submitter's and the signers' sides of it, over real HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric import ec

from review.content import to_json
from review.ids import CredentialId, new_id
from server.app import now
from server.services.credentials import Credential
from tests.server.world import Answer, Browser, World
from tests.signing.office import contract

PIN = "1234"


async def upload(
    browser: Browser, path: str, data: bytes, file: str = "soubor", key: str = "", **fields: str
) -> Answer:
    form = aiohttp.FormData()
    form.add_field("file", data, filename=file, content_type="application/octet-stream")
    for name, value in fields.items():
        form.add_field(name, value)
    async with browser.client.post(path, data=form, headers={"Idempotency-Key": key} if key else {}) as response:
        return Answer(response.status, response.headers, await response.read())


async def job(browser: Browser, answer: Answer) -> dict[str, Any]:
    assert answer.status == 202, answer.raw
    id = answer.json["id"]
    assert answer.headers["Location"] == f"/api/v1/jobs/{id}"
    assert browser.person is not None
    while True:
        found: dict[str, Any] = (await browser.get(f"/api/v1/jobs/{id}")).json
        if found["state"] not in ("queued", "running"):
            return found


@dataclass(frozen=True, slots=True)
class Desk:
    """The submitter and two people with keys."""

    world: World
    submitter: Browser
    first: Browser
    second: Browser
    keys: dict[str, str]

    async def final(self, title: str = "Smlouva č. 1", content: Any = None) -> dict[str, Any]:
        """A final version of a new document."""
        given = content or to_json(contract())
        document = await self.world.document(title=title, matter="KÚ 1/2026", kind="contract", content=given)
        return await self.finalised(document["id"])

    async def finalised(self, document: str) -> dict[str, Any]:
        done = await job(self.submitter, await self.submitter.post(f"/api/v1/documents/{document}/finalize"))
        assert done["state"] == "done", done
        version: dict[str, Any] = (await self.submitter.get(f"/api/v1/versions/{done['result']['version']}")).json
        return version

    async def ask(self, version: str, *signers: Browser, order: str = "parallel", level: str = "B-T") -> Answer:
        ids = [signer.person.id for signer in signers if signer.person]
        steps = [{"signers": ids, "order": order, "level": level}]
        return await self.submitter.post(f"/api/v1/versions/{version}/signing", {"steps": steps})

    async def desk(self, signer: Browser) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await signer.get("/api/v1/signing-desk")).json
        return found

    async def sign(self, signer: Browser, *requests: str) -> list[dict[str, Any]]:
        given = list(requests) or [row["request"] for row in await self.desk(signer)]
        assert signer.person is not None
        body = {"requests": given, "credential": self.keys[signer.person.login], "pin": PIN}
        done = await job(signer, await signer.post("/api/v1/signing-acts", body))
        assert done["state"] == "done", done
        outcomes: list[dict[str, Any]] = done["outcomes"]
        return outcomes

    async def file(self, version: str) -> bytes:
        return (await self.submitter.get(f"/api/v1/versions/{version}/file")).raw

    async def version(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.submitter.get(f"/api/v1/versions/{id}")).json
        return found

    async def signed(self, title: str = "Smlouva č. 1") -> dict[str, Any]:
        version = await self.final(title)
        assert (await self.ask(version["id"], self.first)).status == 201
        outcomes = await self.sign(self.first)
        assert [one["result"] for one in outcomes] == ["signed"], outcomes
        return await self.version(version["id"])

    async def verdict(self, data: bytes, by: Browser | None = None) -> Any:
        answer = await upload(by or self.submitter, "/api/v1/verifications", data)
        assert answer.status == 200, answer.raw
        return answer.json


async def a_desk(world: World) -> Desk:
    submitter, first, second = [await world.browser(login) for login in ("novakova", "reditel", "hlava")]
    keys = {"reditel": await key_for(world, first), "hlava": await key_for(world, second)}
    return Desk(world, submitter, first, second, keys)


async def key_for(world: World, browser: Browser) -> str:
    """A credential as it is kept after its upload, which has a test of its own."""
    assert browser.person is not None
    signatures, person = world.office.signatures, browser.person
    key = ec.generate_private_key(ec.SECP256R1())
    store = (await signatures.trust.pki()).certify(key, person.name, "Krajský úřad", PIN, now(), 100)
    kept = await world.office.blobs.put(store)
    credential = Credential(CredentialId(new_id()), person.id, "pkcs12", person.name, "", now(), now(), kept, now())
    await world.office.stores.credentials.insert(credential.id, credential)
    return credential.id
