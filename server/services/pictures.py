"""Who may see a picture: who brought it, and who may read a document that shows or has shown it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from collab.document.aside import in_thread
from collab.drafts.rooms import Rooms
from review.content import Content
from review.document import Document
from review.errors import AlreadyThere, BadContent, Forbidden, NotFound
from review.ids import DocumentId, PersonId
from review.people import Person
from review.permissions import Case, Right, require
from review.ports import Blobs, Repository

ADDRESS = "/api/v1/blobs/"
MEDIA_TYPES: Mapping[bytes, str] = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Showing:
    """A picture, by its SHA-256, in a document; `by` brought it there, None for who only looked at it."""

    picture: str
    document: DocumentId
    by: PersonId | None


def media_type_of(head: bytes) -> str | None:
    """By the first bytes; None for what is no picture."""
    for sign, media_type in MEDIA_TYPES.items():
        if head.startswith(sign) and (sign != b"RIFF" or head[8:12] == b"WEBP"):
            return media_type
    return None


def shown(content: Content) -> set[str]:
    """The pictures kept here that a content shows."""
    sources = (str(node.attrs.get("src", "")) for node in content.walk() if node.type == "image")
    return {src.removeprefix(ADDRESS) for src in sources if src.startswith(ADDRESS)}


@dataclass(frozen=True, slots=True)
class Pictures:
    """A picture pasted from another document counts for its new place from the first look of somebody who is there."""

    showings: Repository[Showing]
    documents: Repository[Document]
    rooms: Rooms
    blobs: Blobs

    async def note(self, pictures: set[str], document: str, by: PersonId | None) -> None:
        """From now on the readers of the document may see them."""
        for picture in pictures:
            id = hashlib.sha256(f"{picture} {document}".encode()).hexdigest()
            with suppress(AlreadyThere):
                await self.showings.insert(id, Showing(picture, DocumentId(document), by))

    async def open(self, person: Person, sha256: str) -> tuple[int, str]:
        """Size and media type. Raises `NotFound` for what this person may not see, and for what is no picture."""
        size, media_type = await self._described(sha256)
        for kept in await self.showings.all(picture=sha256):
            if kept.value.by == person.id or await self._reads(person, kept.value.document):
                return size, media_type
        for document in self._attended(person):
            if sha256 in await self._shown(document) and await self._reads(person, document):
                await self.note({sha256}, document, None)
                return size, media_type
        raise NotFound("blob", sha256)

    async def _described(self, sha256: str) -> tuple[int, str]:
        size = await self.blobs.size(sha256)
        async for chunk in self.blobs.stream(sha256):
            if media_type := media_type_of(chunk):
                return size, media_type
            break
        raise NotFound("blob", sha256)

    def _attended(self, person: Person) -> list[str]:
        return [document for document in self.rooms.awake() if person.id in self.rooms.people(document)]

    async def _shown(self, document: str) -> set[str]:
        try:
            found = await self.rooms.content(document)
            return await in_thread(lambda: shown(found))
        except (BadContent, NotFound):
            return set()

    async def _reads(self, person: Person, document: str) -> bool:
        try:
            require(Right.READ, Case(person, (await self.documents.get(document)).value))
        except (NotFound, Forbidden):
            return False
        return True
