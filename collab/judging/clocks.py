"""Whose client ids write in a document, and how far each has come: what an update must continue.

A client id belongs to the person who used it first; one that nobody has used, to the person who is there with it:
everybody present sees it before its first word. `kept` is what the journal holds, `expected` what it will hold
once everything that waits for it is written. An update is judged against what is expected, and is news as long as
the journal does not hold it. Every update that passes continues its clients' clocks and refers to known structs
only, so that nothing of it can stay pending in any replica.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush

from collab.errors import ForeignClient, Incomplete, Malformed
from collab.update import CLOCKS, Range, Reference, Update

RECENT = 256
"""Deletions that are remembered because a client may say them back: pycrdt's provider sends on all that it is told."""


class Clocks:
    __slots__ = ("_announced", "_claims", "_deleted", "_expected", "_kept", "_owners")

    def __init__(self, owners: Mapping[int, str], clocks: Mapping[int, int]) -> None:
        self._owners, self._kept, self._expected = dict(owners), dict(clocks), dict(clocks)
        self._claims: dict[int, str] = {}
        self._deleted: deque[Range] = deque(maxlen=RECENT)
        self._announced: Callable[[int], str | None] = _nobody

    def heed(self, announced: Callable[[int], str | None]) -> None:
        """From now on a client id that nobody writes under is kept for the person who is there with it."""
        self._announced = announced

    def judge(self, update: Update, person: str) -> tuple[int, ...]:
        """The client ids that the person claims with this update. Raises `ForeignClient`, `Incomplete`, `Malformed`."""
        claims: list[int] = []
        fresh: dict[int, int] = {}
        for client, start, length in update.ranges:
            have = self._expected.get(client, 0)
            if start + length <= have:
                continue
            if self._owner(client, person, claims) != person:
                raise ForeignClient(client)
            if start > have:
                raise Incomplete(client, have)
            fresh[client] = start + length
        if update.references:
            self._check_references(update.references, fresh)
        if update.deletions:
            self._check_deletions(update.deletions, fresh)
        return tuple(claims)

    def overlap(self, update: Update) -> dict[int, int]:
        """How far those clients will have come of which the update repeats something."""
        expected = self._expected
        return {client: expected[client] for client, start, _ in update.ranges if start < expected.get(client, 0)}

    def check_owners(self, update: Update, person: str) -> None:
        """Raises `ForeignClient` for structs of somebody else's client that are not kept."""
        for client, start, length in update.ranges:
            if start + length > self._kept.get(client, 0) and not self.may_use(client, person):
                raise ForeignClient(client)

    def _owner(self, client: int, person: str, claims: list[int]) -> str:
        owner = self._owners.get(client) or self._claims.get(client)
        if owner is None:
            claims.append(client)
            return self._announced(client) or person
        return owner

    def _check_references(self, references: Sequence[Reference], fresh: Mapping[int, int]) -> None:
        tangled = False
        for client, clock, by, at in references:
            if clock < self._expected.get(client, 0):
                continue
            if clock >= fresh.get(client, 0):
                raise Incomplete(client, clock)
            if client != by:
                tangled = True
            elif clock >= at:
                raise Malformed("refers to what comes later")
        if tangled:
            _untangle(references, fresh, self._expected)

    def _check_deletions(self, deletions: Sequence[Range], fresh: Mapping[int, int]) -> None:
        for client, clock, length in deletions:
            if clock + length > max(self._expected.get(client, 0), fresh.get(client, 0)):
                raise Incomplete(client, clock)

    def is_news(self, update: Update) -> bool:
        """Whether it brings structs that are not kept yet. Deletions are not looked at."""
        return any(start + length > self._kept.get(client, 0) for client, start, length in update.ranges)

    def deletes(self, update: Update) -> bool:
        """Whether it deletes something that was not deleted a moment ago."""
        return any(not covers(self._beside(asked), (asked,)) for asked in update.deletions)

    def _beside(self, asked: Range) -> list[Range]:
        """What was deleted a moment ago where this is to be deleted."""
        by, low, length = asked
        end = low + length
        return [known for known in self._deleted if known[0] == by and known[1] < end and low < known[1] + known[2]]

    def expect(self, update: Update, person: str) -> None:
        """The update waits to be kept."""
        for client, start, length in update.ranges:
            if start + length > self._expected.get(client, 0):
                self._expected[client] = start + length
                if client not in self._owners:
                    self._claims[client] = person

    def keep(self, update: Update, person: str) -> None:
        """The journal holds the update."""
        if update.deletions:
            self._deleted.extend(update.deletions)
        for client, start, length in update.ranges:
            end = start + length
            if end > self._kept.get(client, 0):
                self._kept[client] = end
                self._owners.setdefault(client, person)
                self._claims.pop(client, None)
            if end > self._expected.get(client, 0):
                self._expected[client] = end

    def fall_back(self) -> None:
        """Nothing that waited will be kept."""
        self._expected = dict(self._kept)
        self._claims.clear()

    def is_of(self, client: int, person: str) -> bool:
        """Whether the person writes under this client id, or will."""
        return (self._owners.get(client) or self._claims.get(client)) == person

    def may_use(self, client: int, person: str) -> bool:
        """Whether nobody else writes under this client id, or is there with it."""
        return (self._owners.get(client) or self._claims.get(client) or self._announced(client) or person) == person

    @property
    def owners(self) -> dict[int, str]:
        """Whose the client ids in the journal are."""
        return dict(self._owners)

    def kept(self, clients: Iterable[int] | None = None) -> dict[int, int]:
        """How far these clients, or all, have come in the journal."""
        if clients is None:
            return dict(self._kept)
        return {client: self._kept[client] for client in clients if client in self._kept}


