"""An update on its way through a room: as a client brought it, and as it waits for the disk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import NamedTuple

from collab.journal.row import Row
from collab.judging.resolving import NOT_PLACED, Placed
from collab.room.member import Member
from collab.update import Update


class Delivery(NamedTuple):
    """An update as a member's client brought it, its n-th. `looked` tells that the log was looked into for it."""

    member: Member
    update: bytes
    n: int
    whole: bool
    looked: bool = False


LARGEST = 4 * 1024 * 1024
"""Bytes of one update."""

LONGEST_QUEUE = 16 * 1024 * 1024
"""Bytes that wait for the journal in one room before it asks to slow down."""

MOST_WAITING = 20_000
"""Updates that wait so: what is typed holds a hundred times its bytes in memory."""

LONG = 8 * 1024
"""Bytes of an update from which on it is read and judged in another thread."""

MOST, MOST_CLIENTS = 250_000, 1000
"""Structs of one update, and client ids of one update and of one connection."""


@dataclass(eq=False, slots=True)
class Item:
    """An update on its way to disk: read, and who waits for it."""

    row: Row
    read: Update
    placed: Placed = NOT_PLACED
    member: Member | None = None
    n: int = 0
    whole: bool = False
    done: asyncio.Future[None] | None = None
