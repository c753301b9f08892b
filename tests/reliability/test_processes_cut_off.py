"""Two processes cut off from their database, both or one of them: nothing saved is lost, and all end equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.region import Region, region
from tests.reliability.soak import of
from tests.servers.proxy import Outage

ROUNDS = of(20, at_least=1)
PEOPLE = 6


async def written_nowhere(here: Region) -> None:
    """Until everybody has typed what cannot be saved, and somebody was told so, or was not let in again."""
    typed = {roamer.name: len(roamer.words) for roamer in here.roamers}
    connections = {roamer.name: roamer.connections for roamer in here.roamers}

    def told() -> bool:
        for roamer in here.roamers:
            roamer.look()
        refused = any(code == "not_saved" for roamer in here.roamers for _, code, _ in roamer.refusals)
        return refused or any(roamer.connections > connections[roamer.name] + 1 for roamer in here.roamers)

    await here.until(lambda: all(len(roamer.words) > typed[roamer.name] + 5 for roamer in here.roamers), 30)
    await here.until(told, 30)


@pytest.mark.parametrize("outage", [Outage.HANGS_UP, Outage.SILENT])
async def test_an_outage_of_the_database_is_told_and_loses_nothing(tmp_path: Path, outage: Outage) -> None:
    async with region(tmp_path) as here:
        here.roam(PEOPLE, pause=0.05)
        await here.written(30)
        for _ in range(ROUNDS):
            for node in here.nodes:
                node.database.outage = outage
            await written_nowhere(here)
            for node in here.nodes:
                node.database.outage = Outage.NONE
            await here.healed()
        await here.settled()


async def test_a_process_cut_off_from_the_database_catches_up(tmp_path: Path) -> None:
    async with region(tmp_path) as here:
        for node in here.nodes:
            here.roam(PEOPLE // 2, pause=0.05, urls=[node.url])
        await here.written(30)
        for round in range(ROUNDS):
            cut = here.nodes[round % 2]
            cut.database.outage = Outage.SILENT
            await here.written(30)
            await written_nowhere(here)
            cut.database.outage = Outage.NONE
            await here.healed()
        await here.settled()
