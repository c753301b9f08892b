from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from review import comment as comments
from review import settling
from review.comment import AddReply, Comment, Edit, MarkApplied, State, Withdraw, draft, seen_in, submit, tally
from review.errors import AlreadyAnswered, AlreadyWithdrawn, Invalid, NotNow, ReviewError
from review.ids import CommentId, ConsulteeId, DocumentId, PersonId, ReplyId, RoundId, VersionId
from review.opinion import CommentClass, Consultee, Opinion, Silence, Stance
from review.round import Round
from review.round import State as RoundState
from review.settlement import TOP_LEVEL, DisputeState, SettlementKind
from review.settling import Escalate, Propose, Remove, Reply, Rule, Settle
from review.thread import Anchor

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
LEGAL = ConsulteeId("legal")
CLERK, HEAD, EDITOR, SUBMITTER = map(PersonId, ("clerk", "head", "editor", "submitter"))
VERSION = VersionId("v")
PASSAGE = Anchor("b", 0, 5, "words", version=VERSION)
MAJOR, EDITORIAL = CommentClass.MAJOR, CommentClass.EDITORIAL
ACCEPTED, REJECTED = SettlementKind.ACCEPTED, SettlementKind.REJECTED


def a_round(state: RoundState = RoundState.OPEN) -> Round:
    spoken = {} if state is RoundState.OPEN else {LEGAL: Opinion(Stance.WITH_COMMENTS, HEAD, NOON)}
    return Round(
        RoundId("r"),
        DocumentId("d"),
        1,
        VERSION,
        (Consultee(LEGAL),),
        NOON + timedelta(days=5),
        Silence.DEEMED,
        SUBMITTER,
        NOON,
        state=state,
        opinions=spoken,
    )


CLOSED = a_round(RoundState.CLOSED)


def a_comment(kind: CommentClass = MAJOR) -> Comment:
    return Comment(
        CommentId("c"),
        RoundId("r"),
        1,
        LEGAL,
        CLERK,
        NOON,
        kind,
        "too vague",
        PASSAGE,
        justification="because" if kind is MAJOR else "",
        proposal="exact words",
    )


def settled(kind: SettlementKind = REJECTED, of: CommentClass = MAJOR) -> Comment:
    return settling.decide(a_comment(of), CLOSED, Settle(SUBMITTER, kind, "a reason"), NOON)[0]


def disputed() -> Comment:
    return settling.decide(settled(), CLOSED, Reply(HEAD, agree=False), NOON)[0]


def test_a_major_comment_needs_a_justification() -> None:
    with pytest.raises(Invalid) as refused:
        draft(replace(a_comment(), justification=" "), a_round(), NOON)
    assert refused.value.field == "justification"


def test_a_proposal_needs_a_passage_to_take_the_place_of() -> None:
    with pytest.raises(Invalid):
        draft(replace(a_comment(), anchor=None), a_round(), NOON)


def test_a_comment_is_anchored_on_the_version_that_its_round_reviews() -> None:
    elsewhere = replace(PASSAGE, version="other")
    with pytest.raises(Invalid):
        draft(replace(a_comment(), anchor=elsewhere), a_round(), NOON)


def test_a_comment_is_immutable_once_its_department_has_spoken() -> None:
    edited, _ = comments.decide(a_comment(), a_round(), Edit(CLERK, MAJOR, "clearer", "because", None), NOON)
    assert edited.text == "clearer"
    with pytest.raises(NotNow):
        comments.decide(edited, CLOSED, Edit(CLERK, MAJOR, "other", "because", None), NOON)


def test_a_draft_belongs_to_the_opinion_even_when_it_was_not_marked() -> None:
    assert seen_in(a_comment(), a_round()).state is State.DRAFT
    assert seen_in(a_comment(), CLOSED).state is State.SUBMITTED


def test_a_draft_of_a_silent_department_is_never_submitted() -> None:
    silent = replace(CLOSED, opinions={LEGAL: Opinion(Stance.NO_COMMENTS, None, NOON)})
    assert seen_in(a_comment(), silent).state is State.DRAFT
    with pytest.raises(NotNow):
        settling.decide(a_comment(), silent, Settle(SUBMITTER, ACCEPTED), NOON)


