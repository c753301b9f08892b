"""What anybody may ask without signing in: the status behind a code, and which version a printed page is."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from review.permissions import Right
from review.status import Told
from server.api.route import Access, Call, Reply, Route
from server.api.shapes import Shape


class StatusQuery(Shape):
    code: str = Field(max_length=100)


class StatusShape(Shape):
    """`stage` and `next` are words of the line preparing, in_review, settling, signing, decided, archived."""

    stage: str
    since: date
    department: str
    next: str | None = None
    must_act: bool
    expected: date | None = None


class IssuedCode(Shape):
    """For the citizen; shown this once."""

    code: str
    expires: datetime


class PublishedShape(Shape):
    """What the page behind a printed code says. `title` is there for published versions only."""

    document: str
    version: str
    number: str
    title: str | None = None
    file_hash: str | None = None
    current: bool
    superseded_by: str | None = None
    signed: list[datetime]


def status_shape(told: Told) -> StatusShape:
    return StatusShape(
        stage=told.stage,
        since=told.since,
        department=told.department,
        next=told.next,
        must_act=told.must_act,
        expected=told.expected,
    )


async def ask_status(call: Call, body: StatusQuery) -> Reply:
    return Reply(status_shape(await call.office.registry.status.ask(body.code, call.address)))


async def issue_code(call: Call) -> Reply:
    kept = await call.office.documents.open(call.person, call.part("document"), Right.MANAGE)
    code, expires = await call.office.registry.status.issue(call.person.id, kept.value.id)
    return Reply(IssuedCode(code=code, expires=expires))


async def published(call: Call) -> Reply:
    found = await call.office.registry.published.behind(call.part("code"))
    return Reply(
        PublishedShape(
            document=found.document,
            version=found.version,
            number=found.number,
            title=found.title,
            file_hash=found.file,
            current=found.superseded_by is None,
            superseded_by=found.superseded_by,
            signed=list(found.signed),
        )
    )


CODES = "/api/v1/documents/{document}/status-codes"
ROUTES = (
    Route(
        "POST", "/public/v1/status-queries", ask_status, "The status behind a code", StatusShape, access=Access.PUBLIC
    ),
    Route("POST", CODES, issue_code, "A status code for the citizen, shown once", IssuedCode, 201),
    Route(
        "GET",
        "/public/v1/versions/{code}",
        published,
        "The version behind a printed code",
        PublishedShape,
        access=Access.PUBLIC,
    ),
)
