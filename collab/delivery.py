"""An update on its way through a room: as a client brought it, and as it waits for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from collab.member import Member
from collab.places import Run
from collab.row import Row
from collab.update import Update


class Delivery(NamedTuple):
    """An update as a member's client brought it, its n-th."""

    member: Member
    update: bytes
    n: int
    whole: bool


@dataclass(eq=False, slots=True)
class Item:
    """An update on its way to disk: read, and who waits for it."""

    row: Row
    read: Update
    runs: Sequence[Run] = ()
    member: Member | None = None
    n: int = 0
    whole: bool = False
    done: asyncio.Future[None] | None = None
