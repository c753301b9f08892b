"""Rounds: prepared, opened, answered, closed, settled; and the opinions in them."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import Field

from review.calendar import remaining
from review.comment import Comment, tally
from review.document import Document
from review.errors import Invalid
from review.ids import ConsulteeId, DepartmentId, PersonId
from review.opinion import CommentClass, Consultee, Opinion, Silence, Stance
from review.ports import Kept
from review.round import Round, State
from server.api.paging import PageQuery, page_of
from server.api.route import Call, Created, Reply, Route
from server.api.shapes import Deadline, Listing, Reason, Shape
from server.problems import Problem
from server.services.comments import visible
from server.services.documents import Wanted
from server.services.rounds import Plan

MAX_TEXT, MAX_CONSULTEES = 20_000, 200


class ConsulteeWish(Shape):
    """Exactly one of department and person."""

    department: str | None = None
    person: str | None = None
    mandatory: bool = True
    coordinator: str | None = None


class NewRound(Shape):
    """`due` is a time, or a date: then its whole day. `classes` are the comments asked for, all unless named."""

    title: str = Field("", max_length=300)
    consultees: list[ConsulteeWish] = Field(max_length=MAX_CONSULTEES)
    due: Deadline
    silence: Silence = Field(Silence.DEEMED, strict=False)
    classes: list[CommentClass] | None = Field(None, strict=False)
    scope: str = Field("", max_length=MAX_TEXT)


class OpinionShape(Shape):
    kind: str
    by: str | None = None
    at: datetime
    deemed: bool
    late: bool
    note: str | None = None


class ConsulteeShape(Shape):
    id: str
    department: str | None = None
    person: str | None = None
    mandatory: bool
    coordinator: str | None = None
    admitted: bool | None = None
    opinion: OpinionShape | None = None


class CommentCount(Shape):
    """Of those the reader may see."""

    total: int
    unsettled: int
    disputes: int


class RoundShape(Shape):
    """`version` is there once the round was opened; `workingDays` are left until `due`.

    `unanswered` settlements of major comments wait for their consultee's yes or no.
    """

    id: str
    document: str
    version: str | None = None
    parent: str | None = None
    number: int
    title: str | None = None
    scope: str | None = None
    state: str
    due: datetime
    working_days: int | None = None
    silence: str
    classes: list[str]
    opened: datetime | None = None
    closed: datetime | None = None
    consultees: list[ConsulteeShape]
    comments: CommentCount
    unanswered: int
    by: str
    rev: int


class NewOpinion(Shape):
    kind: Stance = Field(strict=False)
    note: str = Field("", max_length=MAX_TEXT)


class Extension(Reason):
    due: Deadline


class RoundsQuery(PageQuery):
    state: State | None = None
    document: str | None = None


async def round_shape(call: Call, kept: Kept[Round], document: Document) -> RoundShape:
    round = kept.value
    comments = await call.office.reviewing.rounds.comments_of(round)
    seen = [c.value for c in comments if visible(call.person, document, round, c.value)]
    is_open = round.state is State.OPEN
    return RoundShape(
        id=round.id,
        document=round.document,
        version=round.version if round.version in document.versions else None,
        parent=round.parent,
        number=round.number,
        title=round.title or None,
        scope=round.scope or None,
        state=round.state,
        due=round.due,
        working_days=remaining(call.office.clock(), round.due) if is_open else None,
        silence=round.silence,
        classes=[kind.value for kind in round.classes],
        opened=round.opened,
        closed=round.closed,
        consultees=[_consultee(round, consultee) for consultee in round.consultees],
        comments=_count(seen),
        unanswered=tally(seen).unanswered,
        by=round.by,
        rev=kept.rev,
    )


def _count(comments: list[Comment]) -> CommentCount:
    counted = tally(comments)
    drafts = sum(comment.submitted is None and comment.withdrawn is None for comment in comments)
    return CommentCount(total=counted.total + drafts, unsettled=counted.unsettled, disputes=counted.disputes)


def _consultee(round: Round, consultee: Consultee) -> ConsulteeShape:
    opinion = round.opinions.get(consultee.id)
    return ConsulteeShape(
        id=consultee.id,
        department=consultee.department,
        person=consultee.person,
        mandatory=consultee.mandatory,
        coordinator=consultee.coordinator,
        admitted=True if consultee.id in round.admitted else None,
        opinion=_opinion(opinion) if opinion else None,
    )


def _opinion(opinion: Opinion) -> OpinionShape:
    return OpinionShape(
        kind=opinion.stance,
        by=opinion.by,
        at=opinion.at,
        deemed=opinion.deemed,
        late=opinion.late,
        note=opinion.note or None,
    )


async def _told(call: Call, kept: Kept[Round]) -> Reply:
    document = (await call.office.documents.open(call.person, kept.value.document)).value
    return Reply(await round_shape(call, kept, document), rev=kept.rev)


async def prepare(call: Call, body: NewRound) -> Reply:
    plan = Plan(
        tuple(_wished(wish, f"consultees.{n}") for n, wish in enumerate(body.consultees)),
        _moment(body.due),
        body.silence,
        body.title.strip(),
        tuple(CommentClass) if body.classes is None else tuple(dict.fromkeys(body.classes)),
        body.scope,
    )
    rounds = call.office.reviewing.rounds
    return await _told(call, await rounds.prepare(call.person, call.part("document"), plan, call.fresh))


async def prepared(call: Call) -> Reply:
    return await one(call.at(round=call.fresh))


def _wished(wish: ConsulteeWish, path: str) -> Consultee:
    """Its id is that of the department or person: nobody is asked twice, and either names it in an address."""
    if (wish.department is None) == (wish.person is None):
        raise Invalid(path, "either", {"expected": "department, person"})
    return Consultee(
        ConsulteeId(wish.department or wish.person or ""),
        DepartmentId(wish.department) if wish.department else None,
        PersonId(wish.person) if wish.person else None,
        wish.mandatory,
        PersonId(wish.coordinator) if wish.coordinator else None,
    )


def _moment(given: datetime) -> datetime:
    if given.tzinfo is None:
        raise Invalid("due", "timezone_aware")
    moment = given.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


async def rounds(call: Call, query: RoundsQuery) -> Reply:
    """Those of documents one may read, the nearest deadline first."""
    service = call.office.reviewing.rounds
    found = await service.in_state(*([query.state] if query.state else State))
    readable: list[tuple[Kept[Round], Document]] = []
    documents = {kept.id: kept.value for kept in await call.office.documents.listed(call.person, Wanted())}
    for kept in found:
        document = documents.get(kept.value.document)
        if document is not None and query.document in (None, document.id):
            readable.append((kept, document))
    readable.sort(key=lambda pair: (pair[0].value.due, pair[0].id))
    page, after = page_of([kept for kept, _ in readable], query)
    items = [await round_shape(call, kept, documents[kept.value.document]) for kept in page]
    return Reply(Listing[RoundShape](items=items, next=after))


async def of_document(call: Call, query: PageQuery) -> Reply:
    document = await call.office.documents.open(call.person, call.part("document"))
    found = await call.office.reviewing.rounds.of_document(document.value)
    page, after = page_of(found, query)
    items = [await round_shape(call, kept, document.value) for kept in page]
    return Reply(Listing[RoundShape](items=items, next=after))


async def one(call: Call) -> Reply:
    kept, document = await call.office.reviewing.rounds.open_for(call.person, call.part("round"))
    return Reply(await round_shape(call, kept, document.value), rev=kept.rev)


async def _match(call: Call) -> str:
    """The round's id, once its revision is that of If-Match, where one is given."""
    kept, _ = await call.office.reviewing.rounds.open_for(call.person, call.part("round"))
    call.match_if_given(kept.rev)
    return kept.id


