"""How a submitted comment is settled: the settlement, the consultee's answer, the dispute between them.

Pure, like `review.comment`: the comment in the light of its round, a command and the moment go in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never

from review.comment import Comment, Outcome, facts, require_settling, seen_in
from review.errors import AlreadyAnswered, Invalid, NotNow
from review.facts import Fact
from review.ids import PersonId
from review.opinion import CommentClass
from review.round import Round
from review.settlement import (
    TOP_LEVEL,
    Answer,
    Dispute,
    DisputeState,
    DisputeStep,
    Settlement,
    SettlementKind,
)


@dataclass(frozen=True, slots=True)
class Propose:
    """An editor's settlement, in force only when the submitter confirms it."""

    by: PersonId
    kind: SettlementKind
    reason: str = ""
    wording: str | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """The submitter's settlement: in force at once."""

    by: PersonId
    kind: SettlementKind
    reason: str = ""
    wording: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The consultee agrees with the settlement in force, or not."""

    by: PersonId
    agree: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Escalate:
    by: PersonId
    note: str = ""


@dataclass(frozen=True, slots=True)
class Remove:
    """The two sides have come to terms; `note` says how."""

    by: PersonId
    note: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A decision from above: its result, and the record (minutes, reference) that holds it."""

    by: PersonId
    result: str
    record: str


Command = Propose | Settle | Reply | Escalate | Remove | Rule


def decide(comment: Comment, round: Round, command: Command, now: datetime) -> Outcome:
    """The next comment and what happened. Raises a `ReviewError` when a guard refuses; then nothing happened."""
    comment = seen_in(comment, round)
    require_settling(comment, round, type(command).__name__)
    match command:
        case Propose():
            return _propose(comment, round, command, now)
        case Settle():
            return _settle(comment, round, command, now)
        case Reply():
            return _answer(comment, round, command, now)
        case Escalate():
            return _escalate(comment, round, command, now)
        case Remove():
            return _remove(comment, round, command, now)
        case Rule():
            return _rule(comment, round, command, now)
        case _:
            assert_never(command)


def _propose(comment: Comment, round: Round, command: Propose, now: datetime) -> Outcome:
    revised = _revised(comment, command, now)
    return revised, facts(revised, round, "settlement.proposed", now, command.by, {"kind": command.kind.value})


def _settle(comment: Comment, round: Round, command: Settle, now: datetime) -> Outcome:
    revised = _revised(comment, command, now)
    data = {"kind": command.kind.value, "revision": revised.revision}
    happened: tuple[Fact, ...] = facts(revised, round, "settlement.set", now, command.by, data)
    if command.kind is SettlementKind.ACCEPTED and revised.disputed:
        return _ended(revised, round, now, command.by, happened)
    return revised, happened


def _revised(comment: Comment, command: Propose | Settle, now: datetime) -> Comment:
    if command.kind is not SettlementKind.ACCEPTED and not command.reason.strip():
        raise Invalid("reason", "required")
    if command.wording is not None and comment.anchor is None:
        raise Invalid("wording", "needs_passage")
    confirmed = isinstance(command, Settle)
    settlement = Settlement(command.kind, command.by, now, confirmed, command.reason, command.wording)
    return replace(comment, settlements=(*comment.settlements, settlement))


def _answer(comment: Comment, round: Round, command: Reply, now: datetime) -> Outcome:
    if comment.settlement is None:
        raise NotNow("Reply", comment.state)
    if comment.kind is not CommentClass.MAJOR:
        raise NotNow("Reply", comment.kind)
    if comment.answer is not None:
        raise AlreadyAnswered("Reply", "answered")
    answer = Answer(comment.revision, command.agree, command.by, now, command.note)
    answered = replace(comment, answers=(*comment.answers, answer))
    data = {"agree": command.agree}
    happened: tuple[Fact, ...] = facts(answered, round, "comment.answered", now, command.by, data)
    if command.agree:
        return _ended(answered, round, now, command.by, happened) if answered.disputed else (answered, happened)
    if comment.settlement.kind is SettlementKind.ACCEPTED or comment.disputed or _decided(comment):
        return answered, happened
    opened, more = _step(
        answered, round, "dispute.opened", DisputeState.NEGOTIATING, now, command.by, note=command.note
    )
    return opened, happened + more


def _decided(comment: Comment) -> bool:
    return comment.dispute is not None and comment.dispute.last.state is DisputeState.DECIDED


def _ended(comment: Comment, round: Round, now: datetime, by: PersonId, happened: tuple[Fact, ...]) -> Outcome:
    """The settlement itself ended the dispute: it was accepted at last, or agreed to."""
    ended, more = _step(comment, round, "dispute.removed", DisputeState.REMOVED, now, by)
    return ended, happened + more


def _escalate(comment: Comment, round: Round, command: Escalate, now: datetime) -> Outcome:
    level = _open_level(comment, command) + 1
    if level > TOP_LEVEL:
        raise NotNow("Escalate", "top_level")
    return _step(
        comment, round, "dispute.escalated", DisputeState.ESCALATED, now, command.by, note=command.note, level=level
    )


def _remove(comment: Comment, round: Round, command: Remove, now: datetime) -> Outcome:
    _open_level(comment, command)
    if not command.note.strip():
        raise Invalid("note", "required")
    return _step(comment, round, "dispute.removed", DisputeState.REMOVED, now, command.by, note=command.note)


def _rule(comment: Comment, round: Round, command: Rule, now: datetime) -> Outcome:
    _open_level(comment, command)
    for name, value in (("result", command.result), ("record", command.record)):
        if not value.strip():
            raise Invalid(name, "required")
    return _step(
        comment,
        round,
        "dispute.decided",
        DisputeState.DECIDED,
        now,
        command.by,
        note=command.record,
        result=command.result,
    )


def _open_level(comment: Comment, command: Command) -> int:
    """The level of the open dispute; a settlement that nobody answers may be taken up as one, from level 0."""
    if comment.dispute is not None and comment.dispute.open:
        return comment.dispute.last.level
    if comment.awaits_answer:
        return 0
    raise NotNow(type(command).__name__, comment.state)


def _step(
    comment: Comment,
    round: Round,
    type: str,
    state: DisputeState,
    now: datetime,
    by: PersonId,
    *,
    note: str = "",
    result: str = "",
    level: int | None = None,
) -> Outcome:
    dispute = comment.dispute if comment.disputed else None
    earlier = dispute.steps if dispute else ()
    reached = level if level is not None else (dispute.last.level if dispute else 0)
    step = DisputeStep(state, reached, comment.revision, by, now, note, result)
    before = comment.disputes[:-1] if dispute else comment.disputes
    stepped = replace(comment, disputes=(*before, Dispute((*earlier, step))))
    data: dict[str, Any] = {"level": reached, "state": state.value}
    return stepped, facts(stepped, round, type, now, by, data)
