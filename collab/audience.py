"""Who is in a room: they hear what is sent to all, and where each of the others is."""

from __future__ import annotations

from collections.abc import Sequence

from collab import protocol
from collab.awareness import Awareness, State
from collab.clocks import Clocks
from collab.member import GONE, Member, Standing


class Audience:
    """Of one document. `_clocks` tell whose a client id is."""

    _clocks: Clocks

    def __init__(self) -> None:
        self.members: dict[Member, None] = {}
        self._awareness = Awareness()

    def leave(self, member: Member) -> None:
        """The connection is gone; so is its awareness."""
        member.gone = True
        if member in self.members:
            del self.members[member]
            self.fade(member)

    def fade(self, member: Member) -> None:
        """Its awareness goes, until its client says something of it again."""
        if gone := self._awareness.forget(member):
            self._tell_presence(member, gone)

    def set_standing(self, person: str, standing: Standing) -> None:
        """From now on; on every connection of the person."""
        for member in [member for member in self.members if member.person == person]:
            if member.standing == standing:
                continue
            member.standing = standing
            member.tell_role()
            if not standing.role:
                member.drop(GONE, "not a member any more")
                self.leave(member)

    def drop_all(self, code: int, reason: str) -> None:
        for member in list(self.members):
            member.drop(code, reason)
            self.leave(member)

    def _hear(self, member: Member, states: Sequence[State]) -> None:
        def own(client: int) -> bool:
            return self._clocks.may_use(client, member.person)

        if news := self._awareness.hear(member, member.person, states, own, member.card):
            self._tell_presence(member, news)

    def _tell_presence(self, member: Member, states: Sequence[State]) -> None:
        self._tell_all(protocol.presence(states), but=member)

    def _tell_all(self, message: bytes, but: Member | None = None) -> None:
        for member in list(self.members):
            if member is not but and not member.tell(message):
                self.leave(member)
