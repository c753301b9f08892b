"""From a signed version to packages on offer: gathers the proof, builds, checks, and only then offers."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from review import dataset as parts
from review import handover
from review.content import parse
from review.dataset import Agent, Dataset, Description, Event, File, Office, Package
from review.document import Document, Version
from review.errors import ChangedMeanwhile, NotFound, PackageFault, Unavailable
from review.handover import Handover, State, StoredFile
from review.people import Department, Person
from review.ports import Blobs, Clock, Kept, Repository
from server.jobs import Progress
from server.services.pictures import media_type_of, shown

log = logging.getLogger("paraph.handover")

SOFTWARE = "paraph"
AT_ONCE = 2
"""Packages in the making, so that a thousand signed at once do not fill the memory."""


class Packer(Protocol):
    """Builds packages. `formats` are in the order the office prefers, each with the specification it follows."""

    @property
    def formats(self) -> Mapping[str, str]: ...
    def pack(self, format: str, dataset: Dataset) -> Package:
        """Raises `UnknownFormat`, and `PackageFault` when its own check finds the package wrong."""
        ...


Proof = Callable[[Document, Version, bytes], Awaitable[Sequence[File]]]
"""Gives files that prove something of a version and its PDF: a validation report, an audit extract."""


@dataclass(frozen=True, slots=True)
class Packaging:
    """The work behind a hand-over that stands ready. `proofs` are asked in order."""

    handovers: Repository[Handover]
    documents: Repository[Document]
    versions: Repository[Version]
    departments: Repository[Department]
    people: Repository[Person]
    blobs: Blobs
    packer: Packer
    proofs: Sequence[Proof]
    office: Office
    release: str
    clock: Clock
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self, progress: Progress) -> Mapping[str, str]:
        """The runner of the job: does nothing to a hand-over that does not stand ready (any more)."""
        async with self.turns:
            return await self._run(progress)

    async def _run(self, progress: Progress) -> Mapping[str, str]:
        kept = await self.handovers.get(str(progress.job.input["handover"]))
        if kept.value.state is not State.READY:
            return {"handover": kept.id, "state": kept.value.state}
        progress.begin(len(self.packer.formats))
        command = await self._command(kept.value, progress)
        after, facts = handover.decide(kept.value, command, self.clock())
        try:
            kept = await self.handovers.replace(kept, after, facts)
        except ChangedMeanwhile:
            kept = await self.handovers.get(kept.id)  # withdrawn meanwhile, or packaged by another process
        return {"handover": kept.id, "state": kept.value.state}

    async def _command(self, ready: Handover, progress: Progress) -> handover.Command:
        """Offer or fail. What storage cannot keep now is neither: the job fails and is begun again."""
        try:
            return await self._offer(ready, progress)
        except Unavailable:
            raise
        except PackageFault as fault:
            return handover.Fail(fault.code, f"{fault.path}: {fault.why}"[: handover.MAX_TEXT])
        except Exception as error:
            log.exception("hand-over %s cannot be packaged", ready.id)
            return handover.Fail("packaging_failed", type(error).__name__)

    async def _offer(self, ready: Handover, progress: Progress) -> handover.Offer:
        dataset = await self._dataset(ready)
        packages = {}
        for format in self.packer.formats:
            package = await asyncio.to_thread(self.packer.pack, format, dataset)
            packages[format] = await self._keep(package.name, package.data, "application/zip")
            progress.step({"format": format, "sha256": package.sha256})
        files = [await self._keep(file.path, file.data, file.media_type) for file in dataset.files]
        return handover.Offer(packages, tuple(files))

    async def _keep(self, path: str, data: bytes, media_type: str) -> StoredFile:
        return StoredFile(path, await self.blobs.put(data), len(data), media_type)

    async def _dataset(self, ready: Handover) -> Dataset:
        version = (await self.versions.get(ready.version)).value
        document = (await self.documents.get(ready.document)).value
        pdf = await self.blobs.get(version.file or "")
        source = await self.blobs.get(version.content)
        files = [parts.document_file(pdf), parts.source_file(source), *await self._pictures(source)]
        for proof in self.proofs:
            files += await proof(document, version, pdf)
        return Dataset(
            id=f"paraph-{version.id}-{ready.attempt}",
            sealed=ready.updated,
            description=await self._description(document, version),
            files=tuple(files),
            events=_events(ready, version),
            agents=await self._agents(version),
            producer=Agent(SOFTWARE, "Paraph", "software", self.release),
        )

    async def _pictures(self, source: bytes) -> list[File]:
        """Those that the content shows. Raises `PackageFault` for one that is not kept any more."""
        files = []
        for sha256 in sorted(shown(parse(json.loads(source)))):
            try:
                data = await self.blobs.get(sha256)
            except NotFound as lost:
                raise PackageFault(f"pictures/{sha256}", "not kept") from lost
            files.append(parts.picture_file(sha256, data, media_type_of(data) or "image/png"))
        return files

    async def _description(self, document: Document, version: Version) -> Description:
        return Description(
            title=document.title,
            kind=document.kind,
            number=version.number,
            document=document.id,
            version=version.id,
            department=(await self.departments.get(document.department)).value.name,
            office=self.office,
            created=version.created,
            reference=document.matter,
            supersedes=version.supersedes,
        )

    async def _agents(self, version: Version) -> tuple[Agent, ...]:
        ids = dict.fromkeys([version.by, *(signature.by for signature in version.signatures)])
        return tuple([await self._agent(id) for id in ids])

    async def _agent(self, id: str) -> Agent:
        try:
            return Agent(id, (await self.people.get(id)).value.name, "person")
        except NotFound:
            return Agent(id, id, "person")


def _events(ready: Handover, version: Version) -> tuple[Event, ...]:
    """In order of time, with the words of the PREMIS event vocabulary (id.loc.gov)."""
    how = "typeset as PDF/A-2a and PDF/UA-1"
    made = Event("event-created", "creation", version.created, how, "success", version.by)
    signed = [
        Event(
            f"event-signed-{at}",
            "digital signature generation",
            signature.at,
            f"PAdES {signature.level}, field {signature.field}",
            "success",
            signature.by,
        )
        for at, signature in enumerate(version.signatures, 1)
    ]
    packed = Event(
        "event-packaged",
        "information package creation",
        ready.updated,
        f"attempt {ready.attempt}: checksums SHA-256 and SHA-512, checked before it was offered",
        "success",
        SOFTWARE,
    )
    return (made, *signed, replace(packed, id="event-fixity", type="message digest calculation"), packed)


async def stale(handovers: Repository[Handover]) -> list[Kept[Handover]]:
    """Those that stand ready: begun before a stop, or while storage did not answer."""
    return list(await handovers.all(state=State.READY.value))
