"""Settlement of comments: the settlement, the answer, the dispute, the wording put into the draft, the report."""

from __future__ import annotations

from aiohttp import web
from pydantic import Field

from review.settlement import SettlementKind
from review.settling import Reply as Answering
from server.api.comments import MAX_TEXT, CommentShape, found_of, told
from server.api.route import Call, Reply, Route
from server.api.shapes import Query, Shape
from server.services.drafts import DOCX
from server.services.settlement_reports import Format
from signing.typeset import Language

MEDIA_TYPES = {
    Format.PDF: "application/pdf",
    Format.DOCX: DOCX,
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
}


class NewSettlement(Shape):
    """A reason is required unless accepted. `wording` is plain text that takes the anchored passage's place."""

    kind: SettlementKind = Field(strict=False)
    reason: str = Field("", max_length=MAX_TEXT)
    wording: str | None = Field(None, max_length=MAX_TEXT)


class NewAnswer(Shape):
    agree: bool
    note: str = Field("", max_length=MAX_TEXT)


class Note(Shape):
    note: str = Field("", max_length=MAX_TEXT)


class Ruling(Shape):
    """`result` in words, `record` the minutes or the reference that holds the decision."""

    result: str = Field(min_length=1, max_length=MAX_TEXT)
    record: str = Field(min_length=1, max_length=MAX_TEXT)


class ReportQuery(Query):
    format: Format = Format.PDF


async def settle(call: Call, body: NewSettlement) -> Reply:
    """The first needs no If-Match; a revision does, of the comment's tag."""
    found = await found_of(call)
    if found.comment.settlements and found.comment.withdrawn is None:
        call.match(found.kept.rev)
    else:
        call.match_if_given(found.kept.rev)
    settlements = call.office.reviewing.settlements
    done = await settlements.settle(call.person, found, body.kind, body.reason, body.wording)
    return await told(call, done)


async def answer(call: Call, body: NewAnswer) -> Reply:
    found = await found_of(call)
    call.match_if_given(found.kept.rev)
    command = Answering(call.person.id, body.agree, body.note)
    return await told(call, await call.office.reviewing.settlements.answer(call.person, found, command))


async def escalate(call: Call, body: Note) -> Reply:
    found = await found_of(call)
    call.match_if_given(found.kept.rev)
    return await told(call, await call.office.reviewing.settlements.escalate(call.person, found, body.note))


async def remove(call: Call, body: Note) -> Reply:
    found = await found_of(call)
    call.match_if_given(found.kept.rev)
    return await told(call, await call.office.reviewing.settlements.remove(call.person, found, body.note))


async def rule(call: Call, body: Ruling) -> Reply:
    found = await found_of(call)
    call.match_if_given(found.kept.rev)
    return await told(call, await call.office.reviewing.settlements.rule(call.person, found, body.result, body.record))


async def apply(call: Call) -> Reply:
    """Asked again it changes nothing more."""
    found = await found_of(call)
    call.match_if_given(found.kept.rev)
    return await told(call, await call.office.reviewing.settlements.apply(call.person, found))


async def report(call: Call, query: ReportQuery) -> Reply:
    reports = call.office.reviewing.reports
    language: Language = "en" if call.locale == "en" else "cs"
    round, document = await call.office.reviewing.rounds.open_for(call.person, call.part("round"))
    data = await reports.data(document.value, round.value)
    match query.format:
        case Format.JSON:
            return Reply(reports.json(data))
        case Format.CSV:
            written = reports.csv(data, language).encode()
        case Format.PDF:
            written = await reports.pdf(data, language)
        case Format.DOCX:
            written = await reports.docx(data, language)
        case Format.XLSX:
            written = await reports.xlsx(data, language)
    return _file(written, query.format, f"vyporadani-{data.round_number}")


def _file(written: bytes, format: Format, name: str) -> Reply:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'{"inline" if format is Format.PDF else "attachment"}; filename="{name}.{format}"',
    }
    charset = "utf-8" if format is Format.CSV else None
    return Reply(stream=web.Response(body=written, content_type=MEDIA_TYPES[format], charset=charset, headers=headers))


ONE = "/api/v1/comments/{comment}"
FILES = tuple(MEDIA_TYPES.values())
ROUTES = (
    Route("PUT", f"{ONE}/settlement", settle, "Settle a comment, or propose it as an editor", CommentShape),
    Route("PUT", f"{ONE}/answer", answer, "Agree with the settlement, or not", CommentShape),
    Route("POST", f"{ONE}/dispute/escalate", escalate, "Take the dispute a level higher", CommentShape),
    Route("POST", f"{ONE}/dispute/remove", remove, "End the dispute by an agreement", CommentShape),
    Route("POST", f"{ONE}/dispute/decide", rule, "Decide the dispute", CommentShape),
    Route("POST", f"{ONE}/apply", apply, "Put the wording into the draft", CommentShape),
    Route("GET", "/api/v1/rounds/{round}/report", report, "The settlement report", dict[str, object], media=FILES),
)
