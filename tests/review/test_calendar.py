from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from review.calendar import earliest_due, end_of, is_working, office_day, remaining, shifted, start_of

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def test_a_public_holiday_is_no_working_day() -> None:
    assert not is_working(date(2026, 11, 17))
    assert is_working(date(2026, 11, 18))


def test_good_friday_and_easter_monday_are_holidays() -> None:
    assert [is_working(date(2026, 4, day)) for day in (2, 3, 6, 7)] == [True, False, False, True]


def test_the_office_day_is_that_of_prague() -> None:
    assert office_day(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_day_of_the_clock_change_has_25_hours() -> None:
    day = date(2026, 10, 25)
    assert end_of(day) - start_of(day) == timedelta(hours=25) - timedelta(seconds=1)


def test_a_deadline_after_one_working_day_is_not_before_monday_when_asked_on_friday() -> None:
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert earliest_due(friday, 1) == start_of(date(2026, 11, 23))


def test_christmas_counts_for_nothing() -> None:
    wednesday, monday = datetime(2026, 12, 23, 9, tzinfo=UTC), datetime(2026, 12, 28, 9, tzinfo=UTC)
    assert remaining(wednesday, monday) == 1


def test_a_deadline_that_passed_has_negative_days_left() -> None:
    assert remaining(datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)) == -2


@given(DAYS, st.integers(-40, 40).filter(bool))
def test_shifting_there_counts_what_was_asked_for(day: date, days: int) -> None:
    reached = shifted(day, days)
    assert is_working(reached)
    first, last = sorted((day, reached))
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sum(map(is_working, between)) - is_working(day) == abs(days)


@given(DAYS, st.integers(0, 30))
def test_the_earliest_deadline_leaves_the_minimum_of_working_days(day: date, minimum: int) -> None:
    now = start_of(day) + timedelta(hours=9)
    due = earliest_due(now, minimum)
    assert due >= now
    assert remaining(now, due) == minimum
