"""Hand-overs: every signed version is packaged, checked and offered by itself; what the registry says is kept."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from review import document, handover
from review.document import Document, Version, VersionKind
from review.errors import AlreadyThere, ChangedMeanwhile, NotFound
from review.facts import Fact
from review.handover import Command, Fetch, Fetches, Handover, Registration, StoredFile
from review.ids import ClientId, HandoverId, PersonId, VersionId, new_id
from review.people import Person, Role
from review.permissions import Case, Right, may, require
from review.ports import Blobs, Clock, Kept, Repository
from server.identity.callers import Client
from server.jobs import Jobs
from server.problems import Problem
from server.services.changing import changed

JOB = "handover"


@dataclass(frozen=True, slots=True)
class Handovers:
    """What happens to a hand-over after and before its packaging (`server/services/packaging.py`)."""

    handovers: Repository[Handover]
    fetched: Repository[Fetches]
    documents: Repository[Document]
    versions: Repository[Version]
    blobs: Blobs
    jobs: Jobs
    clock: Clock

    async def offer(self, version: VersionId) -> Kept[Handover] | None:
        """Makes the hand-over of a signed version and starts its packaging; None for a version that is not signed.

        May be asked again at any time: there is one hand-over per version, and it is begun once.
        """
        found = (await self.versions.get(version)).value
        if found.kind is not VersionKind.SIGNED or found.file is None:
            return None
        return await self.of_version(version) or await self._begin(found)

    async def package(self, ready: Handover) -> None:
        await self.jobs.start(JOB, None, {"handover": ready.id}, document=ready.document)

    async def of_version(self, version: VersionId) -> Kept[Handover] | None:
        found = await self.handovers.find(version=version, limit=1)
        return found.items[0] if found.items else None

    async def _begin(self, version: Version) -> Kept[Handover]:
        owner = (await self.documents.get(version.document)).value.department
        now = self.clock()
        new = Handover(HandoverId(new_id()), version.document, version.id, version.number, owner, now, now)
        try:
            kept = await self.handovers.insert(new.id, new)
        except AlreadyThere:  # another process was first and packages it
            found = await self.of_version(version.id)
            if found is None:
                raise
            return found
        await self.package(new)
        return kept

    async def get(self, id: str) -> Kept[Handover]:
        return await self.handovers.get(id)

    async def listed(self, state: str | None = None, since: datetime | None = None) -> list[Kept[Handover]]:
        """The oldest change first, so that a client that stops half way goes on from the last one it saw."""
        found = await (self.handovers.all(state=state) if state else self.handovers.all())
        recent = [kept for kept in found if since is None or kept.value.updated >= since]
        return sorted(recent, key=lambda kept: (kept.value.updated, kept.id))

    # What the registry says.
    async def receive(self, client: Client, id: str, sha256: str) -> Kept[Handover]:
        kept = await self._decide(id, handover.Receive(sha256.lower()), client=client)
        await self._mark_document(kept.value)
        return kept

    async def register(self, client: Client, id: str, registration: Registration) -> Kept[Handover]:
        kept = await self._decide(id, handover.Register(registration), client=client)
        await self._mark_document(kept.value)
        return kept

    async def archive(self, client: Client, id: str, archive_id: str) -> Kept[Handover]:
        return await self._decide(id, handover.Archive(archive_id), client=client)

    async def reject(self, client: Client, id: str, code: str, detail: str) -> Kept[Handover]:
        return await self._decide(id, handover.Reject(code, detail), client=client)

    # What people of the office do.
    async def retry(self, person: Person, id: str) -> Kept[Handover]:
        """Packages a rejected or failed one again. Raises `Forbidden`, `NotFound`, `NotNow`."""
        await self._require(person, id)
        kept = await self._decide(id, handover.Retry(), by=person.id)
        await self.package(kept.value)
        return kept

    async def withdraw(self, person: Person, id: str, reason: str) -> Kept[Handover]:
        await self._require(person, id)
        return await self._decide(id, handover.Withdraw(reason), by=person.id)

    async def seen_by(self, person: Person, state: str | None = None) -> list[Kept[Handover]]:
        """Those of documents the person may read; all of them for who watches the whole registry."""
        found = await self.listed(state)
        if {Role.AUDITOR, Role.ADMINISTRATOR} & set(person.roles):
            return found[::-1]
        return [kept for kept in found if await self._readable(person, kept.value)][::-1]

    async def open(self, person: Person, id: str) -> Kept[Handover]:
        kept = await self.handovers.get(id)
        watches = {Role.AUDITOR, Role.ADMINISTRATOR} & set(person.roles)
        if not watches and not await self._readable(person, kept.value):
            raise NotFound("handover", id)
        return kept

    async def title(self, person: Person, of: Handover) -> str | None:
        """None for who watches hand-overs without being allowed to read documents."""
        kept = await self.documents.get(of.document)
        return kept.value.title if may(Right.READ, Case(person, kept.value)) else None

    async def _readable(self, person: Person, of: Handover) -> bool:
        return await self.title(person, of) is not None

    async def _require(self, person: Person, id: str) -> None:
        kept = await self.open(person, id)
        if Role.ADMINISTRATOR not in person.roles:
            require(Right.MANAGE, Case(person, (await self.documents.get(kept.value.document)).value))

    # Files.
    def package_of(self, of: Handover, format: str | None) -> StoredFile:
        """Raises `unknown_format`; `not_offered` while there is no package."""
        if not of.packages:
            raise Problem("not_offered", {"state": of.state})
        if format is None:
            return next(iter(of.packages.values()))
        if format not in of.packages:
            raise Problem("unknown_format", {"format": format})
        return of.packages[format]

    def file_of(self, of: Handover, path: str) -> StoredFile:
        for file in of.files:
            if file.path == path:
                return file
        raise NotFound("file", path)

    async def fetches(self, of: Handover) -> Sequence[Fetch]:
        return (await self._fetches(of.id))[1].recent

    async def note_fetch(self, client: Client, of: Handover, what: str) -> None:
        """For people who look after the hand-overs; a lost one is no harm."""
        kept, known = await self._fetches(of.id)
        after = known.after(Fetch(self.clock(), client.name, what))
        with contextlib.suppress(AlreadyThere, ChangedMeanwhile, NotFound):
            await (self.fetched.replace(kept, after) if kept else self.fetched.insert(of.id, after))

    async def _fetches(self, id: HandoverId) -> tuple[Kept[Fetches] | None, Fetches]:
        try:
            kept = await self.fetched.get(id)
        except NotFound:
            return None, Fetches(id)
        return kept, kept.value

    async def _decide(
        self, id: str, command: Command, *, by: PersonId | None = None, client: Client | None = None
    ) -> Kept[Handover]:
        """A confirmation is about the hand-over, not about its revision: it is decided anew on whatever came first."""
        who = {"client": ClientId(client.id)} if client else {}

        def step(now: Handover) -> tuple[Handover, Sequence[Fact]]:
            after, facts = handover.decide(now, command, self.clock(), by)
            return after, [replace(fact, data={**fact.data, **who}) for fact in facts]

        return await changed(self.handovers, id, step)

    async def _mark_document(self, of: Handover) -> None:
        """The document learns that it was taken, and the reference number it got, unless it had one."""

        def step(now: Document) -> tuple[Document, Sequence[Fact]]:
            matter = now.matter or (of.registration.reference if of.registration else None)
            taken = now.state is document.State.SIGNED and now.versions[-1:] == (of.version,)
            state = document.State.HANDED_OVER if taken else now.state
            if (state, matter) == (now.state, now.matter):
                return now, ()
            data = {"state": state.value, "version": of.version, "handover": of.id}
            fact = Fact("document.state", self.clock(), None, now.id, data)
            return replace(now, state=state, matter=matter, updated=self.clock()), [fact]

        await changed(self.documents, of.document, step)
