"""The registry's face: what its clients pull, fetch and confirm."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NotBase64
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import web
from pydantic import Field

from review import handover
from review.facts import Fact
from review.handover import CLOUD_TYPES, Handover, Registration, RetentionSign
from review.ports import Kept
from server.api.bytes import serve_blob
from server.api.forms import form_of
from server.api.paging import PageQuery, page_of
from server.api.refusals import shape_of
from server.api.route import Access, Call, Reply, Route
from server.api.shapes import Listing, Query, Shape
from server.identity.clients import ASSERTION_TYPE, SCOPES, Claim, Granted
from server.problems import Field as Wrong
from server.problems import Problem
from server.services.registry_feed import PREFIX, subject, told

MAX_WAIT = 30
MAX_FORM = 16_000
BEARER = "Bearer"
HEX = r"^[0-9a-fA-F]{64}$"


class AccessTokenShape(Shape):
    """RFC 6749 § 5.1."""

    access_token: str = Field(alias="access_token")
    token_type: str = Field(alias="token_type")
    expires_in: int = Field(alias="expires_in")
    scope: str


class CapabilitiesShape(Shape):
    """`specifications` says which standard each of `formats` follows; the first format is the preferred one."""

    api_version: str
    formats: list[str]
    specifications: dict[str, str]
    scopes: list[str]
    event_types: list[str]
    states: list[str]
    max_wait: int
    max_limit: int


class EventShape(Shape):
    """A CloudEvent 1.0 in its JSON form."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    data: dict[str, Any]


class EventsShape(Shape):
    """`next` is always there: the place to ask from the next time."""

    items: list[EventShape]
    next: str


class EventsQuery(Query):
    """`after` may be `newest`; `wait` in seconds holds the answer back until there is an event."""

    after: str | None = Field(None, max_length=64)
    limit: int = Field(100, ge=1, le=200)
    wait: int = Field(0, ge=0, le=MAX_WAIT)


class PackageShape(Shape):
    sha256: str
    size: int
    formats: list[str]


class FileShape(Shape):
    path: str
    sha256: str
    size: int
    media_type: str


class TroubleShape(Shape):
    code: str
    detail: str


class RegistrationShape(Shape):
    reference: str = Field(max_length=200)
    file_mark: str = Field(max_length=200)
    retention_sign: RetentionSign = Field(strict=False)
    retention_years: int | None = None
    retention_year: int | None = None


class HandoverShape(Shape):
    """`package` is there once it was offered; `files` are what it holds, each to be fetched alone."""

    id: str
    document: str
    version: str
    number: str
    state: handover.State
    attempt: int
    package: PackageShape | None = None
    packages: dict[str, FileShape] | None = None
    files: list[FileShape] | None = None
    reference: str | None = None
    registration: RegistrationShape | None = None
    archive_id: str | None = None
    trouble: TroubleShape | None = None
    created: datetime
    updated: datetime
    rev: int


class HandoversQuery(PageQuery):
    state: handover.State | None = None
    updated_since: datetime | None = None


class PackageQuery(Query):
    format: str | None = Field(None, max_length=40)


class Receipt(Shape):
    sha256: str = Field(pattern=HEX)


class Archival(Shape):
    archive_id: str = Field(max_length=200)


class Rejection(Shape):
    code: str = Field(max_length=64)
    detail: str = Field(max_length=2000)


def handover_shape(kept: Kept[Handover]) -> HandoverShape:
    of = kept.value
    words = of.registration
    return HandoverShape(
        id=of.id,
        document=of.document,
        version=of.version,
        number=of.number,
        state=of.state,
        attempt=of.attempt,
        package=_package(of),
        packages={name: _file(file) for name, file in of.packages.items()} or None,
        files=[_file(file) for file in of.files] or None,
        reference=words.reference if words else None,
        registration=_registration(words) if words else None,
        archive_id=of.archive_id,
        trouble=TroubleShape(code=of.trouble.code, detail=of.trouble.detail) if of.trouble else None,
        created=of.created,
        updated=of.updated,
        rev=kept.rev,
    )


def _package(of: Handover) -> PackageShape | None:
    if not of.packages:
        return None
    first = next(iter(of.packages.values()))
    return PackageShape(sha256=first.sha256, size=first.size, formats=list(of.packages))


