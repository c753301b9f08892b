"""A round asks consultees about one frozen version, closes with an opinion, or none, of each, and is then settled.

Pure: a command and the moment go in, the next round and the facts that happened come out. Whoever calls loads the
round, saves it with the revision it was read at, and announces the facts. Rights are asked before.

    prepared → open → closed → settling ⇄ settled      prepared | open → cancelled
                 ↑________|_________|_________|        reopened with a reason
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never

from review.errors import AlreadyAnswered, Invalid, NotNow, StillWaiting, TooSoon, Unknown, Unsettled
from review.facts import Fact
from review.ids import CommentId, ConsulteeId, DocumentId, PersonId, RoundId, VersionId
from review.opinion import CommentClass, Consultee, Opinion, Silence, Stance


class State(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"
    SETTLING = "settling"
    SETTLED = "settled"
    CANCELLED = "cancelled"


FARTHEST = timedelta(days=5 * 365)
"""No round is planned for longer."""

ENDED = (State.CLOSED, State.SETTLING, State.SETTLED)


@dataclass(frozen=True, slots=True)
class Round:
    """`version` names the frozen version from the beginning, but it exists only once the round is open.

    `numbered` holds the comments in the order in which they got their numbers: the first has 1, for ever.
    `admitted` are consultees that may answer late by the submitter's leave.
    """

    id: RoundId
    document: DocumentId
    number: int
    version: VersionId
    consultees: tuple[Consultee, ...]
    due: datetime
    silence: Silence
    by: PersonId
    created: datetime
    title: str = ""
    classes: tuple[CommentClass, ...] = tuple(CommentClass)
    scope: str = ""
    parent: RoundId | None = None
    state: State = State.PREPARED
    opinions: Mapping[ConsulteeId, Opinion] = field(default_factory=dict)
    numbered: tuple[CommentId, ...] = ()
    admitted: tuple[ConsulteeId, ...] = ()
    opened: datetime | None = None
    closed: datetime | None = None

    @property
    def waiting(self) -> tuple[ConsulteeId, ...]:
        """Mandatory consultees that have not answered."""
        return tuple(c.id for c in self.consultees if c.mandatory and c.id not in self.opinions)

    @property
    def silent(self) -> tuple[ConsulteeId, ...]:
        """All consultees that have not answered."""
        return tuple(c.id for c in self.consultees if c.id not in self.opinions)

    @property
    def complete(self) -> bool:
        """Whether nobody is waited for: every mandatory opinion is in, or every one where none is mandatory."""
        return not (self.waiting if any(c.mandatory for c in self.consultees) else self.silent)

    def consultee(self, id: ConsulteeId) -> Consultee:
        for consultee in self.consultees:
            if consultee.id == id:
                return consultee
        raise Unknown("consultee")

    def answered(self, id: ConsulteeId) -> bool:
        """Whether a person has spoken for the consultee; silence does not count."""
        opinion = self.opinions.get(id)
        return opinion is not None and not opinion.deemed


@dataclass(frozen=True, slots=True)
class Tally:
    """What stands open among a round's submitted comments. `unanswered` waits for the consultee's answer."""

    total: int = 0
    unsettled: int = 0
    unanswered: int = 0
    disputes: int = 0

    @property
    def open(self) -> int:
        return self.unsettled + self.unanswered + self.disputes


# What can be asked of a round.
@dataclass(frozen=True, slots=True)
class Open:
    by: PersonId
    earliest_due: datetime


@dataclass(frozen=True, slots=True)
class Number:
    """Hands the next number to a comment that a consultee drafts."""

    by: PersonId
    comment: CommentId
    consultee: ConsulteeId
    kind: CommentClass


@dataclass(frozen=True, slots=True)
class Submit:
    """`comments` and `major` count what the consultee has drafted and not withdrawn."""

    by: PersonId
    consultee: ConsulteeId
    stance: Stance
    comments: int = 0
    major: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Admit:
    """The submitter's leave for a late opinion."""

    by: PersonId
    consultee: ConsulteeId


