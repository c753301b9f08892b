"""Immutable bytes over HTTP: ranges, entity tags and digests (RFC 9110 §§ 13, 14; RFC 9530)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from review.handover import StoredFile
from review.ports import Blobs

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to, not including, `end`."""

    start: int
    end: int


def span_of(header: str | None, size: int) -> Span | None:
    """The one range asked for; None when the whole is to be sent: no range, several, or one in another unit.

    Raises `ValueError` for a range that lies outside.
    """
    found = _RANGE.fullmatch(header.replace(" ", "")) if header else None
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= size or (first and last and int(last) < int(first)) or (not first and int(last) == 0):
        raise ValueError(header)
    return Span(start, end)


async def serve_blob(request: web.Request, blobs: Blobs, file: StoredFile) -> web.StreamResponse:
    """The answer, sent. The bytes never change, so their hash is the entity tag."""
    tag = f'"{file.sha256}"'
    headers = _headers(file, tag)
    if _names(request.headers.get("If-None-Match"), tag):
        return web.Response(status=304, headers=headers)
    whole = Span(0, file.size)
    wanted = request.headers.get("Range") if request.headers.get("If-Range") in (None, tag) else None
    try:
        span = span_of(wanted, file.size) if request.method == "GET" else None
    except ValueError:
        return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{file.size}"})
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{file.size}"
    return await _send(request, blobs, file, span or whole, 206 if span else 200, headers)


def _headers(file: StoredFile, tag: str) -> dict[str, str]:
    name = quote(file.path.rsplit("/", 1)[-1])
    return {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, immutable",
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode()}:",
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
    }


def _names(header: str | None, tag: str) -> bool:
    tags = [each.strip().removeprefix("W/") for each in (header or "").split(",")]
    return tag in tags or "*" in tags


async def _send(
    request: web.Request, blobs: Blobs, file: StoredFile, span: Span, status: int, headers: dict[str, str]
) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers=headers)
    response.content_type = file.media_type
    response.content_length = span.end - span.start
    await response.prepare(request)
    if request.method != "HEAD":
        left = span.end - span.start
        async for chunk in blobs.stream(file.sha256, span.start):
            await response.write(chunk[:left])
            left -= len(chunk)
            if left <= 0:
                break
    await response.write_eof()
    return response
