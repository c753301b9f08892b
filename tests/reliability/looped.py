"""A state machine whose deeds happen on an event loop of its own, where rooms live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

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
