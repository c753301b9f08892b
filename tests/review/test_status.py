from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import document, handover
from review.status import LINE, WORDS, Known, Stage, line, tell, word

DAY = date(2026, 11, 23)


def known(state: document.State, **more: object) -> Known:
    return Known(state, "Odbor kultury", DAY, **more)  # type: ignore[arg-type]


def test_a_matter_in_review_is_expected_when_its_round_ends() -> None:
    told = tell(known(document.State.IN_REVIEW, review_due=date(2026, 12, 1)))
    assert (told.stage, told.next, told.expected) == (Stage.IN_REVIEW, Stage.SETTLING, date(2026, 12, 1))


def test_a_decided_matter_tells_the_day_of_the_decision() -> None:
    told = tell(known(document.State.HANDED_OVER, decided=date(2026, 11, 20), handover=handover.State.REGISTERED))
    assert (told.stage, told.since, told.next) == (Stage.DECIDED, date(2026, 11, 20), Stage.ARCHIVED)


def test_an_archived_matter_is_at_the_end_of_the_line() -> None:
    told = tell(known(document.State.HANDED_OVER, handover=handover.State.ARCHIVED))
    assert (told.stage, told.next, told.expected) == (Stage.ARCHIVED, None, None)


def test_a_decision_stays_decided_while_a_change_of_it_is_prepared() -> None:
    told = tell(known(document.State.DRAFT, decided=date(2026, 11, 20)))
    assert (told.stage, told.since) == (Stage.DECIDED, date(2026, 11, 20))


def test_a_withdrawn_matter_stands_beside_the_line() -> None:
    told = tell(known(document.State.WITHDRAWN))
    assert told.next is None
    assert not any(step.current or step.done for step in line(told.stage))


@given(st.sampled_from(document.State), st.sampled_from([None, *handover.State]))
def test_every_state_is_told_and_has_at_most_one_current_step(
    state: document.State, registry: handover.State | None
) -> None:
    told = tell(known(state, handover=registry))
    steps = line(told.stage)
    assert sum(step.current for step in steps) == (told.stage in LINE)
    assert [step.done for step in steps] == sorted((step.done for step in steps), reverse=True)


@pytest.mark.parametrize("locale", ["cs", "en"])
def test_every_stage_has_words_in_both_languages(locale: str) -> None:
    assert set(WORDS[locale]) == set(Stage)
    assert all(WORDS[locale].values())


def test_an_unknown_language_is_answered_in_czech() -> None:
    assert word(Stage.DECIDED, "de") == "Rozhodnuto"
