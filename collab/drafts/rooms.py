"""All drafts of this process, and who is in them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from collab import protocol
from collab.drafts.drafts import Drafts, TellMended, nobody
from collab.history.compactor import Work
from collab.journal.ports import Log, Shelf
from collab.room.member import RESTARTING, Member, Standing
from collab.room.ports import Wire
from collab.room.room import Room
from review.ports import Clock


class Rooms(Drafts):
    def __init__(
        self,
        log: Log,
        clock: Clock,
        epoch: int = 0,
        shelf: Shelf | None = None,
        work: Work | None = None,
        mended: TellMended = nobody,
    ) -> None:
        super().__init__(log, clock, epoch, shelf, work, mended)
        self._inbox: list[tuple[Room, Member, bytes]] = []
        self._members: dict[Member, Room] = {}

    async def join(
        self,
        document: str,
        person: str,
        standing: Standing,
        wire: Wire,
        *,
        paraph: bool,
        reads_only: bool = False,
        card: Mapping[str, str] = MappingProxyType({}),
    ) -> Member:
        """A connection of this person comes in. Hand its messages to `receive`, and tell `leave` when it ends."""
        room = await self._room(document)
        member = Member(person, standing, wire, paraph, reads_only=reads_only, card=card)
        room.join(member)
        self._members[member] = room
        return member

    def receive(self, member: Member, message: bytes) -> None:
        """What a member's client says. Raises `Malformed` for what is no message at all.

        What is typed is heard when a commit is near: several updates in a row cost half of what each costs by itself,
        because the processor forgets in between what it needs for one.
        """
        room = self._members[member]
        if member.writes and (typed := protocol.typed(message)) is not None:
            self._inbox.append((room, member, typed))
            self._journal.gather()
        else:
            if not protocol.is_presence(message):
                self._hear()
            room.receive(member, message)

    def _hear(self) -> None:
        inbox, self._inbox = self._inbox, []
        for room, member, typed in inbox:
            if not member.gone:
                room.take(member, typed)

    def leave(self, member: Member) -> None:
        self._hear()
        room = self._members.pop(member)
        room.audience.leave(member)
        self._rest(room)

    def fade(self, member: Member) -> None:
        """Nothing is heard of the member's client: it is shown to nobody until it is heard again."""
        if room := self._members.get(member):
            room.audience.fade(member)

    def set_role(self, document: str, person: str, standing: Standing) -> None:
        """At once, on the person's open connections; an empty role ends them."""
        self._hear()
        if room := self._awake(document):
            room.audience.set_standing(person, standing)

    def people(self, document: str) -> set[str]:
        """Who is connected now."""
        room = self._awake(document)
        return {member.person for member in room.audience.members} if room else set()

    def awake(self) -> list[str]:
        """Documents with somebody in them."""
        return [document for document in self._open if self.people(document)]

    async def close_all(self, seconds: float = 5.0) -> None:
        """Let what waits be written, tell everybody to come back, and forget all rooms."""
        await self._close(seconds)
        for room in [room for document in list(self._open) if (room := self._awake(document))]:
            room.audience.drop_all(RESTARTING, "restarting")
            room.close()
        self._open.clear()
