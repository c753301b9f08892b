"""What one client says on its socket, and how much of it at once: nobody is heard past what the person may spend."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from time import thread_time

from aiohttp import WSMsgType

from collab.drafts.rooms import Rooms
from collab.errors import Malformed
from collab.room.member import FAILED, Member
from server.realtime.budget import GRAIN, MISTAKE, SHORT, UNIT, Budget
from server.realtime.wire import HEARD, DirectSocket, Heard, SocketWire

NOT_BINARY, NOT_A_MESSAGE = 1003, 1007

logger = logging.getLogger("paraph.sync")


async def listen(socket: DirectSocket, wire: SocketWire, hearing: Hearing) -> None:
    """Until the socket is closed. What is over the budget waits here, and the network holds the client back.

    While something waits here nothing is heard past it: updates are counted in the order they were sent.
    """

    def ear(message: Heard) -> bool:
        waits = hearing.due(message) > 0
        if waits or hearing.hear(message):
            socket.deafen()
        return not waits

    if socket.all_heard:
        socket.listen(ear)
    async for message in socket:
        if message.type not in HEARD:
            wire.close(NOT_BINARY, "binary messages only")
            return
        for due in iter(partial(hearing.due, message), 0.0):
            await asyncio.sleep(due)
        await asyncio.sleep(hearing.hear(message))
        if wire.closing:
            return
        if socket.all_heard:
            socket.listen(ear)


def _is_short(data: bytes) -> bool:
    """Whether it brings what is typed."""
    return len(data) <= SHORT and data[:2] == b"\x00\x02"


class Hearing:
    """Takes what one client says; what it may not say ends the connection."""

    def __init__(self, rooms: Rooms, member: Member, wire: SocketWire, purse: Budget) -> None:
        self._rooms, self._member, self._wire, self._purse = rooms, member, wire, purse
        self._budget = Budget(asyncio.get_running_loop().time)
        self._owed = 0.0

    def due(self, message: Heard) -> float:
        """Seconds until this may be heard: what may take long waits while another of the person's connections owes."""
        if message.type is not WSMsgType.BINARY or _is_short(message.data) or self._member.gone or self._wire.closing:
            return 0.0
        return max(self._budget.spend(0), self._purse.spend(0))

    def hear(self, message: Heard) -> float:
        """Seconds until more should be heard. Never raises: aiohttp's parser may be who calls."""
        if self._member.gone or self._wire.closing:
            return 0.0
        if message.type is WSMsgType.BINARY:
            return self._take(message.data)
        if message.type is WSMsgType.PING:
            self._wire.pong(message.data)
        return self._owe(1)

    def _take(self, data: bytes) -> float:
        short = _is_short(data)
        began = 0.0 if short else thread_time()
        try:
            self._rooms.receive(self._member, data)
        except Malformed as error:
            self._wire.cut(NOT_A_MESSAGE, error.why)
            return self._spend(MISTAKE)
        except Exception:
            logger.exception("a message could not be taken")
            self._wire.cut(FAILED, "internal error")
            return self._spend(MISTAKE)
        units = 1 if short else 1 + (thread_time() - began) / UNIT
        if self._member.spent:
            units, self._member.spent = units + self._member.spent / (3 * UNIT), 0.0
        return self._owe(units)

    def _owe(self, units: float) -> float:
        self._owed += units
        return 0.0 if self._owed < GRAIN else self._spend(0)

    def _spend(self, units: float) -> float:
        units, self._owed = units + self._owed, 0.0
        return max(self._budget.spend(units), self._purse.spend(units))
