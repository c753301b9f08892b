"""Who calls: a person signed in by cookie or token, or a registry's client."""

from __future__ import annotations

from dataclasses import dataclass

from review.ids import ClientId
from review.people import Person


@dataclass(frozen=True, slots=True)
class Caller:
    """`session` is set for the cookie, `scopes` limits a personal token (`read`, `write`; empty = everything)."""

    person: Person
    session: str | None = None
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Client:
    """A registry's client behind an access token."""

    id: ClientId
    name: str
    scopes: frozenset[str]
