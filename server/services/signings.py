"""Who is asked to sign which version, in which order; and what follows when all have signed or one has refused.

A signature is claimed in the signing's record before the version takes it: that record alone decides between signing
and refusing. What a claim promises is kept by whoever comes upon it, and at start for what a crash left undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from collab.document.aside import in_thread
from review import document as documents_
from review.content import content_hash, without_comments
from review.document import Confidentiality, Document, MemberRole, SignatureSummary, Version, VersionKind
from review.errors import ChangedMeanwhile, Invalid, NotFound, NotNow
from review.facts import Fact
from review.ids import DocumentId, PersonId, RequestId, SigningId, VersionId, new_id
from review.people import Person
from review.permissions import Case, Right, may
from review.ports import Clock, Kept, Repository
from review.signoff import Claim, Give, Level, Order, Refuse, Request, Sign, Signing, State, Step, ask, decide
from server.problems import Field, Problem
from server.services.changing import changed
from server.services.documents import Documents
from server.services.finalizing import MOST_SIGNERS, field_of

OFFERED = (Level.B, Level.T)


@dataclass(frozen=True, slots=True)
class Wish:
    """One step as it is wished for."""

    signers: tuple[PersonId, ...]
    order: Order
    level: Level


@dataclass(frozen=True, slots=True)
class Waiting:
    """One signature that waits for a person."""

    signing: Signing
    request: Request
    document: Document
    version: Version


@dataclass(frozen=True, slots=True)
class Signings:
    signings: Repository[Signing]
    versions: Repository[Version]
    documents: Documents
    clock: Clock

    # Reading ---------------------------------------------------------------------------------------------------

    async def open(self, person: Person, id: str) -> Kept[Signing]:
        """By its own id, or by that of a request in it; for who may read the document. Raises `NotFound`."""
        found = await self.signings.find(request=id, limit=1)
        kept = found.items[0] if found.items else await self.signings.get(id)
        document = (await self.documents.documents.get(kept.value.document)).value
        if not may(Right.READ, Case(person, document, signers=kept.value.signers)):
            raise NotFound("signing", id)
        return kept

    async def desk(self, person: Person) -> list[Waiting]:
        """What waits for the person's signature now, the longest waiting first."""
        found = [kept.value for kept in await self.signings.all(signer=person.id, state=State.RUNNING.value)]
        waiting: list[Waiting] = []
        for signing in sorted(found, key=lambda signing: (signing.created, signing.id)):
            requests = [request for request in signing.waiting if request.signer == person.id]
            if requests:
                document = (await self.documents.documents.get(signing.document)).value
                version = (await self.versions.get(signing.version)).value
                waiting += [Waiting(signing, request, document, version) for request in requests]
        return waiting

    # Commands --------------------------------------------------------------------------------------------------

    async def begin(
        self, person: Person, version: str, wishes: Sequence[Wish], due: datetime | None, id: str | None = None
    ) -> Kept[Signing]:
        """Asks for signatures. Raises `Forbidden`, `NotNow`, `version_not_current`, `Invalid`."""
        kept = await self.versions.get(version)
        document = await self.documents.open(person, kept.value.document, Right.FINALISE)
        await self._check(wishes)
        await self._require_current(kept.value, document.value)
        signing = Signing(
            SigningId(id or new_id()),
            kept.value.document,
            kept.value.id,
            kept.value.content,
            tuple(_step(wish) for wish in wishes),
            person.id,
            self.clock(),
            due=due,
        )
        _, facts = ask(signing, self.clock())
        begun = replace(
            document.value,
            state=documents_.State.SIGNING,
            members={**dict.fromkeys(signing.signers, MemberRole.SIGNER), **document.value.members},
            updated=self.clock(),
        )
        data = {"state": begun.state.value, "version": signing.version, "signing": signing.id}
        saved = await self.signings.insert(signing.id, signing, [*facts, *_tasks(None, signing, self.clock())])
        try:
            fact = Fact("document.state", self.clock(), person.id, document.value.id, data)
            await self.documents.documents.replace(document, begun, [fact])
        except BaseException:
            await self.signings.delete(saved)
            raise
        return saved

    async def refuse(self, person: Person, id: str, reason: str) -> Kept[Signing]:
        """The document goes back to its draft; a signature that is being kept is kept first.

        Raises `NotNow`, `Invalid` without a reason.
        """
        kept = await self.open(person, id)
        while True:
            kept = await self.settled(kept)
            after, facts = self._decided(kept.value, Refuse(person.id, reason))
            try:
                kept = await self.signings.replace(kept, after, facts)
                break
            except ChangedMeanwhile:  # somebody signed or refused: that happens once for each who is asked
                kept = await self.signings.get(kept.id)
        await self._follow(kept.value)
        return kept

    async def claim(self, read: Kept[Signing], by: PersonId, claim: Claim) -> Kept[Signing]:
        """From now on this signature stands. Raises `ChangedMeanwhile` when anything happened to the signing since it
        was read: then the version may be another one, or nobody waits for the signature any more."""
        after, facts = self._decided(read.value, Give(by, claim, read.value.content))
        return await self.signings.replace(read, after, facts)

    async def settled(self, kept: Kept[Signing]) -> Kept[Signing]:
        """The signing once the claim in it is kept: in the version's file first, then here, then what follows from it.

        Whoever finds a claim may do that, several at once too: each step is done by one of them and seen by the rest.
        """
        claim = kept.value.claim
        if claim is None:
            return kept
        await self._keep(kept.value, claim)

        def step(signing: Signing) -> tuple[Signing, Sequence[Fact]]:
            if signing.claim != claim:
                return signing, ()
            return self._decided(signing, Sign(_signer(signing, claim), claim.request, signing.content), claim.at)

        kept = await changed(self.signings, kept.id, step)
        await self._follow(kept.value)
        return kept

    async def stands(self, read: Kept[Signing]) -> bool:
        """Whether nothing happened to the signing since it was read."""
        return (await self.signings.get(read.id)).rev == read.rev

    async def catch_up(self) -> None:
        """After a start."""
        for kept in await self.signings.all(state=State.RUNNING.value):
            await self._resume(kept.value)
            await self.settled(kept)
        for state in (State.SIGNED, State.REFUSED):
            for kept in await self.signings.all(state=state.value):
                await self._follow(kept.value)

    async def _resume(self, signing: Signing) -> None:
        """Asked for, but the document was not told before the stop."""

        def step(document: Document) -> tuple[Document, Sequence[Fact]]:
            if document.state is not documents_.State.READY or document.versions[-1:] != (signing.version,):
                return document, ()
            return self._begun(document, signing)

        await changed(self.documents.documents, signing.document, step)

    # Inside ----------------------------------------------------------------------------------------------------

    def _begun(self, document: Document, signing: Signing) -> tuple[Document, Sequence[Fact]]:
        """Who is to sign may read the document from now on."""
        begun = replace(
            document,
            state=documents_.State.SIGNING,
            members={**dict.fromkeys(signing.signers, MemberRole.SIGNER), **document.members},
            updated=self.clock(),
        )
        data = {"state": begun.state.value, "version": signing.version, "signing": signing.id}
        return begun, (Fact("document.state", self.clock(), signing.by, document.id, data),)

    async def _check(self, wishes: Sequence[Wish]) -> None:
        count = sum(len(wish.signers) for wish in wishes)
        if count > MOST_SIGNERS:
            raise Problem("too_many_signers", {"most": MOST_SIGNERS})
        if any(wish.level not in OFFERED for wish in wishes):
            raise Problem("level_not_offered")
        for n, wish in enumerate(wishes):
            for m, id in enumerate(wish.signers):
                await self._known(id, f"steps[{n}].signers[{m}]")

    async def _known(self, id: PersonId, place: str) -> None:
        try:
            person = (await self.documents.people.get(id)).value
        except NotFound:
            raise Problem("invalid", fields=[Field(place, "unknown")]) from None
        if not person.active:
            raise Invalid(place, "inactive")

    async def _require_current(self, version: Version, document: Document) -> None:
        """Only the newest final version of the draft as it stands is signed."""
        if document.state is not documents_.State.READY or version.kind is not VersionKind.FINAL:
            current = version.id == document.versions[-1] and version.kind is VersionKind.FINAL
            raise NotNow("signing", document.state) if current else Problem("version_not_current")
        draft = await self.documents.rooms.content(document.id)
        said = await in_thread(lambda: content_hash(without_comments(draft)))
        if document.versions[-1] != version.id or said != version.content:
            raise Problem("version_not_current")

    def _decided(
        self, signing: Signing, command: Give | Sign | Refuse, at: datetime | None = None
    ) -> tuple[Signing, Sequence[Fact]]:
        after, facts = decide(signing, command, at or self.clock())
        return after, (*facts, *_tasks(signing, after, self.clock()))

    async def _keep(self, signing: Signing, claim: Claim) -> None:
        document = (await self.documents.documents.get(signing.document)).value
        ids = [request.id for request in signing.requests]
        field = field_of(ids.index(claim.request) + 1)

        def step(version: Version) -> tuple[Version, Sequence[Fact]]:
            if version.file != claim.base:
                return version, ()
            signed, facts = _with_signature(version, field, _signer(signing, claim), claim)
            if len(signed.signatures) < len(ids):
                return signed, facts
            done, more = _completed(signed, document, self.clock())
            return done, (*facts, *more)

        await changed(self.versions, signing.version, step)

    async def _follow(self, signing: Signing) -> None:
        """Version, its predecessor and the document take the state that the signing has come to."""
        if signing.state is State.SIGNED:
            await self._move(signing, documents_.State.SIGNED)
            version = (await self.versions.get(signing.version)).value
            if version.supersedes:
                await self._supersede(version.supersedes, version.id)
        elif signing.state is State.REFUSED:
            await self._move(signing, documents_.State.DRAFT)

    async def _supersede(self, old: VersionId, new: VersionId) -> None:
        def step(version: Version) -> tuple[Version, Sequence[Fact]]:
            if version.superseded_by is not None:
                return version, ()
            data = {"version": old, "number": version.number, "supersededBy": new}
            fact = Fact("version.superseded", self.clock(), None, version.document, data)
            return replace(version, superseded_by=new), (fact,)

        await changed(self.versions, old, step)

    async def _move(self, signing: Signing, state: documents_.State) -> None:
        def step(document: Document) -> tuple[Document, Sequence[Fact]]:
            if document.state is not documents_.State.SIGNING or document.versions[-1:] != (signing.version,):
                return document, ()
            data = {"state": state.value, "version": signing.version, "signing": signing.id}
            fact = Fact("document.state", self.clock(), None, document.id, data)
            return replace(document, state=state, updated=self.clock()), (fact,)

        await changed(self.documents.documents, signing.document, step)


