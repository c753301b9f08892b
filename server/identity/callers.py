"""Who calls: a person signed in by cookie or token, or a registry's client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from review.ids import ClientId
from review.people import Person


@dataclass(frozen=True, slots=True)
class Caller:
    """Came with the session or the personal token whose id is set, good until then.

    `scopes` limits a token (`read`, `write`; empty = everything).
    """

    person: Person
    session: str | None = None
    scopes: frozenset[str] = frozenset()
    token: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """A registry's client behind an access token."""

    id: ClientId
    name: str
    scopes: frozenset[str]
