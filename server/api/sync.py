"""The address of the live draft. The socket itself stands above the routes, in `server/realtime`, and is put in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import Field

from server.api.route import Access, Call, Reply, Route
from server.api.shapes import Query


class SyncQuery(Query):
    """`schema` is the version of the content's schema that the client speaks."""

    ticket: str | None = None
    spoken: str | None = Field(None, alias="schema")


Socket = Callable[[web.Request, SyncQuery], Awaitable[web.StreamResponse]]
SYNC: web.AppKey[Socket] = web.AppKey("sync")


async def sync(call: Call, query: SyncQuery) -> Reply:
    """The socket is the answer; it is over when this returns. It asks who comes by itself: a ticket counts too."""
    return Reply(stream=await call.request.app[SYNC](call.request, query))


SAYS = "The draft, live: a WebSocket in the y-websocket protocol, sub-protocol paraph.1"
ROUTES = (Route("GET", "/sync/{document}", sync, SAYS, status=101, access=Access.PUBLIC),)
