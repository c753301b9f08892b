"""A document that other processes have open too.

The log is the truth and its order settles everything. This room follows it: when a bell rings, when somebody comes in,
every few seconds, and before it judges an update that does not fit what it knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from collab.awareness import State
from collab.errors import SlowDown
from collab.journal.group_commit import Journal
from collab.journal.past import Opening
from collab.room.delivery import LONGEST_QUEUE, Delivery, Item
from collab.room.member import Member
from collab.room.ports import Bell, Keeper
from collab.room.room import Room
from review.ports import Clock

MOST_UNSURE = 10_000
"""Updates that may wait in one room until the tail of the log is read."""


class SharedRoom(Room):
    def __init__(
        self,
        document: str,
        epoch: int,
        journal: Journal[Item],
        clock: Clock,
        opening: Opening,
        keeper: Keeper,
        bell: Bell,
    ) -> None:
        super().__init__(document, epoch, journal, clock, opening, keeper)
        self._bell = bell
        self._unsure: list[Delivery] = []
        self._unsure_size = 0
        self._looked = False
        self._tried = 0.0

    def join(self, member: Member) -> None:
        super().join(member)
        self._bell.ask(self.document)
        self.look()

    def written(self, items: Sequence[Item]) -> None:
        super().written(items)
        self._bell.ring(self.document, self._line.head)

    # What others wrote -----------------------------------------------------------------------------------------

    def heard(self, seq: int) -> None:
        """Somebody rang: the log has an entry of this number."""
        self._journal.heard(self._line, seq)

    def unseen(self, before: float) -> bool:
        """Whether nobody has seen the log since that time of the loop, or sees it now."""
        return self._line.sure < before and self._line.quiet

    @property
    def last_look(self) -> float:
        """The loop's time at which the log was seen, or could not be."""
        return max(self._line.sure, self._tried)

    def look(self) -> None:
        """Read the tail."""
        self._tried = asyncio.get_running_loop().time()
        self._journal.look(self._line)

    async def catch_up(self) -> None:
        """Until the room stands where the log stood when this was called. Raises `Unavailable`."""
        await self._journal.catch_up(self._line)

    @property
    def _sure(self) -> bool:
        """The tail was read just now; or storage does not answer, then nobody has to wait to hear that."""
        return self._looked or bool(self._held)

    def _take(self, came: Delivery) -> None:
        if self._unsure and not self._sure:
            self._look_first(came)
        else:
            super()._take(came)

    def _accept(self, came: Delivery, item: Item) -> None:
        """Whose a client id is that nobody claimed here, the log knows."""
        if item.row.claims and not (self._sure or came.looked):
            self._look_first(came)
        else:
            super()._accept(came, item)

    def _lacks(self, came: Delivery) -> None:
        if self._sure or came.looked:
            super()._lacks(came)
        else:
            self._look_first(came)

    def _look_first(self, came: Delivery) -> None:
        if self._unsure_size + len(came.update) > LONGEST_QUEUE or len(self._unsure) >= MOST_UNSURE:
            came.member.refuse(came.n, came.whole, SlowDown())
            return
        came.member.receipts.wait(came.n)
        self._unsure.append(came)
        self._unsure_size += len(came.update)
        self.look()

    def looked(self) -> None:
        """Now it is known what is known: judge what waited for that."""
        unsure, self._unsure, self._unsure_size = self._unsure, [], 0
        self._looked = True
        try:
            for came in unsure:
                self._try(came._replace(looked=True))
        finally:
            self._looked = False

    def held(self, why: str) -> None:
        super().held(why)
        self.looked()

    def _say(self, person: str, states: Sequence[State]) -> None:
        self._bell.say(self.document, person, states)
