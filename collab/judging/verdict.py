"""What of an update may be written, and where it will stand: by its clocks, their owners, and the places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from collab import update
from collab.document.merging import beyond
from collab.errors import ForeignClient
from collab.judging.clocks import Clocks, covers
from collab.judging.order import AT_ONCE, Limits
from collab.judging.places import Places
from collab.judging.resolving import Placed
from collab.update import Range, Update


class Verdict(NamedTuple):
    """`news` is what is to be written, `claims` the client ids that the author uses for the first time."""

    news: bytes
    read: Update
    claims: tuple[int, ...]
    placed: Placed


def is_news(read: Update, clocks: Clocks, deleted: Sequence[Range] | None) -> bool:
    """A whole repeats all deletions that its client knows of: only those beyond `deleted` count."""
    if clocks.is_news(read):
        return True
    if deleted is None or not read.deletions:
        return clocks.deletes(read)
    return not covers(deleted, read.deletions)


def judge(
    brought: bytes, read: Update, author: str, clocks: Clocks, places: Places, limits: Limits | None = AT_ONCE
) -> Verdict:
    """Raises `Refusal`, `Incomplete`, and `Laborious` beyond our limit.

    What is there or waits already is left out: where a struct is said twice, libraries take the one or the other.
    """
    if overlap := clocks.overlap(read):
        clocks.check_owners(read, author)
        brought = beyond(brought, overlap)
        read = update.read(brought)
    return Verdict(brought, read, clocks.judge(read, author), places.judge(read, limits))


def judge_again(
    brought: bytes, read: Update, author: str, clocks: Clocks, places: Places, limits: Limits | None = AT_ONCE
) -> Verdict:
    """Somebody else wrote meanwhile; what was all news may have become another's. Raises what `judge` raises."""
    for client, _, _ in read.ranges:
        if not clocks.may_use(client, author):
            raise ForeignClient(client)
    return judge(brought, read, author, clocks, places, limits)
