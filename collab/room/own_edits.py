"""What the server writes into a draft itself, in somebody's name: judged and made durable like anybody's update."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from collab.document.aside import edit_aside
from collab.document.draft import Draft, new_client
from collab.document.merging import merge
from collab.errors import NotSaved
from collab.journal.row import Kind
from review.errors import Trouble

EDIT_WAIT = 10.0
"""Seconds an edit waits for others, for its turn and for the disk before its caller hears `NotSaved`."""

R = TypeVar("R")


class Room(Protocol):
    @property
    def draft(self) -> Draft: ...

    async def open_to_edits(self) -> None:
        """Until an update can be judged. Raises `NotSaved`."""
        ...

    def queue_own(self, kind: Kind, author: str, brought: bytes, done: asyncio.Future[None]) -> None:
        """Hand it to the journal, which writes it soon; then it is done."""
        ...


class OwnEdits:
    """Of one room, one after another."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._client = new_client()
        self._turn = asyncio.Lock()

    @property
    def going_on(self) -> bool:
        return self._turn.locked()

    async def edit(self, author: str, change: Callable[[Draft], R], kind: Kind = Kind.SERVER) -> R:
        """Let `change` edit a copy and write the difference, in the author's name.

        Of a large draft in another thread: `change` touches nothing but its copy. Raises `NotSaved`, and what `change`
        raises; then nothing was written, or, when storage answered too late, it still may be.
        """
        try:
            async with asyncio.timeout(EDIT_WAIT) as time, self._turn:
                await self._room.open_to_edits()
                result, edits = await edit_aside(self._room.draft, self._client, change)
                if edits:
                    await self._room.open_to_edits()  # another document may stand there, or a long update is judged
                    await self._write(kind, author, merge(edits))
                return result
        except TimeoutError as error:
            if not time.expired():
                raise
            raise NotSaved(Trouble.AWAY) from error

    async def _write(self, kind: Kind, author: str, brought: bytes) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._room.queue_own(kind, author, brought, done)
        try:
            await done
        finally:
            if not done.done() or done.cancelled() or done.exception():  # its clocks may still be written
                self._client = new_client()
