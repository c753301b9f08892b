"""The settlement report as data: who was asked, what each said, and what became of every comment.

The columns are those of the domain's settlement report. Words come in the reader's language, data does not change.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from review.calendar import OFFICE
from review.comment import Comment, State, took_effect
from review.content import Content
from review.document import Document, Version
from review.numbering import citations
from review.opinion import Consultee
from review.report_words import COLUMNS, COLUMNS_OF_CONSULTEES, WORDS
from review.round import Round
from review.settlement import Dispute

# A cell that begins so is a formula to a spreadsheet; a quote before it makes it text (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Names:
    """How ids are shown: people and departments as they are called today."""

    people: Mapping[str, str]
    departments: Mapping[str, str]

    def person(self, id: str | None) -> str:
        return self.people.get(id, id) if id else ""

    def consultee(self, consultee: Consultee) -> str:
        if consultee.department:
            return self.departments.get(consultee.department, consultee.department)
        return self.person(consultee.person)


@dataclass(frozen=True, slots=True)
class Asked:
    """A consultee and its opinion; `stance` is `deemed`, `missing` or what was said."""

    name: str
    mandatory: bool
    stance: str
    by: str
    at: datetime | None
    deemed: bool
    late: bool
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One submitted comment. `place` is None for the whole document, `agreement` None while nobody has answered."""

    number: int
    department: str
    author: str
    acting_for: str
    kind: str
    place: str | None
    original: str
    text: str
    justification: str
    proposal: str
    settlement: str
    reason: str
    wording: str
    version: str
    agreement: bool | None
    answer_note: str
    dispute: str
    dispute_level: int | None
    dispute_result: str
    settled_by: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    document: str
    matter: str
    round: str
    round_number: int
    state: str
    version: str
    content_hash: str
    opened: datetime | None
    due: datetime
    closed: datetime | None
    consultees: tuple[Asked, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: the `version` reviewed with its content `frozen`, and all `versions` as they were made.

    `comments` may hold drafts: what no opinion submitted is left out.
    """

    document: Document
    round: Round
    version: Version
    versions: Sequence[Version]
    frozen: Content
    comments: Sequence[Comment]


def report(subject: Subject, names: Names) -> Report:
    """The report as things stand."""
    document, round, version, cited = subject.document, subject.round, subject.version, citations(subject.frozen)
    submitted = sorted((c for c in subject.comments if c.submitted is not None), key=lambda comment: comment.number)
    return Report(
        title=document.title,
        document=document.id,
        matter=document.matter or "",
        round=round.title,
        round_number=round.number,
        state=round.state.value,
        version=version.number,
        content_hash=version.content,
        opened=round.opened,
        due=round.due,
        closed=round.closed,
        consultees=tuple(_asked(round, consultee, names) for consultee in round.consultees),
        rows=tuple(_row(comment, subject, cited, names) for comment in submitted),
    )


def _asked(round: Round, consultee: Consultee, names: Names) -> Asked:
    opinion, name = round.opinions.get(consultee.id), names.consultee(consultee)
    if opinion is None:
        return Asked(name, consultee.mandatory, "missing" if round.closed else "awaited", "", None, False, False, "")
    stance = "deemed" if opinion.deemed else opinion.stance.value
    by = names.person(opinion.by)
    return Asked(name, consultee.mandatory, stance, by, opinion.at, opinion.deemed, opinion.late, opinion.note)


def _row(comment: Comment, subject: Subject, cited: Mapping[str, str], names: Names) -> Row:
    settled, anchor = comment.settlement, comment.anchor
    kind = State.WITHDRAWN.value if comment.withdrawn else settled.kind.value if settled else ""
    step = comment.dispute.last if comment.dispute else None
    version = took_effect(comment, subject.versions)
    return Row(
        number=comment.number,
        department=names.consultee(subject.round.consultee(comment.consultee)),
        author=names.person(comment.author),
        acting_for=names.person(comment.acting_for),
        kind=comment.kind.value,
        place=cited.get(anchor.block, "") if anchor else None,
        original=anchor.quote if anchor else "",
        text=comment.text,
        justification=comment.justification,
        proposal=comment.proposal or "",
        settlement=kind,
        reason=settled.reason if settled else "",
        wording=_wording(comment),
        version=version.number if version else "",
        agreement=comment.answer.agree if comment.answer else None,
        answer_note=comment.answer.note if comment.answer else "",
        dispute=step.state.value if step else "",
        dispute_level=step.level if step else None,
        dispute_result=_result(comment.dispute),
        settled_by=names.person(settled.by) if settled else "",
        settled_at=settled.at if settled else None,
    )


def _wording(comment: Comment) -> str:
    """What came of the passage: what was put into the draft, else what the settlement says it shall be."""
    if comment.applied:
        return comment.applied.wording
    return (comment.settlement.wording or "") if comment.settlement else ""


def _result(dispute: Dispute | None) -> str:
    if dispute is None or dispute.open:
        return ""
    return ": ".join(part for part in (dispute.last.result, dispute.last.note) if part)


def to_json(report: Report) -> dict[str, Any]:
    return {
        "title": report.title,
        "document": report.document,
        "matter": report.matter,
        "round": {"number": report.round_number, "title": report.round, "state": report.state},
        "version": {"number": report.version, "contentHash": report.content_hash},
        "opened": _moment_json(report.opened),
        "due": _moment_json(report.due),
        "closed": _moment_json(report.closed),
        "consultees": [_asked_json(asked) for asked in report.consultees],
        "comments": [_row_json(row) for row in report.rows],
    }


def _asked_json(asked: Asked) -> dict[str, Any]:
    return {
        "name": asked.name,
        "mandatory": asked.mandatory,
        "opinion": asked.stance,
        "by": asked.by,
        "at": _moment_json(asked.at),
        "deemed": asked.deemed,
        "late": asked.late,
        "note": asked.note,
    }


def _row_json(row: Row) -> dict[str, Any]:
    dispute = {"state": row.dispute, "level": row.dispute_level, "result": row.dispute_result} if row.dispute else None
    return {
        "number": row.number,
        "department": row.department,
        "author": row.author,
        "actingFor": row.acting_for,
        "class": row.kind,
        "place": row.place if row.place is not None else "whole",
        "original": row.original,
        "comment": row.text,
        "justification": row.justification,
        "proposal": row.proposal,
        "settlement": row.settlement,
        "reason": row.reason,
        "wording": row.wording,
        "version": row.version,
        "agreement": row.agreement,
        "answerNote": row.answer_note,
        "dispute": dispute,
        "settledBy": row.settled_by,
        "settledAt": _moment_json(row.settled_at),
    }


def _moment_json(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def columns(language: str) -> tuple[str, ...]:
    """The heads of the table's columns."""
    return COLUMNS[language]


def cells(row: Row, language: str) -> tuple[str, ...]:
    """One comment as the table shows it, a text for each column."""
    word = WORDS[language]
    settled = " ".join(part for part in (row.settled_by, shown(row.settled_at)) if part)
    level = word["level"].format(row.dispute_level) if row.dispute_level else ""
    return (
        str(row.number),
        row.department,
        f"{row.author} ({word['for'].format(row.acting_for)})" if row.acting_for else row.author,
        word[row.kind],
        row.place if row.place is not None else word["whole"],
        row.original,
        row.text,
        row.justification,
        row.proposal,
        word[row.settlement] if row.settlement else "",
        row.reason,
        "\n".join(
            part for part in (row.wording, word["in_version"].format(row.version) if row.version else "") if part
        ),
        _agreement(row, word),
        ", ".join(part for part in (word[row.dispute] if row.dispute else "", level, row.dispute_result) if part),
        settled,
    )


def _agreement(row: Row, word: Mapping[str, str]) -> str:
    if row.agreement is None:
        return ""
    return ": ".join(part for part in (word["agree" if row.agreement else "disagree"], row.answer_note) if part)


def consultee_columns(language: str) -> tuple[str, ...]:
    return COLUMNS_OF_CONSULTEES[language]


def consultee_cells(asked: Asked, language: str) -> tuple[str, ...]:
    word = WORDS[language]
    late = f" ({word['late']})" if asked.late else ""
    obligation = word["mandatory" if asked.mandatory else "optional"]
    return asked.name, obligation, word[asked.stance] + late, asked.by, shown(asked.at), asked.note


def shown(moment: datetime | None) -> str:
    """Office time, as a Czech clerk writes it: 23. 11. 2026 9:05."""
    if moment is None:
        return ""
    local = moment.astimezone(OFFICE)
    return f"{local.day}. {local.month}. {local.year} {local.hour}:{local.minute:02}"


def to_csv(report: Report, language: str) -> str:
    """RFC 4180, one line a comment under one line of heads; no cell is a formula to a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns(language))
    writer.writerows(harmless(cells(row, language)) for row in report.rows)
    return out.getvalue()


def harmless(values: Iterable[str]) -> list[str]:
    return [f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value for value in values]