@dataclass(frozen=True, slots=True)
class Close:
    """By the clock (`by` is None), or by a person once nobody is waited for."""

    by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Extend:
    by: PersonId
    due: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    by: PersonId
    reason: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """`earliest_due` replaces a deadline that has passed or is too near."""

    by: PersonId
    reason: str
    earliest_due: datetime


@dataclass(frozen=True, slots=True)
class Begin:
    """A settlement is made: the first of a closed round, or a revision in a settled one."""

    by: PersonId


@dataclass(frozen=True, slots=True)
class Conclude:
    """Everything is settled, by the tally of the comments as they are now."""

    by: PersonId | None
    tally: Tally


Command = Open | Number | Submit | Admit | Close | Extend | Cancel | Reopen | Begin | Conclude
Outcome = tuple[Round, tuple[Fact, ...]]


def prepare(round: Round, now: datetime, earliest_due: datetime) -> Outcome:
    """A round as it is planned. Raises `Invalid` for consultees asked twice or none, `TooSoon` for its deadline."""
    _check_plan(round, earliest_due)
    facts = _facts(round, "round.prepared", now, round.by, consultees=[c.id for c in round.consultees])
    return replace(round, state=State.PREPARED), facts


def decide(round: Round, command: Command, now: datetime) -> Outcome:
    """The next round and what happened. Raises a `ReviewError` when a guard refuses; then nothing happened."""
    match command:
        case Open():
            return _open(round, command, now)
        case Number():
            return _number(round, command, now)
        case Submit():
            return _submit(round, command, now)
        case Admit():
            return _admit(round, command, now)
        case Close():
            return _close(round, command, now)
        case Extend():
            return _extend(round, command, now)
        case Cancel():
            return _cancel(round, command, now)
        case Reopen():
            return _reopen(round, command, now)
        case Begin():
            return _begin(round, command, now)
        case Conclude():
            return _conclude(round, command, now)
        case _:
            assert_never(command)


def _open(round: Round, command: Open, now: datetime) -> Outcome:
    _require(round, command, State.PREPARED)
    _check_plan(round, command.earliest_due)
    opened = replace(round, state=State.OPEN, opened=now)
    return opened, _facts(round, "round.opened", now, command.by, version=round.version, due=round.due.isoformat())


def _check_plan(round: Round, earliest_due: datetime) -> None:
    if not round.consultees:
        raise Invalid("consultees", "empty")
    if len({c.id for c in round.consultees}) < len(round.consultees):
        raise Invalid("consultees", "repeated")
    if not round.classes:
        raise Invalid("classes", "empty")
    if round.due < earliest_due:
        raise TooSoon(round.due, earliest_due)
    _require_near(round.due, earliest_due)


def _require_near(due: datetime, now: datetime) -> None:
    if due > now + FARTHEST:
        raise Invalid("due", "too_far")


def _number(round: Round, command: Number, now: datetime) -> Outcome:
    round.consultee(command.consultee)
    _require_speaking(round, command, command.consultee)
    if command.kind not in round.classes:
        raise Invalid("class", "not_allowed_here")
    if command.comment in round.numbered:
        return round, ()
    numbered = (*round.numbered, command.comment)
    return replace(round, numbered=numbered), ()


def _submit(round: Round, command: Submit, now: datetime) -> Outcome:
    round.consultee(command.consultee)
    _require_speaking(round, command, command.consultee)
    _check_stance(command)
    late = round.state is not State.OPEN
    opinion = Opinion(command.stance, command.by, now, command.note, late)
    answered = replace(
        round,
        opinions={**round.opinions, command.consultee: opinion},
        admitted=tuple(c for c in round.admitted if c != command.consultee),
    )
    said = {"consultee": command.consultee, "kind": command.stance.value, "late": late}
    facts = _facts(round, "opinion.submitted", now, command.by, **said)
    if late:
        return _unsettled_again(answered, command), facts
    if not answered.complete:
        return answered, facts
    closed, ending = _closed(answered, None, now)
    return closed, facts + ending


def _check_stance(command: Submit) -> None:
    silent = command.stance in (Stance.NO_COMMENTS, Stance.NOT_COMPETENT)
    if silent and command.comments:
        raise Invalid("kind", "has_comments")
    if not silent and not command.comments:
        raise Invalid("kind", "no_comments_drafted")
    if command.stance is Stance.WITH_MAJOR_COMMENTS and not command.major:
        raise Invalid("kind", "no_major_comment_drafted")


