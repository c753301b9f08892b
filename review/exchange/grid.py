"""Where the cells of a table stand, whatever spans they ask for: no two at one place, and no place without a cell.

A span counts by what it covers: one cell over a hundred columns is a table of one column. Linear in cells and columns.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from review.content import Node
from review.errors import TableTooWide

MOST_COLUMNS = 40
"""As many as a printed page holds; Word stops at 63."""

_Taken = tuple[int, int, int]
"""First column, the one behind the last, and the row from which on they are free."""


@dataclass(frozen=True, slots=True)
class Place:
    """`node` is None where the table has a hole."""

    node: Node | None
    column: int
    wide: int
    high: int


def cells_of(row: Node) -> list[Node]:
    return [cell for cell in row.content if isinstance(cell, Node)]


def grid(*parts: Sequence[Node]) -> tuple[list[list[list[Place]]], list[int]]:
    """The rows of each part, and where its columns begin and the last one ends, in columns as the spans count them.

    No span reaches beyond its part. Raises `TableTooWide`.
    """
    asked = [list(_asked(rows)) for rows in parts]
    edges = sorted({0} | {edge for rows in asked for row in rows for place in row for edge in _edges(place)})
    edges = edges if len(edges) > 1 else [0, 1]
    if len(edges) - 1 > MOST_COLUMNS:
        raise TableTooWide("", len(edges) - 1)
    return [list(_filled(rows, edges)) for rows in asked], edges


def _edges(place: Place) -> tuple[int, int]:
    return place.column, place.column + place.wide


def _span(cell: Node, side: str) -> int:
    value = cell.attrs.get(side, 1)
    return value if isinstance(value, int) else 1


def _asked(rows: Sequence[Node]) -> Iterator[list[Place]]:
    """Each cell at the first free place of its row, as wide as there is room and as high as there are rows."""
    taken: list[_Taken] = []
    for y, row in enumerate(rows):
        cells, taken = cells_of(row), [known for known in taken if known[2] > y]
        if len(cells) + len(taken) > MOST_COLUMNS:
            raise TableTooWide("", len(cells) + len(taken))
        places = list(_beside(cells, taken, len(rows) - y))
        taken = sorted([*taken, *((*_edges(place), y + place.high) for place in places)])
        yield places


def _beside(cells: Sequence[Node], taken: Sequence[_Taken], rows: int) -> Iterator[Place]:
    x = at = 0
    for cell in cells:
        while at < len(taken) and taken[at][0] <= x:
            x, at = max(x, taken[at][1]), at + 1
        room = taken[at][0] - x if at < len(taken) else _span(cell, "colspan")
        place = Place(cell, x, min(_span(cell, "colspan"), room), min(_span(cell, "rowspan"), rows))
        yield place
        x += place.wide


def _filled(rows: Sequence[Sequence[Place]], edges: Sequence[int]) -> Iterator[list[Place]]:
    """The rows in columns that are really there, with an empty cell in every hole."""
    taken: list[_Taken] = []
    for y, row in enumerate(rows):
        places = [_real(place, edges) for place in row]
        taken = [known for known in taken if known[2] > y]
        standing = sorted([*taken, *((*_edges(place), y + place.high) for place in places)])
        yield sorted([*places, *_holes(standing, len(edges) - 1)], key=lambda place: place.column)
        taken = standing


def _real(place: Place, edges: Sequence[int]) -> Place:
    first, behind = (bisect_left(edges, edge) for edge in _edges(place))
    return Place(place.node, first, behind - first, place.high)


def _holes(standing: Sequence[_Taken], columns: int) -> Iterator[Place]:
    x = 0
    for start, end, _ in [*standing, (columns, columns, 0)]:
        if start > x:
            yield Place(None, x, start - x, 1)
        x = max(x, end)
