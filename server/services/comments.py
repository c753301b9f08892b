"""Comments: drafted inside a consultee, seen by its people alone until its opinion is submitted, then by everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from review.anchors import checked
from review.comment import AddReply, Comment, Edit, Withdraw, decide, draft, seen_in
from review.document import Document
from review.errors import Invalid, NotFound, Unknown
from review.facts import Fact
from review.ids import CommentId, ConsulteeId, PersonId, ReplyId, new_id
from review.opinion import CommentClass
from review.people import Person
from review.permissions import Case, Right, may, require
from review.ports import Clock, Kept, Repository
from review.round import Number, Round
from review.thread import Anchor
from server.services.consultees import Consultees, place_of, works_for
from server.services.passages import Passages
from server.services.rounds import Rounds
from server.services.threads import mentioned


@dataclass(frozen=True, slots=True)
class NewComment:
    """`anchor` None means the whole document; `consultee` None the only one the author works for."""

    kind: CommentClass
    anchor: Anchor | None
    text: str
    justification: str
    proposal: str | None
    consultee: ConsulteeId | None


@dataclass(frozen=True, slots=True)
class Found:
    """A comment as its round makes it, with what it belongs to."""

    kept: Kept[Comment]
    round: Kept[Round]
    document: Kept[Document]

    @property
    def comment(self) -> Comment:
        return self.kept.value


@dataclass(frozen=True, slots=True)
class Comments:
    comments: Repository[Comment]
    rounds: Rounds
    consultees: Consultees
    passages: Passages
    clock: Clock

    async def find(self, person: Person, id: str) -> Found:
        """Raises `NotFound` for what the person may not see."""
        kept = await self.comments.get(id)
        try:
            round, document = await self.rounds.open_for(person, kept.value.round)
        except NotFound:
            raise NotFound("comment", id) from None
        kept = replace(kept, value=seen_in(kept.value, round.value))
        if not visible(person, document.value, round.value, kept.value):
            raise NotFound("comment", id)
        return Found(kept, round, document)

    async def of_round(self, person: Person, round: Round, document: Document) -> list[Kept[Comment]]:
        """Those the person may see, by number."""
        found = await self.rounds.comments_of(round)
        return [kept for kept in found if visible(person, document, round, kept.value)]

    async def add(self, person: Person, id: str, new: NewComment, comment_id: str | None = None) -> Found:
        """Under the same id it keeps its number when an attempt before was cut."""
        round, document = await self.rounds.open_for(person, id)
        consultee = new.consultee or self._own(person, document.value, round.value)
        asked = round.value.consultee(consultee)
        require(Right.COMMENT, Case(person, document.value, place_of(asked)))
        anchor = await self._anchored(round.value, new.anchor)
        comment = Comment(
            CommentId(comment_id or new_id()),
            round.value.id,
            0,
            consultee,
            person.id,
            self.clock(),
            new.kind,
            new.text,
            anchor,
            new.justification,
            new.proposal,
        )
        draft(comment, round.value, self.clock())
        numbering = Number(person.id, comment.id, consultee, new.kind)
        numbered, number = await self.rounds.number(round.id, numbering)
        comment, facts = draft(replace(comment, number=number), numbered, self.clock())
        kept = await self.comments.insert(comment.id, comment, await self._among(numbered, comment, facts))
        return Found(kept, replace(round, value=numbered), document)

    def _own(self, person: Person, document: Document, round: Round) -> ConsulteeId:
        own = [consultee.id for consultee in round.consultees if works_for(person, document, consultee)]
        if len(own) != 1:
            raise Invalid("consultee", "required")
        return own[0]

    async def _anchored(self, round: Round, anchor: Anchor | None) -> Anchor | None:
        if anchor is None:
            return None
        if anchor.version not in (None, round.version):
            raise Invalid("anchor.version", "other_version")
        try:
            version = await self.rounds.versions.versions.get(round.version)
        except NotFound:
            raise Unknown("version") from None
        return checked(anchor, await self.rounds.versions.content(version.value), round.version)

    async def edit(self, person: Person, found: Found, command: Edit) -> Found:
        self._require(Right.COMMENT, person, found)
        return await self._done(found, lambda: decide(found.comment, found.round.value, command, self.clock()))

    async def withdraw(self, person: Person, found: Found) -> Found:
        """A draft by whoever works on it, a submitted comment by who speaks for the consultee."""
        self._require(Right.OPINE if found.comment.submitted else Right.COMMENT, person, found)
        command = Withdraw(person.id)
        done = await self._done(found, lambda: decide(found.comment, found.round.value, command, self.clock()))
        if done.comment.submitted:
            await self.passages.unmark(found.document.id, done.comment, person.id)
            await self.rounds.balance(found.round.id, person.id)
        return done

    async def reply(self, person: Person, found: Found, text: str, id: str | None = None) -> Found:
        """In a submitted comment's thread by everybody who may remark, in a draft's by its own people."""
        self._require(Right.REMARK if found.comment.submitted else Right.COMMENT, person, found)
        mentions = await self._mentions(text, found)
        command = AddReply(person.id, ReplyId(id or new_id()), text, mentions)
        return await self._done(found, lambda: decide(found.comment, found.round.value, command, self.clock()))

    async def _mentions(self, text: str, found: Found) -> tuple[PersonId, ...]:
        """Of those who may see the comment, whom the text names."""
        if "@" not in text:
            return ()
        people = [kept.value for kept in await self.consultees.people.all()]
        document, round = found.document.value, found.round.value
        return mentioned(
            text,
            [
                person
                for person in people
                if may(Right.READ, Case(person, document)) and visible(person, document, round, found.comment)
            ],
        )

    def _require(self, right: Right, person: Person, found: Found) -> None:
        asked = found.round.value.consultee(found.comment.consultee)
        require(right, Case(person, found.document.value, place_of(asked)))

    async def _done(self, found: Found, act: Callable[[], tuple[Comment, Sequence[Fact]]]) -> Found:
        """Written at the revision that was read: who was faster is not overwritten."""
        comment, facts = act()
        told = await self._among(found.round.value, comment, facts)
        return replace(found, kept=await self.comments.replace(found.kept, comment, told))

    async def _among(self, round: Round, comment: Comment, facts: Sequence[Fact]) -> list[Fact]:
        """While a comment is internal, its consultee's people alone are told of it."""
        if comment.submitted:
            return list(facts)
        asked = round.consultee(comment.consultee)
        people = (await self.consultees.staff(asked))[asked.id]
        return [replace(fact, only=people) for fact in facts]


def visible(person: Person, document: Document, round: Round, comment: Comment) -> bool:
    """A submitted comment to every reader of the document, any other to its consultee's people."""
    return comment.submitted is not None or works_for(person, document, round.consultee(comment.consultee))
