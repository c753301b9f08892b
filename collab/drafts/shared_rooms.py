"""All drafts of one of several processes: each open one follows what the others write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from heapq import nsmallest

from collab.awareness import State
from collab.drafts.drafts import TellMended, nobody
from collab.drafts.rooms import Rooms
from collab.history.compactor import Work
from collab.journal.past import Opening
from collab.journal.ports import Log, Shelf
from collab.room.own_edits import EDIT_WAIT
from collab.room.ports import Bell
from collab.room.room import Room
from collab.room.shared_room import SharedRoom
from review.errors import Unavailable
from review.ports import Clock

TURN = 0.1
"""Seconds between two turns of looking for what was written without a ring."""

MOST_LOOKS = 150
"""Documents that are looked at in one turn: six thousand of them in four seconds."""


class SharedRooms(Rooms):
    def __init__(
        self,
        log: Log,
        clock: Clock,
        bell: Bell,
        epoch: int = 0,
        shelf: Shelf | None = None,
        work: Work | None = None,
        mended: TellMended = nobody,
    ) -> None:
        super().__init__(log, clock, epoch, shelf, work, mended)
        self._bell = bell

    async def follow(self, pause: Callable[[], float]) -> None:
        """For ever: look into the log of each document with members that nobody has seen for `pause` seconds."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TURN)
            self._look(loop.time() - pause(), MOST_LOOKS)

    # Heard from the others -------------------------------------------------------------------------------------

    def heard(self, document: str, seq: int) -> None:
        """The document's log has an entry of this number."""
        task = self._open.get(document)
        if task is not None and not task.done():
            task.add_done_callback(lambda _: self.heard(document, seq))
        elif (room := self._shared(document)) and room.audience.members:
            room.heard(seq)

    def look_everywhere(self) -> None:
        """Rings may have been missed."""
        self._look(asyncio.get_running_loop().time(), len(self._open))

    def _look(self, before: float, most: int) -> None:
        """Into the logs that nobody has seen since that time of the loop, `most` of them: the longest unseen."""
        unseen = (room for room in self._visited() if room.unseen(before))
        for room in nsmallest(most, unseen, key=lambda room: room.last_look):
            room.look()

    def relay(self, document: str, node: str, person: str, states: Sequence[State]) -> None:
        """What the process `node` heard from clients of this person."""
        if (room := self._shared(document)) and room.audience.members:
            room.audience.relay(node, person, states)

    def say_all(self, document: str | None = None) -> None:
        """Tell the others who is where, in this document or in all."""
        for room in self._visited():
            if document in (None, room.document):
                room.audience.say_again()

    def forget(self, node: str) -> None:
        """That process is gone."""
        for document in list(self._open):
            if room := self._shared(document):
                room.audience.forget(node)

    # Rooms -----------------------------------------------------------------------------------------------------

    def _visited(self) -> Iterator[SharedRoom]:
        for document in list(self._open):
            if (room := self._shared(document)) and room.audience.members:
                yield room

    def _shared(self, document: str) -> SharedRoom | None:
        room = self._awake(document)
        return room if isinstance(room, SharedRoom) else None

    def _new_room(self, document: str, opening: Opening) -> Room:
        return SharedRoom(document, self._epoch, self._journal, self._clock, opening, self, self._bell)

    async def _fresh(self, document: str) -> Room:
        room = await self._room(document)
        if isinstance(room, SharedRoom):
            try:
                async with asyncio.timeout(EDIT_WAIT):
                    await room.catch_up()
            except TimeoutError as error:
                raise Unavailable("the log of a draft does not answer") from error
        return room

    async def _seq(self, document: str) -> int:
        return await self._journal.head(document)
