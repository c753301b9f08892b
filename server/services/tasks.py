"""What waits for a person: the first page of everybody, sorted by deadline.

Tasks are not kept: they follow from rounds, comments and documents as they are. Other parts of the office add theirs
as sources.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from review.comment import Comment
from review.document import Document
from review.document import State as DocumentState
from review.ids import ConsulteeId, DocumentId, PersonId, RequestId, RoundId, VersionId
from review.people import Person
from review.permissions import Case, Right, may
from review.round import ENDED, Round, State
from review.settlement import DisputeState
from server.services.consultees import place_of, speaks_for, works_for
from server.services.documents import Documents
from server.services.rounds import Rounds

LATEST = datetime.max.replace(tzinfo=UTC)


class TaskKind(StrEnum):
    OPEN_ROUND = "open_round"
    COMMENT = "comment"
    OPINION = "opinion"
    SETTLE = "settle"
    PROPOSE_SETTLEMENT = "propose_settlement"
    CONFIRM_SETTLEMENT = "confirm_settlement"
    ANSWER = "answer"
    NEGOTIATE = "negotiate"
    DECIDE_DISPUTE = "decide_dispute"
    FINALISE = "finalise"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done, on which document, who waits for it, and until when. `count` says for how many things."""

    kind: TaskKind
    document: DocumentId
    title: str
    since: datetime
    waits: PersonId | None
    until: datetime | None = None
    round: RoundId | None = None
    consultee: ConsulteeId | None = None
    version: VersionId | None = None
    request: RequestId | None = None
    count: int = 1

    @property
    def id(self) -> str:
        """The same task has the same id as long as it waits."""
        parts = (self.kind, self.document, self.round, self.consultee, self.request)
        return ".".join(part for part in parts if part)


Source = Callable[[Person], Awaitable[Sequence[Task]]]


@dataclass(frozen=True, slots=True)
class Tasks:
    """`others` are sources of further parts of the office, such as signing."""

    rounds: Rounds
    documents: Documents
    others: list[Source]

    async def of(self, person: Person) -> list[Task]:
        """The nearest deadline first, then the longest waiting."""
        found = [*await self._of_rounds(person), *await self._of_documents(person)]
        for source in self.others:
            found.extend(await source(person))
        return sorted(found, key=lambda task: (task.until or LATEST, task.since, task.id))

    async def _of_rounds(self, person: Person) -> list[Task]:
        found: list[Task] = []
        for kept in await self.rounds.in_state(State.PREPARED, State.OPEN, State.CLOSED, State.SETTLING):
            round = kept.value
            document = (await self.documents.documents.get(round.document)).value
            if not may(Right.READ, Case(person, document)):
                continue
            comments = [c.value for c in await self.rounds.comments_of(round)] if round.state in ENDED else []
            found.extend(_of_round(person, document, round, comments))
        return found

    async def _of_documents(self, person: Person) -> list[Task]:
        """Material that is settled waits for its submitter to finalise it."""
        ready = [kept.value for kept in await self.documents.documents.all()]
        return [
            Task(TaskKind.FINALISE, document.id, document.title, document.updated, None)
            for document in ready
            if document.state is DocumentState.READY and may(Right.FINALISE, Case(person, document))
        ]


def _of_round(person: Person, document: Document, round: Round, comments: Sequence[Comment]) -> Iterator[Task]:
    if round.state is State.PREPARED:
        if may(Right.SETTLE, Case(person, document)):
            yield _task(TaskKind.OPEN_ROUND, document, round, round.created, None)
    elif round.state is State.OPEN:
        yield from _awaited(person, document, round)
    else:
        yield from _settling(person, document, round, comments)
        yield from _answering(person, document, round, comments)


def _awaited(person: Person, document: Document, round: Round) -> Iterator[Task]:
    for id in round.silent:
        consultee = round.consultee(id)
        kind = None
        if speaks_for(person, document, consultee):
            kind = TaskKind.OPINION
        elif works_for(person, document, consultee):
            kind = TaskKind.COMMENT
        if kind:
            since = round.opened or round.created
            yield _task(kind, document, round, since, round.by, consultee=id, until=round.due)


def _settling(person: Person, document: Document, round: Round, comments: Sequence[Comment]) -> Iterator[Task]:
    case, since = Case(person, document), round.closed or round.due
    live = [comment for comment in comments if comment.submitted and not comment.withdrawn]
    unsettled = [comment for comment in live if comment.settlement is None]
    suggested = [comment for comment in live if comment.suggested]
    disputed = [comment for comment in live if comment.disputed]
    bare = [comment for comment in unsettled if not comment.suggested]
    submits = may(Right.SETTLE, case)
    if bare and may(Right.PROPOSE_SETTLEMENT, case):
        kind = TaskKind.SETTLE if submits else TaskKind.PROPOSE_SETTLEMENT
        yield _task(kind, document, round, since, None, count=len(bare))
    if suggested and submits:
        yield _task(TaskKind.CONFIRM_SETTLEMENT, document, round, since, None, count=len(suggested))
    if disputed and submits:
        yield _task(TaskKind.NEGOTIATE, document, round, since, None, count=len(disputed))
    escalated = [comment for comment in disputed if _is_escalated(comment)]
    if escalated and may(Right.DECIDE_DISPUTE, case):
        yield _task(TaskKind.DECIDE_DISPUTE, document, round, since, round.by, count=len(escalated))


def _is_escalated(comment: Comment) -> bool:
    return comment.dispute is not None and comment.dispute.last.state is DisputeState.ESCALATED


def _answering(person: Person, document: Document, round: Round, comments: Sequence[Comment]) -> Iterator[Task]:
    for consultee in round.consultees:
        if not may(Right.OPINE, Case(person, document, place_of(consultee))):
            continue
        own = [comment for comment in comments if comment.consultee == consultee.id]
        awaited = [comment for comment in own if comment.awaits_answer]
        disputed = [comment for comment in own if comment.disputed]
        since = round.closed or round.due
        if awaited:
            since = min(comment.settlement.at for comment in awaited if comment.settlement)
            yield _task(TaskKind.ANSWER, document, round, since, round.by, consultee=consultee.id, count=len(awaited))
        if disputed:
            yield _task(
                TaskKind.NEGOTIATE, document, round, since, round.by, consultee=consultee.id, count=len(disputed)
            )


def _task(
    kind: TaskKind,
    document: Document,
    round: Round,
    since: datetime,
    waits: PersonId | None,
    *,
    consultee: ConsulteeId | None = None,
    until: datetime | None = None,
    count: int = 1,
) -> Task:
    version = None if round.state is State.PREPARED else round.version
    return Task(kind, document.id, document.title, since, waits, until, round.id, consultee, version, count=count)
