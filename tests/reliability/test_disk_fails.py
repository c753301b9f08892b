"""A disk that is full, and one that is broken, under the real server: everybody is told why, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.reliability.crowd import Crowd, an_office
from tests.servers import paraph
from tests.servers.failing_disk import BROKEN, FULL, SWITCH

PEOPLE = 4


@dataclass(slots=True, kw_only=True)
class Office(Crowd):
    data: Path
    disk: Path
    server: paraph.Server

    async def restart(self) -> None:
        await asyncio.to_thread(self.server.kill)
        port = int(self.server.url.rpartition(":")[2])
        self.server = await asyncio.to_thread(served, self.data, port)

    async def ready(self) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.server.url}/readyz?") as answer:
            body: dict[str, Any] = await answer.json(content_type=None)
        return answer.status, body.get("detail", body["status"])


def served(data: Path, port: int | None = None) -> paraph.Server:
    return paraph.start(data, port=port, module="tests.servers.failing_disk")


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    disk = tmp_path / "disk"
    monkeypatch.setenv(SWITCH, str(disk))
    document, cookies = await an_office(tmp_path / "data", "")
    server = await asyncio.to_thread(served, tmp_path / "data")
    office = Office(document=document, cookies=cookies, data=tmp_path / "data", disk=disk, server=server)
    office.come(PEOPLE, 0.05, [server.url])
    await office.written(20)
    yield office
    await office.go()
    await asyncio.to_thread(office.server.kill)


async def test_a_full_disk_is_told_and_everything_is_saved_when_there_is_room(office: Office) -> None:
    office.disk.write_text(FULL)
    await office.until(lambda: office.told("disk_full"), 20)
    status, words = await office.ready()
    assert (status, "místo na disku" in words) == (503, True)
    office.disk.write_text("")
    await office.healed()
    assert await office.ready() == (200, "ready")
    await office.settled()
    assert [roamer.connections for roamer in office.roamers] == [0] * PEOPLE


async def test_after_an_error_of_the_disk_nothing_is_acknowledged_until_the_next_start(office: Office) -> None:
    office.disk.write_text(BROKEN)
    await office.until(lambda: office.told("storage_broken"), 20)
    office.disk.write_text("")
    status, words = await office.ready()
    assert (status, "znovu spustit" in words) == (503, True)
    kept = {word for roamer in office.roamers for word in roamer.kept}
    typed = [len(roamer.words) for roamer in office.roamers]
    heard = [len(roamer.refusals) for roamer in office.roamers]
    await office.until(
        lambda: all(len(r.words) > before + 5 for r, before in zip(office.roamers, typed, strict=True)), 20
    )
    await office.until(lambda: office.told_anew("storage_broken", heard), 20)
    assert {word for roamer in office.roamers for word in roamer.kept} == kept
    await office.restart()
    await office.healed()
    assert await office.ready() == (200, "ready")
    await office.settled()
    await office.go()
    office.server.stop()
    paraph.run("verify", "--data", str(office.data))
