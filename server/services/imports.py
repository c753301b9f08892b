"""A file from elsewhere becomes the draft: DOCX, ODT, Markdown, HTML, and the text of a PDF.

The draft then says what the file says, as one edit of the person who brought it; what it said before stays in its
history. Comments that the file carried become remarks at their passages.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from collab.drafts.rooms import Rooms
from review.anchors import anchor
from review.content import Content, Node, Text, with_ids
from review.errors import Invalid
from review.exchange import Reading, Remark
from review.facts import Fact
from review.ids import DocumentId
from review.people import Person
from review.ports import Blobs, Clock, FactLog
from review.schema import schema
from review.size import of_bounded_size
from review.thread import Anchor
from server.intake.limited import Intake, Refused
from server.intake.pandoc import MAX_BYTES, Source, take_in
from server.jobs import Job, Jobs, Progress
from server.problems import Problem
from server.services.directory import Directory
from server.services.drafts import Drafts
from server.services.pictures import ADDRESS, shown
from server.services.threads import Threads

KIND = "import"
PDF = "pdf"
SOURCES: Mapping[str, str] = {
    ".docx": Source.DOCX,
    ".odt": Source.ODT,
    ".md": Source.MARKDOWN,
    ".markdown": Source.MARKDOWN,
    ".html": Source.HTML,
    ".htm": Source.HTML,
    ".pdf": PDF,
}
STEPS = 3


@dataclass(frozen=True, slots=True)
class Imports:
    drafts: Drafts
    threads: Threads
    directory: Directory
    rooms: Rooms
    blobs: Blobs
    intake: Intake
    jobs: Jobs
    facts: FactLog
    clock: Clock

    async def begin(self, person: Person, document: str, name: str, data: bytes, id: str | None = None) -> Job:
        """The work, begun. Raises `wrong_media_type` for a name of another kind, `too_large`."""
        kept = await self.drafts.open_to_write(person, document)
        source = SOURCES.get(PurePosixPath(name).suffix.lower())
        if source is None:
            raise Problem("wrong_media_type")
        if len(data) > MAX_BYTES:
            raise Problem("too_large")
        input = {"file": await self.blobs.put(data), "source": source}
        return await self.jobs.start(KIND, person.id, input, document=kept.value.id, id=id)

    async def run(self, progress: Progress) -> Mapping[str, Any]:
        """Reads the file, then edits the draft: a file that cannot be read leaves it as it was."""
        job = progress.job
        if job.person is None or job.document is None:
            raise Problem("bad_request")
        progress.begin(STEPS)
        data = await self.blobs.get(job.input["file"])
        reading = await self._read(data, job.input["source"])
        content = with_ids(of_bounded_size(reading.content))
        progress.step()
        person = await self.directory.person(job.person)
        await self.drafts.open_to_write(person, job.document)
        await self.drafts.documents.pictures.note(shown(content), job.document, person.id)
        await self.rooms.edit(job.document, person.id, lambda draft: draft.become(content))
        told = {"file": job.input["file"], "source": job.input["source"]}
        await self.facts.append([Fact("draft.imported", self.clock(), person.id, job.document, told)])
        progress.step()
        remarks = await self._remarks(person, job.document, content, reading)
        progress.step()
        return {"remarks": remarks, "leftOut": list(reading.left_out)}

    async def _read(self, data: bytes, source: str) -> Reading:
        try:
            if source == PDF:
                return Reading(_paragraphs(await self.intake.run("server.intake.tasks:text_of_pdf", [data])))
            return await take_in(data, Source(source), (await self._pictures(data)).get)
        except Refused as refused:
            raise Problem("unreadable_file") from refused

    async def _pictures(self, data: bytes) -> dict[str, str]:
        """Of a packed file: the address of each picture in our keeping, by the address that its text uses."""
        found = await self.intake.run("server.intake.tasks:pictures_of", [data])
        kept = await asyncio.gather(*(self.blobs.put(b64decode(encoded)) for encoded in found.values()))
        return {address: ADDRESS + sha256 for address, sha256 in zip(found, kept, strict=True)}

    async def _remarks(self, person: Person, document: DocumentId, content: Content, reading: Reading) -> int:
        blocks = list(content.blocks())
        for remark in reading.remarks:
            said = f"{remark.author}: {remark.text}" if remark.author else remark.text
            place = None
            if remark.block < len(blocks) and remark.start < remark.end:
                place = _anchor(content, blocks[remark.block], remark)
            await self.threads.begin(person, document, place, said)
        return len(reading.remarks)


def _anchor(content: Content, block: Node, remark: Remark) -> Anchor | None:
    try:
        return anchor(content, block.id or "", remark.start, remark.end)
    except Invalid:
        return None


def _paragraphs(lines: list[str]) -> Content:
    """The text of a PDF: a paragraph for each."""
    nodes = tuple(Node("paragraph", {}, (Text(line),)) for line in lines if line)
    return Content(schema().version, nodes or (Node("paragraph"),))
