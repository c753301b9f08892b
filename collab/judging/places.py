"""Where every struct of a document stands: in a text, among an element's children, as an attribute's value.

An update names its structs' neighbours, not what they are. One that puts letters between elements, or an element into
a text, is well-formed for Yjs and makes every editor that loads the document fail. So a room remembers of each struct
the kind of its place, the element that it is in and the neighbours it was written between, a few bytes for what
libraries hold as one block, and lets in what the schema allows there. Neighbours in two places are refused: which of
them counts, libraries do not agree on. So are those that were never neighbours (`order`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from collab.errors import BadSchema, Malformed
from collab.judging import codes
from collab.judging.client_places import TAKEN, TEXT, ClientPlaces
from collab.judging.codes import NUMBER, checked, is_among_letters, is_nowhere, recognised, siblings_of
from collab.judging.order import AT_ONCE, Limits, Order, Placing
from collab.judging.resolving import Placed, Resolving
from collab.update import CLOCKS, Content, Id, Range, Struct, Update
from collab.vocabulary import check_mark
from review.schema import schema


class Places:
    """The places of all structs of one document. `steps` are those that judging the last update took."""

    __slots__ = ("_clients", "_halves", "_order", "steps")

    def __init__(self) -> None:
        self._clients: dict[int, ClientPlaces] = {}
        self._halves: set[Id] = set()
        self._order = Order()
        self.steps = 0

    @classmethod
    def of(cls, whole: Update) -> Places:
        """Those of a whole document, which is taken as it is."""
        places = cls()
        places.follow(whole)
        return places

    @classmethod
    def loaded(cls, data: bytes) -> Places | None:
        """As they were dumped; None for another form, or when the schema has other names now, whose numbers differ."""
        try:
            dumped = msgspec.msgpack.decode(data, type=_Dumped)
        except msgspec.ValidationError:
            return None
        if dumped.names != codes.names() + codes.attributes():
            return None
        places = cls()
        places._clients = {client: ClientPlaces.loaded(*kept) for client, kept in dumped.clients}
        places._halves.update(dumped.halves)
        return places

    def dump(self) -> bytes:
        clients = [(client, known.dump()) for client, known in self._clients.items()]
        return msgspec.msgpack.encode(_Dumped(codes.names() + codes.attributes(), clients, sorted(self._halves)))

    # What is there -------------------------------------------------------------------------------------------

    def ends(self) -> dict[int, int]:
        """How many clocks of each client are known."""
        return {client: known.end for client, known in self._clients.items()}

    def end(self, client: int) -> int:
        """How far the client's places are known."""
        known = self._clients.get(client)
        return known.end if known else 0

    def number(self, client: int) -> int:
        """What stands for the client in codes; 0 when it is not known."""
        known = self._clients.get(client)
        return known.number if known else 0

    @property
    def next_number(self) -> int:
        """That of the next new client."""
        return self._clients[next(reversed(self._clients))].number + 1 if self._clients else 1

    def at(self, id: Id) -> int | None:
        """The code of a known struct."""
        known = self._clients.get(id[0])
        if known is None or id[1] >= known.end:
            return None
        return known.code(known.run_of(id[1]))

    def is_last(self, left: Id, right: Id | None) -> bool:
        known = self._clients[left[0]]
        at = known.run_of(left[1])
        if known.end_of(at) != left[1] + 1 or known.flags[at] & TAKEN:
            return False
        if right is not None and not self.number(right[0]):
            return False  # a client that is new with this update
        return known.rights[at] == self._packed(right)

    def _packed(self, id: Id | None) -> int:
        return self.number(id[0]) << NUMBER | id[1] if id else 0

    def blocks(self, key: int) -> Iterator[Struct]:
        clients = {known.number: client for client, known in self._clients.items()}

        def id_of(packed: int) -> Id | None:
            return (clients[packed >> NUMBER], packed & (1 << NUMBER) - 1) if packed else None

        for client, known in self._clients.items():
            for at in known.standing(key):
                start, content = known.starts[at], Content.TEXT if known.flags[at] & TEXT else Content.DELETED
                beside = id_of(known.lefts[at]), id_of(known.rights[at])
                yield Struct(client, start, known.end_of(at) - start, content, *beside, None, None, None)

    def split_at(self, client: int, clock: int) -> int | None:
        """How many blocks of the client stand behind a cut before this clock; None where nothing is to be split."""
        known = self._clients.get(client)
        if known is None or clock >= known.end:
            return None
        at = known.run_of(clock)
        if known.starts[at] == clock or is_nowhere(known.codes[at]):
            return None
        return len(known.starts) - at - 1

    # What comes ----------------------------------------------------------------------------------------------

    def follow(self, update: Update) -> bool:
        """What a whole document, or somebody else, brings that is not known yet; it is taken as it is.

        Whether something of what was there is nowhere now.
        """
        placed = Resolving(self, update, recognised).placed()
        self._order.take_back()
        self.doubt(placed)
        self.add(placed, update.halves)
        return self._bury(update.deletions)

    def doubt(self, placed: Placed) -> None:
        """It was not put in order here, or others wrote since: its lists are put in order anew when they are needed."""
        if self._order.lists:
            codes_of = (new.code(at) for new in placed.new.values() for at in range(len(new.codes)))
            self._order.forget(map(siblings_of, codes_of))

    def _bury(self, deletions: Iterable[Range]) -> bool:
        """What is in deleted elements is nowhere: of the document only what is new tells that it is collected."""
        buried: set[int] = set()
        for client, clock, length in deletions:
            if known := self._clients.get(client):
                buried.update(known.unmake(clock, clock + length))
        if buried:
            for known in self._clients.values():
                known.empty(buried)
        return bool(buried)

    def judge(self, update: Update, limits: Limits | None = AT_ONCE) -> Placed:
        """Where the new structs of the update will stand. Raises `BadSchema`, `Malformed`, `TooDear`, `Laborious`.

        The update must continue all clocks: `Clocks.judge` comes before. What is not added before the next one is
        judged was never written. Without limits it is the server's own, made in good order.
        """
        order = self._order
        if order.unsettled:
            order.take_back()
        self.steps = 0
        if longer := self._typed(update):
            return Placed(longer)
        for root in update.roots:
            if root != schema().root:
                raise BadSchema("root", root)
        for mark in update.marks:
            check_mark(mark)
        self._check_halves(update)
        _check_values(update)
        if limits is None:
            placed = Resolving(self, update, checked).placed()
            self.doubt(placed)
            return placed
        placing = Placing(order, self, limits, len(update.structs))
        try:
            return Resolving(self, update, checked, placing).placed()
        finally:
            self.steps = placing.steps

    def _typed(self, update: Update) -> tuple[int, int] | None:
        """More text behind what its author typed last, without surrogates, and how far: what nearly every update is."""
        if len(update.structs) != 1 or update.deletions or update.halves or self._halves:
            return None
        client, clock, length, content, left, right, *_ = update.structs[0]
        known = self._clients.get(client)
        if content is not Content.TEXT or known is None or left != (client, clock - 1) or clock != known.end:
            return None
        if known.flags[-1] != TEXT or not is_among_letters(known.codes[-1]):
            return None
        if known.rights[-1] != (self._packed(right) if right else 0):
            return None
        if self._order.lists:
            self._order.go_on(siblings_of(known.code(-1)), client, clock, clock + length)
        return client, clock + length

    def _check_halves(self, update: Update) -> None:
        """Nothing cuts a sign in two: libraries do not agree on what is left of it."""
        halves = self._halves | set(update.halves) if update.halves else self._halves
        if not halves:
            return
        cuts = [(client, clock + end) for client, clock, length in update.deletions for end in (0, length)]
        cuts += [(struct.left[0], struct.left[1] + 1) for struct in update.structs if struct.left]
        cuts += [struct.right for struct in update.structs if struct.right]
        if not halves.isdisjoint(cuts):
            raise Malformed("a sign cut in two")

    def add(self, placed: Placed, halves: Iterable[Id] = ()) -> None:
        """These structs are there now."""
        if self._order.unsettled:
            self._order.settle()
        if placed.longer:
            self._clients[placed.longer[0]].end = placed.longer[1]
            return
        self._halves.update(halves)
        for client, new in placed.new.items():
            if known := self._clients.get(client):
                known.extend(new)
            else:
                self._clients[client] = new
        for client, clocks in placed.cuts.items():
            self._split(client, clocks)
        for client, clock in placed.beside:
            self._clients[client].take(clock)

    def _split(self, client: int, clocks: Sequence[int]) -> None:
        known = self._clients[client]
        if self._order.lists:
            for clock in clocks:
                if siblings := self._order.get(siblings_of(known.code(known.run_of(clock)))):
                    siblings.split(client, clock)
        known.split(clocks)

    def cut(self, ends: Mapping[int, int]) -> None:
        """Forget what stands from these clocks on."""
        self._order = Order()
        for client, known in list(self._clients.items()):
            end = ends.get(client, 0)
            if known.end > end and not known.cut(end):
                del self._clients[client]
        self._halves = {(client, clock) for client, clock in self._halves if clock < ends.get(client, 0)}


def _check_values(update: Update) -> None:
    """An attribute has one value. Several come once all are deleted: Yjs fails where only a part of them is."""
    gone: Sequence[Range] | None = None
    for client, clock, length, content, *_ in update.structs:
        if content is Content.VALUE and length > 1:
            gone = sorted(update.deletions) if gone is None else gone
            at = bisect_right(gone, (client, clock, CLOCKS)) - 1
            if at < 0 or gone[at].client != client or sum(gone[at][1:]) < clock + length:
                raise BadSchema("content", "values")


class _Dumped(msgspec.Struct, frozen=True, array_like=True):
    """Places as they are kept beside a document: of each client what `ClientPlaces.dump` tells."""

    names: tuple[str, ...]
    clients: list[tuple[int, tuple[int, int, tuple[bytes, bytes], tuple[bytes, bytes, bytes], bytes]]]
    halves: list[Id]
