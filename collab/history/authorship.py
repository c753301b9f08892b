"""Who wrote which words of a draft, and when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from collab.history.elements import Piece, elements
from collab.journal.stretches import Stretch
from collab.update import Id, read


@dataclass(frozen=True, slots=True)
class Run:
    """Code points `start` to `end` of a block. `by` is a person's id, empty for the system itself.

    `at` is when the author began to write there; None, as is then `by`, where the journal has lost it.
    """

    start: int
    end: int
    by: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Block:
    id: str
    runs: tuple[Run, ...]


def authorship(state: bytes, ids: Sequence[str | None], stretches: Iterable[Stretch]) -> list[Block]:
    """Of a whole state; `ids` are those of its elements in reading order. Blocks without a word are left out."""
    update = read(state)
    hands, halves = _Hands(stretches), _Halves(update.halves)
    blocks: list[Block] = []
    for id, pieces in zip(ids, elements(update), strict=True):
        runs = tuple(_runs(pieces, hands, halves))
        if id is not None and runs:
            blocks.append(Block(id, runs))
    return blocks


class _Hands:
    """Stretches by client and clock."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self._by_client: dict[int, list[Stretch]] = {}
        for stretch in stretches:
            self._by_client.setdefault(stretch.client, []).append(stretch)
        for found in self._by_client.values():
            found.sort(key=lambda stretch: stretch.start)
        self._starts = {client: [one.start for one in found] for client, found in self._by_client.items()}

    def of(self, client: int, start: int, end: int) -> Iterator[tuple[int, int, Stretch | None]]:
        """The clocks in parts, each of one stretch, or of none."""
        found = self._by_client.get(client, [])
        at = max(bisect_right(self._starts.get(client, []), start) - 1, 0)
        for stretch in map(found.__getitem__, range(at, len(found))):
            low, high = max(start, stretch.start), min(end, stretch.end)
            if stretch.start >= end:
                break
            if low < high:
                if start < low:
                    yield start, low, None
                yield low, high, stretch
                start = high
        if start < end:
            yield start, end, None


class _Halves:
    """Signs beyond U+FFFF take two clocks and are one code point."""

    def __init__(self, halves: Iterable[Id]) -> None:
        self._by_client: dict[int, list[int]] = {}
        for client, clock in sorted(halves):
            self._by_client.setdefault(client, []).append(clock)

    def points(self, client: int, start: int, end: int) -> int:
        clocks = self._by_client.get(client, ())
        return end - start - (bisect_left(clocks, end) - bisect_left(clocks, start))


def _runs(pieces: Iterable[Piece | None], hands: _Hands, halves: _Halves) -> Iterator[Run]:
    at = 0
    last: Run | None = None
    for run, length in _signed(pieces, hands, halves):
        if run is None:
            at += 1
            continue
        new = Run(at, at + length, run[0], run[1])
        at += length
        if last and (last.end, last.by, last.at) == (new.start, new.by, new.at):
            last = Run(last.start, new.end, new.by, new.at)
            continue
        if last:
            yield last
        last = new
    if last:
        yield last


_Signature = tuple[str | None, datetime | None]


def _signed(pieces: Iterable[Piece | None], hands: _Hands, halves: _Halves) -> Iterator[tuple[_Signature | None, int]]:
    """Who wrote so many code points; None for what is an element."""
    for piece in pieces:
        if piece is None:
            yield None, 1
            continue
        for start, end, stretch in hands.of(*piece):
            length = halves.points(piece[0], start, end)
            if length:
                yield (_signature(stretch), length)


def _signature(stretch: Stretch | None) -> _Signature:
    return (stretch.author, datetime.fromtimestamp(stretch.at / 1000, UTC)) if stretch else (None, None)
