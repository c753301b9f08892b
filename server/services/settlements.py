"""Settlement: what the submitter makes of a comment, what its consultee answers, how their dispute ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from review.comment import Comment, MarkApplied
from review.comment import decide as decide_comment
from review.errors import Forbidden, NotNow
from review.facts import Fact
from review.ids import PersonId
from review.people import Person
from review.permissions import Case, Right, may, require
from review.ports import Clock, Kept, Repository
from review.round import State as RoundState
from review.settlement import SettlementKind
from review.settling import Command, Escalate, Propose, Remove, Reply, Rule, Settle, decide
from server.problems import Problem
from server.services.changing import changed
from server.services.comments import Comments, Found
from server.services.consultees import place_of, submitters
from server.services.passages import Passages
from server.services.rounds import FOLLOWING, Rounds


@dataclass(frozen=True, slots=True)
class Settlements:
    comments: Comments
    rounds: Rounds
    passages: Passages
    clock: Clock

    @property
    def repository(self) -> Repository[Comment]:
        return self.comments.comments

    async def settle(
        self, person: Person, found: Found, kind: SettlementKind, reason: str, wording: str | None
    ) -> Found:
        """The submitter's is in force at once, an editor's is a proposal to the submitter."""
        case = Case(person, found.document.value)
        require(Right.PROPOSE_SETTLEMENT, case)
        self._require_settling(found)
        command: Propose | Settle = Propose(person.id, kind, reason, wording)
        if may(Right.SETTLE, case):
            command = Settle(person.id, kind, reason, wording)
        self._decide(found, command)
        if isinstance(command, Settle) or found.round.value.state is RoundState.CLOSED:
            round = await self.rounds.begin_settling(found.round.id, person.id)
            found = replace(found, round=replace(found.round, value=round))
        return await self._done(person, found, command)

    async def answer(self, person: Person, found: Found, command: Reply) -> Found:
        self._require_speaker(person, found)
        return await self._done(person, found, command)

    async def escalate(self, person: Person, found: Found, note: str) -> Found:
        self._require_side(person, found)
        return await self._done(person, found, Escalate(person.id, note))

    async def remove(self, person: Person, found: Found, note: str) -> Found:
        """By either side: what they agreed on is in the note, and both are told."""
        self._require_side(person, found)
        return await self._done(person, found, Remove(person.id, note))

    async def rule(self, person: Person, found: Found, result: str, record: str) -> Found:
        asked = found.round.value.consultee(found.comment.consultee)
        require(Right.DECIDE_DISPUTE, Case(person, found.document.value, place_of(asked)))
        return await self._done(person, found, Rule(person.id, result, record))

    async def apply(self, person: Person, found: Found) -> Found:
        """The wording that was settled, else the proposal, into the draft. Asked again it does nothing more."""
        require(Right.EDIT, Case(person, found.document.value))
        if found.document.value.state not in FOLLOWING:
            raise NotNow("Apply", found.document.value.state)
        wording = wording_of(found.comment)
        command = MarkApplied(person.id, wording)
        after, facts = decide_comment(found.comment, found.round.value, command, self.clock())
        if not facts:
            return replace(found, kept=replace(found.kept, value=after))
        await self.passages.apply(found.document.id, found.comment, wording, person.id)
        round = found.round.value
        kept = await changed(
            self.repository, found.kept.id, lambda comment: decide_comment(comment, round, command, self.clock())
        )
        return replace(found, kept=kept)

    # Inside ----------------------------------------------------------------------------------------------------

    def _require_settling(self, found: Found) -> None:
        """After finalising nothing is settled any more: a change begins a new version."""
        if found.document.value.state not in FOLLOWING:
            raise NotNow("Settle", found.document.value.state)

    def _require_speaker(self, person: Person, found: Found) -> None:
        asked = found.round.value.consultee(found.comment.consultee)
        require(Right.OPINE, Case(person, found.document.value, place_of(asked)))

    def _require_side(self, person: Person, found: Found) -> None:
        """One of the two sides: the submitter, or who speaks for the consultee."""
        asked = found.round.value.consultee(found.comment.consultee)
        case = Case(person, found.document.value, place_of(asked))
        if not (may(Right.SETTLE, case) or may(Right.OPINE, case)):
            raise Forbidden(Right.OPINE)

    def _decide(self, found: Found, command: Command) -> tuple[Comment, tuple[Fact, ...]]:
        return decide(found.comment, found.round.value, command, self.clock())

    async def _done(self, person: Person, found: Found, command: Command) -> Found:
        comment, facts = self._decide(found, command)
        told = (*facts, *await self._tasks(found, comment))
        kept: Kept[Comment] = await self.repository.replace(found.kept, comment, told)
        round = await self.rounds.balance(found.round.id, person.id)
        return replace(found, kept=kept, round=round)

    async def _tasks(self, found: Found, after: Comment) -> list[Fact]:
        """The consultee is asked for its answer, or not any more; either side of a dispute has something to do."""
        asked = found.round.value.consultee(found.comment.consultee)
        speakers = (await self.rounds.consultees.speakers(asked))[asked.id]
        both = (*speakers, *submitters(found.document.value))
        facts: list[Fact] = []
        turned: tuple[tuple[str, Callable[[Comment], bool], tuple[PersonId, ...]], ...] = (
            ("answer", lambda comment: comment.awaits_answer, speakers),
            ("dispute", lambda comment: comment.disputed, both),
        )
        for kind, open_in, people in turned:
            before, now = open_in(found.comment), open_in(after)
            if before != now:
                data = {"kind": kind, "round": after.round, "comment": after.id}
                type = "task.added" if now else "task.done"
                facts.append(Fact(type, self.clock(), None, found.document.value.id, data, people))
        return facts


def wording_of(comment: Comment) -> str:
    """What takes the passage's place. Raises `Problem` where nobody has proposed any, or it was not accepted."""
    settled = comment.settlement
    if settled is not None and settled.kind not in (SettlementKind.ACCEPTED, SettlementKind.PARTLY):
        raise NotNow("Apply", settled.kind)
    wording = settled.wording if settled is not None and settled.wording is not None else comment.proposal
    if wording is None:
        raise Problem("no_wording")
    return wording
