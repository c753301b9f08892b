"""One file out of a multipart body, within a budget of bytes and of time (RFC 7578)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from email.message import Message

from aiohttp import web

from server.api.multipart import Part, parts_of
from server.api.payload import payload
from server.problems import Field, Problem

OVERHEAD = 64 * 1024
"""Bytes that boundaries, headers and other fields may take."""


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
    if request.content_length is None:
        raise Problem("too_large")
    body = await payload(request, largest + OVERHEAD)
    try:
        parts = await asyncio.to_thread(parts_of, body, _boundary(request))
    except ValueError as error:
        raise Problem("bad_request") from error
    return _upload(parts, largest)


def _boundary(request: web.Request) -> str:
    told = Message()
    told["Content-Type"] = request.headers["Content-Type"]
    return told.get_boundary("")


def _upload(parts: list[Part], largest: int) -> Upload:
    files = [part for part in parts if part.filename is not None]
    if not files:
        raise Problem("invalid", fields=[Field("file", "missing")])
    file, others = files[0], [part for part in parts if part is not files[0]]
    if len(file.data) > largest or sum(len(part.data) for part in others) > OVERHEAD:
        raise Problem("too_large")
    fields = {part.name: part.data.decode("utf-8", "replace") for part in others}
    return Upload(file.filename or "", file.data, fields)
