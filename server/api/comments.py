"""Comments of a round: drafted, changed, withdrawn, discussed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from review.anchors import Texts, locate
from review.comment import Comment, Edit, took_effect
from review.document import Version
from review.ids import ConsulteeId
from review.opinion import CommentClass
from review.ports import Kept
from review.settlement import Answer, Dispute, DisputeState, Settlement
from server.api.paging import PageQuery, page_of
from server.api.route import Call, Created, Reply, Route
from server.api.shapes import Listing, Shape
from server.api.threads import (
    AnchorShape,
    NewReply,
    PlaceShape,
    ReplyShape,
    among,
    anchor_of,
    anchor_shape,
    reply_shape,
)
from server.problems import Field as Wrong
from server.problems import Problem
from server.services.comments import Found, NewComment

MAX_TEXT = 20_000


class SettlementShape(Shape):
    """`revision` counts from 1; one that is not `confirmed` is an editor's proposal to the submitter.

    `version` is the number of the one in which it took effect, once there is one.
    """

    kind: str
    reason: str | None = None
    wording: str | None = None
    version: str | None = None
    by: str
    at: datetime
    confirmed: bool
    revision: int


class AnswerShape(Shape):
    agree: bool
    note: str | None = None
    by: str
    at: datetime
    revision: int


class DisputeStepShape(Shape):
    state: str
    level: int
    by: str
    at: datetime
    note: str | None = None
    result: str | None = None


class DisputeShape(Shape):
    """`record` is that of a decision; `steps` is the whole way, in order."""

    state: str
    level: int
    result: str | None = None
    record: str | None = None
    note: str | None = None
    steps: list[DisputeStepShape]


class AppliedShape(Shape):
    by: str
    at: datetime
    wording: str


class CommentShape(Shape):
    """`place` is that in the live draft, "orphaned" when its words are gone, "whole" for the whole document.

    `settlement` is the one in force, `suggestion` an editor's that waits, `settlements` all revisions.
    """

    id: str
    round: str
    number: int
    kind: str = Field(serialization_alias="class")
    consultee: str
    author: str
    acting_for: str | None = Field(None, serialization_alias="for")
    at: datetime
    state: str
    anchor: AnchorShape | None = None
    place: PlaceShape | str
    text: str
    justification: str | None = None
    proposal: str | None = None
    submitted: datetime | None = None
    withdrawn: datetime | None = None
    replies: list[ReplyShape]
    settlement: SettlementShape | None = None
    suggestion: SettlementShape | None = None
    settlements: list[SettlementShape]
    awaits_answer: bool
    answer: AnswerShape | None = None
    dispute: DisputeShape | None = None
    applied: AppliedShape | None = None
    rev: int


class NewCommentShape(Shape):
    """Either `anchor`, or `whole: true`. `consultee` may be left out by who works for only one of the round's."""

    kind: CommentClass = Field(alias="class", strict=False)
    anchor: AnchorShape | None = None
    whole: bool = False
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    justification: str = Field("", max_length=MAX_TEXT)
    proposal: str | None = Field(None, max_length=MAX_TEXT)
    consultee: str | None = None


class CommentChange(Shape):
    kind: CommentClass | None = Field(None, alias="class", strict=False)
    text: str | None = Field(None, min_length=1, max_length=MAX_TEXT)
    justification: str | None = Field(None, max_length=MAX_TEXT)
    proposal: str | None = Field(None, max_length=MAX_TEXT)


def comment_shape(kept: Kept[Comment], where: Texts, versions: Sequence[Version]) -> CommentShape:
    """`versions` are all of the document, in order of creation."""
    comment, effect = kept.value, took_effect(kept.value, versions)
    settlements = [_settlement(settlement, n) for n, settlement in enumerate(comment.settlements, 1)]
    in_force = settlements[comment.revision - 1] if comment.revision else None
    if in_force and effect:
        in_force = in_force.model_copy(update={"version": effect.number})
    return CommentShape(
        id=comment.id,
        round=comment.round,
        number=comment.number,
        kind=comment.kind,
        consultee=comment.consultee,
        author=comment.author,
        acting_for=comment.acting_for,
        at=comment.at,
        state=comment.state,
        anchor=anchor_shape(comment.anchor) if comment.anchor else None,
        place=_place(comment, where),
        text=comment.text,
        justification=comment.justification or None,
        proposal=comment.proposal,
        submitted=comment.submitted,
        withdrawn=comment.withdrawn.at if comment.withdrawn else None,
        replies=[reply_shape(reply) for reply in comment.replies],
        settlement=in_force,
        suggestion=settlements[-1] if comment.suggested else None,
        settlements=settlements,
        awaits_answer=comment.awaits_answer and comment.withdrawn is None,
        answer=_answer(comment.answer) if comment.answer else None,
        dispute=_dispute(comment.dispute) if comment.dispute else None,
        applied=_applied(comment),
        rev=kept.rev,
    )


def _place(comment: Comment, where: Texts) -> PlaceShape | str:
    if comment.anchor is None:
        return "whole"
    passage = locate(comment.anchor, comment.id, where)
    return PlaceShape(block=passage.block, start=passage.start, end=passage.end) if passage else "orphaned"


