"""From a settled draft to a final version: its content frozen, typeset with every place for a signature, kept.

A job, so that it survives a stop: the version's id is in its input, and every step may be done again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from collab.document.aside import in_thread
from review.calendar import office_day
from review.content import Content, canonical, content_hash, without_comments
from review.document import Document, MemberRole, State, Version, VersionKind
from review.errors import AlreadyThere, NotFound, NotNow
from review.facts import Fact
from review.ids import PersonId, VersionId, new_id
from review.people import Person
from review.permissions import Right
from review.ports import Blobs, Clock, Repository
from review.suggestions import decided
from server.identity.citizen_codes import new_code
from server.jobs import Job, Jobs, Progress
from server.problems import Problem
from server.services.changing import Turns, changed
from server.services.documents import Documents
from server.services.drafts import Drafts
from server.services.kinds import KINDS
from server.services.rounds import Rounds
from signing.fields import place_fields
from signing.typeset import Masthead, Proof, Signer, typeset

JOB: Final = "finalize"
VISIBLE: Final = 4
MOST_SIGNERS: Final = 12
FINALISABLE: Final = (State.DRAFT, State.SETTLING, State.READY)
NO_FORCE: Final = "Ukázkové podpisy bez právní závaznosti"


def field_of(number: int) -> str:
    """The name of the signature field of the n-th request, counted from 1."""
    return f"Podpis{number}"


def mark_of(version: VersionId) -> str:
    """What a file of ours carries in its keywords, so that any copy leads back to its version."""
    return f"paraph:version:{version}"


@dataclass(frozen=True, slots=True)
class Finalizing:
    """`office` is the authority's name, `url` the public address that printed codes lead to."""

    documents: Documents
    drafts: Drafts
    rounds: Rounds
    versions: Repository[Version]
    people: Repository[Person]
    blobs: Blobs
    jobs: Jobs
    clock: Clock
    office: str
    url: str
    turns: Turns = field(default_factory=Turns)

    async def start(self, person: Person, document: str, id: str | None = None) -> Job:
        """Raises `NotNow` while a round runs, `Unsettled`, `OpenSuggestions`, `Forbidden`, `nothing_to_finalise`."""
        kept = await self.documents.open(person, document, Right.FINALISE)
        await self._require_ready(kept.value)
        draft = await self.documents.rooms.content(kept.id)
        if await in_thread(lambda: not decided(draft).plain.strip()):
            raise Problem("nothing_to_finalise")
        return await self.jobs.start(JOB, person.id, {"version": new_id()}, document=kept.value.id, id=id)

    async def _require_ready(self, document: Document) -> None:
        await self.rounds.require_finished(document)
        if document.state not in FINALISABLE:
            raise NotNow("finalise", document.state)

    async def run(self, progress: Progress) -> Mapping[str, Any]:
        """The runner of the job."""
        job = progress.job
        if job.document is None or job.person is None:
            raise NotFound("document", "")
        progress.begin(2)
        id, document = VersionId(str(job.input["version"])), (await self.documents.documents.get(job.document)).value
        async with self.turns.of(document.id):
            version = await self._version(document.id, id, job.person)
            progress.step()
            await changed(self.documents.documents, document.id, lambda now: self._named(now, version))
            progress.step()
        return {"version": version.id}

    async def _version(self, document: str, id: VersionId, by: PersonId) -> Version:
        """The job's version as a stop left it, the one that says all this already, or a new one."""
        try:
            return (await self.versions.get(id)).value
        except NotFound:
            now = (await self.documents.documents.get(document)).value
        await self._require_ready(now)
        settled = await self.documents.rooms.settle(document, by)
        content = await in_thread(lambda: decided(without_comments(settled)))
        face = await self._face(now)
        if now.state is State.READY and now.versions:
            last = (await self.versions.get(now.versions[-1])).value
            hashed = await in_thread(lambda: content_hash(content))
            if last.kind is VersionKind.FINAL and (last.content, last.printed) == (hashed, face.digest):
                return last
        return await self._make(now, content, face, id, by)

    def _named(self, document: Document, version: Version) -> tuple[Document, Sequence[Fact]]:
        if version.id in document.versions:
            return document, ()
        if document.state not in FINALISABLE:
            raise NotNow("finalise", document.state)
        now, data = self.clock(), {"state": State.READY.value, "version": version.id}
        named = replace(document, state=State.READY, versions=(*document.versions, version.id), updated=now)
        return named, (Fact("document.state", now, version.by, document.id, data),)

    async def _make(self, document: Document, content: Content, face: _Face, id: VersionId, by: PersonId) -> Version:
        code = new_code()[:19]
        masthead = replace(
            face.masthead,
            dated=office_day(self.clock()),
            proof=Proof(f"{self.url}/verify/{code}", code),
            notice=NO_FORCE,
            identity=mark_of(id),
        )
        pictures = await self.drafts.pictures_of(content)
        pdf, pages = await asyncio.to_thread(_pages, content, masthead, face.signers, pictures)
        version = Version(
            id,
            document.id,
            str(document.draft_of),
            VersionKind.FINAL,
            content.schema,
            await self.blobs.put(canonical(content)),
            self.clock(),
            by,
            parent=document.versions[-1] if document.versions else document.forked_from,
            file=await self.blobs.put(pdf),
            size=len(pdf),
            pages=pages,
            verify_code=code,
            printed=face.digest,
        )
        data = {"version": id, "number": version.number, "contentHash": version.content, "fileHash": version.file}
        try:
            await self.versions.insert(id, version, [Fact("version.created", version.created, by, document.id, data)])
        except AlreadyThere:
            return (await self.versions.get(id)).value
        return version

    async def _face(self, document: Document) -> _Face:
        """Members who are to sign have their names on the page; further places stay free for others."""
        masthead = Masthead(
            document.title,
            self.office,
            KINDS.get(document.kind, document.kind),
            date.min,
            (await self.documents.departments.get(document.department)).value.name,
            document.matter or "",
            str(document.draft_of),
        )
        named = [id for id, role in document.members.items() if role is MemberRole.SIGNER][:MOST_SIGNERS]
        names = [(await self.people.get(id)).value.name for id in named]
        places = range(max(VISIBLE, len(names)))
        return _Face(masthead, tuple(Signer(field_of(n + 1), names[n] if n < len(names) else "") for n in places))


@dataclass(frozen=True, slots=True)
class _Face:
    """What stands on the paper beside the content, but for the day and the codes."""

    masthead: Masthead
    signers: tuple[Signer, ...]

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()


def _pages(
    content: Content, masthead: Masthead, signers: Sequence[Signer], pictures: Mapping[str, bytes]
) -> tuple[bytes, int]:
    made = typeset(content, masthead, signers, pictures)
    unseen = [field_of(number) for number in range(len(signers) + 1, MOST_SIGNERS + 1)]
    return place_fields(made.pdf, made.rooms, unseen), made.count
