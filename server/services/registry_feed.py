"""The registry's change feed: the facts it is told of, in the one order of all facts, with a cursor that cannot lie."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from review.facts import Fact, Recorded
from review.handover import CLOUD_TYPES
from review.ports import FactLog
from server.problems import Field, Problem

NEWEST = "newest"
SCANNED = 20_000
STEP = 500
PREFIX = "cz.paraph."


@dataclass(frozen=True, slots=True)
class News:
    """`next` is the cursor behind everything looked at, also when nothing was found."""

    items: Sequence[Recorded]
    next: str


@dataclass(slots=True)
class Bell:
    """Wakes everybody who waits for news; told by the log after each fact. `rung` counts."""

    rung: int = 0
    _waiting: set[asyncio.Event] = field(default_factory=set)

    def ring(self, recorded: Recorded) -> None:
        self.rung += 1
        for event in self._waiting:
            event.set()

    async def wait(self, heard: int, seconds: float) -> bool:
        """Until it has rung more than `heard` times, which is taken before reading; False when time ran out."""
        if self.rung != heard:
            return True
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(event)
        return True


@dataclass(frozen=True, slots=True)
class RegistryFeed:
    """A cursor holds the number of a fact and the beginning of its hash: after a restored backup it is refused."""

    facts: FactLog
    bell: Bell
    poll: float = 1.0

    async def read(self, after: str | None, limit: int, wait: float) -> News:
        """Raises `gone` for a cursor of another past, `bad_query` for what is no cursor."""
        seq, hash = await self._place(after)
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            heard = self.bell.rung
            found, seq, hash = await self._scan(seq, hash, limit)
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0:
                return News(found, _cursor(seq, hash))
            await self.bell.wait(heard, min(left, self.poll))

    async def newest(self) -> str:
        head = await self.facts.head()
        last = await self.facts.since(head - 1, 1) if head else []
        return _cursor(last[-1].seq, last[-1].hash) if last else "0"

    async def _place(self, after: str | None) -> tuple[int, str]:
        if after is None or after == "0":
            return 0, ""
        number, _, mark = (await self.newest() if after == NEWEST else after).partition("-")
        if not number.isdecimal() or len(number) > 15:
            raise Problem("bad_query", fields=[Field("after", "cursor")])
        if number == "0":
            return 0, ""
        found = await self.facts.since(int(number) - 1, 1)
        if not found or not mark or not found[0].hash.startswith(mark):
            raise Problem("gone")
        return found[0].seq, found[0].hash

    async def _scan(self, seq: int, hash: str, limit: int) -> tuple[list[Recorded], int, str]:
        """At most `limit` events; stops after `SCANNED` facts so that one request never reads the whole log."""
        found: list[Recorded] = []
        for _ in range(0, SCANNED, STEP):
            read = await self.facts.since(seq, STEP)
            for recorded in read:
                seq, hash = recorded.seq, recorded.hash
                if recorded.fact.type in CLOUD_TYPES:
                    found.append(recorded)
                if len(found) == limit:
                    return found, seq, hash
            if len(read) < STEP:
                break
        return found, seq, hash


def _cursor(seq: int, hash: str) -> str:
    return f"{seq}-{hash[:16]}" if seq else "0"


def subject(fact: Fact) -> str:
    """The hand-over's id; of a superseded version its own."""
    return str(fact.data.get("handover") or fact.data.get("version", ""))


def told(fact: Fact) -> Mapping[str, Any]:
    """The event's data: ids, states and hashes, and the document; never who in the office did it."""
    return {**fact.data, "document": fact.document}
