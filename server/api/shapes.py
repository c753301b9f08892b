"""The base of every shape on the wire: strict, closed, frozen, camelCase."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from review.calendar import end_of

T = TypeVar("T")
MAX_REASON = 2000


DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Deadlines and whatever is reckoned from them stay in these years."""


def _whole_day(given: Any) -> Any:
    """A bare date lasts to the end of that office day."""
    if not isinstance(given, str) or not DATE.fullmatch(given):
        return given
    try:
        return end_of(date.fromisoformat(given))
    except (ValueError, OverflowError):
        raise ValueError("not a date of this century") from None


def _of_this_century(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"not between the years {FIRST_YEAR} and {LAST_YEAR}")
    return moment


Deadline = Annotated[AwareDatetime, BeforeValidator(_whole_day), AfterValidator(_of_this_century), Field(strict=False)]
"""A moment with its time zone (RFC 3339), or a date: then the whole of that office day."""


class Shape(BaseModel):
    """A JSON object: unknown fields are refused, absent ones are left out of answers."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)


class Query(BaseModel):
    """Query parameters: read from text, unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)


class Listing(Shape, Generic[T]):
    items: list[T]
    next: str | None = None


class Reason(Shape):
    """Why somebody does what others will ask about."""

    reason: str = Field(max_length=MAX_REASON)


class ProblemField(Shape):
    path: str
    message: str


class ProblemShape(Shape):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: list[ProblemField] | None = None
