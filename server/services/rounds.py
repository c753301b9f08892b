"""Rounds: prepared, opened on a frozen version, answered, closed by the clock or the last opinion, settled.

The round's record decides everything; what follows from it (the document's state, comments marked as submitted, marks
in the draft) is done after it, again when asked again, and once more at start for what a crash left undone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from review import document as documents_
from review.calendar import earliest_due
from review.comment import Comment, seen_in, submit, tally
from review.document import Document
from review.errors import ChangedMeanwhile, NotFound, NotNow, ReviewError, Unsettled
from review.facts import Fact
from review.ids import ConsulteeId, DocumentId, PersonId, RoundId, VersionId, new_id
from review.opinion import CommentClass, Consultee, Silence, Stance
from review.people import Person
from review.permissions import Case, Right, require
from review.ports import Clock, Kept, Repository
from review.round import (
    Admit,
    Begin,
    Cancel,
    Close,
    Command,
    Conclude,
    Extend,
    Number,
    Open,
    Reopen,
    Round,
    State,
    Submit,
    Tally,
    decide,
    prepare,
)
from server.services.changing import changed
from server.services.consultees import Consultees, place_of, submitters
from server.services.documents import Documents
from server.services.passages import Passages
from server.services.versions import Versions

log = logging.getLogger("paraph.rounds")

REVIEWABLE = (documents_.State.DRAFT, documents_.State.SETTLING, documents_.State.READY)
FOLLOWING = (documents_.State.IN_REVIEW, *REVIEWABLE)


@dataclass(frozen=True, slots=True)
class Plan:
    """A round as it is wished for."""

    consultees: tuple[Consultee, ...]
    due: datetime
    silence: Silence
    title: str = ""
    classes: tuple[CommentClass, ...] = tuple(CommentClass)
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Rounds:
    """`minimum` is how many working days a round lasts at least."""

    rounds: Repository[Round]
    comments: Repository[Comment]
    documents: Documents
    versions: Versions
    consultees: Consultees
    passages: Passages
    clock: Clock
    minimum: int

    # Reading ---------------------------------------------------------------------------------------------------

    async def open_for(self, person: Person, id: str) -> tuple[Kept[Round], Kept[Document]]:
        """The round with its document, for somebody who may read it. Raises `NotFound`."""
        kept = await self.current(id)
        try:
            return kept, await self.documents.open(person, kept.value.document)
        except NotFound:
            raise NotFound("round", id) from None

    async def current(self, id: str) -> Kept[Round]:
        """The round as it is at this moment: closed when its time has run out."""
        kept = await self.rounds.get(id)
        if kept.value.state is State.OPEN and kept.value.due <= self.clock():
            return await self._decided(kept.id, Close())
        return kept

    async def of_document(self, document: Document) -> list[Kept[Round]]:
        """In order of their numbers."""
        found = [await self.current(kept.id) for kept in await self.rounds.all(document=document.id)]
        return sorted(found, key=lambda kept: kept.value.number)

    async def in_state(self, *states: State) -> list[Kept[Round]]:
        found = [await self.rounds.all(state=state.value) for state in states]
        return [await self.current(kept.id) for kept in chain.from_iterable(found)]

    async def comments_of(self, round: Round) -> list[Kept[Comment]]:
        """All, by number, as the round makes them; drafts too."""
        found = [replace(kept, value=seen_in(kept.value, round)) for kept in await self.comments.all(round=round.id)]
        return sorted(found, key=lambda kept: kept.value.number)

    async def tally(self, round: Round) -> Tally:
        return tally([kept.value for kept in await self.comments_of(round)])

    async def require_finished(self, document: Document) -> None:
        """Raises `NotNow` while a round is open, `Unsettled` while something in one that closed is not settled."""
        for kept in await self.of_document(document):
            if kept.value.state is State.OPEN:
                raise NotNow("finalise", State.OPEN)
            if kept.value.state in (State.CLOSED, State.SETTLING) and (await self.tally(kept.value)).open:
                raise Unsettled("finalise", kept.value.state)

    # Commands --------------------------------------------------------------------------------------------------

    async def prepare(self, person: Person, document: str, plan: Plan, id: str | None = None) -> Kept[Round]:
        kept = await self.documents.open(person, document, Right.RUN_ROUND)
        await self.consultees.check(plan.consultees)
        now, earlier = self.clock(), kept.value.rounds
        round, facts = prepare(
            Round(
                RoundId(id or new_id()),
                DocumentId(kept.id),
                len(earlier) + 1,
                VersionId(new_id()),
                plan.consultees,
                plan.due,
                plan.silence,
                person.id,
                now,
                plan.title,
                plan.classes,
                plan.scope,
                earlier[-1] if earlier else None,
            ),
            now,
            self._earliest_due(),
        )
        saved = await self.rounds.insert(round.id, round, facts)
        named = replace(kept.value, rounds=(*earlier, round.id), updated=now)
        try:
            await self.documents.documents.replace(kept, named)
        except ChangedMeanwhile:
            await self.rounds.delete(saved)
            raise
        return saved

    async def open(self, person: Person, id: str) -> Kept[Round]:
        """Freezes the draft as the round's version, names it in the document, and opens the round."""
        kept, document = await self._for(person, id, Right.RUN_ROUND)
        command = Open(person.id, self._earliest_due())
        decide(kept.value, command, self.clock())
        self._require_reviewable(document.value, kept.value)
        version = await self.versions.freeze(document.value, kept.value.version, person.id)
        await changed(
            self.documents.documents, document.id, lambda now: (self._in_review(now, kept.value, version.id), ())
        )
        try:
            return await self._decided(id, command)
        except ReviewError:  # somebody was faster: the document goes where the round has gone
            await self._follow((await self.rounds.get(id)).value, Tally())
            raise

    async def close(self, person: Person, id: str) -> Kept[Round]:
        await self._for(person, id, Right.RUN_ROUND)
        return await self._decided(id, Close(person.id))

    async def cancel(self, person: Person, id: str, reason: str) -> Kept[Round]:
        await self._for(person, id, Right.RUN_ROUND)
        return await self._decided(id, Cancel(person.id, reason))

    async def reopen(self, person: Person, id: str, reason: str) -> Kept[Round]:
        _, document = await self._for(person, id, Right.REOPEN_ROUND)
        if document.value.state not in FOLLOWING:
            raise NotNow("Reopen", document.value.state)
        return await self._decided(id, Reopen(person.id, reason, self._earliest_due()))

    async def extend(self, person: Person, id: str, due: datetime, reason: str) -> Kept[Round]:
        await self._for(person, id, Right.RUN_ROUND)
        return await self._decided(id, Extend(person.id, due, reason))

    async def admit(self, person: Person, id: str, consultee: ConsulteeId) -> Kept[Round]:
        await self._for(person, id, Right.RUN_ROUND)
        return await self._decided(id, Admit(person.id, consultee))

    async def opine(self, person: Person, id: str, consultee: ConsulteeId, stance: Stance, note: str) -> Kept[Round]:
        """The consultee's one opinion; its drafted comments go with it."""
        kept, document = await self.open_for(person, id)
        asked = kept.value.consultee(consultee)
        require(Right.OPINE, Case(person, document.value, place_of(asked)))
        own = [c.value for c in await self.comments_of(kept.value) if c.value.consultee == consultee]
        live = [comment for comment in own if not comment.withdrawn and not comment.submitted]
        major = sum(comment.kind is CommentClass.MAJOR for comment in live)
        return await self._decided(id, Submit(person.id, consultee, stance, len(live), major, note))

    async def number(self, id: str, command: Number) -> tuple[Round, int]:
        """The number of a comment that is drafted now."""
        kept = await changed(self.rounds, id, lambda round: decide(round, command, self.clock()))
        return kept.value, kept.value.numbered.index(command.comment) + 1

    async def begin_settling(self, id: str, by: PersonId) -> Round:
        return (await changed(self.rounds, id, lambda round: decide(round, Begin(by), self.clock()))).value

    async def balance(self, id: str, by: PersonId | None) -> Kept[Round]:
        """Concludes the round when nothing is open any more, takes that back when something is open again."""
        kept = await self.rounds.get(id)
        counted = await self.tally(kept.value)
        done = counted.total > 0 and not counted.open
        if kept.value.state in (State.CLOSED, State.SETTLING) and done:
            kept = await changed(self.rounds, id, lambda now: decide(now, Conclude(by, counted), self.clock()))
        elif kept.value.state is State.SETTLED and counted.open and by:
            kept = await changed(self.rounds, id, lambda now: decide(now, Begin(by), self.clock()))
        await self._follow(kept.value, counted)
        return kept

    # The clock -------------------------------------------------------------------------------------------------

    async def close_due(self) -> int:
        """Closes every round whose time has run out; how many."""
        now = self.clock()
        due = [kept for kept in await self.rounds.all(state=State.OPEN.value) if kept.value.due <= now]
        for kept in due:
            await self.current(kept.id)
        return len(due)

    async def catch_up(self) -> None:
        """After a start: what should have followed from the rounds as they are."""
        for kept in await self.rounds.all(state=State.PREPARED.value):
            await self._name(kept.value)
        for state in (State.OPEN, State.CLOSED, State.SETTLING):
            for kept in await self.rounds.all(state=state.value):
                await self._submit_comments(kept.value, None)
                await self.balance(kept.id, None)
        for state in (State.SETTLED, State.CANCELLED):
            for kept in await self.rounds.all(state=state.value):
                await self._follow(kept.value, Tally())

    # Inside ----------------------------------------------------------------------------------------------------

    async def _for(self, person: Person, id: str, right: Right) -> tuple[Kept[Round], Kept[Document]]:
        kept, document = await self.open_for(person, id)
        require(right, Case(person, document.value))
        return kept, document

    async def _name(self, round: Round) -> None:
        """Prepared, but the document was not told before the stop."""

        def step(document: Document) -> tuple[Document, Sequence[Fact]]:
            rounds = dict.fromkeys((*document.rounds, round.id))
            return replace(document, rounds=tuple(rounds)), ()

        await changed(self.documents.documents, round.document, step)

    def _earliest_due(self) -> datetime:
        return earliest_due(self.clock(), self.minimum)

    def _require_reviewable(self, document: Document, round: Round) -> None:
        resumed = document.state is documents_.State.IN_REVIEW and round.version in document.versions
        if document.state not in REVIEWABLE and not resumed:
            raise NotNow("Open", document.state)

    def _in_review(self, document: Document, round: Round, version: VersionId) -> Document:
        self._require_reviewable(document, round)
        departments = (*document.asked_departments, *(c.department for c in round.consultees if c.department))
        named = chain.from_iterable((c.person, c.coordinator) for c in round.consultees)
        people = (*document.asked_people, *(id for id in named if id))
        return replace(
            document,
            state=documents_.State.IN_REVIEW,
            versions=tuple(dict.fromkeys((*document.versions, version))),
            asked_departments=tuple(dict.fromkeys(departments)),
            asked_people=tuple(dict.fromkeys(people)),
            updated=self.clock(),
        )

    async def _decided(self, id: str, command: Command) -> Kept[Round]:
        """The command done, with all that follows from it."""
        before = (await self.rounds.get(id)).value
        asked = await self.consultees.staff(*before.consultees)
        document = (await self.documents.documents.get(before.document)).value

        def step(round: Round) -> tuple[Round, Sequence[Fact]]:
            after, facts = decide(round, command, self.clock())
            return after, (*facts, *_task_facts(round, after, asked, submitters(document), self.clock()))

        kept = await changed(self.rounds, id, step)
        if isinstance(command, Submit):
            await self._submit_comments(kept.value, command.consultee)
        if isinstance(command, Open | Submit | Close | Cancel | Reopen):
            kept = await self.balance(id, getattr(command, "by", None))
        return kept

    async def _submit_comments(self, round: Round, consultee: ConsulteeId | None) -> None:
        """Marks what went with an opinion as submitted, and its passages in the draft."""
        marked: list[Comment] = []
        for kept in await self.comments.all(round=round.id):
            if consultee in (None, kept.value.consultee) and submit(kept.value, round)[1]:
                marked.append((await changed(self.comments, kept.id, lambda comment: submit(comment, round))).value)
        if marked:
            await self.passages.mark(round.document, marked)

    async def _follow(self, round: Round, counted: Tally) -> None:
        """The document's state is that of the round opened last; a planned one does not count."""
        others = [kept.value for kept in await self.rounds.all(document=round.document) if kept.id != round.id]
        if any(other.state is State.OPEN or _opened_after(other, round) for other in others):
            return
        settling = documents_.State.SETTLING if counted.open else documents_.State.READY
        wanted = {
            State.OPEN: documents_.State.IN_REVIEW,
            State.CLOSED: settling,
            State.SETTLING: settling,
            State.SETTLED: documents_.State.READY,
        }.get(round.state)

        def step(document: Document) -> tuple[Document, Sequence[Fact]]:
            now = wanted
            if round.state is State.CANCELLED and document.state is documents_.State.IN_REVIEW:
                now = documents_.State.DRAFT
            if now is None or now is document.state or document.state not in FOLLOWING:
                return document, ()
            fact = Fact("document.state", self.clock(), None, document.id, {"state": now.value, "round": round.id})
            return replace(document, state=now, updated=self.clock()), (fact,)

        await changed(self.documents.documents, round.document, step)


