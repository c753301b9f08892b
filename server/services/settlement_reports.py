"""The settlement report as a file: PDF/A, Word, a spreadsheet, CSV, JSON; one set of data in five forms."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from review.calendar import office_day
from review.content import Content, Node, Text
from review.document import Document
from review.errors import NotNow
from review.exchange import Dialect
from review.ports import Clock
from review.report import (
    Report,
    Subject,
    cells,
    columns,
    consultee_cells,
    consultee_columns,
    report,
    shown,
    to_csv,
    to_json,
)
from review.report_words import WORDS
from review.round import Round
from review.schema import schema
from server.intake.pandoc import give_out
from server.services.consultees import Consultees
from server.services.printing import printed
from server.services.rounds import Rounds
from signing import reports as pages
from signing.layout import Block
from signing.typeset import Language, Masthead, Orientation

# Shares of the page's width for the columns of the comments, and of the consultees.
WIDTHS = (3, 7, 6, 6, 6, 9, 12, 11, 11, 7, 10, 11, 7, 8, 7)
CONSULTEE_WIDTHS = (6, 3, 6, 4, 4, 8)
SMALL, NORMAL = 6.5, 9.0


class Format(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class SettlementReports:
    rounds: Rounds
    consultees: Consultees
    clock: Clock
    office: str

    async def data(self, document: Document, round: Round) -> Report:
        """Raises `NotNow` for a round that was never opened: it has nothing to report on."""
        versions = await self.rounds.versions.all_of(document)
        reviewed = next((version for version in versions if version.id == round.version), None)
        if reviewed is None:
            raise NotNow("Report", round.state)
        frozen = await self.rounds.versions.content(reviewed)
        comments = [kept.value for kept in await self.rounds.comments_of(round)]
        subject = Subject(document, round, reviewed, versions, frozen, comments)
        return report(subject, await self.consultees.names())

    async def pdf(self, told: Report, language: Language) -> bytes:
        word = WORDS[language]["title"]
        title, dated = f"{word}: {told.title}", office_day(self.clock())
        masthead = Masthead(title, self.office, "", dated, reference=told.matter, language=language)
        return await asyncio.to_thread(printed, masthead, _blocks(told, language), Orientation.LANDSCAPE)

    async def docx(self, told: Report, language: Language) -> bytes:
        return await give_out(_content(told, language), Dialect.DOCX)

    async def xlsx(self, told: Report, language: Language) -> bytes:
        return await asyncio.to_thread(_workbook, told, language)

    def csv(self, told: Report, language: Language) -> str:
        return to_csv(told, language)

    def json(self, told: Report) -> dict[str, object]:
        return to_json(told)


def _head(told: Report, language: Language) -> list[tuple[str, str]]:
    """What the report is about, as pairs of a label and its value."""
    word = WORDS[language]
    round = f"{told.round_number}. {told.round}".strip()
    pairs = [
        (word["matter"], told.matter),
        (word["round"], round),
        (word["version"], told.version),
        (word["hash"], told.content_hash),
        (word["opened"], shown(told.opened)),
        (word["due"], shown(told.due)),
        (word["closed"], shown(told.closed)),
    ]
    return [pair for pair in pairs if pair[1]]


def _consultees(told: Report, language: Language) -> list[tuple[str, ...]]:
    return [consultee_cells(asked, language) for asked in told.consultees]


def _rows(told: Report, language: Language) -> list[tuple[str, ...]]:
    return [cells(row, language) for row in told.rows]


def _blocks(told: Report, language: Language) -> list[Block]:
    word, rows = WORDS[language], _rows(told, language)
    asked = pages.table(consultee_columns(language), _consultees(told, language), CONSULTEE_WIDTHS, NORMAL)
    settled = pages.table(columns(language), rows, WIDTHS, SMALL) if rows else pages.paragraph(word["none"])
    return [
        pages.facts(_head(told, language), label_width=5.2),
        pages.heading(word["consultees"]),
        asked,
        pages.heading(word["comments"]),
        settled,
    ]


def _content(told: Report, language: Language) -> Content:
    """The report as a document of ours, for whatever reads and writes those."""
    word, rows = WORDS[language], _rows(told, language)
    comments = _table(columns(language), rows) if rows else _paragraph(word["none"])
    nodes = (
        _heading(f"{word['title']}: {told.title}", 1),
        *(_paragraph(f"{label}: {value}") for label, value in _head(told, language)),
        _heading(word["consultees"], 2),
        _table(consultee_columns(language), _consultees(told, language)),
        _heading(word["comments"], 2),
        comments,
    )
    return Content(schema().version, nodes)


def _heading(text: str, level: int) -> Node:
    return Node("heading", {"level": level}, (Text(text),))


def _paragraph(text: str) -> Node:
    parts: list[Node | Text] = []
    for line in text.split("\n"):
        parts += ([Node("hardBreak")] if parts else []) + ([Text(line)] if line else [])
    return Node("paragraph", {}, tuple(parts))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Node:
    def row(kind: str, values: Sequence[str]) -> Node:
        return Node("tableRow", {}, tuple(Node(kind, {}, (_paragraph(value),)) for value in values))

    return Node("table", {}, (row("tableHeader", head), *(row("tableCell", values) for values in rows)))


def _workbook(told: Report, language: Language) -> bytes:
    from server.services.spreadsheet import Table, workbook  # its library would slow every start

    word = WORDS[language]
    return workbook(
        (
            Table(word["comments"], columns(language), _rows(told, language), WIDTHS),
            Table(word["consultees"], consultee_columns(language), _consultees(told, language), CONSULTEE_WIDTHS),
            Table(word["round"], (word["title"], told.title), _head(told, language), (8, 16)),
        )
    )
