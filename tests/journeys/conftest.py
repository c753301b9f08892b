"""Each journey gets a demo office of its own, on both engines, in a real server, with a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import Seat, chromium, seat
from tests.servers.mongodb import fresh, mongodb
from tests.servers.paraph import Server, demo, paraph, run

ENGINES = ("sqlite", "mongodb")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
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


@dataclass(frozen=True, slots=True)
class Office:
    server: Server
    data: Path
    database: str
    people: list[dict[str, Any]]
    sit: Callable[..., Seat]

    def person(self, role: str, department: str | None = None, *, nth: int = 0) -> dict[str, Any]:
        """The nth of the demo people with this role, of this department when one is named."""
        fitting = [
            person for person in self.people if role in person["roles"] and department in (None, person["department"])
        ]
        return fitting[nth]


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, filled: Filled, browser: Browser, tmp_path: Path) -> Iterator[Office]:
    data = tmp_path / "var"
    database = ""
    if request.param == "sqlite":
        shutil.copytree(filled.data, data)
    else:
        data.mkdir()
        for secret in filled.data.iterdir():
            if secret.is_file() and not secret.name.startswith("paraph.db"):
                shutil.copy(secret, data)
        database = fresh(request.getfixturevalue("mongodb_server"))
        run("restore", str(filled.backup), "--data", str(data), "--database", database)
    with paraph(data, database) as server:
        seats: list[Seat] = []

        def sit(login: str, **more: Any) -> Seat:
            password = next(person["password"] for person in filled.people if person["login"] == login)
            seats.append(seat(browser, server.url, login, password, **more))
            return seats[-1]

        yield Office(server, data, database, filled.people, sit)
        for one in seats:
            one.context.close()
