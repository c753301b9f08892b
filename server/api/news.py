"""What happened lately in the documents one may read."""

from __future__ import annotations

from datetime import datetime

from review.ids import PersonId
from server.api.paging import PageQuery
from server.api.route import Call, Reply, Route
from server.api.shapes import Listing, Shape
from server.api.tasks import TaskDocument
from server.problems import Field, Problem
from server.services.news import Event, News


class NewsShape(Shape):
    """`type` is the fact's, as on `/live`; `by` is left out for what the clock or a registry did.

    `thread`, `comment` and `round` name what it is about; `mentioned` tells that it names the reader.
    """

    id: str
    at: datetime
    type: str
    document: TaskDocument
    by: str | None = None
    thread: str | None = None
    comment: str | None = None
    round: str | None = None
    mentioned: bool = False


def news_shape(event: Event, reader: PersonId) -> NewsShape:
    fact, document = event.recorded.fact, event.document
    return NewsShape(
        id=str(event.recorded.seq),
        at=fact.at,
        type=fact.type,
        document=TaskDocument(id=document.id, title=document.title),
        by=fact.by,
        thread=fact.data.get("thread"),
        comment=fact.data.get("comment"),
        round=fact.data.get("round"),
        mentioned=reader in fact.data.get("mentions", ()),
    )


async def news(call: Call, query: PageQuery) -> Reply:
    if query.after is not None and not query.after.isdecimal():
        raise Problem("bad_query", fields=[Field("after", "cursor")])
    office = call.office
    read = News(office.facts, office.stores.documents, office.clock)
    found = await read.of(call.person, query.limit, int(query.after) if query.after else None)
    shapes = [news_shape(event, call.person.id) for event in found]
    return Reply(Listing[NewsShape](items=shapes, next=shapes[-1].id if len(shapes) == query.limit else None))


ROUTES = (Route("GET", "/api/v1/news", news, "What happened lately, the newest first", Listing[NewsShape]),)
