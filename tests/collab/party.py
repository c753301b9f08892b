"""A client of a room, without a network: a pycrdt replica that speaks the protocol, and a wire that remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import protocol
from collab.awareness import State
from collab.awareness import read as read_states
from collab.drafts.rooms import Rooms
from collab.lib0 import read_bytes, read_string, read_uint
from collab.room.member import Member, Standing
from collab.update import read_vector

EDITOR = Standing("editor", True)
READER = Standing("reader", False)


@dataclass(slots=True)
class Told:
    """What the server said with `paraph.1`, in order: (name, values …)."""

    saved: list[tuple[dict[int, int], int]] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    order: list[int] = field(default_factory=list)


class Party:
    """`deliver` hands everything that came to the replica; `wire` may be held back to lag behind."""

    def __init__(self, person: str, client: int | None = None) -> None:
        self.person = person
        self.doc: Doc[Any] = Doc(client_id=client)
        self.body = self.doc.get("body", type=XmlFragment)
        self.inbox: list[bytes] = []
        self.closed: tuple[int, str] | None = None
        self.told = Told()
        self.frames = 0
        self.presence: dict[int, State] = {}
        self.waiting = 0
        self._rooms: Rooms | None = None
        self._member: Member | None = None
        self._mute = False
        self.sent = 0
        self.speak: Callable[[bytes], None] = self._speak
        self.doc.observe(self._changed)

    # Wire
    def send(self, message: bytes) -> None:
        self.inbox.append(message)

    def backlog(self) -> int:
        return self.waiting

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    # Client
    async def join(self, rooms: Rooms, document: str, standing: Standing = EDITOR, paraph: bool = True) -> None:
        self._rooms = rooms
        self._member = await rooms.join(document, self.person, standing, self, paraph=paraph)
        self.sent = 0
        self.say(protocol.sync_step_1(self.doc.get_state()))
        self.deliver()

    @property
    def member(self) -> Member:
        assert self._member is not None
        return self._member

    def leave(self) -> None:
        assert self._rooms is not None
        self._rooms.leave(self.member)
        self._member = None
        self.inbox.clear()

    def say(self, message: bytes) -> None:
        """To the server; updates are counted as `paraph.1` counts them."""
        self.sent += message[:2] in (b"\x00\x01", b"\x00\x02")
        self.speak(message)

    def _speak(self, message: bytes) -> None:
        if self._rooms and self._member:
            self._rooms.receive(self._member, message)

    def deliver(self) -> None:
        while self.inbox:
            self._hear(self.inbox.pop(0))

    def _changed(self, event: Any) -> None:
        if not self._mute and event.update != b"\x00\x00":
            self.say(protocol.sync_update(event.update))

    def _hear(self, message: bytes) -> None:
        kind, at = read_uint(message, 0)
        self.told.order.append(kind)
        {0: self._sync, 1: self._presence, 2: self._denied}.get(kind, self._paraph)(message, at)

    def _sync(self, message: bytes, at: int) -> None:
        step, at = read_uint(message, at)
        data, at = read_bytes(message, at)
        if step == 0:
            self.say(protocol.sync_step_2(self.doc.get_update(data)))
            return
        self.frames += 1
        self._mute = True
        self.doc.apply_update(data)
        self._mute = False

    def _presence(self, message: bytes, at: int) -> None:
        for state in read_states(read_bytes(message, at)[0]):
            if state.said == "null":
                self.presence.pop(state.client, None)
            else:
                self.presence[state.client] = state

    def _denied(self, message: bytes, at: int) -> None:
        _, at = read_uint(message, at)
        self.told.denied.append(read_string(message, at)[0])

    def _paraph(self, message: bytes, at: int) -> None:
        kind = message[0]
        if kind == 100:
            vector, at = read_bytes(message, at)
            self.told.saved.append((read_vector(vector), read_uint(message, at)[0]))
        elif kind == 101:
            n, at = read_uint(message, at)
            code, at = read_string(message, at)
            self.told.refused.append((n, code, read_string(message, at)[0]))
        elif kind == 102:
            self.told.roles.append(read_string(message, at)[0])
        else:
            self.told.epochs.append(read_uint(message, at)[0])

    # Text
    def text(self, block: int = 0) -> XmlText:
        element = self.body.children[block]
        assert isinstance(element, XmlElement)
        if not len(element.children):
            return element.children.append(XmlText())
        found = element.children[0]
        assert isinstance(found, XmlText)
        return found

    def type(self, words: str, block: int = 0) -> None:
        with self.doc.transaction():
            text = self.text(block)
            text.insert(len(text), words)

    @property
    def clocks(self) -> dict[int, int]:
        """How much of each client is here: the state vector, which says the same in any order."""
        return read_vector(self.doc.get_state())

    @property
    def words(self) -> str:
        return "\n".join("".join(map(_plain, element.children)) for element in self._elements())

    def _elements(self) -> list[XmlElement]:
        return [child for child in self.body.children if isinstance(child, XmlElement)]

    def edit(self, change: Callable[[XmlFragment], object]) -> None:
        with self.doc.transaction():
            change(self.body)


def _plain(part: object) -> str:
    return "".join(run for run, _ in part.diff() if isinstance(run, str)) if isinstance(part, XmlText) else "\n"
