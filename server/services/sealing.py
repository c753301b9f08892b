"""Keeps the head of the log of facts time-stamped: what was cut from its end after that can be shown to be missing."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from server.services.proofs import Trail

log = logging.getLogger("paraph.facts")

PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sealing:
    """Every hour; hand-overs seal by themselves. Nothing new, nothing stamped."""

    trail: Trail

    async def run(self) -> None:
        """For as long as the office is open."""
        while True:
            try:
                await self.trail.seal()
            except Exception:
                log.exception("the head of the facts could not be time-stamped")
            await asyncio.sleep(PAUSE.total_seconds())
