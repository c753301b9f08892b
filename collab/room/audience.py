"""Who is in a room: they hear what is sent to all, and where each of the others is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from collab import protocol
from collab.awareness import Awareness, State
from collab.room.member import GONE, Member, Standing


class Audience:
    """Of one document. `may_use` tells whether a client id is a person's.

    `say` tells those who are elsewhere where a person of this audience is.
    """

    def __init__(self, may_use: Callable[[int, str], bool], say: Callable[[str, Sequence[State]], None]) -> None:
        self.members: dict[Member, None] = {}
        self.awareness = Awareness()
        self._may_use, self._say = may_use, say

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
        if gone := self.awareness.forget(member):
            self._say(member.person, gone)
        return gone

    def fade(self, member: Member) -> None:
        """Its awareness goes, until its client says something of it again."""
        if gone := self.awareness.forget(member):
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

    def tell_all(self, message: bytes, but: Member | None = None) -> None:
        self._part(self._tell(message, but))

    def hear(self, member: Member, states: Sequence[State]) -> None:
        """A member's client says where it is."""

        def own(client: int) -> bool:
            return self._may_use(client, member.person)

        if news := self.awareness.hear(member, member.person, states, own, member.card):
            self._tell_presence(member, news)

    def _tell_presence(self, member: Member, states: Sequence[State]) -> None:
        self.tell_all(protocol.presence(states), but=member)
        self._say(member.person, states)

    def _tell(self, message: bytes, but: Member | None = None) -> list[Member]:
        """Those who are too far behind to be told."""
        return [member for member in list(self.members) if member is not but and not member.tell(message)]

    # Who is where, elsewhere -----------------------------------------------------------------------------------

    def say_again(self) -> None:
        """All that this audience's own members have said."""
        for person, state in self.awareness.said_by(self.members):
            self._say(person, [state])

    def relay(self, node: str, person: str, states: Sequence[State]) -> None:
        """What was heard from clients of this person on another node."""
        own = [state for state in states if self._may_use(state.client, person)]
        if news := self.awareness.relay(node, person, own):
            self.tell_all(protocol.presence(news))

    def forget(self, node: str) -> None:
        """Another node is gone, and with it who was there."""
        if gone := self.awareness.forget(node):
            self.tell_all(protocol.presence(gone))
