"""Tables as an Excel workbook. Imported where it is needed: its library is dear to load and seldom asked for."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from review.report import harmless
from review.signs import written

MAX_CELL, MAX_TITLE = 32_000, 31


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of a page's width, as in print."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


def workbook(tables: Sequence[Table]) -> bytes:
    """One sheet a table, its head frozen. No value is ever taken for a formula."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        sheet = book.create_sheet(table.title[:MAX_TITLE])
        assert isinstance(sheet, Worksheet)
        _fill(sheet, table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, table: Table) -> None:
    for y, values in enumerate((table.head, *table.rows), 1):
        for x, value in enumerate(harmless(values), 1):
            cell = sheet.cell(y, x)
            assert isinstance(cell, Cell)
            cell.value, cell.data_type = _printable(value), "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=y == 1)
    for x, width in enumerate(table.widths, 1):
        sheet.column_dimensions[get_column_letter(x)].width = 4 + 3 * width
    sheet.freeze_panes = "A2"


def _printable(value: str) -> str:
    """XML 1.0 cannot carry every sign, and a cell no more than 32,767 of them."""
    return written(value)[:MAX_CELL]
