"""What the office has for reviews, put together: versions, rounds, comments, settlement, reports, tasks, the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass

from collab.drafts.rooms import Rooms
from review.ports import Blobs, Clock
from server.services.comments import Comments
from server.services.consultees import Consultees
from server.services.documents import Documents
from server.services.passages import Passages
from server.services.rounds import Rounds
from server.services.settlement_reports import SettlementReports
from server.services.settlements import Settlements
from server.services.tasks import Tasks
from server.services.versions import Versions
from server.settings import Settings
from server.stores import Stores

log = logging.getLogger("paraph.rounds")

CLOSING_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Reviewing:
    versions: Versions
    rounds: Rounds
    comments: Comments
    settlements: Settlements
    reports: SettlementReports
    passages: Passages
    tasks: Tasks

    async def run(self) -> None:
        """While the server runs: what a crash left undone is done, and rounds are closed when their time is out."""
        await _logged(self.rounds.catch_up())
        while True:
            await _logged(self.rounds.close_due())
            await asyncio.sleep(CLOSING_PAUSE)


async def _logged(work: Awaitable[object]) -> None:
    """A failure is not the end: the next turn tries again."""
    try:
        await work
    except Exception:
        log.exception("rounds could not be followed up")


def build_reviewing(
    settings: Settings, stores: Stores, blobs: Blobs, rooms: Rooms, documents: Documents, clock: Clock
) -> Reviewing:
    consultees = Consultees(stores.people, stores.departments)
    versions, passages = Versions(documents, stores.versions, blobs, rooms, clock), Passages(rooms)
    rounds = Rounds(
        stores.rounds, stores.comments, documents, versions, consultees, passages, clock, settings.minimum_working_days
    )
    comments = Comments(stores.comments, rounds, consultees, passages, clock)
    return Reviewing(
        versions=versions,
        rounds=rounds,
        comments=comments,
        settlements=Settlements(comments, rounds, passages, clock),
        reports=SettlementReports(rounds, consultees, clock, settings.office),
        passages=passages,
        tasks=Tasks(rounds, documents, []),
    )
