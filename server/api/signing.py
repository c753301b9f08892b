"""From a draft to a signed version and on: finalising, signings, the desk, acts, and the change after signing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from pydantic import Field

from review.document import Document
from review.errors import NotFound, Unknown
from review.ids import PersonId
from review.ports import Kept
from review.signoff import Level, Order, Request, Signing
from server.api.documents import DocumentShape, document_shape
from server.api.jobs import BEGUN, JobShape, accepted
from server.api.jobs import begun as job_begun
from server.api.route import Call, Created, Reply, Route
from server.api.shapes import Deadline, Reason, Shape
from server.services.signing_acts import MOST_REQUESTS, ExternalAct
from server.services.signings import Waiting, Wish

MOST_STEPS = 12


class StepWish(Shape):
    """`order` within the step; steps follow one another."""

    signers: list[str] = Field(min_length=1, max_length=MOST_STEPS)
    order: Order = Field(Order.PARALLEL, strict=False)
    level: Level = Field(Level.T, strict=False)


class NewSigning(Shape):
    steps: list[StepWish] = Field(min_length=1, max_length=MOST_STEPS)
    due: Deadline | None = None


class RequestShape(Shape):
    """`waiting` tells that it is this signer's turn."""

    id: str
    signer: str
    signed: datetime | None = None
    waiting: bool


class StepShape(Shape):
    order: str
    level: str
    requests: list[RequestShape]


class RefusalShape(Shape):
    by: str
    at: datetime
    reason: str


class SigningShape(Shape):
    id: str
    document: str
    version: str
    state: str
    steps: list[StepShape]
    by: str
    created: datetime
    due: datetime | None = None
    refusal: RefusalShape | None = None
    rev: int


class WaitingShape(Shape):
    """One signature that waits: `fileHash` is of the very bytes that `/versions/{version}/file` gives."""

    request: str
    signing: str
    document: str
    title: str
    kind: str
    reference: str | None = None
    version: str
    number: str
    file_hash: str
    pages: int | None = None
    size: int | None = None
    since: datetime
    due: datetime | None = None
    by: str


class ExternalCredential(Shape):
    """A key elsewhere: `certificate` is PEM, the signer's first, or the base 64 of its DER."""

    kind: Literal["external"]
    certificate: str = Field(max_length=100_000)


class NewAct(Shape):
    """`credential` is the id of one's own, or a key elsewhere; `pin` opens the former."""

    requests: list[str] = Field(min_length=1, max_length=MOST_REQUESTS)
    credential: str | ExternalCredential
    pin: str = Field("", max_length=200)


class DigestShape(Shape):
    """`toSign` is the SHA-256 to be signed, in hexadecimal; `algorithm` names the whole scheme."""

    request: str
    algorithm: str
    to_sign: str


class ActShape(Shape):
    act: str
    digests: list[DigestShape]


class SignatureValue(Shape):
    """`value` is the raw signature in base 64 or hexadecimal."""

    request: str
    value: str = Field(max_length=20_000)


class OutcomeShape(Shape):
    request: str
    result: Literal["signed", "refused", "failed", "skipped"]
    version: str | None = None
    code: str | None = None
    detail: str | None = None


class OutcomesShape(Shape):
    outcomes: list[OutcomeShape]


def signing_shape(kept: Kept[Signing]) -> SigningShape:
    signing, waiting = kept.value, kept.value.waiting
    refusal = signing.refusal
    return SigningShape(
        id=signing.id,
        document=signing.document,
        version=signing.version,
        state=signing.state,
        steps=[
            StepShape(order=step.order, level=step.level, requests=[_request(one, waiting) for one in step.requests])
            for step in signing.steps
        ],
        by=signing.by,
        created=signing.created,
        due=signing.due,
        refusal=RefusalShape(by=refusal.by, at=refusal.at, reason=refusal.reason) if refusal else None,
        rev=kept.rev,
    )


def _request(one: Request, waiting: tuple[Request, ...]) -> RequestShape:
    return RequestShape(id=one.id, signer=one.signer, signed=one.signed, waiting=one in waiting)


def _waiting(one: Waiting) -> WaitingShape:
    before = [request.signed for request in one.signing.requests if request.signed]
    return WaitingShape(
        request=one.request.id,
        signing=one.signing.id,
        document=one.document.id,
        title=one.document.title,
        kind=one.document.kind,
        reference=one.document.matter,
        version=one.version.id,
        number=one.version.number,
        file_hash=one.version.file or "",
        pages=one.version.pages,
        size=one.version.size,
        since=max(before, default=one.signing.created),
        due=one.signing.due,
        by=one.signing.by,
    )