def _signer(signing: Signing, claim: Claim) -> PersonId:
    return next(request.signer for request in signing.requests if request.id == claim.request)


def _with_signature(version: Version, field: str, by: PersonId, claim: Claim) -> tuple[Version, Sequence[Fact]]:
    """The version as it is once this field is signed, with the file that bears the signature."""
    signed = replace(
        version,
        signatures=(*version.signatures, SignatureSummary(field, by, claim.at, claim.level)),
        earlier_files=(*version.earlier_files, claim.base),
        file=claim.file,
        size=claim.size,
    )
    data = {"version": version.id, "number": version.number, "field": field, "level": claim.level}
    told = {**data, "fileHash": claim.file}
    return signed, (Fact("version.signature", claim.at, by, version.document, told),)


def _completed(version: Version, document: Document, now: datetime) -> tuple[Version, Sequence[Fact]]:
    """The version with its last signature. Who holds a printed copy may ask whether it is current, unless the document
    is confidential."""
    done = replace(
        version,
        kind=VersionKind.SIGNED,
        published=document.confidentiality is not Confidentiality.CONFIDENTIAL,
        supersedes=document.forked_from if version.number == str(document.draft_of) else None,
    )
    data = {"version": done.id, "number": done.number, "fileHash": done.file, "published": done.published}
    if done.supersedes is not None:
        data["supersedes"] = done.supersedes
    return done, (Fact("version.signed", now, None, done.document, data),)


def _step(wish: Wish) -> Step:
    return Step(tuple(Request(RequestId(new_id()), signer) for signer in wish.signers), wish.order, wish.level)


def _tasks(before: Signing | None, after: Signing, now: datetime) -> list[Fact]:
    """Who is asked for a signature from now on, and who is not any more: told to them alone."""
    was = {request.signer for request in before.waiting} if before else set()
    waits = {request.signer for request in after.waiting}
    return [
        *(_task("task.added", after.document, after, person, now) for person in sorted(waits - was)),
        *(_task("task.done", after.document, after, person, now) for person in sorted(was - waits)),
    ]


def _task(type: str, document: DocumentId, signing: Signing, person: PersonId, now: datetime) -> Fact:
    data = {"kind": "sign", "signing": signing.id, "version": signing.version}
    return Fact(type, now, None, document, data, (person,))
