"""A document from its journal: what it says, whose client ids are in it, and where the journal stands."""

from __future__ import annotations

from collections.abc import Iterable

from collab.clocks import Clocks
from collab.document import Draft
from collab.errors import Unreadable
from collab.journal import Page
from collab.row import Kind, Row

SERVER = ":server"
"""Whom the server's own client ids belong to: no person has such an id."""


def owner_of(row: Row) -> str:
    """Whom the client ids that the row claims belong to."""
    return SERVER if row.kind is Kind.SERVER else row.author


def replay(pages: Iterable[Page]) -> tuple[Draft, Clocks, int]:
    """The document, its clocks and the number of the last entry. Raises `Unreadable`."""
    owners: dict[int, str] = {}
    updates: list[bytes] = []
    head = 0
    for seq, rows in pages:
        head = seq
        for row in rows:
            updates.append(row.update)
            owners.update(dict.fromkeys(row.claims, owner_of(row)))
    draft = Draft(updates)
    clocks = draft.clocks()
    if clocks.keys() - owners.keys():
        raise Unreadable("a client id that nobody claimed")
    return draft, Clocks(owners, clocks), head
