"""The base of every shape on the wire: strict, closed, frozen, camelCase."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

T = TypeVar("T")
MAX_REASON = 2000


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
