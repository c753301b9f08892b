"""`GET /sync/{document}`: the y-websocket protocol on a plain WebSocket, with `paraph.1` for who asks for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET
from weakref import WeakValueDictionary

from aiohttp import web

from collab.errors import CollabError
from collab.protocol import PARAPH, presence
from collab.room.delivery import LARGEST
from collab.room.member import GONE, RESTARTING, Member
from review.errors import Forbidden, NotFound, Trouble, Unavailable
from review.schema import schema
from server.api.dispatch import OFFICE
from server.api.sync import SYNC, SyncQuery
from server.background import at_work
from server.identity.callers import Caller
from server.office import Office
from server.problems import Problem
from server.realtime.attendance import ATTENDANCE, Visit
from server.realtime.budget import OPENING, Budget, Budgets, Untaken
from server.realtime.doorway import DOORWAY, Opening
from server.realtime.hearing import Hearing, listen
from server.realtime.watch import Watch, ask_again
from server.realtime.wire import DirectSocket, Framer, SocketWire
from server.services.documents import standing

NOT_SIGNED_IN, UNKNOWN, OLD_SCHEMA, TOO_MANY = 4401, 4404, 4409, 4429

LARGEST_FRAME = LARGEST + 64
READ_AT_ONCE = 32 * 1024
"""Bytes, doubled by the kernel: all messages in them are taken in one turn of the loop, and others wait meanwhile."""

SENT_AHEAD = 128 * 1024
"""Bytes, doubled by the kernel, that it keeps of what a client has not taken; left alone it keeps 4 MB, unseen."""

BEAT = 4.0
"""Seconds of silence after which a client is asked whether it is there. Who has not answered by the next beat is shown
to nobody any more."""

QUIET = 3
"""Beats without a word to a client after which it is told something: y-websocket and our own page take half a minute of
silence for a dead line."""

logger = logging.getLogger("paraph.sync")


@dataclass(slots=True)
class Sockets:
    """All open sockets of this process."""

    framer: Framer = field(default_factory=Framer)
    budgets: Budgets = field(default_factory=Budgets)
    wires: set[SocketWire] = field(default_factory=set)
    _untaken: WeakValueDictionary[str, Untaken] = field(default_factory=WeakValueDictionary)

    def untaken_by(self, person: str) -> Untaken:
        """One for all open sockets of a person."""
        return self._untaken.setdefault(person, Untaken())


SOCKETS: web.AppKey[Sockets] = web.AppKey("sockets", Sockets)


class _Refused(Exception):
    """The socket is closed with this code as soon as it is open: a browser learns nothing from an HTTP status."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def add_sync(app: web.Application) -> None:
    """The sockets, their heartbeat, and the way they end: what waits is written, then everybody comes back."""
    app[SOCKETS], app[SYNC] = Sockets(), sync
    app.cleanup_ctx.append(_keep_alive)
    app.on_shutdown.append(_drain)


async def _keep_alive(app: web.Application) -> AsyncIterator[None]:
    watch = Watch(app[OFFICE], app[ATTENDANCE])
    app[OFFICE].hear(watch.hear)
    async with at_work({"heartbeat of the sockets": _beat(app[SOCKETS]), "rights on open sockets": watch.keep()}):
        yield


async def _beat(sockets: Sockets) -> None:
    while True:
        await asyncio.sleep(BEAT)
        acts: list[Callable[[], None]] = [partial(_feel, wire) for wire in sockets.wires]
        for act in (sockets.budgets.forget, *acts):
            try:
                act()
            except Exception:  # a boundary: the others' lines are kept alive all the same
                logger.exception("a beat failed")


def _feel(wire: SocketWire) -> None:
    wire.beat()
    if wire.quiet >= QUIET:
        wire.send(presence(()))


async def _drain(app: web.Application) -> None:
    await app[OFFICE].rooms.close_all()
    wires = list(app[SOCKETS].wires)
    for wire in wires:
        wire.close(RESTARTING, "restarting")
    await asyncio.gather(*(wire.closed() for wire in wires))


