from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from review.errors import FixityMismatch, Invalid, NotNow, ReviewError
from review.handover import (
    Archive,
    Command,
    Fail,
    Fetch,
    Fetches,
    Handover,
    Offer,
    Receive,
    Register,
    Registration,
    Reject,
    RetentionSign,
    Retry,
    State,
    StoredFile,
    Withdraw,
    decide,
)
from review.ids import DepartmentId, DocumentId, HandoverId, VersionId

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
SIP, BAG, OTHER = "a" * 64, "b" * 64, "c" * 64
NEW = Handover(HandoverId("h"), DocumentId("d"), VersionId("v"), "1", DepartmentId("legal"), created=NOON, updated=NOON)
OFFER = Offer(
    {
        "eark-sip": StoredFile("p.zip", SIP, 10, "application/zip"),
        "bagit": StoredFile("p.bagit.zip", BAG, 9, "application/zip"),
    },
    (StoredFile("document.pdf", OTHER, 5, "application/pdf"),),
)
WORDS = Registration("KULK 1/2026", "SpMa 1", RetentionSign.ARCHIVE, retention_years=10)


def after(*commands: Command) -> Handover:
    handover = NEW
    for command in commands:
        handover, _ = decide(handover, command, NOON)
    return handover


def test_the_way_to_the_archive_is_offered_received_registered_archived() -> None:
    handover, told = NEW, []
    for command in (OFFER, Receive(SIP), Register(WORDS), Archive("CZ-A-1")):
        handover, facts = decide(handover, command, NOON)
        told += [fact.type for fact in facts]
    assert handover.state is State.ARCHIVED
    assert told == ["handover.offered", "handover.received", "handover.registered", "handover.archived"]


def test_the_fact_of_an_offer_names_the_first_package_and_all_formats() -> None:
    _, (fact,) = decide(NEW, OFFER, NOON)
    assert fact.data["sha256"] == SIP
    assert fact.data["formats"] == ["eark-sip", "bagit"]
    assert (fact.data["handover"], fact.data["version"], fact.document) == ("h", "v", "d")


def test_a_receipt_of_bytes_never_offered_is_a_fixity_mismatch() -> None:
    with pytest.raises(FixityMismatch):
        decide(after(OFFER), Receive(OTHER), NOON)
    with pytest.raises(FixityMismatch):
        decide(after(OFFER, Receive(SIP)), Receive(OTHER), NOON)


def test_a_receipt_may_name_the_bytes_of_any_format() -> None:
    assert after(OFFER, Receive(BAG)).receipt == BAG


@pytest.mark.parametrize("command", [Receive(SIP), Register(WORDS), Archive("CZ-A-1")])
def test_a_repeated_confirmation_changes_nothing_and_tells_nothing(command: Command) -> None:
    archived = after(OFFER, Receive(SIP), Register(WORDS), Archive("CZ-A-1"))
    same, facts = decide(archived, command, NOON + timedelta(days=1))
    assert same is archived
    assert facts == ()


@pytest.mark.parametrize("command", [Receive(BAG), Register(replace(WORDS, reference="other")), Archive("other")])
def test_another_confirmation_than_the_first_is_refused(command: Command) -> None:
    with pytest.raises(NotNow):
        decide(after(OFFER, Receive(SIP), Register(WORDS), Archive("CZ-A-1")), command, NOON)


def test_a_rejected_hand_over_is_packaged_again_as_the_next_attempt() -> None:
    rejected = after(OFFER, Reject("package_invalid", "METS cannot be read"))
    assert rejected.trouble is not None
    assert rejected.trouble.code == "package_invalid"
    again = after(OFFER, Reject("package_invalid", "METS cannot be read"), Retry())
    assert (again.state, again.attempt, again.packages) == (State.READY, 2, {})
    assert [package.sha256 for package in again.earlier] == [SIP, BAG]


def test_a_failed_package_is_never_offered_and_tried_again_as_the_same_attempt() -> None:
    failed = after(Fail("bad_premis", "line 3"))
    with pytest.raises(NotNow):
        decide(failed, OFFER, NOON)
    assert after(Fail("bad_premis", "line 3"), Retry()).attempt == 1


def test_a_received_hand_over_cannot_be_withdrawn() -> None:
    with pytest.raises(NotNow):
        decide(after(OFFER, Receive(SIP)), Withdraw("mistake"), NOON)
    assert after(OFFER, Withdraw("mistake")).state is State.WITHDRAWN


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (replace(WORDS, retention_years=None), "retentionYears"),
        (replace(WORDS, retention_year=2040), "retentionYears"),
        (replace(WORDS, retention_years=0), "retentionYears"),
        (replace(WORDS, retention_years=None, retention_year=26), "retentionYear"),
        (replace(WORDS, reference=" "), "reference"),
        (replace(WORDS, file_mark="x" * 300), "fileMark"),
    ],
)
def test_a_registration_that_cannot_be_kept_is_invalid(words: Registration, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        decide(after(OFFER, Receive(SIP)), Register(words), NOON)
    assert refused.value.field == field


def test_only_the_last_fetches_are_kept_newest_first() -> None:
    fetches = Fetches(NEW.id)
    for at in range(30):
        fetches = fetches.after(Fetch(NOON + timedelta(minutes=at), "client", "eark-sip"))
    assert len(fetches.recent) == 20
    assert fetches.recent[0].at == NOON + timedelta(minutes=29)


class AnyHistory(RuleBasedStateMachine):
    """Whatever is asked in whatever order, the promises hold."""

    def __init__(self) -> None:
        super().__init__()
        self.handover, self.now = NEW, NOON

    @rule(
        command=st.sampled_from(
            [
                OFFER,
                Fail("x", "y"),
                Receive(SIP),
                Receive(BAG),
                Receive(OTHER),
                Register(WORDS),
                Register(replace(WORDS, reference="other")),
                Archive("1"),
                Archive("2"),
                Reject("code", "why"),
                Withdraw("why"),
                Retry(),
            ]
        )
    )
    def ask(self, command: Command) -> None:
        before = self.handover
        try:
            self.handover, facts = decide(before, command, self.now)
        except ReviewError:
            assert self.handover is before
            return
        assert (self.handover is before) == (facts == ()), "a change without a fact, or a fact without a change"
        assert before.state not in (State.WITHDRAWN, State.ARCHIVED) or self.handover is before, "an end was left"
        assert self.handover.attempt - before.attempt == (before.state is State.REJECTED and command == Retry())
        if before.registration:
            assert self.handover.registration == before.registration, "a registration changed"

    @invariant()
    def what_is_received_was_offered(self) -> None:
        held = {package.sha256 for package in self.handover.packages.values()}
        assert self.handover.receipt is None or self.handover.receipt in held

    @invariant()
    def only_what_is_offered_has_packages(self) -> None:
        assert not (self.handover.state in (State.READY, State.FAILED) and self.handover.packages)


TestAnyHistory = AnyHistory.TestCase
