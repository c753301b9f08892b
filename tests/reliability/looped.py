"""A state machine whose deeds happen on an event loop of its own, where rooms live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from tests.collab.party import Party

R = TypeVar("R")


class Looped(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        return self.loop.run_until_complete(work)

    def act(self, deed: Callable[[], R]) -> R:
        async def do() -> R:
            return deed()

        return self.run(do())

    def wait(self, milliseconds: int) -> None:
        self.run(asyncio.sleep(milliseconds / 1000))


async def until_quiet(parties: Sequence[Party], waits: Callable[[Party], bool]) -> None:
    """Until nothing has come to any of them for a while, and none waits."""
    async with asyncio.timeout(60):
        quiet = 0
        while quiet < 12:
            await asyncio.sleep(0.005)
            news = [party for party in parties if party.inbox]
            for party in news:
                party.deliver()
            quiet = 0 if news or any(map(waits, parties)) else quiet + 1
