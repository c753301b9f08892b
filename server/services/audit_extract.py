"""The audit extract of one document: its facts in order, for packages and for the registry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from review.ports import FactLog

STEP = 500


def extract_of(facts: FactLog) -> Callable[[str], Awaitable[Mapping[str, Any]]]:
    """Reads the whole trail of a document each time it is asked."""

    async def extract(document: str) -> Mapping[str, Any]:
        entries: list[dict[str, Any]] = []
        while page := await facts.of_document(document, entries[-1]["seq"] if entries else 0, STEP):
            entries += [{"seq": each.seq, "hash": each.hash, "type": each.fact.type} for each in page]
        return {"document": document, "head": await facts.head(), "entries": entries}

    return extract
