"""Pages of a list: `?limit` (≤ 200) and `&after`, the cursor of the page before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import Field

from review.ports import Kept
from server.api.shapes import Query
from server.problems import Field as Wrong
from server.problems import Problem

T = TypeVar("T")


class PageQuery(Query):
    limit: int = Field(50, ge=1, le=200)
    after: str | None = None


def page_of(found: Sequence[Kept[T]], query: PageQuery) -> tuple[Sequence[Kept[T]], str | None]:
    """The page behind the item whose id is the cursor, and the next cursor. An unknown cursor is `bad_query`."""
    start = 0
    if query.after is not None:
        places = [at for at, kept in enumerate(found) if kept.id == query.after]
        if not places:
            raise Problem("bad_query", fields=[Wrong("after", "cursor")])
        start = places[0] + 1
    page = found[start : start + query.limit]
    return page, page[-1].id if page and start + query.limit < len(found) else None
