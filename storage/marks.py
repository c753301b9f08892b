"""What the database knows about itself, as records of the kind `setting`: name, epoch, how its kinds are indexed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from review.ids import new_id
from storage.engine import Engine
from storage.errors import Duplicate, NotFound
from storage.kinds import SETTINGS
from storage.records import Records

EPOCH, NAME = "epoch", "name"


async def epoch(engine: Engine) -> int:
    """0 for a database that was never restored from a backup, else a number of that restore's own."""
    return int(await _read(engine, EPOCH) or 0)


async def begin_epoch(engine: Engine) -> int:
    """A new epoch, greater than any before. Restoring one backup twice gives two: it is taken from the clock."""
    number = max(int(time.time()), await epoch(engine) + 1)
    await _write(engine, EPOCH, str(number))
    return number


async def name_of(engine: Engine) -> str:
    """What tells this database from every other, and from itself before it was restored."""
    name = await _read(engine, NAME)
    if name is None:
        with suppress(Duplicate):  # another process named it first
            await engine.insert(SETTINGS.name, NAME, new_id().encode(), {})
        name = await _read(engine, NAME)
    return f"{name}-{await epoch(engine)}"


async def agreed(engine: Engine, name: str, value: str) -> bool:
    """Whether every process that works on this database says the same; the first one's word counts."""
    with suppress(Duplicate):
        await engine.insert(SETTINGS.name, f"agreed/{name}", value.encode(), {})
    return await _read(engine, f"agreed/{name}") == value


async def reindex_changed(engine: Engine, repositories: Iterable[Records[Any]]) -> list[str]:
    """Bring records up to what their kinds now declare. Returns the kinds that needed it."""
    changed: list[str] = []
    for repository in repositories:
        kind = repository.kind
        if await _read(engine, f"indexes/{kind.name}") != kind.fingerprint:
            await repository.reindex()
            await _write(engine, f"indexes/{kind.name}", kind.fingerprint)
            changed.append(kind.name)
    return changed


async def _read(engine: Engine, name: str) -> str | None:
    try:
        return (await engine.get(SETTINGS.name, name)).body.decode()
    except NotFound:
        return None


async def _write(engine: Engine, name: str, value: str) -> None:
    try:
        rev = (await engine.get(SETTINGS.name, name)).rev
    except NotFound:
        await engine.insert(SETTINGS.name, name, value.encode(), {})
    else:
        await engine.replace(SETTINGS.name, name, rev, value.encode(), {})
