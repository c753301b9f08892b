"""What operators and programs ask of the process itself."""

from __future__ import annotations

from typing import Any

from review.schema import source
from server.api.route import Access, Call, Reply, Route
from server.api.shapes import Shape


class Health(Shape):
    status: str


async def alive(call: Call) -> Reply:
    return Reply(Health(status="alive"))


async def ready(call: Call) -> Reply:
    """503 while storage does not answer."""
    await call.office.storage_health()
    return Reply(Health(status="ready"))


async def content_schema(call: Call) -> Reply:
    return Reply(source())


async def openapi(call: Call) -> Reply:
    return Reply(call.office.openapi)


ROUTES = (
    Route("GET", "/healthz", alive, "Alive", Health, access=Access.PUBLIC),
    Route("GET", "/readyz", ready, "Storage reachable and migrated", Health, access=Access.PUBLIC),
    Route("GET", "/api/v1/schema", content_schema, "The schema of the content", dict[str, Any], access=Access.PUBLIC),
    Route("GET", "/openapi.json", openapi, "This interface as OpenAPI 3.1", dict[str, Any], access=Access.PUBLIC),
)
