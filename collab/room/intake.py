"""What clients bring to a room: read, judged, and handed to the journal, or refused."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from collab import update
from collab.document.aside import in_thread
from collab.document.draft import Draft
from collab.errors import Incomplete, NotAllowed, NotSaved, Refusal, SlowDown, TooLarge
from collab.journal.group_commit import Journal
from collab.journal.line import Line
from collab.journal.row import Kind, Row, owner_of
from collab.judging.clocks import Clocks
from collab.judging.order import ASIDE, AT_ONCE, Limits
from collab.judging.resolving import NOT_PLACED
from collab.judging.siblings import Laborious
from collab.judging.verdict import Verdict, is_news, judge, judge_again
from collab.room.delivery import (
    LARGEST,
    LONG,
    LONGEST_QUEUE,
    MOST,
    MOST_CLIENTS,
    MOST_WAITING,
    Delivery,
    Item,
)
from collab.room.folding import Folding
from collab.room.member import FAILED, Member
from collab.room.ports import Keeper
from collab.room.repeats import Repeats
from collab.room.survey import Survey
from collab.update import NOTHING, Range, Update
from review.ports import Clock

logger = logging.getLogger(__name__)

STEP = 0.0000015
"""Seconds that a step in judging is charged: three times what it takes, because everybody waits for it."""


class Intake:
    """`damage` names what is broken in the journal, `_held` why storage takes nothing now: then nothing is taken."""

    _clocks: Clocks
    _folding: Folding
    _line: Line[Item]
    _survey: Survey
    damage: str

    def __init__(self, document: str, journal: Journal[Item], clock: Clock, keeper: Keeper) -> None:
        self.document = document
        self._journal, self._clock, self._keeper = journal, clock, keeper
        self._held = ""
        self._repeats = Repeats()

    @property
    def draft(self) -> Draft:
        """The document as the journal has it. To be read, not to be edited."""
        return self._folding.draft

    def take(self, member: Member, brought: bytes) -> None:
        """An update that the member's client brings."""
        self._try(Delivery(member, brought, member.receipts.count(), False))

    def _try(self, came: Delivery) -> None:
        try:
            self._take(came)
        except Exception:  # a boundary: nobody else's updates may suffer
            self._give_up(came)

    def _give_up(self, came: Delivery) -> None:
        """In an exception's handler: by a fault of ours nothing can be said of it."""
        logger.exception("an update of draft %s could not be taken", self.document)
        came.member.drop(FAILED, "internal error")

    def _take(self, came: Delivery) -> None:
        if LONG < len(came.update) <= LARGEST:
            if came.whole and self._repeats.knows(came.update):
                self._accept(came, self._nothing(came.member, came.whole))
            else:
                self._take_long(came)
            return
        try:
            item = self._judge(came.member, came.update, came.whole)
        except Laborious:
            self._take_long(came)
        except (Incomplete, Refusal) as fault:
            self._fail(came, fault)
        else:
            if item is None:
                self._let_wait(came)
            else:
                self._accept(came, item)

    def _take_long(self, came: Delivery) -> None:
        if not self._survey.ready():
            self._let_wait(came)
            return
        came.member.receipts.wait(came.n)
        self._survey.occupy(self._ponder(came))

    def _let_wait(self, came: Delivery) -> None:
        if self._is_full(len(came.update)):
            self._fail(came, SlowDown())
            return
        came.member.receipts.wait(came.n)
        self._survey.then(lambda: self._try(came), len(came.update))

    async def _ponder(self, came: Delivery) -> None:
        """Judge it in another thread; once more if others wrote meanwhile what it may depend on."""
        try:
            async with self._keeper.turn:
                item = await self._judge_aside(came.member, came.update, came.whole)
        except (Incomplete, Refusal) as fault:
            self._fail(came, fault)
        except Exception:  # a boundary: a task
            self._give_up(came)
        else:
            if item.read is not NOTHING and not self._survey.still_holds(item.placed):
                self._survey.again(lambda: self._try(came), len(came.update))
            else:
                self._accept(came, item)

    def _fail(self, came: Delivery, fault: Incomplete | Refusal) -> None:
        if isinstance(fault, Incomplete):
            self._lacks(came)
        else:
            came.member.refuse(came.n, came.whole, fault)

    def _lacks(self, came: Delivery) -> None:
        came.member.lack(came.n, came.whole, lambda: self.draft.vector)

    def _judge(self, member: Member, brought: bytes, whole: bool) -> Item | None:
        """What may be written, `NOTHING` where all is known, None for not yet. Raises `Refusal`, `Incomplete`."""
        if len(brought) > LARGEST:
            raise TooLarge(len(brought), LARGEST)
        read = update.read(brought, MOST, MOST_CLIENTS)
        news = is_news(read, self._clocks, self._deleted(read, whole))
        if known := self._known(member, read, whole, news):
            return known
        if not self._survey.ready():
            return None
        places = self._survey.places
        try:
            verdict = judge(brought, read, member.person, self._clocks, places, self._limits())
        finally:
            if places.steps:
                self._keeper.pace.spend(places.steps)
                member.charge(places.steps * STEP)
        return self._item(verdict, member, whole)

    def _limits(self) -> Limits:
        pace = self._keeper.pace
        return AT_ONCE if pace.rested else AT_ONCE._replace(ours=pace.left())

    async def _judge_aside(self, member: Member, brought: bytes, whole: bool) -> Item:
        """The same where it takes long. Of what was read only as much is kept as is still needed."""
        read = await in_thread(lambda: update.read(brought, MOST, MOST_CLIENTS), member.charge)
        clocks, places, deleted = self._clocks, self._survey.places, self._deleted(read, whole)
        news = await in_thread(lambda: is_news(read, clocks, deleted), member.charge)
        if known := self._known(member, read, whole, news):
            if whole and not read.ranges:
                self._repeats.note(brought)
            return known
        verdict = await in_thread(lambda: judge(brought, read, member.person, clocks, places, ASIDE), member.charge)
        member.charge(verdict.placed.work * STEP)
        self._require_right(member)
        if len(verdict.news) > LONG:  # it would be read again before it is judged again
            verdict = verdict._replace(read=verdict.read._replace(references=(), structs=()))
        return self._item(verdict, member, whole)

    def _item(self, verdict: Verdict, member: Member, whole: bool) -> Item:
        if (clients := len(member.clients) + len(verdict.claims)) > MOST_CLIENTS:
            raise TooLarge(clients, MOST_CLIENTS)
        row = self._row(member.person, verdict.news, verdict.claims)
        return Item(row, verdict.read, verdict.placed, member, whole=whole)

    def _known(self, member: Member, read: Update, whole: bool, news: bool) -> Item | None:
        """An item of `NOTHING` for what brings no news. Raises `Refusal` for news that may not come now."""
        for client, _, _ in read.ranges:
            if client not in member.clients and self._clocks.is_of(client, member.person):
                member.clients[client] = None
        if not news:
            return self._nothing(member, whole)
        self._require_right(member)
        if self._is_full():
            raise SlowDown
        return None

    def _is_full(self, more: int = 0) -> bool:
        """Whether no update of so many bytes may wait."""
        waiting = len(self._line.waiting) + self._survey.waiting
        return waiting >= MOST_WAITING or self._line.size + self._survey.size + more > LONGEST_QUEUE

    def _nothing(self, member: Member, whole: bool) -> Item:
        return Item(self._row(member.person, b""), NOTHING, NOT_PLACED, member, whole=whole)

    def _require_right(self, member: Member) -> None:
        if not member.writes:
            raise NotAllowed(member.standing.role)
        self._require_storage()

    def _deleted(self, read: Update, whole: bool) -> Sequence[Range] | None:
        """What a whole may repeat."""
        return self._folding.deletions() if whole and read.deletions and not self._clocks.is_news(read) else None

    def _accept(self, came: Delivery, item: Item) -> None:
        member = came.member
        member.hollow, item.n = 0, came.n
        if item.read is NOTHING:
            member.settle(item.n, item.whole)
            member.tell_saved(self._clocks.kept(member.clients))
            return
        for client, _, _ in item.read.ranges:
            member.clients[client] = None
        member.receipts.wait(item.n)
        self._queue(item)

    def _require_storage(self) -> None:
        if self._held or self.damage:
            raise NotSaved(self._held or f"damaged: {self.damage}")

    def _row(self, author: str, brought: bytes, claims: tuple[int, ...] = (), kind: Kind = Kind.PERSON) -> Row:
        return Row(kind, author, int(self._clock().timestamp() * 1000), claims, brought)

    def _queue(self, item: Item) -> None:
        self._clocks.expect(item.read, owner_of(item.row))
        self._survey.places.add(item.placed, item.read.halves)
        self._journal.add(self._line, item)

    def _judge_again(self, item: Item) -> None:
        owner, brought, member = owner_of(item.row), item.row.update, item.member
        came = Delivery(member, brought, item.n, item.whole) if member else None
        if came and len(brought) > LONG:
            self._take(came)
            return
        if not self._survey.ready():
            self._survey.then(lambda: self._judge_again(item), len(brought))
            return
        try:
            limits = self._limits() if came else None
            verdict = judge_again(brought, item.read, owner, self._clocks, self._survey.places, limits)
        except Laborious:
            assert came
            self._take_long(came)
        except Incomplete as lack:
            if member:
                member.lack(item.n, item.whole, lambda: self.draft.vector)
            else:
                self._refuse(item, NotSaved(str(lack)))
        except Refusal as refusal:
            self._refuse(item, refusal)
        else:
            item.row = item.row._replace(claims=verdict.claims, update=verdict.news)
            item.read, item.placed = verdict.read, verdict.placed
            self._queue(item)

    def _refuse(self, item: Item, refusal: Refusal) -> None:
        if item.done and not item.done.done():
            item.done.set_exception(refusal)
        if item.member:
            item.member.refuse(item.n, item.whole, refusal)
