from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from review.errors import AlreadyAnswered, Invalid, NotNow, ReviewError, StillWaiting, TooSoon, Unknown, Unsettled
from review.ids import CommentId, ConsulteeId, DocumentId, PersonId, RoundId, VersionId
from review.opinion import CommentClass, Consultee, Silence, Stance
from review.round import (
    ENDED,
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

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
CULTURE, LEGAL, FINANCE = map(ConsulteeId, ("culture", "legal", "finance"))
HEAD, SUBMITTER = PersonId("head"), PersonId("submitter")
DUE = NOON + timedelta(days=5)


def a_round(silence: Silence = Silence.DEEMED) -> Round:
    asked = (Consultee(CULTURE), Consultee(LEGAL), Consultee(FINANCE, mandatory=False))
    return Round(RoundId("r"), DocumentId("d"), 1, VersionId("v"), asked, DUE, silence, SUBMITTER, NOON)


def an_open_round(silence: Silence = Silence.DEEMED) -> Round:
    return decide(a_round(silence), Open(SUBMITTER, NOON), NOON)[0]


def says(consultee: ConsulteeId, stance: Stance = Stance.NO_COMMENTS) -> Submit:
    counted = 0 if stance in (Stance.NO_COMMENTS, Stance.NOT_COMPETENT) else 1
    return Submit(HEAD, consultee, stance, counted, counted)


def a_closed_round(silence: Silence = Silence.DEEMED) -> Round:
    return decide(an_open_round(silence), Close(), DUE)[0]


def test_a_round_due_too_soon_is_neither_prepared_nor_opened() -> None:
    late = NOON + timedelta(days=10)
    with pytest.raises(TooSoon):
        prepare(a_round(), NOON, late)
    with pytest.raises(TooSoon) as refused:
        decide(a_round(), Open(SUBMITTER, late), NOON)
    assert refused.value.earliest == late


def test_a_round_that_asks_nobody_is_refused() -> None:
    with pytest.raises(Invalid):
        prepare(replace(a_round(), consultees=()), NOON, NOON)


def test_nobody_is_asked_twice_in_a_round() -> None:
    with pytest.raises(Invalid):
        prepare(replace(a_round(), consultees=(Consultee(CULTURE), Consultee(CULTURE))), NOON, NOON)


def test_opening_tells_the_version_and_the_deadline() -> None:
    _, facts = decide(a_round(), Open(SUBMITTER, NOON), NOON)
    assert [(f.type, f.by, f.data["version"], f.data["due"]) for f in facts] == [
        ("round.opened", SUBMITTER, "v", DUE.isoformat())
    ]


def test_silence_becomes_an_opinion_that_no_person_gave() -> None:
    closed, facts = decide(an_open_round(), Close(), DUE)
    assert {o.by for o in closed.opinions.values()} == {None}
    assert all(o.deemed for o in closed.opinions.values())
    assert facts[0].data["deemed"] == [CULTURE, LEGAL, FINANCE]


def test_silence_stays_missing_where_the_round_says_so() -> None:
    closed, facts = decide(an_open_round(Silence.MISSING), Close(), DUE)
    assert not closed.opinions
    assert facts[0].data["missing"] == [CULTURE, LEGAL, FINANCE]


def test_the_last_mandatory_opinion_closes_the_round_and_the_optional_one_is_deemed() -> None:
    round, _ = decide(an_open_round(), says(CULTURE), NOON)
    round, facts = decide(round, says(LEGAL, Stance.WITH_COMMENTS), NOON)
    assert round.state is State.CLOSED
    assert round.opinions[FINANCE].deemed
    assert [f.type for f in facts] == ["opinion.submitted", "round.closed"]


def test_a_round_without_mandatory_consultees_closes_when_all_have_spoken() -> None:
    asked = (Consultee(CULTURE, mandatory=False), Consultee(LEGAL, mandatory=False))
    round, _ = decide(replace(a_round(), consultees=asked), Open(SUBMITTER, NOON), NOON)
    round, _ = decide(round, says(CULTURE), NOON)
    assert round.state is State.OPEN
    assert decide(round, says(LEGAL), NOON)[0].state is State.CLOSED


def test_nobody_closes_a_round_early_while_a_mandatory_opinion_is_awaited() -> None:
    with pytest.raises(StillWaiting):
        decide(an_open_round(), Close(SUBMITTER), DUE - timedelta(seconds=1))


def test_a_consultee_answers_once() -> None:
    round, _ = decide(an_open_round(), says(CULTURE), NOON)
    with pytest.raises(AlreadyAnswered):
        decide(round, says(CULTURE, Stance.WITH_COMMENTS), NOON)


def test_an_opinion_after_closing_is_refused_unless_the_submitter_admits_it_and_then_it_is_late() -> None:
    round = a_closed_round()
    with pytest.raises(NotNow):
        decide(round, says(CULTURE), DUE)
    admitted, _ = decide(round, Admit(SUBMITTER, CULTURE), DUE)
    late, _ = decide(admitted, says(CULTURE, Stance.WITH_COMMENTS), DUE)
    assert late.opinions[CULTURE].late
    assert not late.opinions[CULTURE].deemed
    with pytest.raises(AlreadyAnswered):
        decide(late, says(CULTURE), DUE)


def test_a_stranger_gives_no_opinion() -> None:
    with pytest.raises(Unknown):
        decide(an_open_round(), says(ConsulteeId("elsewhere")), NOON)


@pytest.mark.parametrize(
    ("stance", "comments", "major"),
    [
        (Stance.NO_COMMENTS, 1, 0),
        (Stance.NOT_COMPETENT, 1, 0),
        (Stance.WITH_COMMENTS, 0, 0),
        (Stance.WITH_MAJOR_COMMENTS, 1, 0),
    ],
)
def test_an_opinion_says_what_the_drafted_comments_say(stance: Stance, comments: int, major: int) -> None:
    with pytest.raises(Invalid):
        decide(an_open_round(), Submit(HEAD, CULTURE, stance, comments, major), NOON)


def test_a_deadline_moves_only_forward_and_with_a_reason() -> None:
    later = DUE + timedelta(days=2)
    assert decide(an_open_round(), Extend(SUBMITTER, later, "illness"), NOON)[0].due == later
    with pytest.raises(TooSoon):
        decide(an_open_round(), Extend(SUBMITTER, DUE, "illness"), NOON)
    with pytest.raises(Invalid):
        decide(an_open_round(), Extend(SUBMITTER, later, " "), NOON)


def test_reopening_asks_the_silent_again_and_keeps_what_was_said() -> None:
    round, _ = decide(an_open_round(), says(CULTURE), NOON)
    round, _ = decide(round, Close(), DUE)
    again, _ = decide(round, Reopen(HEAD, "a part was missing", DUE + timedelta(days=3)), DUE)
    assert again.state is State.OPEN
    assert set(again.opinions) == {CULTURE}
    assert again.due == DUE + timedelta(days=3)


def test_a_round_is_not_settled_while_something_is_open() -> None:
    for open_part in (Tally(1, unsettled=1), Tally(1, unanswered=1), Tally(1, disputes=1)):
        with pytest.raises(Unsettled):
            decide(a_closed_round(), Conclude(SUBMITTER, open_part), DUE)


def test_a_comment_of_a_class_that_the_round_does_not_ask_for_gets_no_number() -> None:
    round = replace(an_open_round(), classes=(CommentClass.MAJOR,))
    with pytest.raises(Invalid):
        decide(round, Number(HEAD, CommentId("c"), CULTURE, CommentClass.EDITORIAL), NOON)


CONSULTEES = st.sampled_from([CULTURE, LEGAL, FINANCE])
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(Open, st.just(SUBMITTER), st.just(NOON)),
    st.builds(
        Number,
        st.just(HEAD),
        st.sampled_from([CommentId(name) for name in "abcdef"]),
        CONSULTEES,
        st.sampled_from(CommentClass),
    ),
    st.builds(says, CONSULTEES, st.sampled_from(Stance)),
    st.builds(Admit, st.just(SUBMITTER), CONSULTEES),
    st.builds(Close, st.sampled_from([None, SUBMITTER])),
    st.builds(Extend, st.just(SUBMITTER), st.just(DUE + timedelta(days=9)), st.just("why")),
    st.builds(Cancel, st.just(SUBMITTER), st.just("why")),
    st.builds(Reopen, st.just(HEAD), st.just("why"), st.just(DUE)),
    st.builds(Begin, st.just(SUBMITTER)),
    st.builds(Conclude, st.just(SUBMITTER), st.builds(Tally, st.integers(0, 3), st.integers(0, 1), st.integers(0, 1))),
)