async def open_round(call: Call) -> Reply:
    return await _told(call, await call.office.reviewing.rounds.open(call.person, await _match(call)))


async def close(call: Call) -> Reply:
    return await _told(call, await call.office.reviewing.rounds.close(call.person, await _match(call)))


async def cancel(call: Call, body: Reason) -> Reply:
    return await _told(call, await call.office.reviewing.rounds.cancel(call.person, await _match(call), body.reason))


async def reopen(call: Call, body: Reason) -> Reply:
    return await _told(call, await call.office.reviewing.rounds.reopen(call.person, await _match(call), body.reason))


async def extend(call: Call, body: Extension) -> Reply:
    id, due = await _match(call), _moment(body.due)
    return await _told(call, await call.office.reviewing.rounds.extend(call.person, id, due, body.reason))


async def opine(call: Call, body: NewOpinion) -> Reply:
    """The consultee's one opinion, with everything it has drafted. Its tag is the round's."""
    id, consultee = await _match(call), await _asked(call)
    kept = await call.office.reviewing.rounds.opine(call.person, id, consultee, body.kind, body.note)
    return Reply(_opinion(kept.value.opinions[consultee]), rev=kept.rev)


async def opinion(call: Call) -> Reply:
    kept, _ = await call.office.reviewing.rounds.open_for(call.person, call.part("round"))
    given = kept.value.opinions.get(ConsulteeId(call.part("consultee")))
    if given is None:
        raise Problem("not_found")
    return Reply(_opinion(given), rev=kept.rev)


async def admit(call: Call) -> Reply:
    """The submitter's leave for a late opinion."""
    id, consultee = await _match(call), await _asked(call)
    return await _told(call, await call.office.reviewing.rounds.admit(call.person, id, consultee))


async def _asked(call: Call) -> ConsulteeId:
    """The consultee of the address, if it is one of the round's."""
    kept, _ = await call.office.reviewing.rounds.open_for(call.person, call.part("round"))
    consultee = ConsulteeId(call.part("consultee"))
    if consultee not in {asked.id for asked in kept.value.consultees}:
        raise Problem("not_found")
    return consultee


OF, ONE = "/api/v1/documents/{document}/rounds", "/api/v1/rounds/{round}"
OPINION = f"{ONE}/opinions/{{consultee}}"
ROUNDS = Listing[RoundShape]
ROUTES = (
    Route("GET", "/api/v1/rounds", rounds, "Rounds of documents one may read, by deadline", ROUNDS),
    Route("GET", OF, of_document, "Rounds of a document, by number", ROUNDS),
    Route("POST", OF, prepare, "Prepare a round", RoundShape, 201, creates=Created(prepared, ONE)),
    Route("GET", ONE, one, "One round", RoundShape),
    Route("POST", f"{ONE}/open", open_round, "Freeze the draft and ask the consultees", RoundShape),
    Route("POST", f"{ONE}/close", close, "Close, once nobody is waited for", RoundShape),
    Route("POST", f"{ONE}/cancel", cancel, "Cancel with a reason", RoundShape),
    Route("POST", f"{ONE}/reopen", reopen, "Open again, with a reason", RoundShape),
    Route("POST", f"{ONE}/extend", extend, "Move the deadline, with a reason", RoundShape),
    Route("GET", OPINION, opinion, "A consultee's opinion", OpinionShape),
    Route("PUT", OPINION, opine, "Submit the consultee's one opinion", OpinionShape),
    Route("POST", f"{OPINION}/admit", admit, "Give leave for a late opinion", RoundShape),
)
