"""A table's cells on their grid: what spans, what is missing, what would stick out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from review.content import Node
from signing.errors import TableTooWide

MAX_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """`node` is None where the source has a hole."""

    x: int
    y: int
    colspan: int
    rowspan: int
    node: Node | None


@dataclass(frozen=True, slots=True)
class Grid:
    """`head` rows from the top hold header cells only; `widths` are pixels, None = equal share."""

    cells: tuple[Cell, ...]
    widths: tuple[int | None, ...]
    head: int


def grid(table: Node) -> Grid:
    """Raises `TableTooWide`. Spans are cut to the rows that exist, and no span leaves the head."""
    rows = [[cell for cell in row.content if isinstance(cell, Node)] for row in table.content if isinstance(row, Node)]
    head = _head(rows)
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        last = head if y < head else len(rows)
        cells.extend(_row(row, y, last, taken, table.id or ""))
    columns = max((x for x, _ in taken), default=0) + 1
    holes = ((x, y) for y in range(len(rows)) for x in range(columns) if (x, y) not in taken)
    cells.extend(Cell(x, y, 1, 1, None) for x, y in holes)
    cells.sort(key=lambda cell: (cell.y, cell.x))
    return Grid(tuple(cells), _widths(cells, columns), head)


def _row(row: Sequence[Node], y: int, last: int, taken: set[tuple[int, int]], block: str) -> list[Cell]:
    cells, x = [], 0
    for node in row:
        while (x, y) in taken:
            x += 1
        wide = _span(node, "colspan")
        if x + wide > MAX_COLUMNS:
            raise TableTooWide(block, x + wide)
        free = next((n for n in range(wide) if (x + n, y) in taken), wide)
        tall = min(_span(node, "rowspan"), last - y)
        taken.update((x + dx, y + dy) for dx in range(free) for dy in range(tall))
        cells.append(Cell(x, y, free, tall, node))
        x += free
    return cells


def _span(node: Node, name: str) -> int:
    value: Any = node.attrs.get(name, 1)
    return max(1, int(value))


def _head(rows: Sequence[Sequence[Node]]) -> int:
    """A table made of nothing but header cells has no head: its body would be empty."""
    full = [bool(row) and all(cell.type == "tableHeader" for cell in row) for row in rows]
    return 0 if all(full) else full.index(False)


def _widths(cells: Sequence[Cell], columns: int) -> tuple[int | None, ...]:
    widths: list[int | None] = [None] * columns
    for cell in cells:
        given = cell.node.attrs.get("colwidth") if cell.node else None
        if isinstance(given, tuple):
            for at, width in enumerate(given[: cell.colspan]):
                widths[cell.x + at] = widths[cell.x + at] or max(width, 1)
    known = [width for width in widths if width]
    fallback = sum(known) // len(known) if known else None
    return tuple(width or fallback for width in widths)
