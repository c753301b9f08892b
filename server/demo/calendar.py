"""The clock that the story of the demonstration office is told by: it begins weeks ago and ends now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from review.calendar import end_of, office_day, shifted, start_of

STEP = timedelta(seconds=7)
TICK = timedelta(milliseconds=1)


@dataclass(slots=True)
class StoryClock:
    """Every look at it is a little later than the last; never later than `now`, the moment of telling."""

    now: datetime
    moment: datetime

    @classmethod
    def ending(cls, now: datetime, working_days: int) -> StoryClock:
        """One that begins so many working days before today, in the morning."""
        clock = cls(now, datetime.min.replace(tzinfo=now.tzinfo))
        clock.turn_to(working_days, 8)
        return clock

    def __call__(self) -> datetime:
        later = self.moment + STEP
        self.moment = later if later < self.now else self.moment + TICK
        return self.moment

    def turn_to(self, working_days_ago: int, hour: int, minute: int = 0) -> None:
        """On to that day and time of the office, unless it is later already."""
        wanted = start_of(self.day(-working_days_ago)) + timedelta(hours=hour, minutes=minute)
        self.moment = max(self.moment, min(wanted, self.now - timedelta(minutes=1)))

    def day(self, working_days: int) -> date:
        """The working day so many after today, or before it."""
        return shifted(office_day(self.now), working_days)

    def deadline(self, working_days: int) -> datetime:
        """The end of that day."""
        return end_of(self.day(working_days))