def _settlement(settlement: Settlement, revision: int) -> SettlementShape:
    return SettlementShape(
        kind=settlement.kind,
        reason=settlement.reason or None,
        wording=settlement.wording,
        by=settlement.by,
        at=settlement.at,
        confirmed=settlement.confirmed,
        revision=revision,
    )


def _answer(answer: Answer) -> AnswerShape:
    return AnswerShape(
        agree=answer.agree, note=answer.note or None, by=answer.by, at=answer.at, revision=answer.revision
    )


def _dispute(dispute: Dispute) -> DisputeShape:
    last = dispute.last
    decided = last.state is DisputeState.DECIDED
    return DisputeShape(
        state=last.state,
        level=last.level,
        result=last.result or None,
        record=last.note if decided else None,
        note=None if decided else last.note or None,
        steps=[
            DisputeStepShape(
                state=step.state,
                level=step.level,
                by=step.by,
                at=step.at,
                note=step.note or None,
                result=step.result or None,
            )
            for step in dispute.steps
        ],
    )


def _applied(comment: Comment) -> AppliedShape | None:
    applied = comment.applied
    return AppliedShape(by=applied.by, at=applied.at, wording=applied.wording) if applied else None


async def found_of(call: Call) -> Found:
    """The comment of the address. 404 for one that may not be seen."""
    return await call.office.reviewing.comments.find(call.person, call.part("comment"))


async def told(call: Call, found: Found) -> Reply:
    where = await call.office.reviewing.passages.texts(found.document.id)
    versions = await call.office.reviewing.versions.all_of(found.document.value)
    return Reply(comment_shape(found.kept, where, versions), rev=found.kept.rev)


async def comments(call: Call, query: PageQuery) -> Reply:
    """By number. A department's drafts are seen by its own people only."""
    round, document = await call.office.reviewing.rounds.open_for(call.person, call.part("round"))
    found = await call.office.reviewing.comments.of_round(call.person, round.value, document.value)
    page, after = page_of(found, query)
    where = await call.office.reviewing.passages.texts(document.id)
    versions = await call.office.reviewing.versions.all_of(document.value)
    items = [comment_shape(kept, where, versions) for kept in page]
    return Reply(Listing[CommentShape](items=items, next=after))


async def add(call: Call, body: NewCommentShape) -> Reply:
    if (body.anchor is None) == (not body.whole):
        raise Problem("invalid", fields=[Wrong("anchor", "either", {"expected": "anchor, whole"})])
    new = NewComment(
        body.kind,
        anchor_of(body.anchor) if body.anchor else None,
        body.text,
        body.justification,
        body.proposal,
        ConsulteeId(body.consultee) if body.consultee else None,
    )
    comments = call.office.reviewing.comments
    return await told(call, await comments.add(call.person, call.part("round"), new, call.fresh))


async def added(call: Call) -> Reply:
    return await one(call.at(comment=call.fresh))


async def one(call: Call) -> Reply:
    return await told(call, await found_of(call))


async def change(call: Call, body: CommentChange) -> Reply:
    found = await found_of(call)
    call.match(found.kept.rev)
    edit = _edited(call, body, found.comment)
    return await told(call, await call.office.reviewing.comments.edit(call.person, found, edit))


def _edited(call: Call, body: CommentChange, comment: Comment) -> Edit:
    """What is left out stays; `proposal: null` takes the proposal away."""
    proposal = body.proposal if "proposal" in body.model_fields_set else comment.proposal
    text = comment.text if body.text is None else body.text
    justification = comment.justification if body.justification is None else body.justification
    return Edit(call.person.id, body.kind or comment.kind, text, justification, proposal)


async def withdraw(call: Call) -> Reply:
    found = await found_of(call)
    call.match_if_given(found.kept.rev)
    return await told(call, await call.office.reviewing.comments.withdraw(call.person, found))


async def replies(call: Call) -> Reply:
    found = await found_of(call)
    return Reply(Listing[ReplyShape](items=[reply_shape(reply) for reply in found.comment.replies]), rev=found.kept.rev)


async def reply(call: Call, body: NewReply) -> Reply:
    found = await call.office.reviewing.comments.reply(call.person, await found_of(call), body.text, call.fresh)
    return Reply(reply_shape(found.comment.replies[-1]), rev=found.kept.rev)


async def replied(call: Call) -> Reply:
    found = await found_of(call)
    return Reply(reply_shape(among(found.comment.replies, call.fresh)), rev=found.kept.rev)


IN, ONE = "/api/v1/rounds/{round}/comments", "/api/v1/comments/{comment}"
ROUTES = (
    Route("GET", IN, comments, "Comments of a round, by number", Listing[CommentShape]),
    Route("POST", IN, add, "Draft a comment", CommentShape, 201, creates=Created(added, ONE)),
    Route("GET", ONE, one, "One comment", CommentShape),
    Route("PATCH", ONE, change, "Change a drafted comment", CommentShape, needs_match=True),
    Route("POST", f"{ONE}/withdraw", withdraw, "Withdraw a comment", CommentShape),
    Route("GET", f"{ONE}/replies", replies, "The discussion of a comment", Listing[ReplyShape]),
    Route("POST", f"{ONE}/replies", reply, "Say something to a comment", ReplyShape, 201, creates=Created(replied)),
)
