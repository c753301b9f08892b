"""Watches the log of facts for signed versions, so that each is handed over by itself, also after a crash."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from review.errors import AlreadyThere, ChangedMeanwhile, NotFound
from review.facts import Fact
from review.ids import VersionId
from review.ports import FactLog, Kept, Repository
from server.services.handovers import JOB, Handovers
from server.services.packaging import stale
from server.services.registry_feed import Bell

log = logging.getLogger("paraph.handover")

STEP = 500
PAUSE, RECOVERY = timedelta(seconds=30), timedelta(seconds=5)
CURSOR = "offering"
WATCHED = ("version.", "signing.")


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """How far a reader of the log had come when it last wrote it down; what lies behind may be read again."""

    seq: int = 0


@dataclass(slots=True)
class Offering:
    """Reads on from where it stopped; offering twice is offering once."""

    handovers: Handovers
    cursors: Repository[ReadUpTo]
    facts: FactLog
    bell: Bell
    _kept: Kept[ReadUpTo] | None = None
    _seq: int = 0
    _swept: datetime | None = None

    async def run(self) -> None:
        """For as long as the office is open."""
        while True:
            heard = self.bell.rung
            try:
                if not await self.catch_up():
                    await self.bell.wait(heard, PAUSE.total_seconds())
                await self._sweep()
            except Exception:
                log.exception("signed versions could not be offered")
                await asyncio.sleep(RECOVERY.total_seconds())

    async def catch_up(self) -> bool:
        """Reads the next facts; whether there were any."""
        if self._kept is None:
            self._kept = await self._begin()
            self._seq = self._kept.value.seq
        read = await self.facts.since(self._seq, STEP)
        offered = [await self._offer(recorded.fact) for recorded in read]
        if read:
            self._seq = read[-1].seq
        if any(offered) or self._seq - self._kept.value.seq >= STEP:
            await self._write_down(self._kept)
        return bool(read)

    async def _offer(self, fact: Fact) -> bool:
        version = fact.data.get("version")
        if not fact.type.startswith(WATCHED) or not isinstance(version, str):
            return False
        try:
            return await self.handovers.offer(VersionId(version)) is not None
        except NotFound:
            return False  # announced, but taken back before it was there

    async def _begin(self) -> Kept[ReadUpTo]:
        try:
            return await self.cursors.get(CURSOR)
        except NotFound:
            with contextlib.suppress(AlreadyThere):
                return await self.cursors.insert(CURSOR, ReadUpTo())
        return await self.cursors.get(CURSOR)

    async def _write_down(self, kept: Kept[ReadUpTo]) -> None:
        try:
            self._kept = await self.cursors.replace(kept, ReadUpTo(self._seq))
        except ChangedMeanwhile:
            self._kept = await self.cursors.get(CURSOR)  # another process reads along

    async def _sweep(self) -> None:
        """What stands ready for long was begun before a stop, or while storage did not answer."""
        now = self.handovers.clock()
        if self._swept is not None and now - self._swept < PAUSE:
            return
        self._swept = now
        begun = {job.input.get("handover") for job in await self.handovers.jobs.waiting(JOB)}
        for kept in await stale(self.handovers.handovers):
            if now - kept.value.updated > 2 * PAUSE and kept.id not in begun:
                await self.handovers.package(kept.value)