def _file(file: handover.StoredFile) -> FileShape:
    return FileShape(path=file.path, sha256=file.sha256, size=file.size, media_type=file.media_type)


def _registration(words: Registration) -> RegistrationShape:
    return RegistrationShape(
        reference=words.reference,
        file_mark=words.file_mark,
        retention_sign=words.retention_sign,
        retention_years=words.retention_years,
        retention_year=words.retention_year,
    )


def event_shape(fact: Fact, source: str) -> EventShape:
    return EventShape(
        id=fact.id,
        source=source,
        type=PREFIX + fact.type,
        subject=subject(fact),
        time=fact.at,
        data=dict(told(fact)),
    )


async def token(call: Call) -> Reply:
    """Errors are problems that also carry the `error` of RFC 6749 § 5.2."""
    try:
        granted = await _grant(call)
    except Problem as problem:
        return Reply(stream=_token_refused(call, problem))
    scope = " ".join(granted.scopes)
    shape = AccessTokenShape(access_token=granted.token, token_type=BEARER, expires_in=granted.life, scope=scope)
    return Reply(shape, headers={"Pragma": "no-cache"})


async def _grant(call: Call) -> Granted:
    form = await form_of(call.request, MAX_FORM, "invalid_request")
    if form.get("grant_type") != "client_credentials":
        raise Problem("unsupported_grant_type" if "grant_type" in form else "invalid_request")
    claim = _claim(call.request.headers.get("Authorization", ""), form)
    return await call.office.registry.clients.grant(claim, form.get("scope", "").split(), call.address)


def _claim(header: str, form: dict[str, str]) -> Claim:
    """One way of proof, never two (RFC 6749 § 2.3); a secret only by HTTP Basic."""
    kind, _, words = header.partition(" ")
    if form.get("client_assertion"):
        if header or form.get("client_assertion_type") != ASSERTION_TYPE:
            raise Problem("invalid_request")
        return Claim(client=form.get("client_id", ""), assertion=form["client_assertion"])
    if kind.lower() != "basic":
        raise Problem("invalid_client", headers={"WWW-Authenticate": 'Basic realm="registry"'})
    try:
        id, _, secret = b64decode(words.strip(), validate=True).decode("utf-8").partition(":")
    except (NotBase64, ValueError):
        raise Problem("invalid_client", headers={"WWW-Authenticate": 'Basic realm="registry"'}) from None
    return Claim(client=unquote_plus(id), secret=unquote_plus(secret))


_STANDARD = ("invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope")


def _token_refused(call: Call, problem: Problem) -> web.Response:
    shape = shape_of(problem, call.locale)
    body = shape.model_dump(exclude_none=True, by_alias=True)
    body["error"] = problem.code if problem.code in _STANDARD else "temporarily_unavailable"
    return web.Response(
        status=shape.status,
        body=json.dumps(body, ensure_ascii=False).encode(),
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **problem.headers},
    )


async def capabilities(call: Call) -> Reply:
    formats = call.office.registry.packaging.packer.formats
    return Reply(
        CapabilitiesShape(
            api_version="1",
            formats=list(formats),
            specifications=dict(formats),
            scopes=list(SCOPES),
            event_types=[PREFIX + type for type in CLOUD_TYPES],
            states=[state.value for state in handover.State],
            max_wait=MAX_WAIT,
            max_limit=200,
        )
    )


async def events(call: Call, query: EventsQuery) -> Reply:
    news = await call.office.registry.feed.read(query.after, query.limit, query.wait)
    source = f"{call.office.settings.url}/registry/v1"
    items = [event_shape(recorded.fact, source) for recorded in news.items]
    return Reply(EventsShape(items=items, next=news.next))


async def handovers(call: Call, query: HandoversQuery) -> Reply:
    since = query.updated_since
    if since is not None and since.tzinfo is None:
        raise Problem("bad_query", fields=[Wrong("updatedSince", "timezone_aware")])
    found = await call.office.registry.handovers.listed(query.state.value if query.state else None, since)
    page, after = page_of(found, query)
    return Reply(Listing[HandoverShape](items=[handover_shape(kept) for kept in page], next=after))


async def one(call: Call) -> Reply:
    return _told(await call.office.registry.handovers.get(call.part("handover")))


def _told(kept: Kept[Handover]) -> Reply:
    return Reply(handover_shape(kept), rev=kept.rev)


