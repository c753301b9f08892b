"""The trail of one document: every fact in order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from review.facts import Recorded
from review.people import Role
from review.permissions import Right
from server.api.route import Call, Reply, Route
from server.api.shapes import Shape

STEP = 200


class FactShape(Shape):
    """`by` is None for what the clock, the system or a registry did; `hash` chains it to all facts before it."""

    seq: int
    at: datetime
    type: str
    by: str | None = None
    data: dict[str, Any]
    hash: str


def fact_shape(recorded: Recorded) -> FactShape:
    fact = recorded.fact
    return FactShape(seq=recorded.seq, at=fact.at, type=fact.type, by=fact.by, data=dict(fact.data), hash=recorded.hash)


async def trail(call: Call) -> Reply:
    """What was told to some people only, such as a department's draft, is read by them and by an auditor."""
    kept = await call.office.documents.open(call.person, call.part("document"), Right.AUDIT)
    found: list[Recorded] = []
    while page := await call.office.facts.of_document(kept.id, found[-1].seq if found else 0, STEP):
        found += page
    sees_all, id = Role.AUDITOR in call.person.roles, call.person.id
    told = (recorded for recorded in found if sees_all or not recorded.fact.only or id in recorded.fact.only)
    return Reply([fact_shape(recorded) for recorded in told])


ROUTES = (
    Route("GET", "/api/v1/documents/{document}/audit", trail, "Every fact of the document in order", list[FactShape]),
)
