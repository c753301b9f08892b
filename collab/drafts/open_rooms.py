"""Which drafts of this process are open: opened once when somebody needs them, put to sleep when nobody does.

What they write goes into one journal; where that has become long, it is compacted.
"""

from __future__ import annotations

import asyncio
import logging

from collab.errors import Unreadable
from collab.history.compactor import Compactor, InThread, Work
from collab.history.replay import sound
from collab.journal.archive import Pressed
from collab.journal.group_commit import Journal
from collab.journal.past import Opening, Past
from collab.journal.ports import Log, Shelf
from collab.room.delivery import Item
from collab.room.pace import Pace
from collab.room.room import Room
from review.ports import Clock

ASLEEP_AFTER = 60.0
"""Seconds without members before a document is put to sleep."""

logger = logging.getLogger(__name__)


class OpenRooms:
    """`epoch` counts how often this office's store was restored from a backup: clients of another one start afresh.

    With a `shelf` long journals are compacted, by `work`. `turn` is had by one long update at a time, of all drafts.
    """

    def __init__(self, log: Log, clock: Clock, epoch: int, shelf: Shelf | None, work: Work | None) -> None:
        self._past = Past(log, shelf)
        self._journal: Journal[Item] = Journal(log, self._past.open, self._hear)
        self._compactor = Compactor(self._past, work or InThread(), self._compacted)
        self._clock, self._epoch = clock, epoch
        self._open: dict[str, asyncio.Task[Room]] = {}
        self._sleep: dict[str, asyncio.TimerHandle] = {}
        self.turn, self.pace = asyncio.Lock(), Pace()

    def _hear(self) -> None:
        """A commit is near: take what has come and waits to be judged."""

    async def _fresh(self, document: str) -> Room:
        """The room as the journal has it now."""
        return await self._room(document)

    async def _seq(self, document: str) -> int:
        room = self._awake(document)
        return room.seq if room else await self._journal.head(document)

    def _new_room(self, document: str, opening: Opening) -> Room:
        return Room(document, self._epoch, self._journal, self._clock, opening, self)

    def _awake(self, document: str) -> Room | None:
        task = self._open.get(document)
        opened = task is not None and task.done() and not task.cancelled() and task.exception() is None
        return task.result() if task and opened else None

    async def _room(self, document: str) -> Room:
        if handle := self._sleep.pop(document, None):
            handle.cancel()
        task = self._open.get(document)
        if task is None:
            task = self._open[document] = asyncio.create_task(self._wake(document))
            task.add_done_callback(lambda done: self._opened(document, done))
        room = await asyncio.shield(task)
        self._rest(room)
        return room

    def _opened(self, document: str, task: asyncio.Task[Room]) -> None:
        if task.cancelled() or task.exception():
            self._open.pop(document, None)
        else:
            self._rest(task.result())

    async def _wake(self, document: str) -> Room:
        opening = await self._past.open(document)
        try:
            room = self._new_room(document, opening)
        except Unreadable as error:
            logger.warning("draft %s cannot be replayed to its end: %s", document, error.why)
            room = self._new_room(document, await sound(self._past, document, opening))
        if room.tail.long:
            self.grown(document)
        return room

    def grown(self, document: str) -> None:
        """The document's journal has become long."""
        self._compactor.want(document)

    def lost(self, document: str, room: object) -> None:
        """This room does not say what its journal says: whoever comes now opens the document anew."""
        awake = self._awake(document)
        if awake is None or awake is not room:
            return
        if handle := self._sleep.pop(document, None):
            handle.cancel()
        awake.close()
        del self._open[document]

    def _compacted(self, document: str, pressed: Pressed | None) -> None:
        """What is in no segment yet counts with the next one."""
        if room := self._awake(document):
            room.compacted(pressed)
            if room.tail.long:
                self.grown(document)

    def _rest(self, room: Room) -> None:
        """Put the room to sleep some time after it was last needed, unless it was lost."""
        if self._awake(room.document) is not room:
            return
        if handle := self._sleep.pop(room.document, None):
            handle.cancel()
        if not room.audience.members:
            loop = asyncio.get_running_loop()
            self._sleep[room.document] = loop.call_later(ASLEEP_AFTER, self._fall_asleep, room)

    def _fall_asleep(self, room: Room) -> None:
        self._sleep.pop(room.document, None)
        if not room.idle:
            self._rest(room)
            return
        room.close()
        self._open.pop(room.document, None)

    @property
    def compacting(self) -> bool:
        """Whether a journal is being compacted, or waits for it."""
        return self._compactor.busy

    async def _close(self, seconds: float) -> None:
        """Let what waits be written; from now on nothing falls asleep."""
        await self._compactor.close()
        await self._journal.close(seconds)
        for handle in self._sleep.values():
            handle.cancel()
