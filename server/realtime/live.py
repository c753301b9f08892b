"""The Socket.IO namespace `/live`. The only module that knows python-socketio, which has no types."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import socketio  # type: ignore[import-untyped]
from aiohttp import web
from pydantic import Field, ValidationError

from review.errors import NotFound, Unavailable
from server.api.dispatch import OFFICE, Next, same_origin
from server.api.shapes import Shape
from server.background import at_work
from server.identity.callers import Caller
from server.office import Office
from server.problems import Problem
from server.realtime.attendance import ATTENDANCE, Attendance, Visit
from server.realtime.doorway import DOORWAY
from server.realtime.feed import Feed, Listener

NAMESPACE, PATH = "/live", "/socket.io/"
UNSPOKEN = 10.0
"""Seconds a connection may be open without entering the namespace."""

SWEEP = 2.0
LARGEST_MESSAGE = 16 * 1024
CALLER: web.RequestKey[Caller] = web.RequestKey("caller", Caller)


class Subscribe(Shape):
    document: str | None = Field(None, max_length=100)
    since: int | None = None


class Unsubscribe(Shape):
    document: str | None = Field(None, max_length=100)


class Here(Shape):
    document: str = Field(max_length=100)
    block: str | None = Field(None, max_length=100)


@dataclass(frozen=True, slots=True)
class SocketLine:
    """`Line` over one Socket.IO connection."""

    server: Any
    sid: str

    async def emit(self, event: str, data: Mapping[str, Any]) -> None:
        await self.server.emit(event, dict(data), to=self.sid, namespace=NAMESPACE)

    def waiting(self) -> int:
        socket = self.server.eio.sockets.get(self.server.manager.eio_sid_from_sid(self.sid, NAMESPACE))
        return int(socket.queue.qsize()) if socket is not None else 0

    async def close(self) -> None:
        await self.server.disconnect(self.sid, namespace=NAMESPACE)


def add_live(app: web.Application) -> Feed:
    """Must come before routes that take every address."""
    office = app[OFFICE]
    feed = Feed(office.facts, office.stores.people, office.stores.documents, office.clock, office.post)
    office.hear(feed.hear)
    office.jobs.listeners.append(feed.hear_job)
    server = socketio.AsyncServer(
        async_mode="aiohttp",
        async_handlers=False,
        transports=["websocket"] if office.settings.shared else ["polling", "websocket"],
        cors_allowed_origins=lambda origin, environ: same_origin(environ["aiohttp.request"]),
        max_http_buffer_size=LARGEST_MESSAGE,
        ping_interval=25,
        ping_timeout=20,
    )
    server.register_namespace(_Live(office, feed, app[ATTENDANCE]))
    server.attach(app, socketio_path=PATH.strip("/"))
    app.middlewares.append(_guard)

    async def attend(_: web.Application) -> AsyncIterator[None]:
        works = {
            "facts told live": feed.tell_facts(),
            "who is where": feed.tell_places(),
            "silent sockets": _sweep(server),
        }
        async with at_work(works):
            yield

    async def stop(_: web.Application) -> None:
        await server.shutdown()

    app.cleanup_ctx.append(attend)
    app.on_shutdown.append(stop)
    return feed


@web.middleware
async def _guard(request: web.Request, handler: Next) -> web.StreamResponse:
    """A connection is opened by somebody: without a good sign-in there is not even a silent socket."""
    if request.path != PATH or "sid" in request.query:
        return await handler(request)
    caller = await request.app[DOORWAY].knock(request, request.query.get("ticket")).caller()
    if caller is None:
        raise Problem("not_signed_in")
    request[CALLER] = caller
    return await handler(request)


async def _sweep(server: Any) -> None:
    """Ends connections that were opened and never spoke."""
    silent: dict[str, float] = {}
    while True:
        await asyncio.sleep(SWEEP)
        now = asyncio.get_running_loop().time()
        spoken = {server.manager.eio_sid_from_sid(sid, NAMESPACE) for sid, _ in _participants(server)}
        open_ = [sid for sid in server.eio.sockets if sid not in spoken]
        silent = {sid: silent.get(sid, now) for sid in open_}
        for sid, since in silent.items():
            if now - since > UNSPOKEN:
                await server.eio.disconnect(sid)


def _participants(server: Any) -> list[tuple[str, str]]:
    if NAMESPACE not in server.manager.get_namespaces():
        return []
    return list(server.manager.get_participants(NAMESPACE, None))


class _Live(socketio.AsyncNamespace):  # type: ignore[misc]
    """Events of one client come one after the other; what cannot be understood is answered by its code."""

    def __init__(self, office: Office, feed: Feed, attendance: Attendance) -> None:
        super().__init__(NAMESPACE)
        self._office, self._feed, self._attendance = office, feed, attendance
        self._listeners: dict[str, Listener] = {}
        self._visits: dict[str, Visit] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def on_connect(self, sid: str, environ: Mapping[str, Any], auth: object = None) -> None:
        caller: Caller = environ["aiohttp.request"][CALLER]
        line = SocketLine(self.server, sid)
        visit = Visit("live", caller, lambda: self._end(line))
        if not self._attendance.enter(visit):
            raise socketio.exceptions.ConnectionRefusedError("slow_down")
        if not await self._office.sign_in.holds(caller):  # ended after the handshake, before the visit was known
            self._attendance.leave(visit)
            raise socketio.exceptions.ConnectionRefusedError("not_signed_in")
        self._visits[sid] = visit
        department = await self._office.directory.department_of(caller.person)
        listener = Listener(caller.person.id, caller.person.name, department, line)
        self._listeners[sid] = listener
        self._feed.join(listener)

    def _end(self, line: SocketLine) -> None:
        task = asyncio.create_task(line.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def on_disconnect(self, sid: str, reason: str = "") -> None:
        if listener := self._listeners.pop(sid, None):
            self._feed.leave(listener)
        if visit := self._visits.pop(sid, None):
            self._attendance.leave(visit)

    async def on_subscribe(self, sid: str, data: object = None) -> dict[str, Any]:
        try:
            asked = Subscribe.model_validate(data or {})
            return await self._feed.subscribe(self._listeners[sid], asked.document, asked.since)
        except ValidationError:
            return {"error": "invalid"}
        except (Unavailable, NotFound):
            return {"error": "storage_unavailable"}

    async def on_unsubscribe(self, sid: str, data: object = None) -> dict[str, Any]:
        try:
            self._feed.unsubscribe(self._listeners[sid], Unsubscribe.model_validate(data or {}).document)
        except ValidationError:
            return {"error": "invalid"}
        return {}

    async def on_here(self, sid: str, data: object = None) -> dict[str, Any]:
        try:
            at = Here.model_validate(data or {})
            await self._feed.here(self._listeners[sid], at.document, at.block)
        except ValidationError:
            return {"error": "invalid"}
        except (Unavailable, NotFound):
            return {"error": "storage_unavailable"}
        return {}