async def _match(call: Call) -> None:
    """A confirmation is about the bytes, not about a revision: If-Match is honoured, not asked for."""
    call.match_if_given((await call.office.registry.handovers.get(call.part("handover"))).rev)


async def package(call: Call, query: PackageQuery) -> Reply:
    kept = await call.office.registry.handovers.get(call.part("handover"))
    known = call.office.registry.packaging.packer.formats
    if query.format is not None and query.format not in known:
        raise Problem("unknown_format", {"format": query.format, "formats": ", ".join(known)})
    file = call.office.registry.handovers.package_of(kept.value, query.format)
    await call.office.registry.handovers.note_fetch(
        call.client, kept.value, query.format or next(iter(kept.value.packages))
    )
    return Reply(stream=await serve_blob(call.request, call.office.blobs, file))


async def one_file(call: Call) -> Reply:
    kept = await call.office.registry.handovers.get(call.part("handover"))
    file = call.office.registry.handovers.file_of(kept.value, call.part("path"))
    await call.office.registry.handovers.note_fetch(call.client, kept.value, file.path)
    return Reply(stream=await serve_blob(call.request, call.office.blobs, file))


async def audit(call: Call) -> Reply:
    """The facts of the document up to now, each with its proof of being in the log."""
    kept = await call.office.registry.handovers.get(call.part("handover"))
    return Reply(await call.office.registry.trail.extract(kept.value.document))


async def receipt(call: Call, body: Receipt) -> Reply:
    await _match(call)
    return _told(await call.office.registry.handovers.receive(call.client, call.part("handover"), body.sha256))


async def registration(call: Call, body: RegistrationShape) -> Reply:
    await _match(call)
    words = Registration(body.reference, body.file_mark, body.retention_sign, body.retention_years, body.retention_year)
    return _told(await call.office.registry.handovers.register(call.client, call.part("handover"), words))


async def archival(call: Call, body: Archival) -> Reply:
    await _match(call)
    return _told(await call.office.registry.handovers.archive(call.client, call.part("handover"), body.archive_id))


async def rejection(call: Call, body: Rejection) -> Reply:
    await _match(call)
    return _told(
        await call.office.registry.handovers.reject(call.client, call.part("handover"), body.code, body.detail)
    )


BASE, ONE = "/registry/v1", "/registry/v1/handovers/{handover}"
READ, CONFIRM, AUDIT = "handover:read", "handover:confirm", "audit:read"


def _route(method: str, path: str, handler: Any, summary: str, answer: Any, scope: str, **more: Any) -> Route:
    return Route(method, path, handler, summary, answer, access=Access.REGISTRY, scope=scope, **more)


CLAIM = ("grant_type", "scope?", "client_id?", "client_assertion_type?", "client_assertion?")
ROUTES = (
    Route(
        "POST", f"{BASE}/token", token, "An access token", AccessTokenShape, access=Access.PUBLIC, raw=True, form=CLAIM
    ),
    _route("GET", f"{BASE}/capabilities", capabilities, "What is spoken here", CapabilitiesShape, ""),
    _route("GET", f"{BASE}/events", events, "The change feed", EventsShape, READ),
    _route("GET", f"{BASE}/handovers", handovers, "Hand-overs, oldest change first", Listing[HandoverShape], READ),
    _route("GET", ONE, one, "One hand-over", HandoverShape, READ),
    _route("GET", f"{ONE}/package", package, "The package's bytes", None, READ, media=("application/zip",)),
    _route("HEAD", f"{ONE}/package", package, "The package's size and digest", None, READ),
    _route("GET", f"{ONE}/files/{{path:.+}}", one_file, "One file of the package", None, READ, media=("*/*",)),
    _route("GET", f"{ONE}/audit", audit, "The audit extract with its proofs", dict[str, Any], AUDIT),
    _route("PUT", f"{ONE}/receipt", receipt, "Confirm the bytes received", HandoverShape, CONFIRM),
    _route("PUT", f"{ONE}/registration", registration, "Register", HandoverShape, CONFIRM),
    _route("PUT", f"{ONE}/archival", archival, "Confirm the archive's identifier", HandoverShape, CONFIRM),
    _route("POST", f"{ONE}/rejection", rejection, "Reject with a reason", HandoverShape, CONFIRM),
)
