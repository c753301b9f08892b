"""Documents: begun, found, renamed, shared. Every other service opens a document through here."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from collab.drafts.rooms import Rooms
from collab.errors import AlreadyBegun
from collab.room.member import Standing
from review.content import Content
from review.document import Confidentiality, Document, MemberRole, State, Version
from review.errors import NotFound
from review.facts import Fact
from review.ids import DepartmentId, DocumentId, PersonId, new_id
from review.people import Department, Person
from review.permissions import Case, Right, may, may_create, require, role_of
from review.ports import Clock, Kept, Repository
from server.problems import Field, Problem
from server.services.pictures import Pictures, shown

MAX_TITLE = 300

WRITTEN_IN = frozenset({State.DRAFT, State.IN_REVIEW, State.SETTLING, State.READY})
"""States in which a draft is written: afterwards only a change does, and begins the next version."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """`template` is the document that `content` was taken from."""

    title: str
    kind: str
    department: DepartmentId
    matter: str | None
    confidentiality: Confidentiality
    content: Content
    template: DocumentId | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; None = any. `words` are looked for in title and reference number."""

    words: str = ""
    state: State | None = None
    department: str | None = None
    kind: str | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Documents:
    documents: Repository[Document]
    versions: Repository[Version]
    departments: Repository[Department]
    people: Repository[Person]
    rooms: Rooms
    pictures: Pictures
    clock: Clock

    async def open(self, person: Person, id: str, right: Right = Right.READ) -> Kept[Document]:
        """The document, for somebody who has the right. Raises `NotFound` or `Forbidden`."""
        kept = await self.documents.get(id)
        require(right, Case(person, kept.value))
        return kept

    async def create(self, person: Person, new: NewDocument, id: str | None = None) -> Kept[Document]:
        """The draft is on disk before the document is there. Its author becomes its submitter.

        `id` is the one it was to get when an attempt before was cut: what that began is taken up.
        """
        await self._check(new.title, new.department)
        if not may_create(person, new.department):
            raise Problem("forbidden")
        now = self.clock()
        document = Document(
            DocumentId(id or new_id()),
            new.title.strip(),
            new.kind,
            new.department,
            new.confidentiality,
            {person.id: MemberRole.SUBMITTER},
            now,
            now,
            matter=new.matter,
        )
        with suppress(AlreadyBegun):
            await self.rooms.create(document.id, new.content, person.id)
        await self.pictures.note(shown(new.content), document.id, person.id)
        data = {"kind": new.kind, "department": new.department} | ({"template": new.template} if new.template else {})
        fact = self._fact("document.created", document, person.id, data)
        return await self.documents.insert(document.id, document, [fact])

    async def _check(self, title: str, department: str) -> None:
        if not title.strip() or len(title) > MAX_TITLE:
            raise Problem("invalid", fields=[Field("title", "characters", {"least": 1, "most": MAX_TITLE})])
        try:
            await self.departments.get(department)
        except NotFound:
            raise Problem("invalid", fields=[Field("department", "unknown")]) from None

    async def listed(self, person: Person, wanted: Wanted) -> list[Kept[Document]]:
        """Those the person may read, the latest changed first."""
        narrowed = {"department": wanted.department} if wanted.department else {}
        found = [kept for kept in await self.documents.all(**narrowed) if _fits(person, kept.value, wanted)]
        return sorted(found, key=lambda kept: (kept.value.updated, kept.id), reverse=True)

    async def change(
        self, person: Person, kept: Kept[Document], changed: Document, data: Mapping[str, object]
    ) -> Kept[Document]:
        require(Right.MANAGE, Case(person, kept.value))
        await self._check(changed.title, changed.department)
        changed = replace(changed, updated=self.clock())
        saved = await self.documents.replace(kept, changed, [self._fact("document.changed", changed, person.id, data)])
        await self._tell_roles(kept.value, changed)
        return saved

    async def set_member(
        self, person: Person, kept: Kept[Document], member: PersonId, role: MemberRole | None
    ) -> Kept[Document]:
        """None takes the membership away. The last submitter stays: a document is never nobody's."""
        require(Right.MANAGE, Case(person, kept.value))
        members = {id: was for id, was in kept.value.members.items() if id != member}
        if role is not None:
            await self._known(member)
            members[member] = role
        if MemberRole.SUBMITTER not in members.values():
            raise Problem("last_submitter")
        changed = replace(kept.value, members=members, updated=self.clock())
        fact = self._fact("role.changed", changed, person.id, {"person": member, "role": role or ""})
        saved = await self.documents.replace(kept, changed, [fact])
        await self._tell_roles(kept.value, changed)
        return saved

    async def _known(self, member: PersonId) -> None:
        try:
            await self.people.get(member)
        except NotFound:
            raise Problem("invalid", fields=[Field("person", "unknown")]) from None

    async def _tell_roles(self, before: Document, after: Document) -> None:
        """Open sockets learn at once what their person may do now."""
        if before.members == after.members and before.confidentiality == after.confidentiality:
            return
        for id in self.rooms.people(after.id):
            self.rooms.set_role(after.id, id, standing((await self.people.get(id)).value, after))

    def _fact(self, type: str, document: Document, by: PersonId, data: Mapping[str, object]) -> Fact:
        return Fact(type, self.clock(), by, document.id, dict(data))


def standing(person: Person, document: Document) -> Standing:
    """What an open connection of this person may do with the draft now."""
    writes = document.state in WRITTEN_IN and may(Right.EDIT, Case(person, document))
    return Standing(role_of(person, document), writes)


def _fits(person: Person, document: Document, wanted: Wanted) -> bool:
    if not may(Right.READ, Case(person, document)):
        return False
    if wanted.mine and person.id not in document.members:
        return False
    if wanted.state and document.state != wanted.state:
        return False
    if wanted.kind and document.kind != wanted.kind:
        return False
    words = wanted.words.casefold().split()
    return all(word in f"{document.title} {document.matter or ''}".casefold() for word in words)
