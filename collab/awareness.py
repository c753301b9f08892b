"""Who is in a document and where: the awareness states of its members, as y-protocols keeps them. Never journaled.

A member speaks for client ids of its own only. Other entries of its messages, which honest clients repeat too, fall
away in silence. What a member said disappears when it leaves. Who it is, its client does not say but the server.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from collab.errors import Malformed
from collab.lib0 import read_string, read_uint, write_string, write_uint

LARGEST_STATE = 8 * 1024
MOST_CLIENTS = 8
"""Client ids that one connection speaks for at a time."""

MOST_STATES = 256
"""States that are heard of one message; an honest client's own come first, and the rest are what it was told."""

GONE = "null"


class State(NamedTuple):
    """`said` is JSON; `null` tells that the client is not there any more."""

    client: int
    clock: int
    said: str


@dataclass(slots=True)
class _Present:
    state: State
    member: object
    person: str


def read(message: bytes) -> list[State]:
    """The first states of an awareness update; what follows them is not looked at. Raises `Malformed`."""
    states: list[State] = []
    try:
        size, at = read_uint(message, 0)
        for _ in range(min(size, MOST_STATES)):
            client, at = read_uint(message, at)
            clock, at = read_uint(message, at)
            said, at = read_string(message, at)
            states.append(State(client, clock, said))
    except IndexError as error:
        raise Malformed("cut short") from error
    return states


def write(states: Iterable[State]) -> bytes:
    written = [write_uint(client) + write_uint(clock) + write_string(said) for client, clock, said in states]
    return write_uint(len(written)) + b"".join(written)


class Awareness:
    """The states of one room."""

    __slots__ = ("_clients", "_present")

    def __init__(self) -> None:
        self._present: dict[int, _Present] = {}
        self._clients: defaultdict[object, dict[int, None]] = defaultdict(dict)

    @property
    def states(self) -> list[State]:
        return [present.state for present in self._present.values()]

    def person_of(self, client: int) -> str | None:
        """Who is there with this client id."""
        present = self._present.get(client)
        return present.person if present else None

    def said_by(self, members: Container[object]) -> list[tuple[str, State]]:
        """What these have said, each with its person."""
        return [(present.person, present.state) for present in self._present.values() if present.member in members]

    def hear(
        self,
        member: object,
        person: str,
        states: Iterable[State],
        own: Callable[[int], bool],
        card: Mapping[str, str] = MappingProxyType({}),
    ) -> list[State]:
        """What is new of what the member says. `own` tells whether a client id is the person's.

        `card` is who the person is: `name` and whatever else nobody claims for themselves.
        """
        news: dict[int, State] = {}
        for state in states:
            if self._speaks(member, person, state, own) and (said := _checked(state.said, {**card, "id": person})):
                news[state.client] = self._note(_Present(state._replace(said=said), member, person))
        return list(news.values())

    def _speaks(self, member: object, person: str, state: State, own: Callable[[int], bool]) -> bool:
        present = self._present.get(state.client)
        mine = present is not None and present.member == member
        if not mine and state.said != GONE and len(self._clients.get(member, ())) >= MOST_CLIENTS:
            return False
        if present is None:
            return state.said != GONE and own(state.client)
        return present.person == person and own(state.client) and _follows(present, member, state)

    def relay(self, node: object, person: str, states: Iterable[State]) -> list[State]:
        """What is new of what another process heard from clients of this person; it has checked them."""
        news: list[State] = []
        for state in states:
            present = self._present.get(state.client)
            stranger = present is not None and present.person != person
            if not stranger and (_follows(present, node, state) if present else state.said != GONE):
                news.append(self._note(_Present(state, node, person)))
        return news

    def _note(self, present: _Present) -> State:
        state = present.state
        self._drop(state.client)
        if state.said != GONE:
            self._present[state.client] = present
            self._clients[present.member][state.client] = None
        return state

    def _drop(self, client: int) -> None:
        if (before := self._present.pop(client, None)) is None:
            return
        clients = self._clients[before.member]
        del clients[client]
        if not clients:
            del self._clients[before.member]

    def forget(self, member: object) -> list[State]:
        """The member is gone: the states that tell so."""
        clients = self._clients.pop(member, {})
        return [self._present.pop(client).state._replace(said=GONE) for client in clients]


def _follows(present: _Present, member: object, state: State) -> bool:
    """Whether the member's word counts after what is known: a newer clock does, or a client that came back by another
    connection; but nobody takes away what another connection has said since.
    """
    if state.said == GONE:
        return state.clock >= present.state.clock and (present.member == member or state.clock > present.state.clock)
    return state.clock > present.state.clock or (state.clock == present.state.clock and present.member != member)


def _checked(said: str, card: Mapping[str, str]) -> str | None:
    """The state as JSON of our own writing, None when it is none or too large. Its `user` bears what the card says."""
    if said == GONE:
        return said
    if len(said) > LARGEST_STATE:
        return None
    try:
        state: Any = msgspec.json.decode(said)
    except (msgspec.DecodeError, RecursionError):
        return None
    user = state.get("user") if isinstance(state, dict) else None
    if isinstance(user, dict):
        user.update(card)
    return msgspec.json.encode(state).decode()
