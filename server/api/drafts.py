"""The draft: its content in several formats, its history, its pictures."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from aiohttp import web

from collab.document.aside import in_thread
from collab.history.authorship import Block
from collab.journal.moments import Moment
from review.handover import StoredFile
from review.html import comparison_html, page
from server.api.bytes import serve_blob
from server.api.jobs import BEGUN, JobShape, accepted
from server.api.paging import PageQuery
from server.api.route import Call, Reply, Route, Sent
from server.api.shapes import Listing, Query, Shape
from server.api.uploads import Upload
from server.api.versions import ComparisonShape, comparison_of
from server.intake.pandoc import MAX_BYTES
from server.problems import Field as Wrong
from server.problems import Problem
from server.services.drafts import DOCX, LARGEST_PICTURE, File, Format
from server.services.versions import DRAFT


class ContentQuery(Query):
    format: Format = Format.JSON


class DifferenceFormat(StrEnum):
    JSON = "json"
    HTML = "html"


class DifferenceQuery(Query):
    format: DifferenceFormat = DifferenceFormat.JSON


class MomentShape(Shape):
    """`seq` names the text at the end of the moment, `at` and `until` when it began and ended.

    `author` is the first of `authors`; without any the system wrote. `server` tells of edits that the server made for
    them: an applied proposal, a restored text. A comment's mark belongs to the moment before it.
    """

    seq: int
    at: datetime
    until: datetime
    author: str | None = None
    authors: list[str]
    server: bool
    edits: int


class RunShape(Shape):
    """Code points `start` to `end` of the block. `by` is a person's id; without it the system wrote, or nobody knows.

    `at` is when the author began to write there, to a minute.
    """

    start: int
    end: int
    by: str | None = None
    at: datetime | None = None


class AuthoredBlock(Shape):
    block: str
    runs: list[RunShape]


class AuthorshipShape(Shape):
    """`seq` is the moment of the history at which it is so; blocks without a word are left out."""

    seq: int
    blocks: list[AuthoredBlock]


class Restored(Shape):
    """The history's newest number."""

    seq: int


class PictureShape(Shape):
    """`src` is what an image node names."""

    src: str
    sha256: str
    media_type: str
    width: int
    height: int


def moment_shape(moment: Moment) -> MomentShape:
    return MomentShape(
        seq=moment.seq,
        at=moment.began,
        until=moment.ended,
        author=moment.authors[0] if moment.authors else None,
        authors=list(moment.authors),
        server=moment.server,
        edits=moment.edits,
    )


def file_reply(file: File) -> Reply:
    """What is shown in the page is sandboxed by a policy of its own; what has a name is saved under it."""
    headers = {"Content-Type": file.media_type, "Cache-Control": "no-store"}
    if file.name:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return Reply(stream=web.Response(body=file.data, headers=headers))


async def content(call: Call, query: ContentQuery) -> Reply:
    kept, found = await call.office.drafts.content(call.person, call.part("document"))
    return file_reply(await call.office.drafts.file(kept.value, found, query.format, call.locale))


async def history(call: Call, query: PageQuery) -> Reply:
    """The cursor is a moment's number: those before it follow."""
    before = _number(query.after, "after") if query.after is not None else None
    found = await call.office.drafts.moments(call.person, call.part("document"), before, query.limit + 1)
    shown = found[: query.limit]
    after = str(shown[-1].seq) if len(found) > len(shown) else None
    return Reply(Listing[MomentShape](items=[moment_shape(moment) for moment in shown], next=after))


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Problem("bad_query", fields=[Wrong(name, "int_parsing")])
    return int(text)


async def content_then(call: Call, query: ContentQuery) -> Reply:
    kept, found = await call.office.drafts.content_at(call.person, call.part("document"), _seq(call))
    return file_reply(await call.office.drafts.file(kept.value, found, query.format, call.locale))


