"""What one signs with, and the roots that the office's signatures lead to."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from review.ports import Kept
from server.api.route import Access, Call, Created, Reply, Route, Sent
from server.api.shapes import Shape
from server.api.uploads import Upload
from server.problems import Field, Problem
from server.services.credentials import LARGEST, Credential


class CredentialShape(Shape):
    id: str
    kind: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    rev: int


def credential_shape(kept: Kept[Credential]) -> CredentialShape:
    credential = kept.value
    return CredentialShape(
        id=credential.id,
        kind=credential.kind,
        subject=credential.subject,
        issuer=credential.issuer,
        not_before=credential.not_before,
        not_after=credential.not_after,
        rev=kept.rev,
    )


async def credentials(call: Call) -> Reply:
    return Reply([credential_shape(kept) for kept in await call.office.signatures.credentials.of(call.person)])


async def one(call: Call) -> Reply:
    kept = await call.office.signatures.credentials.get(call.person, call.part("credential"))
    return Reply(credential_shape(kept), rev=kept.rev)


async def add(call: Call, upload: Upload) -> Reply:
    """PKCS#12: the file and the field `pin`."""
    if "pin" not in upload.fields:
        raise Problem("invalid", fields=[Field("pin", "missing")])
    kept = await call.office.signatures.credentials.add(call.person, upload.data, upload.fields["pin"], call.fresh)
    return Reply(credential_shape(kept), rev=kept.rev)


async def added(call: Call) -> Reply:
    return await one(call.at(credential=call.fresh))


async def remove(call: Call) -> Reply:
    kept = await call.office.signatures.credentials.get(call.person, call.part("credential"))
    call.match(kept.rev)
    await call.office.signatures.credentials.remove(call.person, kept)
    return Reply()


async def anchors(call: Call) -> Reply:
    trusted = await call.office.signatures.trust.anchors()
    return Reply(stream=web.Response(body=trusted.pem, content_type="application/x-pem-file"))


ALL, ONE = "/api/v1/credentials", "/api/v1/credentials/{credential}"
STORE, ADDED = Sent(LARGEST, ("pin",)), Created(added, ONE)
ROUTES = (
    Route("GET", ALL, credentials, "What I may sign with", list[CredentialShape]),
    Route("POST", ALL, add, "Add a PKCS#12 key store", CredentialShape, 201, file=STORE, creates=ADDED),
    Route("GET", ONE, one, "One credential", CredentialShape),
    Route("DELETE", ONE, remove, "Remove a credential", needs_match=True),
    Route(
        "GET",
        "/public/v1/trust-anchors.pem",
        anchors,
        "The roots that signatures and time-stamps lead to",
        access=Access.PUBLIC,
        media=("application/x-pem-file",),
        tag="public",
    ),
)
