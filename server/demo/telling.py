"""How the story of the demonstration office is told: people by login, papers by name, passages by their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from review.anchors import anchor
from review.content import Content
from review.document import Confidentiality, MemberRole
from review.handover import Handover
from review.ids import ConsulteeId, DepartmentId, DocumentId, RoundId, VersionId
from review.opinion import CommentClass, Consultee, Silence, Stance
from review.people import Person
from review.settlement import SettlementKind
from review.signoff import Level, Order
from review.thread import Anchor
from server.demo.calendar import StoryClock
from server.demo.papers import Paper
from server.jobs import Job, State
from server.office import Office
from server.services.comments import Found, NewComment
from server.services.documents import NewDocument
from server.services.rounds import Plan
from server.services.signings import Wish


@dataclass(frozen=True, slots=True)
class Line:
    """A comment as the story tells it: whose, on which words, what; `quote` None means the whole document."""

    author: str
    kind: CommentClass
    quote: str | None
    text: str
    justification: str = ""
    proposal: str | None = None


@dataclass(slots=True)
class Telling:
    office: Office
    clock: StoryClock
    papers: Mapping[str, Paper]
    contents: Mapping[str, Content]
    people: dict[str, Person] = field(default_factory=dict)
    departments: dict[str, DepartmentId] = field(default_factory=dict)
    documents: dict[str, DocumentId] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)

    async def begin(self, paper: str, by: str, **members: MemberRole) -> DocumentId:
        """The paper becomes a draft of whoever begins it."""
        told = self.papers[paper]
        new = NewDocument(
            told.title,
            told.kind,
            self.departments[told.department],
            told.matter,
            Confidentiality.INTERNAL,
            self.contents[paper],
        )
        kept = await self.office.documents.create(self.people[by], new)
        for login, role in members.items():
            kept = await self.office.documents.set_member(self.people[by], kept, self.people[login].id, role)
        self.documents[paper] = kept.value.id
        return kept.value.id

    async def rewrite(self, paper: str, by: str, old: str, new: str) -> None:
        """One passage of the draft is written anew."""
        where = passage(await self.office.rooms.content(self.documents[paper]), old)
        await self.office.rooms.edit(
            self.documents[paper], self.people[by].id, lambda draft: draft.replace_passage(where, new)
        )

    # Remarks -----------------------------------------------------------------------------------------------------

    async def remark(
        self, paper: str, by: str, quote: str | None, text: str, *replies: tuple[str, str], done: str = ""
    ) -> None:
        """A thread with its replies, each `(login, text)`; `done` names who resolves it."""
        where = passage(await self.office.rooms.content(self.documents[paper]), quote) if quote else None
        thread = (await self.office.threads.begin(self.people[by], self.documents[paper], where, text)).thread
        for login, words in replies:
            _, thread = await self.office.threads.reply(self.people[login], thread.id, words)
        if done:
            await self.office.threads.resolve(self.people[done], thread, resolved=True)

    # Rounds ------------------------------------------------------------------------------------------------------

    async def ask(self, paper: str, by: str, due: int, *departments: str, optional: Sequence[str] = ()) -> RoundId:
        """Opens a round that lasts to the end of the `due`-th working day from today."""
        asked = tuple(self._consultee(code, code not in optional) for code in (*departments, *optional))
        rounds = self.office.reviewing.rounds
        plan = Plan(asked, self.clock.deadline(due), Silence.DEEMED)
        prepared = await rounds.prepare(self.people[by], self.documents[paper], plan)
        return (await rounds.open(self.people[by], prepared.id)).value.id

    def _consultee(self, code: str, mandatory: bool) -> Consultee:
        department = self.departments[code]
        return Consultee(ConsulteeId(department), department, mandatory=mandatory)

    async def comment(self, round: RoundId, line: Line) -> Found:
        person, where = self.people[line.author], None
        kept, _ = await self.office.reviewing.rounds.open_for(person, round)
        if line.quote:
            version = (await self.office.reviewing.versions.versions.get(kept.value.version)).value
            where = passage(await self.office.reviewing.versions.content(version), line.quote)
        new = NewComment(line.kind, where, line.text, line.justification, line.proposal, None)
        return await self.office.reviewing.comments.add(person, round, new)

    async def opine(self, round: RoundId, by: str, code: str, stance: Stance, note: str = "") -> None:
        consultee = ConsulteeId(self.departments[code])
        await self.office.reviewing.rounds.opine(self.people[by], round, consultee, stance, note)

    async def find(self, by: str, found: Found) -> Found:
        """The comment as it is now, as this person sees it."""
        return await self.office.reviewing.comments.find(self.people[by], found.kept.id)

    async def settle(
        self, by: str, found: Found, kind: SettlementKind, reason: str = "", wording: str | None = None
    ) -> Found:
        seen = await self.find(by, found)
        return await self.office.reviewing.settlements.settle(self.people[by], seen, kind, reason, wording)

    async def apply(self, by: str, found: Found) -> None:
        await self.office.reviewing.settlements.apply(self.people[by], await self.find(by, found))

    # Signing -----------------------------------------------------------------------------------------------------

    async def finalise(self, paper: str, by: str) -> VersionId:
        """The draft becomes pages."""
        job = await self.office.signatures.finalizing.start(self.people[by], self.documents[paper])
        return VersionId(str(((await self._done(job)).result or {})["version"]))

    async def send(self, version: VersionId, by: str, *signers: str, due: int | None = None) -> None:
        """All may sign at once, each as they come to it."""
        wish = Wish(tuple(self.people[login].id for login in signers), Order.PARALLEL, Level.T)
        until = None if due is None else self.clock.deadline(due)
        await self.office.signatures.signings.begin(self.people[by], version, [wish], until)

    async def sign(self, by: str) -> None:
        """Everything that waits on the person's desk, in one act."""
        person, signatures = self.people[by], self.office.signatures
        waiting = [found.request.id for found in await signatures.signings.desk(person)]
        (credential,) = await signatures.credentials.of(person)
        await self._done(await signatures.acts.start(person, waiting, credential.id, self.pins[by]))

    async def _done(self, job: Job) -> Job:
        ended = await self.office.jobs.finished(job.id)
        if ended.state is not State.DONE or any(outcome.get("result") == "failed" for outcome in ended.outcomes):
            raise RuntimeError(f"{job.kind} failed: {ended.problem or ended.outcomes}")
        return ended

    # Registry ----------------------------------------------------------------------------------------------------

    async def offer(self) -> None:
        """What is signed is packaged and offered, as the running server does by itself."""
        while await self.office.registry.offering.catch_up():
            pass
        for kept in await self.office.stores.jobs.all(open=True):
            await self._done(await self.office.jobs.get(kept.id))

    async def handover(self, paper: str) -> Handover:
        """The hand-over of the paper's newest version."""
        found = await self.office.stores.handovers.all(document=self.documents[paper])
        return max((kept.value for kept in found), key=lambda handover: handover.created)


def passage(content: Content, words: str) -> Anchor:
    """Where the words stand in the text, the first time; a space fits a no-break space too.

    Raises `LookupError`: then the paper and its story differ.
    """
    for block in content.blocks():
        at = block.text.replace("\u00a0", " ").find(words)
        if at >= 0 and block.id is not None:
            return anchor(content, block.id, at, at + len(words))
    raise LookupError(f"the paper does not say: {words}")
