"""Registry clients, looked after by administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from review.ports import Kept
from server.api.people import administrator
from server.api.route import Call, Reply, Route
from server.api.shapes import Shape
from server.identity.clients import RegistryClient


class ClientShape(Shape):
    """`proof` is `secret` or `keys`."""

    id: str
    name: str
    scopes: list[str]
    proof: str
    active: bool
    created: datetime
    rev: int


class NewClient(Shape):
    """With `jwks` (public keys) the client signs assertions and gets no secret. No scopes = all of them."""

    name: str = Field(min_length=1, max_length=100)
    scopes: list[str] | None = None
    jwks: dict[str, Any] | None = None


class NewClientShape(Shape):
    """`clientSecret` is shown this once."""

    client_id: str
    client_secret: str | None = None
    scopes: list[str]


def client_shape(kept: Kept[RegistryClient]) -> ClientShape:
    client = kept.value
    return ClientShape(
        id=client.id,
        name=client.name,
        scopes=list(client.scopes),
        proof="secret" if client.secret else "keys",
        active=client.active,
        created=client.created,
        rev=kept.rev,
    )


async def clients(call: Call) -> Reply:
    administrator(call)
    return Reply([client_shape(kept) for kept in await call.office.registry.clients.listed()])


async def add(call: Call, body: NewClient) -> Reply:
    by = administrator(call)
    clients = call.office.registry.clients
    client, secret = await clients.add(body.name, body.scopes or (), body.jwks, by.id, call.fresh)
    return Reply(NewClientShape(client_id=client.id, client_secret=secret or None, scopes=list(client.scopes)))


async def close(call: Call) -> Reply:
    by = administrator(call)
    kept = await call.office.stores.clients.get(call.part("client"))
    call.match(kept.rev)
    await call.office.registry.clients.close(kept, by.id)
    return Reply()


ROUTES = (
    Route("GET", "/api/v1/clients", clients, "Registry clients, for administrators", list[ClientShape]),
    Route("POST", "/api/v1/clients", add, "Add a registry client; its secret is shown once", NewClientShape, 201),
    Route("DELETE", "/api/v1/clients/{client}", close, "Close a registry client", needs_match=True),
)
