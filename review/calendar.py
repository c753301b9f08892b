"""Office time: the office's time zone, its working days and Czech public holidays (Act No. 245/2000 Coll.).

Moments are UTC outside and office dates inside. A deadline given as a date lasts to the end of that office day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Europe/Prague")
DAY = timedelta(days=1)
SATURDAY = 5


@cache
def public_holidays(year: int) -> frozenset[date]:
    import holidays  # a third of a second to load: not where no deadline is counted

    return frozenset(holidays.country_holidays("CZ", years=year))


def is_working(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in public_holidays(day.year)


def office_day(moment: datetime) -> date:
    """The date on the office's wall when the moment comes."""
    return moment.astimezone(OFFICE).date()


def start_of(day: date) -> datetime:
    """Midnight with which the office day begins, in UTC: a day of a clock change has 23 or 25 hours."""
    return datetime.combine(day, time(), OFFICE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last whole second of the office day, in UTC."""
    return start_of(day + DAY) - timedelta(seconds=1)


def shifted(day: date, working_days: int) -> date:
    """The working day so many working days after the day, or before it when negative."""
    step = DAY if working_days >= 0 else -DAY
    for _ in range(abs(working_days)):
        day += step
        while not is_working(day):
            day += step
    return day


def earliest_due(now: datetime, minimum: int) -> datetime:
    """The first moment a deadline may have: that day, `minimum` working days must have come after today's."""
    return max(now, start_of(shifted(office_day(now), minimum))) if minimum > 0 else now


def remaining(now: datetime, due: datetime) -> int:
    """Working days after today up to and with the day of the deadline; negative when it has passed by days."""
    today, last = office_day(now), office_day(due)
    if last < today:
        return -_between(last, today)
    return _between(today, last)


def _between(start: date, end: date) -> int:
    return sum(is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
