"""A fact: something that happened, appended once, never changed. The audit trail and the live feed are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from review.ids import DocumentId, FactId, PersonId, new_id


@dataclass(frozen=True, slots=True)
class Fact:
    """`type` is a dotted word such as `round.opened`. `by` is None for what the clock or the system did.

    `data` holds ids, numbers, states and hashes; text that a person wrote stays out of it. `only` narrows who is
    told live (a department's internal comment): person ids, empty = everybody who may read the document.
    """

    type: str
    at: datetime
    by: PersonId | None = None
    document: DocumentId | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[PersonId, ...] = ()
    id: FactId = field(default_factory=lambda: FactId(new_id()))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact with its place in the one order of all facts. `seq` counts from 1 without a gap."""

    seq: int
    fact: Fact
    hash: str
