"""Who is in a room: they hear what is sent to all, and where each of the others is."""

from __future__ import annotations

from collections.abc import Sequence

from collab import protocol
from collab.awareness import Awareness, State
from collab.judging.clocks import Clocks
from collab.room.member import GONE, Member, Standing


class Audience:
    """Of one document. `_clocks` tell whose a client id is."""

    _clocks: Clocks

    def __init__(self) -> None:
        self.members: dict[Member, None] = {}
        self._awareness = Awareness()

    def leave(self, member: Member) -> None:
        """The connection is gone; so is its awareness."""
        self._part([member])

    def _part(self, leaving: Sequence[Member]) -> None:
        """One message tells the others that these are gone; who cannot be told is gone as well."""
        while leaving:
            gone = [state for member in leaving for state in self._forget(member)]
            leaving = self._tell(protocol.presence(gone)) if gone else ()

    def _forget(self, member: Member) -> Sequence[State]:
        """Where it was."""
        member.gone = True
        if member not in self.members:
            return ()
        del self.members[member]
        return self._awareness.forget(member)

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
        members = list(self.members)
        for member in members:
            member.drop(code, reason)
        self._part(members)

    def _hear(self, member: Member, states: Sequence[State]) -> None:
        def own(client: int) -> bool:
            return self._clocks.may_use(client, member.person)

        if news := self._awareness.hear(member, member.person, states, own, member.card):
            self._tell_presence(member, news)

    def _tell_presence(self, member: Member, states: Sequence[State]) -> None:
        self._tell_all(protocol.presence(states), but=member)

    def _tell_all(self, message: bytes, but: Member | None = None) -> None:
        self._part(self._tell(message, but))

    def _tell(self, message: bytes, but: Member | None = None) -> list[Member]:
        """Those who are too far behind to be told."""
        return [member for member in list(self.members) if member is not but and not member.tell(message)]
