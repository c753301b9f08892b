"""Idempotency-Key: the same key and body give the same answer, another body is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from review.errors import AlreadyThere, NotFound
from review.ports import Clock, Repository
from server.problems import Problem

MAX_KEY = 200


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to a key: `body_hash` of the request; headers are those that a caller acts on."""

    body_hash: str
    at: datetime
    status: int = 0
    content_type: str = ""
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


KEPT_HEADERS = ("ETag", "Location")


async def once(
    repository: Repository[Answered],
    clock: Clock,
    scope: str,
    key: str,
    body: bytes,
    act: Callable[[], Awaitable[web.Response]],
) -> web.Response:
    """Does `act` for the first use of the key; `scope` names caller and address. Only successes are kept."""
    if len(key) > MAX_KEY:
        raise Problem("bad_request")
    id = hashlib.sha256(f"{scope}\n{key}".encode()).hexdigest()
    body_hash = hashlib.sha256(body).hexdigest()
    try:
        return _again((await repository.get(id)).value, body_hash)
    except NotFound:
        pass
    try:
        claimed = await repository.insert(id, Answered(body_hash, clock()))
    except AlreadyThere:
        return _again((await repository.get(id)).value, body_hash)
    try:
        response = await act()
    except BaseException:
        await repository.delete(claimed)
        raise
    if response.status >= 400:
        await repository.delete(claimed)
        return response
    headers = tuple((name, response.headers[name]) for name in KEPT_HEADERS if name in response.headers)
    text = response.text or ""
    await repository.replace(
        claimed, Answered(body_hash, clock(), response.status, response.content_type, text, headers)
    )
    return response


def _again(answered: Answered, body_hash: str) -> web.Response:
    if answered.body_hash != body_hash:
        raise Problem("key_reused")
    if not answered.status:
        raise Problem("slow_down", headers={"Retry-After": "1"})
    return web.Response(
        status=answered.status,
        text=answered.body,
        content_type=answered.content_type,
        headers=dict(answered.headers),
    )
