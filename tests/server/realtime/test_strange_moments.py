"""What nobody expects goes wrong once: it is logged, and what looks after open sockets goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from collab.protocol import PARAPH
from review.errors import NotFound, Unavailable
from review.people import Person
from review.ports import Kept
from server.office import Office
from server.realtime import sync
from server.realtime.budget import Untaken
from server.realtime.wire import DirectSocket, Framer, SocketWire
from storage.records import Records
from tests.collab.party import Party
from tests.server.realtime.replica import Replica
from tests.server.world import World, open_world

AWARENESS = 1
DRAFT = {"type": "doc", "content": [{"type": "paragraph", "attrs": {"id": "p"}}]}


@dataclass(frozen=True, slots=True)
class Strange(Records[Person]):
    """People's records; reading one raises what is in `failures` first."""

    failures: list[Exception] = field(default_factory=list)

    async def get(self, id: str) -> Kept[Person]:
        if self.failures:
            raise self.failures.pop()
        return await Records.get(self, id)


def with_strange_people(office: Office) -> Office:
    people = office.stores.people
    assert isinstance(people, Records)
    return replace(office, stores=replace(office.stores, people=Strange(people.engine, people.facts, people.kind)))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, within=with_strange_people) as opened:
        yield opened


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


def failures(world: World) -> list[Exception]:
    people = world.office.stores.people
    assert isinstance(people, Strange)
    return people.failures


async def join(world: World, stack: AsyncExitStack, login: str, document: str) -> Replica:
    client = (await world.browser(login)).client
    replica = Replica(await client.ws_connect(f"/sync/{document}", protocols=(PARAPH,)), Party(login))
    stack.push_async_callback(replica.end)
    replica.begin()
    return replica


async def test_a_role_change_holds_although_asking_for_rights_failed_at_first(
    world: World, stack: AsyncExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    document = str((await world.document(content=DRAFT))["id"])
    eva = await world.browser("novakova")
    member = f"/api/v1/documents/{document}/members/{world.people['dvorak'].id}"
    given = await eva.ask("PUT", member, {"role": "editor"})
    petr = await join(world, stack, "dvorak", document)
    await petr.until(lambda: petr.party.told.saved)  # the look at the rights after joining is over
    assert petr.party.told.roles == ["editor"]
    failures(world).append(ZeroDivisionError("nobody expects this"))
    rev = int(given.headers["ETag"].strip('"'))
    assert (await eva.change("PUT", member, {"role": "reader"}, rev=rev)).status == 200
    await petr.until(lambda: petr.party.told.roles == ["editor", "reader"])
    assert failures(world) == []
    assert f"rights on {document} could not be looked after" in caplog.text
    assert "nobody expects this" in caplog.text


async def test_who_cannot_be_asked_for_again_is_no_ghost_in_the_room(world: World, stack: AsyncExitStack) -> None:
    document = str((await world.document(content=DRAFT))["id"])
    await world.browser("novakova")
    failures(world).append(ZeroDivisionError("nobody expects this"))
    eva = await join(world, stack, "novakova", document)
    await eva.until(lambda: eva.closed)
    assert failures(world) == []
    assert world.office.rooms.people(document) == set()


@pytest.mark.parametrize(
    ("failure", "code"), [(Unavailable("no answer"), 1012), (NotFound("person", "novakova"), 4403)]
)
async def test_who_has_no_rights_any_more_or_unknown_ones_does_not_stay(
    world: World, stack: AsyncExitStack, failure: Exception, code: int
) -> None:
    document = str((await world.document(content=DRAFT))["id"])
    await world.browser("novakova")
    failures(world).append(failure)
    eva = await join(world, stack, "novakova", document)
    await eva.until(lambda: eva.closed)
    assert eva.closed == code
    assert world.office.rooms.people(document) == set()


class BrokenWire(SocketWire):
    __slots__ = ("beaten",)

    def __init__(self, socket: DirectSocket, transport: asyncio.Transport) -> None:
        super().__init__(socket, transport, Framer(), Untaken())
        self.beaten = asyncio.Event()

    def beat(self) -> None:
        self.beaten.set()
        raise ZeroDivisionError("nobody expects this")


async def test_a_line_that_cannot_be_felt_keeps_no_other_from_being_kept_alive(
    tmp_path: Path, stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sync, "BEAT", 0.02)
    async with open_world(tmp_path) as world:
        document = str((await world.document(content=DRAFT))["id"])
        eva = await join(world, stack, "novakova", document)
        wires = world.server.app[sync.SOCKETS].wires
        await eva.until(lambda: eva.party.told.roles)
        [real] = wires
        broken = BrokenWire(real._socket, real._transport)
        wires.add(broken)
        async with asyncio.timeout(5):
            for _ in range(2):
                broken.beaten.clear()
                await broken.beaten.wait()
                told = eva.party.told.order.count(AWARENESS)
                await eva.until(lambda told=told: eva.party.told.order.count(AWARENESS) > told)
        wires.discard(broken)
        await stack.aclose()
    assert "a beat failed" in caplog.text
