"""A crowd that means harm beside people who write: memory stays bounded, and nobody else is affected."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

import aiohttp
import pytest

from collab.protocol import PARAPH
from collab.update import Id
from tests.collab.party import Party
from tests.reliability.crowd import TEXT, WRITERS, cookies_of
from tests.reliability.disk import first_text, head, on_disk
from tests.reliability.hostile import LONG, Met
from tests.reliability.soak import of
from tests.server.realtime.replica import Replica
from tests.server.world import open_world
from tests.servers.cradle import Cradle, cradle
from tests.servers.paraph import ROOT

SILENT = of(10_000, at_least=2_000)
FLOODING = 20
WINDOWS, SAMPLES = of(10, at_least=3), 100
ROUNDS = 3
"""Of windows: where other programs disturb one, the median of more decides."""

PAUSE = 0.005

MOST_MORE = 320 * 1024 * 1024
"""Bytes of memory that an attack may cost the server."""

FLOOR = 0.025
"""Seconds of propagation that count as calm, for the attackers run on the same two cores."""

KINDS = {
    "silent": SILENT,
    "joined": SILENT,
    **dict.fromkeys(
        ("updates", "lacking", "presence", "strangers", "pings", "asking", "giants", "vectors", "pieces", "deletions"),
        FLOODING,
    ),
    "unknown": FLOODING,
}

TAKEN = {"updates", "pieces", "deletions"}
"""What is good, and goes into the draft that is attacked."""

ENDED = {"giants", "vectors", "joined", "unknown"}
"""What is refused, or ended for what it said."""

ANSWERED = {"lacking": 10_000, "presence": 100_000, "pings": 25_000, "asking": 10_000_000}
"""Bytes that the attackers hear at least of what they ask for."""


@dataclass(slots=True)
class Office:
    url: str
    pid: int
    data: Path
    quiet: str
    attacked: str
    cookies: dict[str, dict[str, str]]
    behind: Id

    @property
    def memory(self) -> int:
        """Bytes that the server holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cradle, Office]]:
    data = tmp_path_factory.mktemp("office")
    quiet, attacked, cookies = asyncio.run(filled(data))
    behind = first_text(asyncio.run(on_disk(data, attacked)))
    with cradle(data) as servers:
        yield servers, Office(servers.url, 0, data, quiet, attacked, cookies, behind)


@pytest.fixture
def office(founded: tuple[Cradle, Office]) -> Iterator[Office]:
    """With a server of its own: what an attack owes would else keep the next one of the same person outside."""
    servers, office = founded
    servers.start()
    yield replace(office, pid=servers.pid)
    servers.kill()


