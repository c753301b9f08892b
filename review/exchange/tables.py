"""Tables between pandoc's tree and content. A head is the leading rows of header cells, a stub the leading columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from review.content import Node, Text
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
    """The `Table` element; `blocks` writes what a cell holds."""
    rows = [row for row in table.content if isinstance(row, Node)]
    head = list(takewhile(_is_head, rows))
    body = rows[len(head) :]
    stub = min((_stub(row) for row in body), default=0)
    return element(
        "Table",
        attr(),
        [None, []],
        _specs(rows),
        [attr(), [_written(row, blocks) for row in head]],
        [[attr(), stub, [], [_written(row, blocks) for row in body]]],
        [attr(), []],
    )


def cells_of(row: Node) -> list[Node]:
    return [cell for cell in row.content if isinstance(cell, Node)]


def span(cell: Node, side: str) -> int:
    value = cell.attrs.get(side, 1)
    return value if isinstance(value, int) else 1


def _is_head(row: Node) -> bool:
    return all(cell.type == "tableHeader" for cell in cells_of(row))


def _stub(row: Node) -> int:
    return len(list(takewhile(lambda cell: cell.type == "tableHeader", cells_of(row))))


def _specs(rows: Sequence[Node]) -> list[Any]:
    count = max((sum(span(cell, "colspan") for cell in cells_of(row)) for row in rows), default=1)
    widths = _widths(rows[0], count) if rows else []
    return [
        [element(_side(rows, at)), element("ColWidth", width) if width else element("ColWidthDefault")]
        for at, width in enumerate(widths)
    ]


def _side(rows: Sequence[Node], column: int) -> str:
    """The alignment on which all cells of a column agree: simple tables have no other place for it."""
    sides = {str(cells[column].attrs.get("align")) for row in rows if column < len(cells := cells_of(row))}
    return CELL_SIDE_OF.get(sides.pop(), "AlignDefault") if len(sides) == 1 else "AlignDefault"


def _widths(first: Node, count: int) -> list[float]:
    """Shares of the page, when the first row says all of them; zeros otherwise."""
    pixels: list[int] = []
    for cell in cells_of(first):
        widths = cell.attrs.get("colwidth")
        pixels += widths if isinstance(widths, tuple) else ()
    if len(pixels) != count or not all(pixels):
        return [0.0] * count
    return [width / max(PAGE_WIDTH, sum(pixels)) for width in pixels]


def _written(row: Node, blocks: Callable[[Node], list[Any]]) -> list[Any]:
    return [attr(), [_written_cell(cell, blocks) for cell in cells_of(row)]]


def _written_cell(cell: Node, blocks: Callable[[Node], list[Any]]) -> list[Any]:
    side = element(CELL_SIDE_OF.get(str(cell.attrs.get("align")), "AlignDefault"))
    return [attr(), side, span(cell, "rowspan"), span(cell, "colspan"), blocks(cell)]


def is_plain(cell: Node) -> bool:
    """Whether a cell is a single line: then it is written without paragraphs, as simple tables want it."""
    return len(cell.content) == 1 and not isinstance(cell.content[0], Text) and cell.content[0].type == "paragraph"
