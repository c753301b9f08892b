"""Versions: frozen out of the draft, read, compared. Their content never changes."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from collab.document.aside import in_thread
from collab.drafts.rooms import Rooms
from review.comparison import Comparison, compare
from review.content import Content, canonical, parse, without_comments
from review.document import Document, Version, VersionKind
from review.errors import AlreadyThere
from review.facts import Fact
from review.ids import PersonId, VersionId
from review.people import Person
from review.permissions import Right
from review.ports import Blobs, Clock, Kept, Repository
from review.suggestions import agreed, decided
from server.services.documents import Documents

KEPT_CONTENTS = 64
DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Versions:
    documents: Documents
    versions: Repository[Version]
    blobs: Blobs
    rooms: Rooms
    clock: Clock
    _contents: OrderedDict[str, Content] = field(default_factory=OrderedDict)

    async def open(self, person: Person, id: str) -> tuple[Kept[Version], Kept[Document]]:
        """The version with its document, for somebody who may read it. Raises `NotFound`."""
        kept = await self.versions.get(id)
        return kept, await self.documents.open(person, kept.value.document)

    async def of_document(self, person: Person, document: str) -> list[Kept[Version]]:
        """In order of creation."""
        kept = await self.documents.open(person, document)
        return [await self.versions.get(id) for id in kept.value.versions]

    async def all_of(self, document: Document) -> list[Version]:
        """In order of creation."""
        return [(await self.versions.get(id)).value for id in document.versions]

    async def content(self, version: Version) -> Content:
        """Parsed once and remembered: a version's content is immutable."""
        known = self._contents.get(version.content)
        if known is None:
            known = parse(json.loads(await self.blobs.get(version.content)))
            self._contents[version.content] = known
            while len(self._contents) > KEPT_CONTENTS:
                self._contents.popitem(last=False)
        self._contents.move_to_end(version.content)
        return known

    async def draft(self, person: Person, document: str) -> Content:
        """The agreed text of the draft as it stands on disk."""
        kept = await self.documents.open(person, document, Right.READ)
        found = await self.rooms.content(kept.id)
        return await in_thread(lambda: agreed(found))

    async def compared(self, person: Person, before: Version, other: str) -> tuple[Comparison, str]:
        """The difference from a version to another one, or to its document's draft; and how the other one is called."""
        if other == DRAFT:
            after, name = await self.draft(person, before.document), DRAFT
        else:
            kept, _ = await self.open(person, other)
            after, name = await self.content(kept.value), kept.value.number
        then = await self.content(before)
        return await in_thread(lambda: compare(then, after)), name

    async def freeze(self, document: Document, id: VersionId, by: PersonId) -> Version:
        """The draft as it stands, as the version with this id; once: asked again, the version made before.

        The document does not name it yet: that is the caller's next write. Raises `OpenSuggestions`.
        """
        settled = await self.rooms.settle(document.id, by)
        content, written = await in_thread(lambda: _frozen(settled))
        sha256 = await self.blobs.put(written)
        earlier = await self.all_of(document)
        frozen = sum(version.kind is VersionKind.FROZEN for version in earlier)
        version = Version(
            id,
            document.id,
            f"0.{frozen + 1}",
            VersionKind.FROZEN,
            content.schema,
            sha256,
            self.clock(),
            by,
            parent=earlier[-1].id if earlier else document.forked_from,
        )
        try:
            return (await self.versions.insert(id, version, [self._created(version)])).value
        except AlreadyThere:
            return (await self.versions.get(id)).value

    def _created(self, version: Version) -> Fact:
        data: Mapping[str, str] = {"version": version.id, "number": version.number, "contentHash": version.content}
        return Fact("version.created", version.created, version.by, version.document, data)


def _frozen(settled: Content) -> tuple[Content, bytes]:
    """What is decided, without remarks, and how it is written: its blob bears its hash. Raises `OpenSuggestions`."""
    content = decided(without_comments(settled))
    return content, canonical(content)