def _unsettled_again(round: Round, command: Submit) -> Round:
    """A settled round that gets comments by a late opinion is in settlement again."""
    return replace(round, state=State.SETTLING) if round.state is State.SETTLED and command.comments else round


def _admit(round: Round, command: Admit, now: datetime) -> Outcome:
    _require(round, command, *ENDED)
    round.consultee(command.consultee)
    if round.answered(command.consultee):
        raise AlreadyAnswered("Admit", "answered")
    if command.consultee in round.admitted:
        return round, ()
    admitted = replace(round, admitted=(*round.admitted, command.consultee))
    return admitted, _facts(round, "round.admitted_late", now, command.by, consultee=command.consultee)


def _close(round: Round, command: Close, now: datetime) -> Outcome:
    _require(round, command, State.OPEN)
    if not round.complete and now < round.due:
        raise StillWaiting("Close", round.state)
    return _closed(round, command.by, now)


def _closed(round: Round, by: PersonId | None, now: datetime) -> Outcome:
    silent = round.silent
    ended = replace(round, state=State.CLOSED, closed=now)
    if round.silence is Silence.MISSING:
        return ended, _facts(round, "round.closed", now, by, missing=list(silent), deemed=[])
    deemed = {consultee: Opinion(Stance.NO_COMMENTS, None, now) for consultee in silent}
    facts = _facts(round, "round.closed", now, by, missing=[], deemed=list(silent))
    return replace(ended, opinions={**round.opinions, **deemed}), facts


def _extend(round: Round, command: Extend, now: datetime) -> Outcome:
    _require(round, command, State.PREPARED, State.OPEN)
    _require_reason(command.reason)
    if command.due <= max(round.due, now):
        raise TooSoon(command.due, max(round.due, now))
    _require_near(command.due, now)
    facts = _facts(round, "round.extended", now, command.by, due=command.due.isoformat())
    return replace(round, due=command.due), facts


def _cancel(round: Round, command: Cancel, now: datetime) -> Outcome:
    _require(round, command, State.PREPARED, State.OPEN)
    _require_reason(command.reason)
    return replace(round, state=State.CANCELLED), _facts(round, "round.cancelled", now, command.by)


def _reopen(round: Round, command: Reopen, now: datetime) -> Outcome:
    _require(round, command, *ENDED)
    _require_reason(command.reason)
    due = max(round.due, command.earliest_due)
    given = {consultee: opinion for consultee, opinion in round.opinions.items() if not opinion.deemed}
    again = replace(round, state=State.OPEN, opinions=given, due=due, closed=None, admitted=())
    return again, _facts(round, "round.reopened", now, command.by, due=due.isoformat())


def _begin(round: Round, command: Begin, now: datetime) -> Outcome:
    _require(round, command, *ENDED)
    if round.state is State.SETTLING:
        return round, ()
    return replace(round, state=State.SETTLING), _facts(round, "round.settling", now, command.by)


def _conclude(round: Round, command: Conclude, now: datetime) -> Outcome:
    _require(round, command, State.CLOSED, State.SETTLING)
    if command.tally.open:
        raise Unsettled("Conclude", round.state)
    settled = replace(round, state=State.SETTLED)
    return settled, _facts(round, "round.settled", now, command.by, comments=command.tally.total)


def _require(round: Round, command: Command, *states: State) -> None:
    if round.state not in states:
        raise NotNow(type(command).__name__, round.state)


def _require_speaking(round: Round, command: Number | Submit, consultee: ConsulteeId) -> None:
    """The consultee may still speak: the round is open, or it has leave to be late; and it has not spoken."""
    if round.answered(consultee):
        raise AlreadyAnswered(type(command).__name__, "answered")
    if not (round.state in ENDED and consultee in round.admitted):
        _require(round, command, State.OPEN)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason", "required")


def _facts(round: Round, type: str, now: datetime, by: PersonId | None, **data: Any) -> tuple[Fact]:
    named = {"round": round.id, "number": round.number, **data}
    return (Fact(type, now, by, round.document, named),)