def test_submitting_is_told_once() -> None:
    marked, facts = submit(a_comment(), CLOSED)
    assert [fact.type for fact in facts] == ["comment.submitted"]
    assert submit(marked, CLOSED) == (marked, ())


def test_a_withdrawn_comment_is_not_settled() -> None:
    gone, _ = comments.decide(a_comment(), CLOSED, Withdraw(HEAD), NOON)
    with pytest.raises(AlreadyWithdrawn):
        settling.decide(gone, CLOSED, Settle(SUBMITTER, ACCEPTED), NOON)
    with pytest.raises(AlreadyWithdrawn):
        comments.decide(gone, CLOSED, Withdraw(HEAD), NOON)


def test_nothing_is_settled_while_the_round_is_open() -> None:
    spoken = replace(CLOSED, state=RoundState.OPEN)
    with pytest.raises(NotNow):
        settling.decide(a_comment(), spoken, Settle(SUBMITTER, ACCEPTED), NOON)


@pytest.mark.parametrize("kind", [kind for kind in SettlementKind if kind is not ACCEPTED])
def test_every_settlement_but_an_acceptance_needs_a_reason(kind: SettlementKind) -> None:
    with pytest.raises(Invalid):
        settling.decide(a_comment(), CLOSED, Settle(SUBMITTER, kind), NOON)


def test_an_editors_settlement_is_in_force_only_when_the_submitter_confirms_it() -> None:
    proposed, _ = settling.decide(a_comment(), CLOSED, Propose(EDITOR, ACCEPTED), NOON)
    assert proposed.state is State.PROPOSED
    assert proposed.settlement is None
    confirmed, _ = settling.decide(proposed, CLOSED, Settle(SUBMITTER, ACCEPTED), NOON)
    assert confirmed.state is State.SETTLED
    assert len(confirmed.settlements) == 2


def test_a_major_comment_not_accepted_waits_for_the_answer() -> None:
    assert not settled().concluded
    agreed, _ = settling.decide(settled(), CLOSED, Reply(HEAD, agree=True), NOON)
    assert agreed.concluded


def test_an_editorial_comment_rejected_with_a_reason_is_done() -> None:
    assert settled(REJECTED, EDITORIAL).concluded
    with pytest.raises(NotNow):
        settling.decide(settled(REJECTED, EDITORIAL), CLOSED, Reply(HEAD, agree=False), NOON)


def test_disagreement_over_a_major_comment_is_a_dispute() -> None:
    assert disputed().state is State.DISPUTED
    assert tally([disputed()]).disputes == 1


def test_a_settlement_is_answered_once() -> None:
    with pytest.raises(AlreadyAnswered):
        settling.decide(disputed(), CLOSED, Reply(HEAD, agree=True), NOON)


def test_a_dispute_is_removed_after_a_talk() -> None:
    removed, facts = settling.decide(disputed(), CLOSED, Remove(SUBMITTER, "agreed by phone"), NOON)
    assert removed.concluded
    assert [fact.type for fact in facts] == ["dispute.removed"]


def test_a_dispute_climbs_level_by_level_and_is_decided_with_a_record() -> None:
    higher = disputed()
    for level in range(1, TOP_LEVEL + 1):
        higher, _ = settling.decide(higher, CLOSED, Escalate(HEAD), NOON)
        assert higher.dispute is not None
        assert higher.dispute.last.level == level
    with pytest.raises(NotNow):
        settling.decide(higher, CLOSED, Escalate(HEAD), NOON)
    decided, _ = settling.decide(higher, CLOSED, Rule(HEAD, "rejected", "minutes 12/2026"), NOON)
    assert decided.concluded


def test_an_acceptance_at_last_ends_the_dispute() -> None:
    ended, facts = settling.decide(disputed(), CLOSED, Settle(SUBMITTER, ACCEPTED), NOON)
    assert ended.concluded
    assert [fact.type for fact in facts] == ["settlement.set", "dispute.removed"]