class AnyHistory(RuleBasedStateMachine):
    """Whatever is asked of a round in whatever order, its promises hold."""

    def __init__(self) -> None:
        super().__init__()
        self.round, self.now = a_round(), NOON

    @rule(command=COMMANDS, hours=st.integers(0, 48))
    def ask(self, command: Command, hours: int) -> None:
        before, self.now = self.round, self.now + timedelta(hours=hours)
        try:
            self.round, _ = decide(before, command, self.now)
        except ReviewError:
            assert self.round is before
            return
        self._kept(before)
        self._refused_when_closed(before, command)

    def _kept(self, before: Round) -> None:
        spoken = {c: o for c, o in before.opinions.items() if not o.deemed}
        assert spoken.items() <= self.round.opinions.items(), "an opinion was changed or lost"
        assert self.round.numbered[: len(before.numbered)] == before.numbered, "a number changed"
        assert self.round.version == before.version

    def _refused_when_closed(self, before: Round, command: Command) -> None:
        if before.state in ENDED and isinstance(command, Number | Submit):
            assert command.consultee in before.admitted, "a closed round accepted something"
        if before.state is State.CANCELLED:
            raise AssertionError("a cancelled round accepted something")

    @invariant()
    def a_deemed_opinion_has_no_author(self) -> None:
        for opinion in self.round.opinions.values():
            assert opinion.deemed == (opinion.by is None)
            assert not (opinion.deemed and (opinion.note or opinion.late))

    @invariant()
    def only_a_round_that_was_open_holds_opinions(self) -> None:
        assert not self.round.opinions or self.round.opened is not None

    @invariant()
    def a_closed_round_waits_for_nobody(self) -> None:
        if self.round.state in ENDED:
            assert not self.round.silent

    @invariant()
    def numbers_are_handed_out_once(self) -> None:
        assert len(set(self.round.numbered)) == len(self.round.numbered)


TestAnyHistory = AnyHistory.TestCase