async def filled(data: Path) -> tuple[str, str, dict[str, dict[str, str]]]:
    """A document for those who write, and one that somebody else attacks from."""
    long = {"type": "text", "text": "slovo " * (LONG // 6)}
    paragraph = {"type": "paragraph", "attrs": {"id": "p"}, "content": [long]}
    async with open_world(data) as world:
        quiet = str((await world.document(content=TEXT))["id"])
        attacked = str((await world.document(WRITERS[1], content={"type": "doc", "content": [paragraph]}))["id"])
        return quiet, attacked, {login: await cookies_of(world, login) for login in WRITERS}


@dataclass(slots=True)
class Quiet:
    """Two people in a room of their own: one writes, the other sees it."""

    writer: Replica
    reader: Replica
    took: dict[str, list[float]] = field(default_factory=lambda: {"calm": [], "attacked": []})

    async def write(self, when: str) -> None:
        """A window of so many words; what counts of it is its p99."""
        took = sorted([await self._word() for _ in range(SAMPLES)])
        self.took[when].append(took[int(SAMPLES * 0.99) - 1])

    async def _word(self) -> float:
        party, frames = self.reader.party, self.reader.party.frames
        began = time.perf_counter()
        self.writer.party.type("x")
        await self.reader.until(lambda: party.frames > frames)
        took = time.perf_counter() - began
        await asyncio.sleep(PAUSE)
        return took

    def p99(self, when: str) -> float:
        """The windows' median: what else the machine does is in some of them."""
        return median(self.took[when])

    @property
    def undisturbed(self) -> bool:
        return self.p99("attacked") <= max(2 * self.p99("calm"), FLOOR)


@asynccontextmanager
async def quiet_room(office: Office) -> AsyncIterator[Quiet]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(office.url, cookies=office.cookies[WRITERS[0]]))
        people: list[Replica] = []
        for party in (Party(""), Party("")):
            people.append(Replica(await session.ws_connect(f"/sync/{office.quiet}", protocols=(PARAPH,)), party))
            stack.push_async_callback(people[-1].end)
            people[-1].begin()
            await people[-1].until(lambda party=party: party.words)
        yield Quiet(people[0], people[1])


@dataclass(slots=True)
class Attackers:
    process: asyncio.subprocess.Process

    async def told(self, word: str) -> Met:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n".encode())
        async with asyncio.timeout(60):
            heard, _, met = (await self.process.stdout.readline()).partition(b" ")
        assert heard == word.encode()
        return Met(**json.loads(met))


@asynccontextmanager
async def attackers(office: Office, kind: str, count: int) -> AsyncIterator[Attackers]:
    port = office.url.rpartition(":")[2]
    cookies = json.dumps({} if kind == "unknown" else office.cookies[WRITERS[1]])
    command = (
        sys.executable,
        "-m",
        "tests.reliability.hostile",
        kind,
        port,
        office.attacked,
        cookies,
        str(count),
        *map(str, office.behind),
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    try:
        yield Attackers(process)
    finally:
        process.kill()
        await process.communicate()


async def watch(office: Office, seen: list[int]) -> None:
    while True:
        seen.append(office.memory)
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_attack_costs_little_memory_and_nobody_else_notices(office: Office, kind: str) -> None:
    before, seen = office.memory, list[int]()
    entries = await head(office.data, office.attacked)
    async with quiet_room(office) as quiet, attackers(office, kind, KINDS[kind]) as they:
        watching = asyncio.create_task(watch(office, seen))
        await quiet.write("calm")
        quiet.took["calm"].clear()
        for window in range(1, ROUNDS * WINDOWS + 1):
            await they.told("stop")
            await quiet.write("calm")
            await they.told("go")
            await quiet.write("attacked")
            if window % WINDOWS == 0 and quiet.undisturbed:
                break
        met = await they.told("stop")
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        assert quiet.writer.party.told.refused == []
    calm, attacked, most = quiet.p99("calm"), quiet.p99("attacked"), max(seen) - before
    print(
        f"{kind}: p99 {calm * 1000:.1f} ms calm, {attacked * 1000:.1f} attacked; "
        f"memory {before >> 20} MB, at most {most >> 20} more, {(office.memory - before) >> 20} more afterwards; {met}"
    )
    assert_reached(kind, met, await head(office.data, office.attacked) - entries)
    assert most < MOST_MORE
    assert quiet.undisturbed


def assert_reached(kind: str, met: Met, grown: int) -> None:
    """That the attack was one: where it came to, and what came of it."""
    assert met.opened >= KINDS[kind]
    assert bool(met.entered) == (kind not in ("silent", "unknown"))
    assert bool(grown) == (kind in TAKEN)
    assert bool(met.ended) or kind not in ENDED
    assert met.heard >= ANSWERED.get(kind, 0)


def test_the_server_may_open_as_many_files_as_the_system_allows() -> None:
    code = (
        "import resource as r; most = r.getrlimit(r.RLIMIT_NOFILE)[1]; r.setrlimit(r.RLIMIT_NOFILE, (64, most));"
        "from server.cli.serve import open_files; open_files(); print(r.getrlimit(r.RLIMIT_NOFILE) == (most, most))"
    )
    done = subprocess.run((sys.executable, "-c", code), cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
