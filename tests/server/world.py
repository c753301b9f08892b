"""A small office for tests over real HTTP: four departments, one person per role, everybody signed in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web_runner import BaseRunner

from review.ids import PersonId, new_id
from review.people import Department, Person, Role
from server.api.dispatch import OFFICE
from server.app import build_app, open_office
from server.edge import Runner, silent_of
from server.identity.passwords import hash_password
from server.office import Office
from server.settings import settings

PASSWORD = "dlouhé heslo 7"

# login: (name, department, roles)
PEOPLE: Mapping[str, tuple[str, str, tuple[Role, ...]]] = {
    "novakova": ("Eva Nováková", "EO", (Role.SUBMITTER, Role.EDITOR)),
    "dvorak": ("Petr Dvořák", "EO", (Role.EDITOR,)),
    "hlava": ("Jan Hlava", "EO", (Role.HEAD,)),
    "kralova": ("Olga Králová", "OK", (Role.COORDINATOR, Role.REVIEWER)),
    "svoboda": ("Pavel Svoboda", "OK", (Role.REVIEWER,)),
    "pravda": ("Karel Pravda", "OP", (Role.HEAD, Role.COORDINATOR)),
    "ticha": ("Jana Tichá", "KR", (Role.COORDINATOR,)),
    "reditel": ("Marie Ředitelová", "KR", (Role.APPROVER,)),
    "auditor": ("Adam Kontrolor", "KR", (Role.AUDITOR,)),
    "spravce": ("Ivo Správce", "KR", (Role.ADMINISTRATOR,)),
}
DEPARTMENTS = {"EO": "Ekonomický odbor", "OK": "Odbor kultury", "OP": "Odbor právní", "KR": "Kancelář ředitele"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """Of a problem."""
        found: str = self.json["code"]
        return found


@dataclass(frozen=True, slots=True)
class Browser:
    """One person's client: cookie jar, JSON in and out."""

    client: TestClient[web.Request, web.Application]
    person: Person | None = None

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.request(method, path, json=body, headers=sent) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return await self.ask("POST", path, body, **headers)

    async def change(self, method: str, path: str, body: Any = None, *, rev: int) -> Answer:
        return await self.ask(method, path, body, If_Match=f'"{rev}"')


class EdgeServer(TestServer):
    """On a free port, behind the edge that people meet."""

    async def _make_runner(self, **_: Any) -> BaseRunner:
        return Runner(self.app, silent_of(self.app[OFFICE].settings))


@dataclass(slots=True)
class World:
    office: Office
    server: TestServer
    departments: dict[str, Department] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _browsers: dict[str, Browser] = field(default_factory=dict)

    async def browser(self, login: str | None = None) -> Browser:
        """Signed in as this person, once; without a login a stranger's."""
        if login in self._browsers:
            return self._browsers[login]
        client = await self._stack.enter_async_context(TestClient(self.server))
        if login is None:
            return Browser(client)
        browser = Browser(client, self.people[login])
        answer = await browser.post("/api/v1/session", {"login": login, "password": PASSWORD})
        assert answer.status == 200, answer.raw
        self._browsers[login] = browser
        return browser

    async def document(self, login: str = "novakova", title: str = "Zásady", **more: Any) -> dict[str, Any]:
        """A new document of the person's own department."""
        browser = await self.browser(login)
        body = {"title": title, "department": self.people[login].departments[0], **more}
        answer = await browser.post("/api/v1/documents", body)
        assert answer.status == 201, answer.raw
        created: dict[str, Any] = answer.json
        return created


_HASHED: list[str] = []


async def password_hash() -> str:
    """One hash for everybody, made once: making it is slow by design."""
    if not _HASHED:
        _HASHED.append(await hash_password(PASSWORD))
    return _HASHED[0]


@asynccontextmanager
async def open_world(
    data: Path, database: str = "", within: Callable[[Office], Office] = lambda office: office, **chosen: str
) -> AsyncIterator[World]:
    """`within` may put something else in the place of a part of the office before anybody comes."""
    named = {name.replace("_", "-"): value for name, value in chosen.items()}
    async with open_office(settings({"data": str(data), "database": database, **named}, {})) as opened:
        office = within(opened)
        server = EdgeServer(build_app(office))
        async with server:
            world = World(office, server)
            async with world._stack:
                await _fill(world)
                yield world


async def _fill(world: World) -> None:
    directory = world.office.directory
    for code, name in DEPARTMENTS.items():
        world.departments[code] = await directory.add_department(code, name)
    hashed = await password_hash()
    for login, (name, code, roles) in PEOPLE.items():
        person = Person(PersonId(new_id()), login, name, "cs", (world.departments[code].id,), roles, hashed)
        world.people[login] = (await world.office.stores.people.insert(person.id, person)).value
