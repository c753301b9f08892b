"""Remarks on the draft, outside any round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from review.errors import NotFound
from review.thread import Anchor, Reply
from server.api.paging import PageQuery, page_of
from server.api.route import Call, Created, Route
from server.api.route import Reply as Answer
from server.api.shapes import Listing, Shape
from server.services.threads import LONGEST_TEXT, Place, Placed


class AnchorShape(Shape):
    """`start` and `end` count code points in the plain text of the block whose `attrs.id` is `block`."""

    version: str | None = None
    block: str = Field(min_length=1, max_length=100)
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    quote: str = Field(min_length=1, max_length=20_000)
    prefix: str = Field("", max_length=1000)
    suffix: str = Field("", max_length=1000)


class PlaceShape(Shape):
    block: str
    start: int
    end: int


class ReplyShape(Shape):
    id: str
    text: str
    author: str
    at: datetime
    mentions: list[str] | None = None


class ThreadShape(Shape):
    """`place` is where the passage stands in the draft now, `orphaned` when it is gone, `whole` without anchor."""

    id: str
    document: str
    anchor: AnchorShape | None = None
    place: PlaceShape | str
    text: str
    author: str
    at: datetime
    resolved: bool
    replies: list[ReplyShape]
    rev: int
    mentions: list[str] | None = None


class NewThread(Shape):
    anchor: AnchorShape | None = None
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class NewReply(Shape):
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class ThreadChange(Shape):
    resolved: bool


def anchor_of(shape: AnchorShape) -> Anchor:
    return Anchor(shape.block, shape.start, shape.end, shape.quote, shape.prefix, shape.suffix, shape.version)


def anchor_shape(anchor: Anchor) -> AnchorShape:
    return AnchorShape(
        version=anchor.version,
        block=anchor.block,
        start=anchor.start,
        end=anchor.end,
        quote=anchor.quote,
        prefix=anchor.prefix,
        suffix=anchor.suffix,
    )


def place_shape(place: Place | str) -> PlaceShape | str:
    return PlaceShape(block=place.block, start=place.start, end=place.end) if isinstance(place, Place) else place


def reply_shape(reply: Reply) -> ReplyShape:
    return ReplyShape(
        id=reply.id, text=reply.text, author=reply.author, at=reply.at, mentions=list(reply.mentions) or None
    )


def thread_shape(placed: Placed) -> ThreadShape:
    thread = placed.thread.value
    return ThreadShape(
        id=thread.id,
        document=thread.document,
        anchor=anchor_shape(thread.anchor) if thread.anchor else None,
        place=place_shape(placed.place),
        text=thread.text,
        author=thread.author,
        at=thread.at,
        resolved=thread.resolved,
        replies=[reply_shape(reply) for reply in thread.replies],
        rev=placed.thread.rev,
        mentions=list(thread.mentions) or None,
    )


async def listed(call: Call, query: PageQuery) -> Answer:
    placed = {
        each.thread.id: each for each in await call.office.threads.of_document(call.person, call.part("document"))
    }
    page, after = page_of([each.thread for each in placed.values()], query)
    return Answer(Listing[ThreadShape](items=[thread_shape(placed[kept.id]) for kept in page], next=after))


async def begin(call: Call, body: NewThread) -> Answer:
    anchor = anchor_of(body.anchor) if body.anchor else None
    placed = await call.office.threads.begin(call.person, call.part("document"), anchor, body.text, call.fresh)
    return Answer(thread_shape(placed), rev=placed.thread.rev)


async def one(call: Call) -> Answer:
    kept, _ = await call.office.threads.open(call.person, call.part("thread"))
    return Answer(thread_shape(await call.office.threads.placed(kept)), rev=kept.rev)


async def begun(call: Call) -> Answer:
    return await one(call.at(thread=call.fresh))


async def reply(call: Call, body: NewReply) -> Answer:
    given, _ = await call.office.threads.reply(call.person, call.part("thread"), body.text, call.fresh)
    return Answer(reply_shape(given))


async def replied(call: Call) -> Answer:
    kept, _ = await call.office.threads.open(call.person, call.part("thread"))
    return Answer(reply_shape(among(kept.value.replies, call.fresh)))


def among(replies: Sequence[Reply], id: str) -> Reply:
    """Raises `NotFound`."""
    for reply in replies:
        if reply.id == id:
            return reply
    raise NotFound("reply", id)


async def change(call: Call, body: ThreadChange) -> Answer:
    kept, _ = await call.office.threads.open(call.person, call.part("thread"))
    call.match(kept.rev)
    kept = await call.office.threads.resolve(call.person, kept, body.resolved)
    return Answer(thread_shape(await call.office.threads.placed(kept)), rev=kept.rev)


OF_DOCUMENT, ONE = "/api/v1/documents/{document}/threads", "/api/v1/threads/{thread}"
ROUTES = (
    Route("GET", OF_DOCUMENT, listed, "Remarks on the draft", Listing[ThreadShape]),
    Route(
        "POST", OF_DOCUMENT, begin, "Remark on a passage or the whole", ThreadShape, 201, creates=Created(begun, ONE)
    ),
    Route("GET", ONE, one, "One remark with its replies", ThreadShape),
    Route("POST", f"{ONE}/replies", reply, "Reply to a remark", ReplyShape, 201, creates=Created(replied)),
    Route("PATCH", ONE, change, "Resolve a remark, or open it again", ThreadShape, needs_match=True),
)
