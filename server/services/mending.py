"""Tells the writers that the server mended the structure of a draft."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from review.facts import Fact
from review.ids import DocumentId
from review.ports import Clock, FactLog


def teller(facts: FactLog, clock: Clock) -> Callable[[str, Sequence[str]], Awaitable[None]]:
    """What `Rooms` calls after it has mended a draft; the faults are named in the fact."""

    async def tell(document: str, faults: Sequence[str]) -> None:
        await facts.append([Fact("draft.mended", clock(), None, DocumentId(document), {"faults": list(faults)})])

    return tell
