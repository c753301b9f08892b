"""The conversation on a draft's socket, without I/O: messages in and out as bytes.

y-websocket's four messages (sync 0, awareness 1, auth 2, query awareness 3; y-protocols 1.0 `sync.js`,
`awareness.js`, `auth.js`) and, for a client that asked for `paraph.1`, ours: saved 100, refused 101, role 102, epoch
103. `Receipts` counts a connection's updates as `paraph.1` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from collab import awareness
from collab.errors import Malformed
from collab.lib0 import read_bytes, read_uint, write_bytes, write_string, write_uint

PARAPH = "paraph.1"

_SYNC, _AWARENESS, _AUTH, _QUERY = 0, 1, 2, 3
_SAVED, _REFUSED, _ROLE, _EPOCH = 100, 101, 102, 103
_STEP_1, _STEP_2, _UPDATE = 0, 1, 2
_DENIED = 0

_ASKED, _ANSWERED, _TYPED = (bytes((_SYNC, step)) for step in (_STEP_1, _STEP_2, _UPDATE))
_PRESENT, _PRESENCE_ASKED, _KEPT = (bytes((kind,)) for kind in (_AWARENESS, _QUERY, _SAVED))


@dataclass(frozen=True, slots=True)
class StepOne:
    """The client's state vector: it asks for what it lacks."""

    vector: bytes


class Brought(NamedTuple):
    """An update. `whole` tells that it answers the server's state vector. Unreadable bytes are an update too."""

    update: bytes
    whole: bool


@dataclass(frozen=True, slots=True)
class Presence:
    states: list[awareness.State]


@dataclass(frozen=True, slots=True)
class PresenceAsked:
    """The client wants to know who is there."""


@dataclass(frozen=True, slots=True)
class Other:
    """A kind of message that is not ours to understand."""

    kind: int


Message = StepOne | Brought | Presence | PresenceAsked | Other


def read(message: bytes) -> Message:
    """What a client says. Raises `Malformed`; never for an update, which is counted before it is refused."""
    try:
        return _read(message)
    except IndexError as error:
        raise Malformed("cut short") from error


def typed(message: bytes) -> bytes | None:
    """The update of a message that brings a short one, as nearly all do: its length is one byte. Else None."""
    size = len(message) - 3
    if size < 128 and message[:2] == _TYPED and size >= 0 and message[2] == size:
        return message[3:]
    return None


def is_presence(message: bytes) -> bool:
    """Whether it tells or asks who is where: nothing that an update before it could change."""
    return message[:1] in (_PRESENT, _PRESENCE_ASKED)


def _read(message: bytes) -> Message:
    kind, at = read_uint(message, 0)
    if kind == _SYNC:
        return _read_sync(message, at)
    if kind == _AWARENESS:
        return Presence(awareness.read(read_bytes(message, at)[0]))
    return PresenceAsked() if kind == _QUERY else Other(kind)


def _read_sync(message: bytes, at: int) -> Message:
    step, at = read_uint(message, at)
    if step == _STEP_1:
        return StepOne(_only(message, at))
    if step not in (_STEP_2, _UPDATE):
        raise Malformed("unknown sync step")
    try:
        return Brought(_only(message, at), step == _STEP_2)
    except (IndexError, Malformed):
        return Brought(b"", step == _STEP_2)


def _only(message: bytes, at: int) -> bytes:
    data, at = read_bytes(message, at)
    if at != len(message):
        raise Malformed("more than one message")
    return data


def sync_step_1(vector: bytes) -> bytes:
    return _ASKED + write_bytes(vector)


def sync_step_2(update: bytes) -> bytes:
    return _ANSWERED + write_bytes(update)


def sync_update(update: bytes) -> bytes:
    return _TYPED + write_bytes(update)


def presence(states: Iterable[awareness.State]) -> bytes:
    return _PRESENT + write_bytes(awareness.write(states))


def denied(detail: str) -> bytes:
    """y-websocket's one word for no."""
    return write_uint(_AUTH) + write_uint(_DENIED) + write_string(detail)


def saved(vector: bytes, n: int) -> bytes:
    return _KEPT + write_bytes(vector) + write_uint(n)


def refused(n: int, code: str, detail: str) -> bytes:
    return write_uint(_REFUSED) + write_uint(n) + write_string(code) + write_string(detail)


def role(role: str) -> bytes:
    return write_uint(_ROLE) + write_string(role)


def epoch(epoch: int) -> bytes:
    return write_uint(_EPOCH) + write_uint(epoch)


class Receipts:
    """What became of each update of one connection, counted from 1 in the order sent.

    An update waits for the journal, or lacks something and waits for the whole that the client will bring; else it is
    dealt with: kept, empty, known before, or refused.
    """

    __slots__ = ("_count", "_lacking", "_waiting")

    def __init__(self) -> None:
        self._count = 0
        self._waiting: dict[int, None] = {}
        self._lacking: list[int] = []

    def count(self) -> int:
        """One more came; its number."""
        self._count += 1
        return self._count

    def wait(self, n: int) -> None:
        """It waits for the journal."""
        self._waiting[n] = None

    def lack(self, n: int) -> None:
        """It waits for the whole."""
        self._waiting[n] = None
        self._lacking.append(n)

    @property
    def lacking(self) -> int:
        """How many updates wait for the whole."""
        return len(self._lacking)

    def settle(self, n: int) -> None:
        """It is dealt with."""
        self._waiting.pop(n, None)

    def fulfil(self, n: int) -> list[int]:
        """A whole was the answer to everything that lacked something before it: these share its fate."""
        shared = [lacking for lacking in self._lacking if lacking < n]
        for lacking in shared:
            self._waiting.pop(lacking, None)
        self._lacking = [lacking for lacking in self._lacking if lacking > n]
        return shared

    @property
    def waiting(self) -> bool:
        """Some are not dealt with yet."""
        return bool(self._waiting)

    @property
    def dealt(self) -> int:
        """The first `dealt` updates are dealt with."""
        return next(iter(self._waiting)) - 1 if self._waiting else self._count
