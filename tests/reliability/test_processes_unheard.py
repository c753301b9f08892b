"""Two processes that do not hear each other: what one writes is found in the database by the other."""

from __future__ import annotations

from pathlib import Path

from tests.reliability.region import region
from tests.reliability.soak import of
from tests.servers.proxy import Outage

ROUNDS = of(20, at_least=1)
PEOPLE = 6


async def test_a_process_cut_off_from_redis_is_found_in_the_database(tmp_path: Path) -> None:
    async with region(tmp_path) as here:
        for node in here.nodes:
            here.roam(PEOPLE // 2, pause=0.05, urls=[node.url])
        await here.written(30)
        for round in range(ROUNDS):
            cut = here.nodes[round % 2].redis
            assert cut
            cut.outage = Outage.SILENT
            await here.written(60)
            await here.healed()
            cut.outage = Outage.NONE
            await here.healed()
        await here.settled()


async def test_without_redis_two_processes_find_each_other_in_the_database(tmp_path: Path) -> None:
    async with region(tmp_path, bell=False) as here:
        here.roam(PEOPLE, pause=0.05)
        await here.written(60)
        await here.healed()
        await here.settled()
