"""The registry monitor: where every hand-over stands, what the registry fetched, and what to do when one is stuck."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from review import handover
from review.handover import Handover
from review.ports import Kept
from server.api.paging import PageQuery, page_of
from server.api.registry import HandoverShape, handover_shape
from server.api.route import Call, Reply, Route
from server.api.shapes import Listing, Shape


class FetchShape(Shape):
    at: datetime
    client: str
    what: str


class WatchedShape(HandoverShape):
    """`title` is left out for who may watch hand-overs but not read the document."""

    title: str | None = None
    department: str
    fetches: list[FetchShape]


class HandoversQuery(PageQuery):
    state: handover.State | None = None
    document: str | None = None


class Withdrawal(Shape):
    reason: str = Field(max_length=handover.MAX_TEXT)


async def watched_shape(call: Call, kept: Kept[Handover]) -> WatchedShape:
    service, of = call.office.registry.handovers, kept.value
    fetches = [FetchShape(at=f.at, client=f.client, what=f.what) for f in await service.fetches(of)]
    title = await service.title(call.person, of)
    told = {name: getattr(shape, name) for shape in [handover_shape(kept)] for name in HandoverShape.model_fields}
    return WatchedShape(**told, title=title, department=of.department, fetches=fetches)


async def handovers(call: Call, query: HandoversQuery) -> Reply:
    found = await call.office.registry.handovers.seen_by(call.person, query.state.value if query.state else None)
    if query.document is not None:
        found = [kept for kept in found if kept.value.document == query.document]
    page, after = page_of(found, query)
    return Reply(Listing[WatchedShape](items=[await watched_shape(call, kept) for kept in page], next=after))


async def one(call: Call) -> Reply:
    kept = await call.office.registry.handovers.open(call.person, call.part("handover"))
    return Reply(await watched_shape(call, kept), rev=kept.rev)


async def retry(call: Call) -> Reply:
    kept = await call.office.registry.handovers.retry(call.person, call.part("handover"))
    return Reply(await watched_shape(call, kept), rev=kept.rev)


async def withdraw(call: Call, body: Withdrawal) -> Reply:
    kept = await call.office.registry.handovers.withdraw(call.person, call.part("handover"), body.reason)
    return Reply(await watched_shape(call, kept), rev=kept.rev)


ALL, ONE = "/api/v1/handovers", "/api/v1/handovers/{handover}"
ROUTES = (
    Route("GET", ALL, handovers, "Hand-overs one may know of, the newest first", Listing[WatchedShape]),
    Route("GET", ONE, one, "One hand-over with its last fetches", WatchedShape),
    Route("POST", f"{ONE}/retry", retry, "Package a rejected or failed one again", WatchedShape),
    Route("POST", f"{ONE}/withdrawal", withdraw, "Take it back before it was received", WatchedShape),
)
