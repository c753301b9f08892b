"""Copies of documents, brought to be verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aiohttp import web
from pydantic import Field

from server.api.route import Call, Created, Reply, Route, Sent
from server.api.shapes import Shape
from server.api.uploads import Upload
from server.services.verifying import LARGEST, Verified


class KnownShape(Shape):
    """The version that the copy is of."""

    document: str
    version: str
    current: bool
    superseded_by: str | None = None


class JudgedSignature(Shape):
    """`covers` is `whole` or `earlier_state`; `indication` is ETSI EN 319 102-1's."""

    field: str
    by: str
    at: datetime | None = Field(None, strict=False)
    level: str
    covers: str
    indication: str
    trusted: bool


class FoundChange(Shape):
    """`box` is left, top, right, bottom in points from the page's top left corner; pages count from 1."""

    kind: str
    page: int | None = None
    box: list[float] | None = None
    before: str | None = None
    after: str | None = None


class VerificationShape(Shape):
    id: str
    at: datetime
    name: str
    file_hash: str
    verdict: str
    known: KnownShape | None = None
    signatures: list[JudgedSignature]
    changes: list[FoundChange]
    report_url: str | None = None


def verification_shape(verified: Verified) -> VerificationShape:
    told = verified.told
    return VerificationShape(
        id=verified.id,
        at=verified.at,
        name=verified.name,
        file_hash=verified.sha256,
        verdict=told["verdict"],
        known=KnownShape.model_validate(told["known"]) if "known" in told else None,
        signatures=[JudgedSignature.model_validate(one) for one in told["signatures"]],
        changes=[FoundChange.model_validate(one) for one in told["changes"]],
        report_url=f"/api/v1/verifications/{verified.id}/report",
    )


async def verify(call: Call, upload: Upload) -> Reply:
    verifying = call.office.signatures.verifying
    return Reply(verification_shape(await verifying.verify(call.person, upload.name, upload.data, call.fresh)))


async def verified(call: Call) -> Reply:
    return replace(await one(call.at(verification=call.fresh)), rev=None)


async def one(call: Call) -> Reply:
    kept = await call.office.signatures.verifying.get(call.person, call.part("verification"))
    return Reply(verification_shape(kept.value), rev=kept.rev)


async def report(call: Call) -> Reply:
    kept = await call.office.signatures.verifying.get(call.person, call.part("verification"))
    pdf = await call.office.signatures.verifying.report(kept.value, "en" if call.locale == "en" else "cs")
    headers = {"Content-Disposition": 'inline; filename="verification.pdf"', "Cache-Control": "private, no-cache"}
    return Reply(stream=web.Response(body=pdf, content_type="application/pdf", headers=headers))


ONE = "/api/v1/verifications/{verification}"
ROUTES = (
    Route(
        "POST",
        "/api/v1/verifications",
        verify,
        "Judge a copy of a document",
        VerificationShape,
        file=Sent(LARGEST),
        creates=Created(verified, ONE),
    ),
    Route("GET", ONE, one, "A verification as it was told", VerificationShape),
    Route("GET", f"{ONE}/report", report, "Its protocol as PDF", media=("application/pdf",)),
)
