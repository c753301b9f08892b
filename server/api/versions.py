"""Versions: frozen, final and signed ones, their content, and what differs between two."""

from __future__ import annotations

import asyncio
from datetime import datetime
from enum import StrEnum
from typing import Any

from aiohttp import web
from pydantic import Field

from review.comparison import Comparison
from review.comparison import to_json as comparison_json
from review.content import to_json
from review.document import SignatureSummary, Version
from review.handover import StoredFile
from review.html import comparison_html, content_html, page
from review.ports import Kept
from server.api.bytes import serve_blob
from server.api.paging import PageQuery, page_of
from server.api.route import Call, Reply, Route
from server.api.shapes import Listing, Query, Shape
from server.problems import Problem
from server.services.comparison_pages import comparison_pdf

MOST_NAMED = 100
"""Characters of a document's title in the name of its file."""


class SignatureShape(Shape):
    field: str
    by: str
    at: datetime
    level: str


class VersionShape(Shape):
    """`contentHash` is SHA-256 of the canonical content, `fileHash` of the PDF of a final or signed version."""

    id: str
    document: str
    number: str
    kind: str
    parent: str | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    content_hash: str
    file_hash: str | None = None
    size: int | None = None
    pages: int | None = None
    created: datetime
    by: str
    signatures: list[SignatureShape] | None = None


class ContentFormat(StrEnum):
    JSON = "json"
    TEXT = "text"
    HTML = "html"


class ContentQuery(Query):
    format: ContentFormat = ContentFormat.JSON


class ComparisonFormat(StrEnum):
    JSON = "json"
    HTML = "html"
    PDF = "pdf"


class ComparisonQuery(Query):
    format: ComparisonFormat = ComparisonFormat.JSON


class SpanShape(Shape):
    kind: str
    text: str


class BlockChangeShape(Shape):
    """`kind` is same, added, removed, changed or moved; `form` says that more than words differs."""

    kind: str
    type: str
    block: str | None = None
    label: str | None = None
    place: str | None = None
    path: list[str] | None = None
    form: bool | None = None
    was_label: str | None = None
    was_type: str | None = None
    spans: list[SpanShape]


class ComparisonShape(Shape):
    before: str = Field(description="number of the earlier version")
    after: str = Field(description="number of the later version, or draft")
    summary: dict[str, int]
    blocks: list[BlockChangeShape]


def version_shape(version: Version) -> VersionShape:
    return VersionShape(
        id=version.id,
        document=version.document,
        number=version.number,
        kind=version.kind,
        parent=version.parent,
        supersedes=version.supersedes,
        superseded_by=version.superseded_by,
        content_hash=version.content,
        file_hash=version.file,
        size=version.size,
        pages=version.pages,
        created=version.created,
        by=version.by,
        signatures=[_signature(signature) for signature in version.signatures] or None,
    )


def _signature(signature: SignatureSummary) -> SignatureShape:
    return SignatureShape(field=signature.field, by=signature.by, at=signature.at, level=signature.level)


async def versions(call: Call, query: PageQuery) -> Reply:
    found = await call.office.reviewing.versions.of_document(call.person, call.part("document"))
    shown, after = page_of(found, query)
    return Reply(Listing[VersionShape](items=[version_shape(kept.value) for kept in shown], next=after))


async def one(call: Call) -> Reply:
    kept = await _version(call)
    return Reply(version_shape(kept.value), rev=kept.rev)


async def _version(call: Call) -> Kept[Version]:
    kept, _ = await call.office.reviewing.versions.open(call.person, call.part("version"))
    return kept


async def content(call: Call, query: ContentQuery) -> Reply:
    version = (await _version(call)).value
    found = await call.office.reviewing.versions.content(version)
    headers = {"ETag": f'"{version.content}"', "Cache-Control": "private, no-cache"}
    if query.format is ContentFormat.JSON:
        return Reply(to_json(found), headers=headers)
    if query.format is ContentFormat.TEXT:
        return _file(found.plain.encode(), "text/plain", headers)
    return _page(version.number, content_html(found, call.locale), call.locale, headers)


async def file(call: Call) -> Reply:
    """The PDF of a final or signed version: ranges, digest, and a tag that is its hash."""
    kept, document = await call.office.reviewing.versions.open(call.person, call.part("version"))
    version = kept.value
    if version.file is None:
        raise Problem("no_file")
    size = version.size if version.size is not None else await call.office.blobs.size(version.file)
    title = document.value.title.replace("/", "-")
    stored = StoredFile(f"{title[:MOST_NAMED]} {version.number}.pdf", version.file, size, "application/pdf")
    return Reply(stream=await serve_blob(call.request, call.office.blobs, stored))


async def comparison(call: Call, query: ComparisonQuery) -> Reply:
    """From the version to `other`: another version, or `draft` for its document's draft."""
    reviewing, version = call.office.reviewing, (await _version(call)).value
    compared, other = await reviewing.versions.compared(call.person, version, call.part("other"))
    title = f"{version.number} → {other}"
    if query.format is ComparisonFormat.JSON:
        return Reply(comparison_of(version.number, other, compared))
    if query.format is ComparisonFormat.HTML:
        return _page(title, await asyncio.to_thread(comparison_html, compared, call.locale), call.locale, {})
    kept = await call.office.documents.open(call.person, version.document)
    settings, dated = call.office.settings, call.office.clock()
    pdf = await asyncio.to_thread(
        comparison_pdf, compared, f"{kept.value.title}: {title}", settings.office, dated, call.locale
    )
    return _file(pdf, "application/pdf", {})


def comparison_of(before: str, after: str, compared: Comparison) -> dict[str, Any]:
    return {"before": before, "after": after, **comparison_json(compared)}


def _page(title: str, body: str, locale: str, headers: dict[str, str]) -> Reply:
    return _file(page(title, body, locale).encode(), "text/html", headers)


def _file(data: bytes, kind: str, headers: dict[str, str]) -> Reply:
    charset = "utf-8" if kind.startswith("text/") else None
    kept = {"Cache-Control": "no-store", **headers}
    return Reply(stream=web.Response(body=data, content_type=kind, charset=charset, headers=kept))


ONE = "/api/v1/versions/{version}"
READ, PAGES = ("text/plain", "text/html"), ("text/html", "application/pdf")
ROUTES = (
    Route(
        "GET", "/api/v1/documents/{document}/versions", versions, "Versions in order of creation", Listing[VersionShape]
    ),
    Route("GET", ONE, one, "One version", VersionShape),
    Route("GET", f"{ONE}/content", content, "Its content as JSON, text or HTML", dict[str, Any], media=READ),
    Route("GET", f"{ONE}/file", file, "Its PDF", media=("application/pdf",)),
    Route(
        "GET", f"{ONE}/compare/{{other}}", comparison, "What differs from it in another", ComparisonShape, media=PAGES
    ),
)