async def finalize(call: Call) -> Reply:
    return accepted(call, await call.office.signatures.finalizing.start(call.person, call.part("document"), call.fresh))


async def begin(call: Call, body: NewSigning) -> Reply:
    wishes = [Wish(tuple(map(PersonId, step.signers)), step.order, step.level) for step in body.steps]
    signings = call.office.signatures.signings
    kept = await signings.begin(call.person, call.part("version"), wishes, body.due, call.fresh)
    return Reply(signing_shape(kept), rev=kept.rev)


async def begun(call: Call) -> Reply:
    return await one(call.at(signing=call.fresh))


async def one(call: Call) -> Reply:
    kept = await call.office.signatures.signings.open(call.person, call.part("signing"))
    return Reply(signing_shape(kept), rev=kept.rev)


async def refuse(call: Call, body: Reason) -> Reply:
    kept = await call.office.signatures.signings.refuse(call.person, call.part("signing"), body.reason)
    return Reply(signing_shape(kept), rev=kept.rev)


async def desk(call: Call) -> Reply:
    return Reply([_waiting(waiting) for waiting in await call.office.signatures.signings.desk(call.person)])


async def act(call: Call, body: NewAct) -> Reply:
    acts = call.office.signatures.acts
    if isinstance(body.credential, str):
        return accepted(call, await acts.start(call.person, body.requests, body.credential, body.pin, call.fresh))
    prepared = await acts.prepare(call.person, body.requests, body.credential.certificate, call.fresh)
    return Reply(_act(prepared), status=201)


def _act(act: ExternalAct) -> ActShape:
    return ActShape(act=act.id, digests=[DigestShape.model_validate(one) for one in act.digests])


async def prepared(call: Call) -> Reply:
    """What an act with a key elsewhere has to sign, once more."""
    return Reply(_act(await call.office.signatures.acts.act(call.person, call.part("act"))))


async def acting(call: Call) -> Reply:
    """An act with a key kept here is a job, one with a key elsewhere waits for its values."""
    try:
        return await job_begun(call)
    except NotFound:
        return replace(await prepared(call.at(act=call.fresh)), status=201)


async def values(call: Call, body: list[SignatureValue]) -> Reply:
    given = {one.request: one.value for one in body}
    if len(given) < len(body) or not given:
        raise Unknown("request")
    outcomes = await call.office.signatures.acts.complete(call.person, call.part("act"), given)
    return Reply(OutcomesShape(outcomes=[OutcomeShape.model_validate(one) for one in outcomes]))


async def change(call: Call, body: Reason) -> Reply:
    kept = await call.office.signatures.successors.begin(call.person, call.part("version"), body.reason)
    return await _changing(call, kept)


async def _changing(call: Call, kept: Kept[Document]) -> Reply:
    location = {"Location": f"/api/v1/documents/{kept.id}"}
    return Reply(await document_shape(call, kept), rev=kept.rev, headers=location)


async def changing(call: Call) -> Reply:
    """The document, when its draft is the one forked from this version."""
    version, document = await call.office.reviewing.versions.open(call.person, call.part("version"))
    if document.value.forked_from != version.id:
        raise NotFound("document", document.id)
    return await _changing(call, document)


VERSION, ONE = "/api/v1/versions/{version}", "/api/v1/signings/{signing}"
ACTS, ACT = "/api/v1/signing-acts", "/api/v1/signing-acts/{act}"
SAYS = "Begin the next version of a signed one"
ROUTES = (
    Route(
        "POST",
        "/api/v1/documents/{document}/finalize",
        finalize,
        "Typeset the final version",
        JobShape,
        202,
        creates=BEGUN,
    ),
    Route("POST", f"{VERSION}/signing", begin, "Ask for signatures", SigningShape, 201, creates=Created(begun, ONE)),
    Route("POST", f"{VERSION}/change", change, SAYS, DocumentShape, 201, creates=Created(changing)),
    Route("GET", ONE, one, "Who has signed and who is to", SigningShape),
    Route("POST", f"{ONE}/refuse", refuse, "Refuse to sign, with a reason", SigningShape),
    Route("GET", "/api/v1/signing-desk", desk, "What waits for my signature", list[WaitingShape]),
    Route("POST", ACTS, act, "Sign many documents in one act", JobShape | ActShape, 202, creates=Created(acting, ACT)),
    Route("GET", ACT, prepared, "What an act with a key elsewhere has to sign", ActShape),
    Route("PUT", f"{ACT}/signatures", values, "Bring values from elsewhere", OutcomesShape),
)
