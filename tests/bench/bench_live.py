"""Live editing against Hocuspocus: server CPU for each sign that reached a reader, and how long it took.

Paraph has every edit on disk before anybody sees it, Hocuspocus keeps all in memory. Both servers have one core, the
clients (`live/load.mjs`) the other; the servers take turns, the median of the turns counts.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from tests.bench.figure import Figure
from tests.server.world import open_world
from tests.servers.mongodb import fresh, mongodb
from tests.servers.npm import install
from tests.servers.paraph import free_port, start

FOLDER = Path(__file__).parent / "live"
TURNS = int(os.environ.get("PARAPH_BENCH_TURNS", "3"))
SECONDS = float(os.environ.get("PARAPH_BENCH_SECONDS", "10"))
WARM = 3.0
SERVER_CORE, CLIENTS_CORE = 0, 1
FIRST = -15


@dataclass(frozen=True, slots=True)
class Scenario:
    """`cpu` is the promise as a share of Hocuspocus; `p99` in milliseconds, None = not above Hocuspocus.

    With `cursors`, a cursor is told with every sign; what that costs is recorded without a promise.
    """

    name: str
    documents: int
    clients: int
    rate: float
    cpu: float
    p99: float | None
    cursors: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.documents}×{self.clients}×{self.rate:g}/s"


SCENARIOS = (
    Scenario("A", 1, 20, 5, 0.7, 15),
    Scenario("A with cursors", 1, 20, 5, inf, inf, cursors=True),
    Scenario("B", 20, 5, 5, 0.7, 15),
    Scenario("C", 1, 100, 1, 0.6, None),
    Scenario("D", 200, 2, 2, 0.9, 15),
    Scenario("S", 1, 200, 1, 0.8, None),
)
SAVED_BEYOND_FSYNC = 25
MEMORY_OF_A_CONNECTION = 40
IN_MEMORY = ("cpu", "p99", "connection", "cursors")
ON_DISK = (*IN_MEMORY, "saved")


@dataclass(frozen=True, slots=True)
class Peer:
    kind: str
    url: str
    pid: int
    documents: list[str]
    headers: dict[str, str]


def measure() -> list[Figure]:
    folder = install(FOLDER)
    letters = os.environ.get("PARAPH_BENCH_SCENARIOS", "ABCDS")
    wanted = [scenario for scenario in SCENARIOS if scenario.name[0] in letters]
    figures = [figure for scenario in wanted for figure in _compared(folder, scenario)]
    if os.environ.get("PARAPH_BENCH_MONGODB"):
        with mongodb() as url:
            figures += [figure for scenario in wanted for figure in _recorded(folder, scenario, fresh(url))]
    return figures


def _compared(folder: Path, scenario: Scenario) -> list[Figure]:
    ours, theirs = [], []
    for _ in range(TURNS):
        with _paraph(scenario) as peer:
            ours.append(_load(folder, scenario, peer))
        with _hocuspocus(folder, scenario) as peer:
            theirs.append(_load(folder, scenario, peer))
    mine, peers = _median(ours, ON_DISK), _median(theirs, IN_MEMORY)
    if scenario.cursors:
        figures = _against(scenario, mine, peers)
        return [replace(figure, target="") for figure in [*figures, _pointed(scenario, mine, peers)]]
    return _against(scenario, mine, peers)


def _against(scenario: Scenario, mine: dict[str, float], peers: dict[str, float]) -> list[Figure]:
    bound = scenario.p99 or peers["p99"]
    return [
        Figure(f"{scenario}: CPU a sign delivered", mine["cpu"], "µs", "", "Hocuspocus in memory", peers["cpu"]),
        Figure(f"{scenario}: share of Hocuspocus' CPU", mine["cpu"] / peers["cpu"], "", f"≤{scenario.cpu}"),
        Figure(f"{scenario}: to the reader, p99", mine["p99"], "ms", f"≤{bound:.3g}", "Hocuspocus", peers["p99"]),
        Figure(f"{scenario}: to saved, p99", mine["saved"], "ms", f"≤{SAVED_BEYOND_FSYNC + _fsync():.3g}"),
        Figure(
            f"{scenario}: memory of a connection", mine["connection"], "KB",
            f"≤{MEMORY_OF_A_CONNECTION}", "Hocuspocus", peers["connection"],
        ),
    ]  # fmt: skip


def _pointed(scenario: Scenario, mine: dict[str, float], peers: dict[str, float]) -> Figure:
    return Figure(f"{scenario}: cursors for a sign", mine["cursors"], "", "", "Hocuspocus", peers["cursors"])


def _recorded(folder: Path, scenario: Scenario, database: str) -> list[Figure]:
    with _paraph(scenario, database) as peer:
        told = _median([_load(folder, scenario, peer)], ON_DISK)
    name = f"{scenario}, MongoDB's protocol"
    return [
        Figure(f"{name}: CPU a sign delivered", told["cpu"], "µs"),
        Figure(f"{name}: to the reader, p99", told["p99"], "ms"),
        Figure(f"{name}: to saved, p99", told["saved"], "ms"),
    ]


def _median(turns: list[dict[str, Any]], names: tuple[str, ...]) -> dict[str, float]:
    return {name: median(_measured(turn, name) for turn in turns) for name in names}


def _measured(turn: dict[str, Any], name: str) -> float:
    """Nothing that was not measured keeps a promise."""
    assert turn[name] is not None, f"{name} was not measured: {turn}"
    return float(turn[name])


def _load(folder: Path, scenario: Scenario, peer: Peer) -> dict[str, Any]:
    given = {
        "kind": peer.kind, "url": peer.url, "pid": peer.pid, "documents": peer.documents, "headers": peer.headers,
        "clients": scenario.clients, "rate": scenario.rate, "seconds": SECONDS, "warm": WARM,
        "cursors": scenario.cursors,
    }  # fmt: skip
    command = ["taskset", "-c", str(CLIENTS_CORE), "node", "load.mjs", json.dumps(given)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=120)
    told: dict[str, Any] = json.loads(done.stdout)
    assert not told["faults"], told
    return told


@contextmanager
def _paraph(scenario: Scenario, database: str = "") -> Iterator[Peer]:
    with tempfile.TemporaryDirectory() as folder:
        documents, token = asyncio.run(_an_office(Path(folder), database, scenario.documents))
        server = start(Path(folder), database)
        try:
            _pin(server.process.pid)
            url = server.url.replace("http", "ws", 1)
            yield Peer("paraph", url, server.process.pid, documents, {"Authorization": f"Bearer {token}"})
        finally:
            server.kill()


async def _an_office(data: Path, database: str, count: int) -> tuple[list[str], str]:
    """That many empty drafts, and a token that may write in them."""
    async with open_world(data, database) as world:
        documents = [str((await world.document(title=f"Návrh {n}"))["id"]) for n in range(count)]
        token = (await (await world.browser("novakova")).post("/api/v1/tokens", {"name": "bench"})).json["token"]
    return documents, str(token)


@contextmanager
def _hocuspocus(folder: Path, scenario: Scenario) -> Iterator[Peer]:
    port = free_port()
    with subprocess.Popen(["node", "hocuspocus.mjs", str(port)], cwd=folder, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        _pin(server.pid)
        documents = [f"draft-{n}" for n in range(scenario.documents)]
        try:
            yield Peer("hocuspocus", f"ws://127.0.0.1:{port}", server.pid, documents, {})
        finally:
            server.kill()


def _pin(pid: int) -> None:
    """All threads of the process on the servers' core, first in line where that may be asked."""
    for thread in map(int, os.listdir(f"/proc/{pid}/task")):
        os.sched_setaffinity(thread, {SERVER_CORE})
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, thread, FIRST)


def _fsync() -> float:
    """Milliseconds the disk takes, p99 of many: what nothing durable can be faster than."""
    with tempfile.TemporaryFile() as file:
        return sorted(_flushed(file.fileno()) for _ in range(200))[-2]


def _flushed(file: int) -> float:
    os.write(file, bytes(4096))
    began = perf_counter()
    os.fdatasync(file)
    return (perf_counter() - began) * 1000
