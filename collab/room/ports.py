"""What an open document needs from outside: a bell, a way to each client, and somebody who keeps its room."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from collab.awareness import State


class Bell(Protocol):
    """The way to the office's other processes. Nothing waits, and whatever is lost on the way does no harm: news is
    found in the log, and who is where is said again.
    """

    def ring(self, document: str, seq: int) -> None:
        """The document's log has an entry of this number."""
        ...

    def say(self, document: str, person: str, states: Sequence[State]) -> None:
        """What clients of this person said about where they are."""
        ...

    def ask(self, document: str) -> None:
        """Wants to know who is where in the document."""
        ...


class Wire(Protocol):
    """The way to one client. Neither call waits."""

    def send(self, message: bytes) -> None:
        """Hand one binary message over for sending."""
        ...

    def backlog(self) -> int:
        """Bytes handed over and not yet taken by the network."""
        ...

    def close(self, code: int, reason: str) -> None:
        """End the connection with a WebSocket close code."""
        ...


class Pace(Protocol):
    """How many steps of judging are left that may be gone where everybody waits. `rested`: all of them."""

    rested: bool

    def left(self) -> float: ...
    def spend(self, steps: int) -> None: ...


class Keeper(Protocol):
    """Who keeps the rooms. `turn` is whose long update is judged: one at a time of all documents. `pace` is for all."""

    @property
    def turn(self) -> asyncio.Lock: ...
    @property
    def pace(self) -> Pace: ...

    def grown(self, document: str) -> None:
        """Its journal has become long."""
        ...

    def lost(self, document: str, room: object) -> None:
        """This room does not say what its journal says: whoever comes now opens it anew."""
        ...
