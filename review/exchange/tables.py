"""Tables between pandoc's tree and content. A head is the leading rows of header cells, a stub the leading columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any

from review.content import Node, Text
from review.exchange.grid import Place, cells_of, grid
from review.exchange.pandoc import CELL_SIDE_OF, CELL_SIDES, PAGE_WIDTH, Elements, attr, element
from review.schema import Value

Inner = Callable[[Elements], tuple[Node, ...]]


@dataclass(frozen=True, slots=True)
class _Column:
    side: str | None
    width: int | None


def read(content: Any, inner: Inner) -> Iterator[Node]:
    """The table of a `Table` element, after its caption as a paragraph of its own. `inner` reads a cell's blocks."""
    _, (_, caption), specs, head, bodies, foot = content
    columns = [_column(*spec) for spec in specs]
    if caption:
        yield from inner(caption)
    rows = [_row(row, columns, inner, heads=len(columns)) for row in head[1]]
    for _, stub, middle, body in bodies:
        rows += [_row(row, columns, inner, heads=len(columns)) for row in middle]
        rows += [_row(row, columns, inner, heads=stub) for row in body]
    rows += [_row(row, columns, inner, heads=0) for row in foot[1]]
    rows = [row for row in rows if row.content]
    if rows:
        yield Node("table", content=tuple(rows))


def _column(side: Mapping[str, Any], width: Mapping[str, Any]) -> _Column:
    fraction = width["c"] if width["t"] == "ColWidth" else None
    return _Column(CELL_SIDES.get(side["t"]), round(fraction * PAGE_WIDTH) if fraction else None)


def _row(row: Any, columns: Sequence[_Column], inner: Inner, heads: int) -> Node:
    """Columns that a row span above takes are not tracked: alignment is then the cell's own."""
    cells, at = [], 0
    for cell in row[1]:
        cells.append(_cell(cell, columns[at:], inner, "tableHeader" if at < heads else "tableCell"))
        at += cell[3]
    return Node("tableRow", content=tuple(cells))


def _cell(cell: Any, columns: Sequence[_Column], inner: Inner, kind: str) -> Node:
    _, side, rowspan, colspan, blocks = cell
    covered = columns[:colspan]
    align = CELL_SIDES.get(side["t"]) or (covered[0].side if covered else None)
    widths = tuple(column.width for column in covered if column.width)
    attrs: dict[str, Value] = {"colspan": colspan, "rowspan": rowspan}
    attrs |= {"align": align} if align else {}
    attrs |= {"colwidth": widths} if widths and len(widths) == colspan else {}
    return Node(kind, attrs, inner(blocks))


def write(table: Node, blocks: Callable[[Node], list[Any]]) -> dict[str, Any]:
    """The `Table` element; `blocks` writes what a cell holds. Raises `TableTooWide`."""
    rows = [row for row in table.content if isinstance(row, Node)]
    head = list(takewhile(_is_head, rows))
    body = rows[len(head) :]
    stub = min((_stub(row) for row in body), default=0)
    (head_rows, body_rows), edges = grid(head, body)
    return element(
        "Table",
        attr(),
        [None, []],
        _specs([*head_rows, *body_rows], edges),
        [attr(), [_written(row, blocks) for row in head_rows]],
        [[attr(), min(stub, len(edges) - 1), [], [_written(row, blocks) for row in body_rows]]],
        [attr(), []],
    )


def _is_head(row: Node) -> bool:
    return all(cell.type == "tableHeader" for cell in cells_of(row))


def _stub(row: Node) -> int:
    return len(list(takewhile(lambda cell: cell.type == "tableHeader", cells_of(row))))


def _specs(rows: Sequence[Sequence[Place]], edges: Sequence[int]) -> list[Any]:
    sides = _sides(rows, len(edges) - 1)
    widths = _widths(rows[0] if rows else (), edges)
    return [
        [element(side), element("ColWidth", width) if width else element("ColWidthDefault")]
        for side, width in zip(sides, widths, strict=True)
    ]


def _sides(rows: Sequence[Sequence[Place]], count: int) -> list[str]:
    """The alignment on which all cells of a column agree: simple tables have no other place for it."""
    found: list[set[str]] = [set() for _ in range(count)]
    for row in rows:
        for place in row:
            if place.node is not None and place.wide == 1:
                found[place.column].add(str(place.node.attrs.get("align")))
    return [CELL_SIDE_OF.get(min(sides), "AlignDefault") if len(sides) == 1 else "AlignDefault" for sides in found]


def _widths(first: Sequence[Place], edges: Sequence[int]) -> list[float]:
    """Shares of the page, when the first row says all of them; zeros otherwise."""
    pixels: list[int] = []
    for place in first:
        told = place.node.attrs.get("colwidth") if place.node is not None else None
        pixels += told if isinstance(told, tuple) else ()
    if len(pixels) != edges[-1] or not all(pixels):
        return [0.0] * (len(edges) - 1)
    return [sum(pixels[low:high]) / max(PAGE_WIDTH, sum(pixels)) for low, high in pairwise(edges)]


def _written(row: Sequence[Place], blocks: Callable[[Node], list[Any]]) -> list[Any]:
    return [attr(), [_written_cell(place, blocks) for place in row]]


def _written_cell(place: Place, blocks: Callable[[Node], list[Any]]) -> list[Any]:
    if place.node is None:
        return [attr(), element("AlignDefault"), place.high, place.wide, []]
    side = element(CELL_SIDE_OF.get(str(place.node.attrs.get("align")), "AlignDefault"))
    return [attr(), side, place.high, place.wide, blocks(place.node)]


def is_plain(cell: Node) -> bool:
    """Whether a cell is a single line: then it is written without paragraphs, as simple tables want it."""
    return len(cell.content) == 1 and not isinstance(cell.content[0], Text) and cell.content[0].type == "paragraph"
