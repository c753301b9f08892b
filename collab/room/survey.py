"""Finds out where everything stands in a room's document, for a long one in another thread.

That takes seconds where tens of thousands of paragraphs were never compacted. It begins when the first comes who may
write: readers cost nothing. What is written before it has ended waits for it, as it waits for anything else that takes
long in this room.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field

from collab.document.aside import LARGE, in_thread
from collab.document.draft import Draft
from collab.judging.places import Places
from collab.judging.resolving import Placed
from collab.update import Update, read, write_vector

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Since:
    """What others wrote since somebody is at work: under which clients, and whether all may stand elsewhere now.

    `next_number` was the number that a new client would have got then.
    """

    next_number: int = 0
    clients: set[int] = field(default_factory=set)
    all_changed: bool = False


class Survey:
    """`look` gives the document as the journal has it. `size` are the bytes that wait for the end."""

    __slots__ = ("_after", "_changes", "_dumped", "_failed", "_look", "_occupant", "_places", "_since", "_task", "size")

    def __init__(self, look: Callable[[], Draft]) -> None:
        self._look = look
        self._dumped: bytes | None = None
        self._places: Places | None = None
        self._failed: Exception | None = None
        self._task: asyncio.Task[Exception | None] | None = None
        self._occupant: asyncio.Task[None] | None = None
        self._after: deque[tuple[Callable[[], None], int]] = deque()
        self._since = _Since()
        self._changes: list[Callable[[], None]] = []
        self.size = 0

    @property
    def places(self) -> Places:
        """Once it is `ready`. Raises what went wrong."""
        if self._failed:
            raise self._failed
        assert self._places is not None
        return self._places

    def start_from(self, dumped: bytes | None) -> None:
        """There is a snapshot with these places now; they count when they are not known yet."""
        self._dumped = dumped

    def start_again(self, dumped: bytes | None) -> None:
        """Another document stands there. Who waits goes on waiting."""
        self.close()
        self._since.all_changed = True
        self._changes.clear()
        self._dumped, self._places, self._failed = dumped, None, None
        self._go_on()

    def prepare(self) -> None:
        """Somebody may write soon: a long document is begun with."""
        if self._untouched:
            places, state = self._unknown()
            if len(state) >= LARGE:
                self._begin(places, state)

    def ready(self) -> bool:
        """Whether places are known now and nobody is at work; else they are being found."""
        if self._occupant is not None:
            return False
        if self._places is not None:
            return True
        if self._untouched:
            places, state = self._unknown()
            if len(state) >= LARGE:
                self._begin(places, state)
            else:
                places.follow(read(state))
                self._places = places
        return self._task is None

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._after)

    @property
    def at_work(self) -> bool:
        return self._occupant is not None or bool(self._after)

    @property
    def _untouched(self) -> bool:
        return self._places is None and self._task is None and self._failed is None

    async def found(self) -> None:
        """Until it is ready. Raises what went wrong with what it waited for."""
        while not self.ready():
            finding = self._task
            await asyncio.wait({task for task in (finding, self._occupant) if task})
            if finding and finding.done() and not finding.cancelled() and (error := finding.result()):
                raise error

    def then(self, act: Callable[[], None], size: int) -> None:
        """Once it is ready, in this order."""
        self._after.append((act, size))
        self.size += size

    def occupy(self, work: Coroutine[None, None, None]) -> None:
        """It is not ready before this has ended. `work` never fails."""
        assert self._occupant is None
        self._since = _Since(self.places.next_number)
        self._occupant = asyncio.create_task(self._occupied(work), name="a long update of a draft")

    async def _occupied(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        finally:
            self._occupant = None
            self._catch_up()
            self._go_on()

    def again(self, act: Callable[[], None], size: int) -> None:
        """Before all others that wait: what was judged has changed meanwhile."""
        self._after.appendleft((act, size))
        self.size += size

    def _go_on(self) -> None:
        """Whoever waits, until it is not ready again."""
        while self._after and self.ready():
            act, size = self._after.popleft()
            self.size -= size
            try:
                act()
            except Exception:  # a boundary: who waits behind it must have an answer
                logger.exception("what waited in a draft could not be done")

    def follow(self, update: Update) -> None:
        """The journal has more."""

        def follow() -> None:
            self._since.clients.update(client for client, _, _ in update.ranges)
            if self._places and self._places.follow(update):
                self._since.all_changed = True

        self._change(follow)

    def fall_back(self, kept: Mapping[int, int]) -> None:
        """What stands behind these clocks is not there after all."""

        def fall_back() -> None:
            self._since.all_changed = True
            if self._places:
                self._places.cut(kept)

        self._change(fall_back)

    def _change(self, change: Callable[[], None]) -> None:
        """Whoever is at work in another thread finds all as it was until that is done."""
        if self._occupant is None:
            change()
        else:
            self._changes.append(change)

    def _catch_up(self) -> None:
        changes, self._changes = self._changes, []
        for change in changes:
            change()

    def still_holds(self, placed: Placed) -> bool:
        """Whether what the occupant has judged, and is done with, holds although somebody else wrote meanwhile.

        It does where they wrote under other clients and took nothing away that it could stand in: what it stands
        between stays in its order. Else nothing long would ever come in beside others who write without a pause.
        """
        self._catch_up()
        since = self._since
        if since.all_changed or self.places.next_number != since.next_number:
            return False
        if since.clients and (placed.longer or not since.clients.isdisjoint(placed.new)):
            return False
        self.places.doubt(placed)
        return True

    def close(self) -> None:
        if self._task:
            self._task.cancel()
            self._task = None

    def _unknown(self) -> tuple[Places, bytes]:
        """Places known from the snapshot, and what of the document is beyond them."""
        places = (Places.loaded(self._dumped) if self._dumped else None) or Places()
        return places, self._beyond(places)

    def _beyond(self, places: Places) -> bytes:
        return self._look().since(write_vector(places.ends()))

    def _begin(self, places: Places, state: bytes) -> None:
        self._task = asyncio.create_task(self._find(places, state), name="places of a draft")

    async def _find(self, places: Places, state: bytes) -> Exception | None:
        """What went wrong."""
        failed: Exception | None = None
        try:
            await in_thread(lambda: places.follow(read(state)))
            places.follow(read(self._beyond(places)))
        except Exception as error:
            logger.exception("places of a draft could not be found")
            failed = error
        self._places, self._failed, self._task = places, failed, None
        self._go_on()
        if failed:  # whoever comes next tries again
            self._places = self._failed = None
        return failed
