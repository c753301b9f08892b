"""One entry of the one route table, and what a handler is given and gives back.

A handler is `async def verb(call: Call, body: SomeShape, query: SomeQuery) -> Reply`; it takes `body` and `query`
only when it has them. Their shapes, read from its annotations, are what is checked and what OpenAPI documents. One
that takes a file has a parameter `upload: Upload` instead of the body.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from aiohttp import web

from review.ids import new_id
from review.people import Person
from server.api.addresses import address_of
from server.identity.callers import Caller, Client
from server.office import Office
from server.problems import Problem

Handler = Callable[..., Awaitable["Reply"]]


class Access(Enum):
    """Who is let in before the permission table is asked."""

    SIGNED_IN = "signed in"
    PUBLIC = "public"
    REGISTRY = "registry client"


@dataclass(frozen=True, slots=True)
class Created:
    """What a POST makes under the id `Call.fresh`, and who shows it: asked again after an attempt that was cut.

    `address` is where it stands from then on, if it has a place of its own; it becomes `Location`.
    """

    shown: Handler
    address: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that is sent as multipart, with text fields beside it. `largest` in bytes.

    `guard` asks whether the caller may at all, before so much is read.
    """

    largest: int
    fields: tuple[str, ...] = ()
    guard: Callable[[Call], Awaitable[object]] | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """`answer` is the shape of the body, None for none; `scope` is asked of registry clients.

    Every POST of somebody known honours Idempotency-Key; `creates` says what is there after it, if that has an id.
    `raw` marks a handler that reads the request's body itself: `form` names the fields it looks for, `?` behind those
    that may be left out. `media` are answers that are no JSON.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    answer: Any = None
    status: int = 200
    access: Access = Access.SIGNED_IN
    scope: str = ""
    creates: Created | None = None
    file: Sent | None = None
    raw: bool = False
    form: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    tag: str = ""
    needs_match: bool = False

    @property
    def keyed(self) -> bool:
        """Whether Idempotency-Key is honoured: a key belongs to a caller."""
        return self.method == "POST" and self.access is not Access.PUBLIC

    def shape(self, name: str) -> Any:
        """The annotation of the handler's parameter `body` or `query`; None when it takes none."""
        return typing.get_type_hints(self.handler).get(name) if name in _parameters(self.handler) else None


def _parameters(handler: Handler) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(handler).parameters


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is a shape or a list of them; `rev` becomes the ETag. `stream` replaces everything else."""

    body: Any = None
    status: int | None = None
    rev: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: web.StreamResponse | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request, let in and read. `fresh` is the id for what it creates; asked again under its key, the same."""

    request: web.Request
    office: Office
    route: Route
    caller: Caller | Client | None
    locale: str
    parts: Mapping[str, str]
    fresh: str = field(default_factory=new_id)

    @property
    def address(self) -> str:
        """What guesses are counted by."""
        return address_of(self.request, self.office)

    @property
    def signed_in(self) -> Caller:
        if not isinstance(self.caller, Caller):
            raise Problem("not_signed_in")
        return self.caller

    @property
    def person(self) -> Person:
        return self.signed_in.person

    @property
    def client(self) -> Client:
        if not isinstance(self.caller, Client):
            raise Problem("not_signed_in")
        return self.caller

    def part(self, name: str) -> str:
        """A part of the path, such as the document's id."""
        return self.parts[name]

    def at(self, **parts: str) -> Call:
        """The same call for another address: what was created is shown as it is to who asks for it."""
        return replace(self, parts=parts)

    def match(self, rev: int) -> None:
        """Raises 428 without If-Match and 412 when it names another revision (RFC 9110 § 13.1.1)."""
        given = self.request.headers.get("If-Match")
        if given is None:
            raise Problem("precondition_required")
        tags = [tag.strip().removeprefix("W/").strip('"') for tag in given.split(",")]
        if "*" not in tags and str(rev) not in tags:
            raise Problem("changed_meanwhile")

    def match_if_given(self, rev: int) -> None:
        """For a POST that changes something: If-Match is welcome, not asked for."""
        if "If-Match" in self.request.headers:
            self.match(rev)
