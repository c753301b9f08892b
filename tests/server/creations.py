"""Every POST that leaves something behind, made ready to be sent in the small office."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from PIL import Image

from review.content import to_json
from server.app import now
from tests.server.desk import PIN, Desk, a_desk, upload
from tests.server.rounds import a_closed_review, a_review, an_open_review
from tests.server.world import PASSWORD, Answer, Browser, World
from tests.signing.office import contract, unsigned


@dataclass(frozen=True, slots=True)
class Creation:
    """`body` is JSON, or with `file` the bytes of a file of that name. `other` is another one that would be right too.

    `secret` names what the answer shows this once.
    """

    by: Browser
    path: str
    body: Any = None
    other: Any = None
    file: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""

    async def send(self, key: str, body: Any = None) -> Answer:
        body = self.body if body is None else body
        if self.file:
            return await upload(self.by, self.path, body, self.file, key, **self.fields)
        return await self.by.post(self.path, body, Idempotency_Key=key)


async def document(world: World) -> Creation:
    body = {"title": "Zásady", "department": world.departments["EO"].id}
    return Creation(await world.browser("novakova"), "/api/v1/documents", body, {**body, "title": "Jiné"})


async def picture(world: World) -> Creation:
    path = f"/api/v1/documents/{(await world.document())['id']}/images"
    return Creation(await world.browser("novakova"), path, png("red"), png("blue"), "razítko.png")


async def brought_in(world: World) -> Creation:
    path = f"/api/v1/documents/{(await world.document())['id']}/imports"
    return Creation(await world.browser("novakova"), path, b"# Jedna", "# Dvě".encode(), "návrh.md")


async def thread(world: World) -> Creation:
    path = f"/api/v1/documents/{(await world.document())['id']}/threads"
    return Creation(await world.browser("novakova"), path, {"text": "Proč?"}, {"text": "Jak?"})


async def thread_reply(world: World) -> Creation:
    begun = await thread(world)
    answer = await begun.by.post(begun.path, begun.body)
    path = f"/api/v1/threads/{answer.json['id']}/replies"
    return Creation(begun.by, path, {"text": "Proto."}, {"text": "Tak."})


async def round(world: World) -> Creation:
    review = await a_review(world)
    path = f"/api/v1/documents/{review.document}/rounds"
    return Creation(await world.browser("novakova"), path, review.plan(), review.plan() | {"title": "Druhé"})


async def comment(world: World) -> Creation:
    review = await an_open_review(world)
    body = {"class": "editorial", "whole": True, "text": "Překlep.", "consultee": review.id("OK")}
    path = f"/api/v1/rounds/{review.round}/comments"
    return Creation(await world.browser("svoboda"), path, body, {**body, "text": "Jiný překlep."})


async def comment_reply(world: World) -> Creation:
    _, made = await a_closed_review(world)
    path = f"/api/v1/comments/{made}/replies"
    return Creation(await world.browser("novakova"), path, {"text": "Děkuji."}, {"text": "Jak to myslíte?"})


async def final(world: World) -> Creation:
    made = await world.document(content=to_json(contract()))
    return Creation(await world.browser("novakova"), f"/api/v1/documents/{made['id']}/finalize")


async def signing(world: World) -> Creation:
    desk = await a_desk(world)
    body = {"steps": [{"signers": [world.people["reditel"].id], "order": "parallel", "level": "B-B"}]}
    other = {"steps": [{**body["steps"][0], "level": "B-T"}]}
    return Creation(desk.submitter, f"/api/v1/versions/{(await desk.final())['id']}/signing", body, other)


async def act(world: World) -> Creation:
    desk, requests = await _waiting(world)
    body = {"requests": requests, "credential": desk.keys["reditel"], "pin": PIN}
    return Creation(desk.first, "/api/v1/signing-acts", body, {**body, "pin": "0000"})


async def act_elsewhere(world: World) -> Creation:
    desk, requests = await _waiting(world)
    store = (await world.office.signatures.trust.pki()).issue("Marie", "Úřad", PIN, now())
    _, certificate, _ = pkcs12.load_key_and_certificates(store, PIN.encode())
    assert certificate is not None
    external = {"kind": "external", "certificate": certificate.public_bytes(Encoding.PEM).decode()}
    body = {"requests": requests, "credential": external}
    return Creation(desk.first, "/api/v1/signing-acts", body, {**body, "pin": "0000"})


async def _waiting(world: World) -> tuple[Desk, list[str]]:
    desk = await a_desk(world)
    assert (await desk.ask((await desk.final())["id"], desk.first)).status == 201
    return desk, [row["request"] for row in await desk.desk(desk.first)]


async def change(world: World) -> Creation:
    desk = await a_desk(world)
    path = f"/api/v1/versions/{(await desk.signed())['id']}/change"
    return Creation(desk.submitter, path, {"reason": "Chyba v částce."}, {"reason": "Chyba v datu."})


async def credential(world: World) -> Creation:
    key = ec.generate_private_key(ec.SECP256R1())
    trusted = await world.office.signatures.trust.pki()
    mine, other = [trusted.certify(key, name, "Úřad", PIN, now(), 100) for name in ("Marie", "Anna")]
    return Creation(await world.browser("reditel"), "/api/v1/credentials", mine, other, "klíč.p12", {"pin": PIN})


async def verification(world: World) -> Creation:
    by = await world.browser("novakova")
    return Creation(by, "/api/v1/verifications", unsigned(), unsigned("1 Kč"), "kopie.pdf")


async def department(world: World) -> Creation:
    body = {"code": "OI", "name": "Odbor informatiky"}
    return Creation(await world.browser("spravce"), "/api/v1/departments", body, {**body, "code": "OX"})


async def account(world: World) -> Creation:
    body = {"login": "nova", "name": "Nová", "password": PASSWORD, "departments": [], "roles": ["editor"]}
    return Creation(await world.browser("spravce"), "/api/v1/accounts", body, {**body, "password": PASSWORD + "8"})


async def client(world: World) -> Creation:
    by = await world.browser("spravce")
    return Creation(by, "/api/v1/clients", {"name": "Spisovka"}, {"name": "Archiv"}, secret="clientSecret")


async def token(world: World) -> Creation:
    by = await world.browser("novakova")
    return Creation(by, "/api/v1/tokens", {"name": "skript"}, {"name": "jiný"}, secret="token")


async def ticket(world: World) -> Creation:
    return Creation(await world.browser("novakova"), "/api/v1/tickets", secret="ticket")


async def status_code(world: World) -> Creation:
    path = f"/api/v1/documents/{(await world.document())['id']}/status-codes"
    return Creation(await world.browser("novakova"), path, secret="code")


def png(colour: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(written, "PNG")
    return written.getvalue()


Ready = Callable[[World], Awaitable[Creation]]
CREATIONS: Mapping[str, tuple[Ready, ...]] = {
    "/api/v1/documents": (document,),
    "/api/v1/documents/{document}/images": (picture,),
    "/api/v1/documents/{document}/imports": (brought_in,),
    "/api/v1/documents/{document}/threads": (thread,),
    "/api/v1/threads/{thread}/replies": (thread_reply,),
    "/api/v1/documents/{document}/rounds": (round,),
    "/api/v1/rounds/{round}/comments": (comment,),
    "/api/v1/comments/{comment}/replies": (comment_reply,),
    "/api/v1/documents/{document}/finalize": (final,),
    "/api/v1/versions/{version}/signing": (signing,),
    "/api/v1/signing-acts": (act, act_elsewhere),
    "/api/v1/versions/{version}/change": (change,),
    "/api/v1/credentials": (credential,),
    "/api/v1/verifications": (verification,),
    "/api/v1/departments": (department,),
    "/api/v1/accounts": (account,),
    "/api/v1/clients": (client,),
    "/api/v1/tokens": (token,),
    "/api/v1/tickets": (ticket,),
    "/api/v1/documents/{document}/status-codes": (status_code,),
}
"""By the path of their route."""
