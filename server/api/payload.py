"""The bytes of a request's body, within a budget of size and of time."""

from __future__ import annotations

import asyncio

from aiohttp import web

from server.problems import Problem

SECONDS = 120.0
"""How long a client may take to send the whole of it."""


async def payload(request: web.Request, largest: int, too_large: str = "too_large") -> bytes:
    """Raises the problem `too_large` for more than `largest` bytes, `bad_request` for what comes too slowly."""
    if not request.can_read_body:
        return b""
    if (request.content_length or 0) > largest:
        raise Problem(too_large)
    try:
        async with asyncio.timeout(SECONDS):
            return await _read(request, largest, too_large)
    except TimeoutError:
        raise Problem("bad_request") from None


async def _read(request: web.Request, largest: int, too_large: str) -> bytes:
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > largest:
            raise Problem(too_large)
    return bytes(raw)