def test_a_settlement_changed_after_the_talk_is_answered_anew() -> None:
    removed, _ = settling.decide(disputed(), CLOSED, Remove(SUBMITTER, "agreed"), NOON)
    changed, _ = settling.decide(removed, CLOSED, Settle(SUBMITTER, SettlementKind.PARTLY, "as agreed"), NOON)
    assert changed.awaits_answer
    again, _ = settling.decide(changed, CLOSED, Reply(HEAD, agree=False), NOON)
    assert len(again.disputes) == 2


def test_a_settlement_that_nobody_answers_can_be_taken_up_as_a_dispute() -> None:
    escalated, _ = settling.decide(settled(), CLOSED, Escalate(SUBMITTER), NOON)
    assert escalated.state is State.DISPUTED


def test_no_dispute_is_removed_where_there_is_none() -> None:
    with pytest.raises(NotNow):
        settling.decide(settled(ACCEPTED), CLOSED, Remove(SUBMITTER, "why"), NOON)


Asked = Edit | Withdraw | AddReply | MarkApplied | settling.Command
WORDS = st.sampled_from(["", "words"])
COMMANDS: st.SearchStrategy[Asked] = st.one_of(
    st.builds(Edit, st.just(CLERK), st.just(MAJOR), WORDS, WORDS, WORDS),
    st.builds(Withdraw, st.just(HEAD)),
    st.builds(AddReply, st.just(CLERK), st.just(ReplyId("p")), WORDS),
    st.builds(MarkApplied, st.just(SUBMITTER), WORDS),
    st.builds(Propose, st.just(EDITOR), st.sampled_from(SettlementKind), WORDS),
    st.builds(Settle, st.just(SUBMITTER), st.sampled_from(SettlementKind), WORDS),
    st.builds(Reply, st.just(HEAD), st.booleans(), WORDS),
    st.builds(Escalate, st.just(HEAD), WORDS),
    st.builds(Remove, st.just(SUBMITTER), WORDS),
    st.builds(Rule, st.just(HEAD), WORDS, WORDS),
)
STAGES = st.sampled_from([a_round(), CLOSED, a_round(RoundState.SETTLING), a_round(RoundState.SETTLED)])


class AnyTreatment(RuleBasedStateMachine):
    """Whatever is asked of a comment in whatever order and stage of its round, its promises hold."""

    def __init__(self) -> None:
        super().__init__()
        self.comment, self.now = a_comment(), NOON
        self.said: Comment | None = None

    @rule(command=COMMANDS, round=STAGES)
    def ask(self, command: Asked, round: Round) -> None:
        before, self.now = self.comment, self.now + timedelta(minutes=1)
        machine = comments if isinstance(command, Edit | Withdraw | AddReply | MarkApplied) else settling
        try:
            self.comment, _ = machine.decide(before, round, command, self.now)
        except ReviewError:
            assert self.comment is before
            return
        self._kept(before)
        if round.state is not RoundState.OPEN:
            assert not isinstance(command, Edit), "a closed round accepted something"

    def _kept(self, before: Comment) -> None:
        after = self.comment
        assert after.number == before.number
        assert after.author == before.author
        assert after.settlements[: len(before.settlements)] == before.settlements, "a settlement disappeared"
        assert after.answers[: len(before.answers)] == before.answers
        assert after.replies[: len(before.replies)] == before.replies
        assert before.settlement is None or after.settlement is not None
        for earlier, later in zip(before.disputes, after.disputes, strict=False):
            assert later.steps[: len(earlier.steps)] == earlier.steps
        if before.submitted:
            assert (after.text, after.proposal, after.kind) == (before.text, before.proposal, before.kind)
        if before.withdrawn:
            assert after.withdrawn == before.withdrawn
            assert after.settlements == before.settlements, "a withdrawn comment was settled"

    @invariant()
    def a_major_comment_is_done_only_by_consent_or_decision(self) -> None:
        comment = self.comment
        if not (comment.concluded and comment.settlement) or comment.settlement.kind is ACCEPTED or comment.withdrawn:
            return
        agreed = comment.answer is not None and comment.answer.agree
        ended = comment.dispute is not None and comment.dispute.last.state in (
            DisputeState.REMOVED,
            DisputeState.DECIDED,
        )
        assert agreed or ended


TestAnyTreatment = AnyTreatment.TestCase
