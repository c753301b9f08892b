"""Documents and their members."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import Field

from review.content import EMPTY, parse
from review.document import Confidentiality, Document, MemberRole, State, Version
from review.errors import NotFound
from review.ids import DepartmentId, PersonId
from review.permissions import role_of
from review.ports import Kept
from server.api.paging import PageQuery, page_of
from server.api.route import Call, Created, Reply, Route
from server.api.shapes import Listing, Shape
from server.problems import Field as Wrong
from server.problems import Problem
from server.services.documents import MAX_TITLE, NewDocument, Wanted
from server.services.drafts import Template

KIND = "document"


class Draft(Shape):
    """`version` is the number the draft will get when it is final."""

    version: int
    hash: str
    words: int


class VersionSummary(Shape):
    id: str
    number: str
    kind: str
    created: datetime
    content_hash: str
    file_hash: str | None = None
    superseded_by: str | None = None
    signatures: int = 0


class DocumentShape(Shape):
    id: str
    title: str
    kind: str
    department: str
    matter: str | None = None
    confidentiality: str
    state: str
    draft: Draft
    versions: list[VersionSummary]
    rounds: list[str]
    role: str
    rev: int
    created: datetime
    updated: datetime


class NewDocumentShape(Shape):
    """`template` is a document to begin with instead of `content`: one that the caller may read.

    `kind` is the template's unless named, else `document`.
    """

    title: str = Field(min_length=1, max_length=MAX_TITLE)
    kind: str | None = Field(None, min_length=1, max_length=60)
    department: str
    matter: str | None = Field(None, max_length=100)
    confidentiality: Confidentiality = Field(Confidentiality.INTERNAL, strict=False)
    content: dict[str, Any] | None = None
    template: str | None = Field(None, max_length=100)


class DocumentChange(Shape):
    title: str | None = Field(None, min_length=1, max_length=MAX_TITLE)
    kind: str | None = Field(None, min_length=1, max_length=60)
    matter: str | None = Field(None, max_length=100)
    confidentiality: Confidentiality | None = Field(None, strict=False)


class DocumentsQuery(PageQuery):
    q: str = ""
    state: State | None = None
    department: str | None = None
    kind: str | None = None
    mine: bool = False


class MemberShape(Shape):
    person: str
    role: str


class MemberChange(Shape):
    role: MemberRole = Field(strict=False)


def version_summary(version: Version) -> VersionSummary:
    return VersionSummary(
        id=version.id,
        number=version.number,
        kind=version.kind,
        created=version.created,
        content_hash=version.content,
        file_hash=version.file,
        superseded_by=version.superseded_by,
        signatures=len(version.signatures),
    )


async def document_shape(call: Call, kept: Kept[Document]) -> DocumentShape:
    document, office = kept.value, call.office
    draft = await office.rooms.digest(document.id)
    versions = [(await office.stores.versions.get(id)).value for id in document.versions]
    return DocumentShape(
        id=document.id,
        title=document.title,
        kind=document.kind,
        department=document.department,
        matter=document.matter,
        confidentiality=document.confidentiality,
        state=document.state,
        draft=Draft(version=document.draft_of, hash=draft.hash, words=draft.words),
        versions=[version_summary(version) for version in versions],
        rounds=list(document.rounds),
        role=role_of(call.person, document),
        rev=kept.rev,
        created=document.created,
        updated=document.updated,
    )


async def documents(call: Call, query: DocumentsQuery) -> Reply:
    wanted = Wanted(query.q, query.state, query.department, query.kind, query.mine)
    found = await call.office.documents.listed(call.person, wanted)
    page, after = page_of(found, query)
    return Reply(Listing[DocumentShape](items=[await document_shape(call, kept) for kept in page], next=after))


async def create(call: Call, body: NewDocumentShape) -> Reply:
    template = await _template(call, body)
    content = template.content if template else parse(body.content) if body.content is not None else EMPTY
    new = NewDocument(
        body.title,
        body.kind or (template.kind if template else KIND),
        DepartmentId(body.department),
        body.matter,
        body.confidentiality,
        content,
        template.id if template else None,
    )
    kept = await call.office.documents.create(call.person, new, call.fresh)
    return Reply(await document_shape(call, kept), rev=kept.rev)


async def one(call: Call) -> Reply:
    kept = await call.office.documents.open(call.person, call.part("document"))
    return Reply(await document_shape(call, kept), rev=kept.rev)


async def _template(call: Call, body: NewDocumentShape) -> Template | None:
    if body.template is None:
        return None
    if body.content is not None:
        raise Problem("invalid", fields=[Wrong("template", "either", {"expected": "content, template"})])
    try:
        return await call.office.drafts.template(call.person, body.template)
    except NotFound:
        raise Problem("invalid", fields=[Wrong("template", "unknown")]) from None


async def created(call: Call) -> Reply:
    return await one(call.at(document=call.fresh))


async def change(call: Call, body: DocumentChange) -> Reply:
    kept = await call.office.documents.open(call.person, call.part("document"))
    call.match(kept.rev)
    given = {name: value for name in body.model_fields_set if (value := getattr(body, name)) is not None}
    if "matter" in body.model_fields_set:
        given["matter"] = body.matter
    changed = replace(kept.value, **given)
    kept = await call.office.documents.change(call.person, kept, changed, {"fields": sorted(given)})
    return Reply(await document_shape(call, kept), rev=kept.rev)


async def members(call: Call) -> Reply:
    kept = await call.office.documents.open(call.person, call.part("document"))
    return Reply([MemberShape(person=id, role=role) for id, role in kept.value.members.items()], rev=kept.rev)


async def member(call: Call) -> Reply:
    kept = await call.office.documents.open(call.person, call.part("document"))
    role = kept.value.members.get(PersonId(call.part("person")))
    if role is None:
        raise Problem("not_found")
    return Reply(MemberShape(person=call.part("person"), role=role), rev=kept.rev)


async def set_member(call: Call, body: MemberChange) -> Reply:
    kept = await call.office.documents.open(call.person, call.part("document"))
    person = PersonId(call.part("person"))
    if person in kept.value.members:
        call.match(kept.rev)
    kept = await call.office.documents.set_member(call.person, kept, person, body.role)
    return Reply(MemberShape(person=person, role=body.role), rev=kept.rev)


async def drop_member(call: Call) -> Reply:
    kept = await call.office.documents.open(call.person, call.part("document"))
    person = PersonId(call.part("person"))
    if person not in kept.value.members:
        raise Problem("not_found")
    call.match(kept.rev)
    await call.office.documents.set_member(call.person, kept, person, None)
    return Reply()


ONE, MEMBER = "/api/v1/documents/{document}", "/api/v1/documents/{document}/members/{person}"
ROUTES = (
    Route("GET", "/api/v1/documents", documents, "Documents one may read", Listing[DocumentShape]),
    Route("POST", "/api/v1/documents", create, "Begin a document", DocumentShape, 201, creates=Created(created, ONE)),
    Route("GET", ONE, one, "One document", DocumentShape),
    Route("PATCH", ONE, change, "Change title, kind, reference or confidentiality", DocumentShape, needs_match=True),
    Route("GET", f"{ONE}/members", members, "Members and their roles", list[MemberShape]),
    Route("GET", MEMBER, member, "One member", MemberShape),
    Route("PUT", MEMBER, set_member, "Give a person a role", MemberShape),
    Route("DELETE", MEMBER, drop_member, "Take a role away", needs_match=True),
)
