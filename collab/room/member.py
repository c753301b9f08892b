"""One connection to a room: a person's client, what it may do now, and what became of what it sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from collab import protocol
from collab.errors import Malformed, NotSaved, Refusal
from collab.protocol import Receipts
from collab.room.ports import Wire
from collab.update import write_vector

MOST_BEHIND = 8 * 1024 * 1024
"""Bytes a client may be behind before it is dropped; it comes back and starts from its state vector."""

CHECKED_EVERY = 256 * 1024
"""Bytes after which it is looked how far behind a client is."""

MOST_LACKING = 1000
"""Updates that may wait for the whole their client was asked for."""

MOST_HOLLOW = 3
"""How often in a row a client may answer the server's state vector with something incomplete; the next is refused."""

GONE, RESTARTING, SLOW, FAILED = 4403, 1012, 1012, 1011


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is on a document: the role's word, empty for nobody any more, and whether it writes now."""

    role: str
    writes: bool


@dataclass(eq=False, slots=True)
class Member:
    """`paraph` tells that the client asked for `paraph.1`. `clients` are the client ids it has written under.

    `card` is who others are told that the person is. `reads_only` is a connection that may not write whatever its
    person may (a token without that scope).
    """

    person: str
    standing: Standing
    wire: Wire
    paraph: bool
    receipts: Receipts = field(default_factory=Receipts)
    clients: dict[int, None] = field(default_factory=dict)
    reads_only: bool = False
    card: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False
    hollow: int = 0
    unsaved: bool = False
    gone: bool = False
    unchecked: int = 0
    spent: float = 0.0

    @property
    def writes(self) -> bool:
        return self.standing.writes and not self.reads_only

    def tell(self, message: bytes) -> bool:
        """Send, unless the client is too far behind: then drop it. Whether it was sent."""
        if self.gone:
            return False
        self.unchecked += len(message)
        if self.unchecked > CHECKED_EVERY and self._is_behind():
            self.drop(SLOW, "too slow")
            return False
        self.wire.send(message)
        return True

    def _is_behind(self) -> bool:
        self.unchecked = 0
        return self.wire.backlog() > MOST_BEHIND

    def charge(self, seconds: float) -> None:
        """Its updates took so much of the processor's time in another thread."""
        self.spent += seconds

    def drop(self, code: int, reason: str) -> None:
        if not self.gone:
            self.gone = True
            self.wire.close(code, reason)

    def lack(self, n: int, whole: bool, vector: Callable[[], bytes]) -> None:
        """Update n follows what is not here: ask for the whole, once, unless its answers never hold it."""
        self.hollow += whole
        if self.hollow > MOST_HOLLOW or self.receipts.lacking >= MOST_LACKING:
            self.refuse(n, whole, Malformed("refers to what nobody has"))
            return
        self.receipts.lack(n)
        if not self.waits:
            self.waits = True
            self.tell(protocol.sync_step_1(vector()))

    def tell_epoch(self, epoch: int) -> None:
        if self.paraph:
            self.tell(protocol.epoch(epoch))

    def tell_role(self) -> None:
        if self.paraph:
            self.tell(protocol.role(self.standing.role))

    def tell_saved(self, clocks: dict[int, int]) -> None:
        if self.paraph:
            self.tell(protocol.saved(write_vector(clocks), self.receipts.dealt))

    def settle(self, n: int, whole: bool) -> list[int]:
        """Update n is dealt with, and with a whole all that lacked something before it: their numbers."""
        self.receipts.settle(n)
        return [*self.receipts.fulfil(n), n] if whole else [n]

    def refuse(self, n: int, whole: bool, refusal: Refusal) -> None:
        """Update n is not taken, nor with a whole what waited for it: none of them may be called saved."""
        self.unsaved |= isinstance(refusal, NotSaved)
        for number in self.settle(n, whole):
            self.tell_refused(number, refusal)

    def tell_refused(self, n: int, refusal: Refusal) -> None:
        if self.paraph:
            self.tell(protocol.refused(n, refusal.code, refusal.detail))
        else:
            detail = f": {refusal.detail}" if refusal.detail else ""
            self.tell(protocol.denied(f"{refusal.code}{detail}"))
