"""What a server does by itself while it runs: begun together, and surely ended together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

AGAIN = 0.5
"""Seconds after which a work that did not end is cancelled once more."""

log = logging.getLogger("paraph")


@asynccontextmanager
async def at_work(works: Mapping[str, Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """The works, by name, run inside the block. One that fails is logged; the others go on."""
    tasks = {asyncio.create_task(work, name=name) for name, work in works.items()}
    for task in tasks:
        task.add_done_callback(_told)
    try:
        yield
    finally:
        await end(tasks)


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel until they end. Not once: what is cancelled at the moment its own waiting ends may swallow it."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN)


def _told(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("%s ended", task.get_name(), exc_info=error)
