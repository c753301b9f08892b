from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from server.app import open_office
from server.settings import settings
from tests.server.realtime.test_sync import TEXT, join
from tests.server.world import open_world
from tests.servers.mongodb import fresh, mongodb


async def test_two_write_together_and_all_is_there_after_a_restart(tmp_path: Path) -> None:
    with mongodb() as url:
        database = fresh(url)
        async with open_world(tmp_path, database) as world, AsyncExitStack() as stack:
            document = (await world.document(content=TEXT))["id"]
            one, other = await join(world, stack, "novakova", document), await join(world, stack, "novakova", document)
            await one.until(lambda: one.party.words)
            await other.until(lambda: other.party.words)
            one.party.type(" jeden")
            other.party.type(" druhý")
            await one.until(lambda: "druhý" in one.party.words)
            await other.until(lambda: other.party.words == one.party.words)
            await one.until(lambda: one.party.told.saved[-1][1] == one.party.sent)
            await other.until(lambda: other.party.told.saved[-1][1] == other.party.sent)
            text = one.party.words
            person = world.people["novakova"]
        async with open_office(settings({"data": str(tmp_path), "database": database}, {})) as again:
            assert (await again.drafts.content(person, document))[1].plain == text
