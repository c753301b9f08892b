"""A comment: drafted inside a department, submitted with its opinion, immutable from then on, and to be settled.

Whether it is submitted is decided by the round alone: a comment that was drafted when its consultee gave an opinion
belongs to that opinion (`seen_in`), even when a crash kept it from being marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from review.document import Version
from review.errors import AlreadyWithdrawn, Invalid, NotNow
from review.facts import Fact
from review.ids import CommentId, ConsulteeId, PersonId, ReplyId, RoundId
from review.opinion import CommentClass
from review.round import ENDED, Round, Tally
from review.round import State as RoundState
from review.settlement import Answer, Dispute, Settlement, SettlementKind
from review.thread import Anchor, Reply


class State(StrEnum):
    """What a person is told of a comment; it follows from what the comment holds."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PROPOSED = "proposed"
    SETTLED = "settled"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Applied:
    """The wording went into the draft."""

    by: PersonId
    at: datetime
    wording: str


@dataclass(frozen=True, slots=True)
class Comment:
    """`number` is that in its round, for ever. `anchor` None means the whole document; `carried` is the comment of an
    earlier round that this one continues; `acting_for` is the person a deputy stood in for."""

    id: CommentId
    round: RoundId
    number: int
    consultee: ConsulteeId
    author: PersonId
    at: datetime
    kind: CommentClass
    text: str
    anchor: Anchor | None = None
    justification: str = ""
    proposal: str | None = None
    acting_for: PersonId | None = None
    carried: CommentId | None = None
    submitted: datetime | None = None
    withdrawn: Withdrawal | None = None
    replies: tuple[Reply, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    answers: tuple[Answer, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    applied: Applied | None = None

    @property
    def revision(self) -> int:
        """Number of the settlement in force, from 1; 0 when none is confirmed."""
        return max((n for n, settlement in enumerate(self.settlements, 1) if settlement.confirmed), default=0)

    @property
    def settlement(self) -> Settlement | None:
        """The settlement in force: the last that the submitter confirmed."""
        return self.settlements[self.revision - 1] if self.revision else None

    @property
    def suggested(self) -> Settlement | None:
        """An editor's settlement that waits for the submitter."""
        last = self.settlements[-1] if self.settlements else None
        return None if last is None or last.confirmed else last

    @property
    def answer(self) -> Answer | None:
        """The consultee's answer to the settlement in force."""
        answers = [answer for answer in self.answers if answer.revision == self.revision]
        return answers[-1] if answers else None

    @property
    def dispute(self) -> Dispute | None:
        return self.disputes[-1] if self.disputes else None

    @property
    def disputed(self) -> bool:
        return self.dispute is not None and self.dispute.open

    @property
    def awaits_answer(self) -> bool:
        """A major comment not accepted, to which the consultee has said neither yes nor no.

        A decided dispute needs no answer any more; a removed one only when the settlement was changed after it.
        """
        settlement, dispute = self.settlement, self.dispute
        if settlement is None or settlement.kind is SettlementKind.ACCEPTED or self.kind is not CommentClass.MAJOR:
            return False
        if dispute is not None and dispute.covers(self.revision):
            return False
        return self.answer is None

    @property
    def state(self) -> State:
        if self.withdrawn:
            return State.WITHDRAWN
        if self.submitted is None:
            return State.DRAFT
        if self.disputed:
            return State.DISPUTED
        if self.settlement is None:
            return State.SUBMITTED if self.suggested is None else State.PROPOSED
        return State.SETTLED

    @property
    def concluded(self) -> bool:
        """Nothing more is to be done with it before the round is settled. A draft that was never submitted counts."""
        return self.state in (State.WITHDRAWN, State.DRAFT) or (self.state is State.SETTLED and not self.awaits_answer)


def tally(comments: list[Comment]) -> Tally:
    """What stands open among the submitted ones."""
    live = [comment for comment in comments if comment.state not in (State.DRAFT, State.WITHDRAWN)]
    return Tally(
        total=sum(comment.submitted is not None for comment in comments),
        unsettled=sum(comment.settlement is None for comment in live),
        unanswered=sum(comment.awaits_answer for comment in live),
        disputes=sum(comment.disputed for comment in live),
    )


def took_effect(comment: Comment, versions: Iterable[Version]) -> Version | None:
    """The first version made after the wording went into the draft, or after the acceptance where nothing was put in.

    `versions` in order of creation. None while there is none yet, or where nothing was accepted.
    """
    settled = comment.settlement
    if settled is None or settled.kind not in (SettlementKind.ACCEPTED, SettlementKind.PARTLY):
        return None
    since = comment.applied.at if comment.applied else settled.at
    return next((version for version in versions if version.created > since), None)


def seen_in(comment: Comment, round: Round) -> Comment:
    """The comment as its round makes it: submitted when its consultee has answered."""
    if comment.submitted or comment.withdrawn or not round.answered(comment.consultee):
        return comment
    return replace(comment, submitted=round.opinions[comment.consultee].at)


# What can be asked of a comment before it is settled.
@dataclass(frozen=True, slots=True)
class Edit:
    """The comment as it shall read. An empty `proposal` deletes the passage, None proposes nothing."""

    by: PersonId
    kind: CommentClass
    text: str
    justification: str
    proposal: str | None


@dataclass(frozen=True, slots=True)
class Withdraw:
    by: PersonId


@dataclass(frozen=True, slots=True)
class AddReply:
    by: PersonId
    id: ReplyId
    text: str
    mentions: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkApplied:
    """The wording now stands in the draft."""

    by: PersonId
    wording: str


Command = Edit | Withdraw | AddReply | MarkApplied
Outcome = tuple[Comment, tuple[Fact, ...]]


def draft(comment: Comment, round: Round, now: datetime) -> Outcome:
    """A new comment, numbered by its round before. Raises `Invalid` when something required is missing."""
    check(comment, round)
    return comment, facts(comment, round, "comment.drafted", now, comment.author, {"class": comment.kind.value})


def check(comment: Comment, round: Round) -> None:
    """What every comment keeps: a text, a class that the round allows, a justification when major, its version."""
    if not comment.text.strip():
        raise Invalid("text", "required")
    if comment.kind is CommentClass.MAJOR and not comment.justification.strip():
        raise Invalid("justification", "required")
    if comment.kind not in round.classes:
        raise Invalid("class", "not_allowed_here")
    if comment.proposal is not None and comment.anchor is None:
        raise Invalid("proposal", "needs_passage")
    if comment.anchor is not None and comment.anchor.version != round.version:
        raise Invalid("anchor.version", "other_version")


def decide(comment: Comment, round: Round, command: Command, now: datetime) -> Outcome:
    """The next comment and what happened, in the light of its round. Raises a `ReviewError`; then nothing happened."""
    comment = seen_in(comment, round)
    match command:
        case Edit():
            return _edit(comment, round, command, now)
        case Withdraw():
            return _withdraw(comment, round, command, now)
        case AddReply():
            return _reply(comment, round, command, now)
        case MarkApplied():
            return _applied(comment, round, command, now)
        case _:
            assert_never(command)


def submit(comment: Comment, round: Round) -> Outcome:
    """The comment as part of its consultee's opinion, marked once; a comment already marked gives no fact."""
    marked = seen_in(comment, round)
    if marked is comment or marked.submitted is None:
        return comment, ()
    opinion, data = round.opinions[marked.consultee], {"class": marked.kind.value}
    return marked, facts(marked, round, "comment.submitted", marked.submitted, opinion.by, data)


def _edit(comment: Comment, round: Round, command: Edit, now: datetime) -> Outcome:
    _require_live(comment, "Edit")
    if comment.state is not State.DRAFT:
        raise NotNow("Edit", comment.state)
    _require_drafting(comment, round, "Edit")
    edited = replace(
        comment,
        kind=command.kind,
        text=command.text,
        justification=command.justification,
        proposal=command.proposal,
    )
    check(edited, round)
    return edited, facts(edited, round, "comment.edited", now, command.by)


def _withdraw(comment: Comment, round: Round, command: Withdraw, now: datetime) -> Outcome:
    _require_live(comment, "Withdraw")
    if comment.state is State.DRAFT:
        _require_drafting(comment, round, "Withdraw")
    elif round.state not in (RoundState.OPEN, RoundState.CLOSED, RoundState.SETTLING):
        raise NotNow("Withdraw", round.state)
    gone = replace(comment, withdrawn=Withdrawal(command.by, now))
    return gone, facts(gone, round, "comment.withdrawn", now, command.by)


def _reply(comment: Comment, round: Round, command: AddReply, now: datetime) -> Outcome:
    if round.state is RoundState.CANCELLED:
        raise NotNow("AddReply", round.state)
    if not command.text.strip():
        raise Invalid("text", "required")
    reply = Reply(command.id, command.text, command.by, now, command.mentions)
    answered = replace(comment, replies=(*comment.replies, reply))
    data = {"reply": command.id, "mentions": list(command.mentions)}
    return answered, facts(answered, round, "comment.replied", now, command.by, data)


def _applied(comment: Comment, round: Round, command: MarkApplied, now: datetime) -> Outcome:
    require_settling(comment, round, "MarkApplied")
    if comment.applied is not None and comment.applied.wording == command.wording:
        return comment, ()
    done = replace(comment, applied=Applied(command.by, now, command.wording))
    return done, facts(done, round, "comment.applied", now, command.by)


def require_settling(comment: Comment, round: Round, command: str) -> None:
    """A submitted comment that is not withdrawn, in a round that has closed. A settled one may be settled anew."""
    _require_live(comment, command)
    if comment.submitted is None:
        raise NotNow(command, comment.state)
    if round.state not in ENDED:
        raise NotNow(command, round.state)


def _require_live(comment: Comment, command: str) -> None:
    if comment.withdrawn:
        raise AlreadyWithdrawn(command, State.WITHDRAWN)


def _require_drafting(comment: Comment, round: Round, command: str) -> None:
    """Drafts change while the round is open, or while their consultee has leave to be late."""
    late = round.state in ENDED and comment.consultee in round.admitted
    if round.state is not RoundState.OPEN and not late:
        raise NotNow(command, round.state)


def facts(
    comment: Comment, round: Round, type: str, now: datetime, by: PersonId | None, data: dict[str, Any] | None = None
) -> tuple[Fact]:
    named = {"round": round.id, "comment": comment.id, "number": comment.number, "consultee": comment.consultee}
    return (Fact(type, now, by, round.document, named | (data or {})),)
