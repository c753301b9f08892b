"""One file out of a multipart body, within a budget of bytes and of time (RFC 7578)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from server.problems import Field, Problem

OVERHEAD = 64 * 1024
"""Bytes that boundaries, headers and other fields may take."""

SECONDS = 120.0
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """`fields` are the text fields beside the file."""

    name: str
    data: bytes
    fields: dict[str, str]

    def digest(self) -> bytes:
        """The same for the same file and fields, however they were wrapped."""
        told = json.dumps([self.name, sorted(self.fields.items())]).encode()
        return hashlib.sha256(hashlib.sha256(told).digest() + hashlib.sha256(self.data).digest()).digest()


async def only_file(request: web.Request, largest: int) -> Upload:
    """The first file. Raises `Problem`: `wrong_media_type`, `too_large`, `bad_request`, `invalid` without a file."""
    if request.content_type != "multipart/form-data":
        raise Problem("wrong_media_type")
    if request.content_length is None or request.content_length > largest + OVERHEAD:
        raise Problem("too_large")
    try:
        async with asyncio.timeout(SECONDS):
            return await _first_file(request, largest)
    except (ValueError, TimeoutError) as error:
        raise Problem("bad_request") from error


async def _first_file(request: web.Request, largest: int) -> Upload:
    fields: dict[str, str] = {}
    file: tuple[str, bytes] | None = None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename is not None and file is None:
            file = part.filename, await _bounded(part, largest)
        else:
            fields[part.name or ""] = (await _bounded(part, OVERHEAD)).decode("utf-8", "replace")
    if file is None:
        raise Problem("invalid", fields=[Field("file", "missing")])
    return Upload(*file, fields)


async def _bounded(part: BodyPartReader, largest: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK):
        data += chunk
        if len(data) > largest:
            raise Problem("too_large")
    return bytes(data)
