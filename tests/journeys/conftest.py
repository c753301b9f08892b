"""Each journey gets a demo office of its own, on both engines, in a real server, with a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import Seat, chromium, seat, shot
from tests.journeys.story import Story
from tests.servers.mongodb import fresh, mongodb
from tests.servers.paraph import Server, demo, run, start

ENGINES = ("sqlite", "mongodb")
SEEN = Path(__file__).parent.parent / "target" / "journeys"
FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its file: while Playwright is there, its event loop runs and no other test could have one."""
    with chromium() as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled demo office that is copied, never used itself."""

    data: Path
    people: list[dict[str, Any]]
    backup: Path


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    data = tmp_path_factory.mktemp("demo")
    people = demo(data)
    backup = tmp_path_factory.mktemp("backup") / "demo.paraph"
    run("backup", str(backup), "--data", str(data))
    return Filled(data, people, backup)


@pytest.fixture(scope="session")
def mongodb_server() -> Iterator[str]:
    with mongodb() as url:
        yield url


@dataclass(slots=True)
class Running:
    """A demo office in a running server. The passwords are those of `people`."""

    server: Server
    data: Path
    database: str
    people: list[dict[str, Any]]

    def password(self, login: str) -> str:
        return str(next(person["password"] for person in self.people if person["login"] == login))

    @property
    def storage_options(self) -> list[str]:
        return ["--data", str(self.data), *(["--database", self.database] if self.database else [])]

    def person(self, role: str, department: str | None = None, *, nth: int = 0) -> dict[str, Any]:
        """The nth of the demo people with this role, of this department when one is named."""
        fitting = [
            person for person in self.people if role in person["roles"] and department in (None, person["department"])
        ]
        return fitting[nth]

    def restart_after_kill(self) -> None:
        """SIGKILL, and a new server on the same address."""
        self.server.kill()
        self.server = start(self.data, self.database, int(self.server.url.rsplit(":", 1)[1]))

    def registry_client(self) -> dict[str, Any]:
        """A new one by the command line; the database has one process at a time, so the server pauses."""
        self.server.stop()
        client: dict[str, Any] = json.loads(run("client", "add", "Spisovka", "--json", *self.storage_options))
        self.server = start(self.data, self.database, int(self.server.url.rsplit(":", 1)[1]))
        return client


@pytest.fixture(params=ENGINES)
def running(request: pytest.FixtureRequest, filled: Filled, tmp_path: Path) -> Iterator[Running]:
    data = tmp_path / "var"
    database = ""
    if request.param == "sqlite":
        shutil.copytree(filled.data, data)
    else:
        shutil.copytree(filled.data, data, ignore=shutil.ignore_patterns("paraph.db*"))
        database = fresh(request.getfixturevalue("mongodb_server"))
        run("restore", str(filled.backup), "--data", str(data), "--database", database)
    running = Running(start(data, database), data, database, filled.people)
    try:
        yield running
    finally:
        if running.server.process.poll() is None:
            running.server.kill()


@dataclass(frozen=True, slots=True)
class Office:
    """A running office and chairs at it."""

    running: Running
    sit: Callable[..., Seat]


@pytest.fixture
async def story(running: Running) -> AsyncIterator[Story]:
    async with AsyncExitStack() as stack:
        yield Story(running, stack)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def office(request: pytest.FixtureRequest, running: Running, browser: Browser) -> Iterator[Office]:
    """What everybody saw when a test failed is kept in tests/target/journeys."""
    seats: list[Seat] = []

    def sit(login: str, *, through: str = "", **more: Any) -> Seat:
        seats.append(seat(browser, through or running.server.url, login, running.password(login), **more))
        return seats[-1]

    yield Office(running, sit)
    for one in seats:
        if request.node.stash.get(FAILED, False) and not one.page.is_closed():
            shot(one.page, SEEN, f"{request.node.name}-{one.login}")
        one.context.close()
