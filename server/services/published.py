"""The version behind the code that is printed on a signed document's pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from review.document import Document, Version
from review.errors import NotFound
from review.people import Person
from review.permissions import Case, Right, may
from review.ports import Repository

MAX_CHAIN = 1000


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """`current` is the number of the version that holds now: its own unless it was superseded."""

    document: str
    version: str
    number: str
    title: str
    department: str
    file: str | None
    current: str
    superseded_by: str | None
    signed: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Published:
    documents: Repository[Document]
    versions: Repository[Version]

    async def behind(self, code: str, person: Person | None = None) -> PublishedVersion:
        """Raises `NotFound` alike for an unknown code and for a version that is not published to this person."""
        found = await self.versions.find(verify_code=code.strip().upper(), limit=1)
        if not found.items:
            raise NotFound("version", code)
        version = found.items[0].value
        document = (await self.documents.get(version.document)).value
        reads = person is not None and may(Right.READ, Case(person, document))
        if not (version.published or reads):
            raise NotFound("version", code)
        return PublishedVersion(
            document=document.id,
            version=version.id,
            number=version.number,
            title=document.title,
            department=document.department,
            file=version.file,
            current=(await self._last(version)).number,
            superseded_by=version.superseded_by,
            signed=tuple(signature.at for signature in version.signatures),
        )

    async def _last(self, version: Version) -> Version:
        for _ in range(MAX_CHAIN):
            if version.superseded_by is None:
                break
            version = (await self.versions.get(version.superseded_by)).value
        return version
