from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from review.errors import Invalid, NotNow, ReviewError, Unknown
from review.ids import DocumentId, PersonId, RequestId, SigningId, VersionId
from review.signoff import (
    Change,
    Claim,
    Command,
    Give,
    Order,
    Refuse,
    Request,
    Sign,
    Signing,
    State,
    Step,
    ask,
    decide,
)

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
DIRECTOR, LAWYER, GOVERNOR = map(PersonId, ("director", "lawyer", "governor"))
SUBMITTER = PersonId("submitter")
SEEN, EDITED = "hash of what is signed", "hash of something else"


def a_step(*signers: PersonId, order: Order) -> Step:
    return Step(tuple(Request(RequestId(f"for {signer}"), signer) for signer in signers), order)


def a_signing(order: Order = Order.PARALLEL) -> Signing:
    steps = (a_step(DIRECTOR, LAWYER, order=order), a_step(GOVERNOR, order=Order.ORDERED))
    return Signing(SigningId("s"), DocumentId("d"), VersionId("v"), SEEN, steps, SUBMITTER, NOON)


def by(signer: PersonId) -> Sign:
    return Sign(signer, RequestId(f"for {signer}"), SEEN)


def given(signer: PersonId) -> Give:
    return Give(signer, Claim(RequestId(f"for {signer}"), NOON, "B-T", "before", "after", 9), SEEN)


def waiting(signing: Signing) -> list[PersonId]:
    return [request.signer for request in signing.waiting]


def test_ordered_signers_come_one_after_another() -> None:
    signing = a_signing(Order.ORDERED)
    assert waiting(signing) == [DIRECTOR]
    with pytest.raises(NotNow):
        decide(signing, by(LAWYER), NOON)
    signing, facts = decide(signing, by(DIRECTOR), NOON)
    assert waiting(signing) == [LAWYER]
    assert [(fact.type, fact.data.get("signers")) for fact in facts] == [
        ("signing.signed", None),
        ("signing.asked", [LAWYER]),
    ]


def test_parallel_signers_come_in_any_order_and_then_the_next_step() -> None:
    signing, _ = decide(a_signing(), by(LAWYER), NOON)
    assert waiting(signing) == [DIRECTOR]
    signing, _ = decide(signing, by(DIRECTOR), NOON)
    assert waiting(signing) == [GOVERNOR]
    signing, facts = decide(signing, by(GOVERNOR), NOON)
    assert signing.state is State.SIGNED
    assert facts[-1].type == "signing.completed"


@pytest.mark.parametrize(
    "command", [Refuse(DIRECTOR, "no"), Refuse(LAWYER, "no"), by(LAWYER), given(LAWYER), Change(SUBMITTER, EDITED)]
)
def test_a_signature_that_is_being_kept_comes_before_anything_else(command: Command) -> None:
    claimed, _ = decide(a_signing(), given(DIRECTOR), NOON)
    with pytest.raises(NotNow, match="being_signed"):
        decide(claimed, command, NOON)
    kept, _ = decide(claimed, by(DIRECTOR), NOON)
    assert (kept.claim, waiting(kept)) == (None, [LAWYER])


def test_a_signature_is_given_in_its_turn_and_never_to_what_was_refused() -> None:
    refused, _ = decide(a_signing(), Refuse(LAWYER, "no"), NOON)
    for signing, command in ((refused, given(DIRECTOR)), (a_signing(), given(GOVERNOR))):
        with pytest.raises(NotNow):
            decide(signing, command, NOON)


def test_nobody_signs_for_another() -> None:
    with pytest.raises(Unknown):
        decide(a_signing(), Sign(LAWYER, RequestId(f"for {DIRECTOR}"), SEEN), NOON)


def test_what_was_not_seen_is_not_signed() -> None:
    with pytest.raises(NotNow):
        decide(a_signing(), replace(by(DIRECTOR), content=EDITED), NOON)


def test_an_approval_is_void_after_an_edit() -> None:
    signing, _ = decide(a_signing(), by(DIRECTOR), NOON)
    void, facts = decide(signing, Change(SUBMITTER, EDITED), NOON)
    assert void.state is State.VOID
    assert [fact.type for fact in facts] == ["signing.voided"]
    with pytest.raises(NotNow):
        decide(void, by(LAWYER), NOON)


def test_the_same_content_voids_nothing() -> None:
    assert decide(a_signing(), Change(SUBMITTER, SEEN), NOON) == (a_signing(), ())


def test_a_refusal_has_a_reason_and_ends_the_signing() -> None:
    with pytest.raises(Invalid):
        decide(a_signing(), Refuse(DIRECTOR, " "), NOON)
    refused, _ = decide(a_signing(), Refuse(DIRECTOR, "article 3 contradicts the law"), NOON)
    assert refused.state is State.REFUSED
    assert waiting(refused) == []


def test_a_step_names_somebody_and_nobody_twice() -> None:
    for steps in ((), (Step(()),), (a_step(DIRECTOR, DIRECTOR, order=Order.ORDERED),)):
        with pytest.raises(Invalid):
            ask(replace(a_signing(), steps=steps), NOON)


PEOPLE = st.sampled_from([DIRECTOR, LAWYER, GOVERNOR])
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(by, PEOPLE),
    st.builds(Sign, PEOPLE, st.builds(lambda signer: RequestId(f"for {signer}"), PEOPLE), st.sampled_from([SEEN, ""])),
    st.builds(Refuse, PEOPLE, st.sampled_from(["", "why"])),
    st.builds(Change, st.just(SUBMITTER), st.sampled_from([SEEN, EDITED])),
)


class AnySigning(RuleBasedStateMachine):
    """Whatever is asked of a signing in whatever order, its promises hold."""

    def __init__(self) -> None:
        super().__init__()
        self.signing, self.now, self.edited = a_signing(Order.ORDERED), NOON, False

    @rule(command=COMMANDS)
    def act(self, command: Command) -> None:
        before, self.now = self.signing, self.now + timedelta(minutes=1)
        try:
            self.signing, _ = decide(before, command, self.now)
        except ReviewError:
            assert self.signing is before
            return
        given = {r.id: r.signed for r in before.requests if r.signed}
        assert given.items() <= {r.id: r.signed for r in self.signing.requests}.items(), "a signature disappeared"
        if isinstance(command, Sign):
            assert command.content == SEEN
        if isinstance(command, Change) and command.content == EDITED and self.signing.state is not State.REFUSED:
            assert self.signing.state is State.VOID, "an approval outlived an edit"

    @invariant()
    def signed_means_that_everybody_signed(self) -> None:
        if self.signing.state is State.SIGNED:
            assert all(request.signed for request in self.signing.requests)

    @invariant()
    def the_second_step_waits_for_the_first(self) -> None:
        first, second = self.signing.steps
        assert all(r.signed for r in first.requests) or not any(r.signed for r in second.requests)


TestAnySigning = AnySigning.TestCase