def _nobody(client: int) -> None:
    return None


def _untangle(references: Sequence[Reference], fresh: Mapping[int, int], known: Mapping[int, int]) -> None:
    """Raises `Malformed` unless the structs of several new clients can be integrated one after another.

    Each client goes as far as it can and waits for the struct it lacks; whoever comes past it wakes it up.
    """
    needs: dict[int, list[Reference]] = defaultdict(list)
    for reference in references:
        if reference.clock >= known.get(reference.client, 0) and reference.by != reference.client:
            needs[reference.by].append(reference)
    for lacking in needs.values():
        lacking.sort(key=lambda reference: -reference.at)
    reached = {client: known.get(client, 0) for client in fresh}
    waiting: dict[int, list[tuple[int, int]]] = defaultdict(list)
    ready = list(fresh)
    while ready:
        client = ready.pop()
        lacking = needs[client]
        while lacking and lacking[-1].clock < reached[lacking[-1].client]:
            lacking.pop()
        reached[client] = lacking[-1].at if lacking else fresh[client]
        if lacking:
            heappush(waiting[lacking[-1].client], (lacking[-1].clock, client))
        while waiting[client] and waiting[client][0][0] < reached[client]:
            ready.append(heappop(waiting[client])[1])
    if any(needs.values()):
        raise Malformed("refers in a circle")


def covers(known: Sequence[Range], asked: Sequence[Range]) -> bool:
    """Whether every range asked for lies within what is known."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for client, clock, length in sorted(known):
        joined = spans.setdefault(client, [])
        if joined and joined[-1][1] >= clock:
            joined[-1] = (joined[-1][0], max(joined[-1][1], clock + length))
        else:
            joined.append((clock, clock + length))
    return all(_within(spans.get(client, ()), clock, clock + length) for client, clock, length in asked)


def _within(spans: Sequence[tuple[int, int]], low: int, high: int) -> bool:
    at = bisect_right(spans, (low, CLOCKS)) - 1
    return low == high or (at >= 0 and high <= spans[at][1])