def _opened_after(other: Round, round: Round) -> bool:
    return other.opened is not None and (round.opened is None or other.opened > round.opened)


def _task_facts(
    before: Round,
    after: Round,
    asked: dict[ConsulteeId, tuple[PersonId, ...]],
    submitters: tuple[PersonId, ...],
    now: datetime,
) -> list[Fact]:
    """Who is asked for something from now on, and who is not any more: told to them alone."""
    was, is_now = set(_awaited(before)), set(_awaited(after))
    facts = [_task("task.added", after, "opinion", asked[id], now) for id in sorted(is_now - was)]
    facts += [_task("task.done", after, "opinion", asked[id], now) for id in sorted(was - is_now)]
    if before.state is State.OPEN and after.state is State.CLOSED:
        facts.append(_task("task.added", after, "settle", submitters, now))
    if before.state is not State.SETTLED and after.state is State.SETTLED:
        facts.append(_task("task.done", after, "settle", submitters, now))
    return [fact for fact in facts if fact.only]


def _awaited(round: Round) -> tuple[ConsulteeId, ...]:
    return round.silent if round.state is State.OPEN else ()


def _task(type: str, round: Round, kind: str, people: tuple[PersonId, ...], now: datetime) -> Fact:
    return Fact(
        type, now, None, round.document, {"kind": kind, "round": round.id, "until": round.due.isoformat()}, people
    )