def _seq(call: Call) -> int:
    try:
        return _number(call.part("seq"), "seq")
    except Problem:
        raise Problem("not_found") from None


async def difference(call: Call, query: DifferenceQuery) -> Reply:
    """What the draft says now against what it said then."""
    seq = _seq(call)
    kept, compared = await call.office.drafts.compared(call.person, call.part("document"), seq)
    if query.format is DifferenceFormat.JSON:
        return Reply(await in_thread(lambda: comparison_of(str(seq), DRAFT, compared)))
    title = kept.value.title
    html = await in_thread(lambda: page(title, comparison_html(compared, call.locale), call.locale).encode())
    return file_reply(File(html, "text/html; charset=utf-8"))


async def authorship(call: Call) -> Reply:
    seq, blocks = await call.office.drafts.authorship(call.person, call.part("document"))
    return Reply(await in_thread(lambda: AuthorshipShape(seq=seq, blocks=[_authored(block) for block in blocks])))


def _authored(block: Block) -> AuthoredBlock:
    runs = [RunShape(start=run.start, end=run.end, by=run.by or None, at=run.at) for run in block.runs]
    return AuthoredBlock(block=block.id, runs=runs)


async def restore(call: Call) -> Reply:
    return Reply(Restored(seq=await call.office.drafts.restore(call.person, call.part("document"), _seq(call))))


async def may_write(call: Call) -> None:
    await call.office.drafts.open_to_write(call.person, call.part("document"))


async def add_picture(call: Call, upload: Upload) -> Reply:
    picture = await call.office.drafts.add_picture(call.person, call.part("document"), upload.data)
    shape = PictureShape(
        src=picture.src,
        sha256=picture.sha256,
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
    )
    return Reply(shape, headers={"Location": picture.src})


async def bring_in(call: Call, upload: Upload) -> Reply:
    imports, document = call.office.imports, call.part("document")
    return accepted(call, await imports.begin(call.person, document, upload.name, upload.data, call.fresh))


async def picture(call: Call) -> Reply:
    sha256 = call.part("sha256")
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise Problem("not_found")
    size, media_type = await call.office.documents.pictures.open(call.person, sha256)
    file = StoredFile(path=sha256, sha256=sha256, size=size, media_type=media_type)
    return Reply(stream=await serve_blob(call.request, call.office.blobs, file))


DOCUMENT, BLOB = "/api/v1/documents/{document}", "/api/v1/blobs/{sha256}"
PICTURE, FILE = Sent(LARGEST_PICTURE, guard=may_write), Sent(MAX_BYTES, guard=may_write)
FORMATS = ("text/plain", "text/html", "text/markdown", DOCX, "application/pdf")
ROUTES = (
    Route("GET", f"{DOCUMENT}/content", content, "The draft as it stands", dict[str, Any], media=FORMATS),
    Route("GET", f"{DOCUMENT}/history", history, "Who wrote when, the latest first", Listing[MomentShape]),
    Route(
        "GET", f"{DOCUMENT}/history/{{seq}}", content_then, "What the draft said then", dict[str, Any], media=FORMATS
    ),
    Route(
        "GET",
        f"{DOCUMENT}/history/{{seq}}/compare",
        difference,
        "What has changed since then",
        ComparisonShape,
        media=("text/html",),
    ),
    Route("POST", f"{DOCUMENT}/history/{{seq}}/restore", restore, "Bring that text back, as an edit", Restored),
    Route("GET", f"{DOCUMENT}/authorship", authorship, "Who wrote which words, and when", AuthorshipShape),
    Route("POST", f"{DOCUMENT}/images", add_picture, "Upload a picture", PictureShape, 201, file=PICTURE),
    Route(
        "POST", f"{DOCUMENT}/imports", bring_in, "Let a file become the draft", JobShape, 202, file=FILE, creates=BEGUN
    ),
    Route("GET", BLOB, picture, "A picture, for who reads a document that shows it", media=("image/*",)),
)
