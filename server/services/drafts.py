"""The draft for reading: as it stands or stood, in the formats people take away; and its pictures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from collab.document.aside import in_thread
from collab.drafts.rooms import Rooms
from collab.history.authorship import Block
from collab.journal.moments import Moment
from review.calendar import office_day
from review.comparison import Comparison, compare
from review.content import Content, afresh, to_json, without_comments
from review.document import Document
from review.errors import Forbidden, NotFound
from review.exchange import Dialect
from review.facts import Fact
from review.html import content_html, page
from review.ids import DocumentId
from review.people import Person
from review.permissions import Right
from review.ports import Blobs, Clock, FactLog, Kept
from review.suggestions import agreed, authors, signed
from server.intake.limited import Intake, Refused
from server.intake.pandoc import give_out
from server.problems import Problem
from server.services.documents import Documents, standing
from server.services.kinds import KINDS
from server.services.pictures import ADDRESS
from signing.typeset import Masthead, typeset

LARGEST_PICTURE = 20 * 2**20
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DRAFT = {"cs": "Koncept", "en": "Draft"}


class Format(StrEnum):
    JSON = "json"
    TEXT = "text"
    HTML = "html"
    MARKDOWN = "markdown"
    DOCX = "docx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class File:
    """`name` is set for what is saved rather than shown."""

    data: bytes
    media_type: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    sha256: str
    media_type: str
    width: int
    height: int

    @property
    def src(self) -> str:
        return ADDRESS + self.sha256


@dataclass(frozen=True, slots=True)
class Template:
    id: DocumentId
    kind: str
    content: Content


@dataclass(frozen=True, slots=True)
class Drafts:
    documents: Documents
    rooms: Rooms
    blobs: Blobs
    intake: Intake
    facts: FactLog
    clock: Clock
    office: str

    async def content(self, person: Person, document: str) -> tuple[Kept[Document], Content]:
        """As it stands on disk."""
        kept = await self.documents.open(person, document)
        return kept, await self.rooms.content(kept.id)

    async def template(self, person: Person, document: str) -> Template:
        """What another document may begin with: this draft's words as they are agreed. Raises `NotFound`."""
        kept, found = await self.content(person, document)
        return Template(kept.value.id, kept.value.kind, afresh(agreed(found)))

    async def moments(self, person: Person, document: str, before: int | None, limit: int) -> list[Moment]:
        """The latest first, those that ended before the journal's entry `before`."""
        kept = await self.documents.open(person, document)
        return await self.rooms.history(kept.id, before, limit)

    async def content_at(self, person: Person, document: str, seq: int) -> tuple[Kept[Document], Content]:
        """Raises `collab.errors.NoSuchMoment`."""
        kept = await self.documents.open(person, document)
        return kept, await self.rooms.content_at(kept.id, seq)

    async def compared(self, person: Person, document: str, seq: int) -> tuple[Kept[Document], Comparison]:
        """What has changed since then. Raises `collab.errors.NoSuchMoment`."""
        kept, then = await self.content_at(person, document, seq)
        now = await self.rooms.content(kept.id)
        return kept, await in_thread(lambda: compare(then, now))

    async def authorship(self, person: Person, document: str) -> tuple[int, list[Block]]:
        """Who wrote the words of each block, and at which moment that is so."""
        kept = await self.documents.open(person, document)
        return await self.rooms.authorship(kept.id)

    async def restore(self, person: Person, document: str, seq: int) -> int:
        """An edit like any other, attributed; the journal's number after it."""
        kept = await self.open_to_write(person, document)
        await self.rooms.restore(kept.id, seq, person.id)
        await self.facts.append([Fact("draft.restored", self.clock(), person.id, kept.value.id, {"seq": seq})])
        return (await self.rooms.digest(kept.id)).seq

    async def open_to_write(self, person: Person, document: str) -> Kept[Document]:
        """Raises `NotFound`, or `Forbidden` also for who may edit, but not now."""
        kept = await self.documents.open(person, document, Right.EDIT)
        if not standing(person, kept.value).writes:
            raise Forbidden(Right.EDIT)
        return kept

    async def add_picture(self, person: Person, document: str, data: bytes) -> Picture:
        """Kept under its hash once a limited child has decoded the whole of it. Raises `Problem`."""
        await self.open_to_write(person, document)
        if len(data) > LARGEST_PICTURE:
            raise Problem("too_large")
        try:
            found = await self.intake.run("server.intake.tasks:inspect_picture", [data])
        except Refused as refused:
            raise Problem("unreadable_file") from refused
        sha256 = await self.blobs.put(data)
        await self.documents.pictures.note({sha256}, document, person.id)
        return Picture(sha256, found["type"], found["width"], found["height"])

    async def file(self, document: Document, content: Content, form: Format, language: str) -> File:
        """The content in a format of its own; suggestions show where the format has signs for them, else it is the
        agreed text. Raises `signing.errors.TypesettingRefused` for what cannot be printed."""
        title = document.title
        match form:
            case Format.JSON:
                data = await in_thread(lambda: msgspec.json.encode(to_json(content)))
                return File(data, "application/json; charset=utf-8")
            case Format.TEXT:
                text = await in_thread(lambda: bytes(agreed(content).plain, "utf-8"))
                return File(text, "text/plain; charset=utf-8")
            case Format.HTML:
                html = await in_thread(lambda: page(title, content_html(content, language), language))
                return File(html.encode(), "text/html; charset=utf-8")
            case Format.MARKDOWN:
                return File(
                    await give_out(agreed(content), Dialect.MARKDOWN), "text/markdown; charset=utf-8", f"{title}.md"
                )
            case Format.DOCX:
                named = signed(content, await self._names(authors(content)))
                data = await give_out(named, Dialect.DOCX, await self.pictures_of(content))
                return File(data, DOCX, f"{title}.docx")
            case Format.PDF:
                return File(await self._pdf(document, content, language), "application/pdf", f"{title}.pdf")

    async def _pdf(self, document: Document, content: Content, language: str) -> bytes:
        """Typeset as the final version will be, and marked as a draft."""
        masthead = Masthead(
            document.title,
            self.office,
            KINDS.get(document.kind, document.kind),
            office_day(self.clock()),
            (await self.documents.departments.get(document.department)).value.name,
            document.matter or "",
            notice=DRAFT[language],
            language="en" if language == "en" else "cs",
        )
        pictures = await self.pictures_of(content)
        return (await in_thread(lambda: typeset(without_comments(agreed(content)), masthead, (), pictures))).pdf

    async def _names(self, ids: Collection[str]) -> dict[str, str]:
        """Whoever is not here any more stays without a name."""
        found: dict[str, str] = {}
        for id in ids:
            try:
                found[id] = (await self.documents.people.get(id)).value.name
            except NotFound:
                continue
        return found

    async def pictures_of(self, content: Content) -> dict[str, bytes]:
        """The bytes of every picture that the content shows and this office keeps, by `src`."""
        found: dict[str, bytes] = {}
        for node in content.walk():
            src = str(node.attrs.get("src", ""))
            if node.type == "image" and src.startswith(ADDRESS):
                try:
                    found[src] = await self.blobs.get(src.removeprefix(ADDRESS))
                except NotFound:
                    continue
        return found