async def sync(request: web.Request, query: SyncQuery) -> web.StreamResponse:
    opening = request.app[DOORWAY].knock(request, query.ticket)
    socket = DirectSocket(protocols=(PARAPH,), max_msg_size=LARGEST_FRAME, compress=False, autoping=False, timeout=5.0)
    if not socket.can_prepare(request):
        raise Problem("upgrade_required", headers={"Upgrade": "websocket", "Connection": "Upgrade"})
    await socket.prepare(request)
    try:
        await _serve(request, query, socket, opening)
    except _Refused as refused:
        await socket.close(code=refused.code, message=refused.reason.encode())
    return socket


async def _serve(request: web.Request, query: SyncQuery, socket: DirectSocket, opening: Opening) -> None:
    sockets, attendance, transport = request.app[SOCKETS], request.app[ATTENDANCE], request.transport
    caller = await _caller(opening)
    if transport is None:
        return
    transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, READ_AT_ONCE)
    transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_SNDBUF, SENT_AHEAD)
    wire = SocketWire(socket, transport, sockets.framer, sockets.untaken_by(caller.person.id))
    visit = Visit("sync", caller, lambda: wire.close(NOT_SIGNED_IN, "signed out"))
    if not attendance.enter(visit):
        raise _Refused(TOO_MANY, "too many sockets")
    sockets.wires.add(wire)
    with wire.counted():
        try:
            _check_schema(query)
            purse = sockets.budgets.of(caller.person.id, asyncio.get_running_loop().time)
            await asyncio.sleep(purse.spend(OPENING))
            await _check_still(request.app[OFFICE], caller)
            await _attend(request, socket, wire, caller, purse)
        finally:
            sockets.wires.discard(wire)
            attendance.leave(visit)
            await wire.closed()


async def _caller(opening: Opening) -> Caller:
    try:
        caller = await opening.caller()
    except Unavailable as error:
        raise _Refused(RESTARTING, error.trouble) from error
    if caller is None:
        raise _Refused(NOT_SIGNED_IN, "not signed in")
    return caller


async def _check_still(office: Office, caller: Caller) -> None:
    """The session may have ended before the connection could be ended with it."""
    try:
        holds = await office.sign_in.holds(caller)
    except Unavailable as error:
        raise _Refused(RESTARTING, "storage does not answer") from error
    if not holds:
        raise _Refused(NOT_SIGNED_IN, "signed out")


async def _attend(request: web.Request, socket: DirectSocket, wire: SocketWire, caller: Caller, purse: Budget) -> None:
    """The member's time in the room, from the first message to the last.

    Rights are asked again once the member is there: they may have changed while the room was opened.
    """
    office, document = request.app[OFFICE], request.match_info["document"]
    member = await _join(office, document, caller, wire, socket.ws_protocol == PARAPH)
    wire.missed = partial(office.rooms.fade, member)
    try:
        await _ask_again(office, document, caller)
        await listen(socket, wire, Hearing(office.rooms, member, wire, purse))
    finally:
        office.rooms.leave(member)


def _check_schema(query: SyncQuery) -> None:
    if query.spoken not in (None, str(schema().version)):
        raise _Refused(OLD_SCHEMA, f"schema {schema().version} is spoken here")


async def _join(office: Office, document: str, caller: Caller, wire: SocketWire, paraph: bool) -> Member:
    """Into the room; from then on the caller is the one who leaves it."""
    limited = bool(caller.scopes) and "write" not in caller.scopes
    try:
        kept = await office.documents.open(caller.person, document)
        now = standing(caller.person, kept.value)
        card = {"name": caller.person.name, "department": await office.directory.department_of(caller.person)}
        member = await office.rooms.join(
            document, caller.person.id, now, wire, paraph=paraph, reads_only=limited, card=card
        )
    except NotFound as error:
        raise _Refused(UNKNOWN, "unknown") from error
    except Forbidden as error:
        raise _Refused(GONE, "forbidden") from error
    except (Unavailable, CollabError) as error:
        logger.warning("draft %s cannot be opened: %s", document, error)
        raise _Refused(RESTARTING, _trouble(error)) from error
    return member


def _trouble(error: Unavailable | CollabError) -> str:
    return error.trouble if isinstance(error, Unavailable) else Trouble.DAMAGED


async def _ask_again(office: Office, document: str, caller: Caller) -> None:
    try:
        await ask_again(office, document, caller.person.id)
    except Unavailable as error:
        raise _Refused(RESTARTING, error.trouble) from error
