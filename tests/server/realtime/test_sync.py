from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from collab import protocol
from collab.awareness import State
from collab.document.draft import Draft
from collab.protocol import PARAPH, presence
from collab.room.member import Member
from collab.update import write_vector
from server.realtime.budget import PERSON_BURST, PERSON_RATE
from server.realtime.sync import SOCKETS
from tests.collab.party import Party
from tests.reliability.disk import first_text
from tests.reliability.typist import Typist
from tests.server.realtime.replica import Replica, npm_client
from tests.server.world import World, open_world

TEXT = {
    "type": "doc",
    "content": [{"type": "paragraph", "attrs": {"id": "p0"}, "content": [{"type": "text", "text": "Úvod"}]}],
}

MANY, MANY_TAKE = 3000, 0.8
"""Messages of one connection, and the seconds that they take at least."""


async def join(
    world: World, stack: AsyncExitStack, login: str | None, document: str, paraph: bool = True, **query: Any
) -> Replica:
    browser = await world.browser(login)
    socket = await browser.client.ws_connect(f"/sync/{document}", params=query, protocols=(PARAPH,) if paraph else ())
    replica = Replica(socket, Party(login or ""))
    stack.push_async_callback(replica.end)
    replica.begin()
    return replica


@pytest.fixture
async def stack() -> Any:
    async with AsyncExitStack() as stack:
        yield stack


async def test_a_standard_client_joins_with_a_ticket_and_converges(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(content=TEXT))["id"]
    python = await join(world, stack, "novakova", document)
    browser = await world.browser("novakova")
    ticket = (await browser.post("/api/v1/tickets")).json["ticket"]
    url = str(world.server.make_url("/sync")).replace("http", "ws")
    npm = await stack.enter_async_context(npm_client(url, document, {"ticket": ticket}))
    assert await npm.ask("synced")
    await npm.ask("type", words=" z npm 😀")
    await python.until(lambda: "z npm 😀" in python.party.words)
    python.party.type(" z Pythonu")
    await npm.ask("until", words="z Pythonu")
    assert await npm.ask("paragraphs") == [python.party.words]


async def close_code(world: World, login: str | None, path: str, **query: Any) -> int | None:
    browser = await world.browser(login)
    async with browser.client.ws_connect(path, params=query) as socket:
        message = await socket.receive(10)
        assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING)
        return socket.close_code


async def test_who_may_not_come_in_is_told_by_the_close_code(world: World) -> None:
    document = (await world.document())["id"]
    assert await close_code(world, None, f"/sync/{document}") == 4401
    assert await close_code(world, "novakova", f"/sync/{document}", ticket="nic") == 4401
    assert await close_code(world, "ticha", f"/sync/{document}") == 4404
    assert await close_code(world, "novakova", "/sync/nic") == 4404
    assert await close_code(world, "novakova", f"/sync/{document}", schema="0") == 4409
    assert await close_code(world, "novakova", f"/sync/{document}", schema="x") == 4409


async def test_a_ticket_is_good_once(world: World) -> None:
    document = (await world.document())["id"]
    browser, stranger = await world.browser("novakova"), await world.browser()
    ticket = (await browser.post("/api/v1/tickets")).json["ticket"]
    async with stranger.client.ws_connect(f"/sync/{document}", params={"ticket": ticket}) as socket:
        assert (await socket.receive(10)).type is WSMsgType.BINARY
    assert await close_code(world, None, f"/sync/{document}", ticket=ticket) == 4401


async def test_a_page_of_another_origin_gets_no_socket_with_the_cookie(world: World) -> None:
    document = (await world.document())["id"]
    browser = await world.browser("novakova")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        with pytest.raises(WSServerHandshakeError) as refused:
            await browser.client.ws_connect(f"/sync/{document}", headers=headers)
        assert refused.value.status == 403
    plain = await browser.get(f"/sync/{document}")
    assert (plain.status, plain.code) == (426, "upgrade_required")


async def test_a_token_that_only_reads_does_not_write(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(content=TEXT))["id"]
    eva = await world.browser("novakova")
    token = (await eva.post("/api/v1/tokens", {"name": "čtečka", "scopes": ["read"]})).json["token"]
    stranger = await world.browser()
    headers = {"Authorization": f"Bearer {token}"}
    socket = await stranger.client.ws_connect(f"/sync/{document}", headers=headers, protocols=(PARAPH,))
    reader = Replica(socket, Party(""))
    stack.push_async_callback(reader.end)
    reader.begin()
    await reader.until(lambda: reader.party.words)
    reader.party.type("x")
    await reader.until(lambda: reader.party.told.refused)
    assert reader.party.told.refused[0][1] == "not_allowed"


async def test_a_role_change_reaches_open_sockets_at_once(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(content=TEXT, confidentiality="confidential"))["id"]
    eva = await world.browser("novakova")
    member = f"/api/v1/documents/{document}/members/{world.people['dvorak'].id}"
    given = await eva.ask("PUT", member, {"role": "editor"})
    petr = await join(world, stack, "dvorak", document)
    await petr.until(lambda: petr.party.words)
    rev = int(given.headers["ETag"].strip('"'))
    taken = await eva.change("PUT", member, {"role": "reader"}, rev=rev)
    await petr.until(lambda: petr.party.told.roles == ["editor", "reader"])
    petr.party.type("x")
    await petr.until(lambda: petr.party.told.refused)
    rev = int(taken.headers["ETag"].strip('"'))
    assert (await eva.change("DELETE", member, rev=rev)).status == 204
    await petr.until(lambda: petr.closed)
    assert (petr.party.told.roles[-1], petr.closed) == ("", 4403)


async def closing(replica: Replica) -> int | None:
    await replica.until(lambda: replica.closed)
    return replica.closed


async def test_frames_that_are_no_message_end_the_connection_and_nobody_elses(
    world: World, stack: AsyncExitStack
) -> None:
    document = (await world.document(content=TEXT))["id"]
    calm = await join(world, stack, "novakova", document)
    for frame, code in ((b"", 1007), (b"\x00\x00\x05\x80\x80\x80\x80\x02", 1007), (bytes(5 * 2**20), 1009)):
        replica = await join(world, stack, "novakova", document)
        await replica.socket.send_bytes(frame)
        assert await closing(replica) == code
    replica = await join(world, stack, "novakova", document)
    await replica.socket.send_str("text")
    assert await closing(replica) == 1003
    calm.party.type(" klid")
    await calm.until(lambda: calm.party.told.saved[-1][1] == calm.party.sent)


async def test_a_flood_is_held_back_and_others_go_on(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(content=TEXT))["id"]
    member = f"/api/v1/documents/{document}/members/{world.people['dvorak'].id}"
    await (await world.browser("novakova")).ask("PUT", member, {"role": "editor"})
    calm = await join(world, stack, "dvorak", document)
    await calm.until(lambda: calm.party.words)
    typist = Typist(77, first_text(Draft((calm.party.doc.get_update(),))), 0)
    strokes = [protocol.sync_update(typist.update(clock, "y", ())) for clock in range(MANY)]
    client, now = (await world.browser("novakova")).client, asyncio.get_running_loop().time
    async with client.ws_connect(f"/sync/{document}", protocols=(PARAPH,)) as flood:
        began = now()
        for stroke in strokes:
            await flood.send_bytes(stroke)
        taken = asyncio.create_task(heard(flood, protocol.saved(write_vector({77: MANY}), MANY)))
        calm.party.type(" klid")
        await calm.until(lambda: calm.party.told.saved[-1][1] == calm.party.sent)
        assert not taken.done()
        await taken
        assert now() - began > MANY_TAKE


async def heard(socket: ClientWebSocketResponse, message: bytes) -> None:
    while (await socket.receive(10)).data != message:
        pass


async def test_a_ping_is_answered_in_its_turn_and_paid_for(world: World) -> None:
    document = (await world.document(content=TEXT))["id"]
    client = (await world.browser("novakova")).client
    clock = asyncio.get_running_loop().time
    async with client.ws_connect(f"/sync/{document}", autoping=False) as socket:
        began = clock()
        for n in range(MANY):
            await socket.ping(str(n).encode())
        await socket.send_bytes(protocol.sync_step_1(b"\0"))
        answers = [await anything_but_words(socket) for _ in range(MANY)]
        assert answers == [(WSMsgType.PONG, str(n).encode()) for n in range(MANY)]
        assert (await socket.receive(10)).data[:2] == b"\x00\x01"
        assert clock() - began > MANY_TAKE


async def test_what_may_take_long_waits_while_the_person_owes_for_another_connection(world: World) -> None:
    """Otherwise each of a hundred connections is heard once before any of them waits."""
    document = (await world.document(content=TEXT))["id"]
    client = (await world.browser("novakova")).client
    clock = asyncio.get_running_loop().time
    purse = world.server.app[SOCKETS].budgets.of(world.people["novakova"].id, clock)
    async with client.ws_connect(f"/sync/{document}") as socket:
        await socket.send_bytes(protocol.sync_step_1(b"\0"))
        await answered(socket)
        wait, began = purse.spend(PERSON_RATE + PERSON_BURST), clock()
        await socket.send_bytes(protocol.sync_step_1(b"\0"))
        await answered(socket)
        assert clock() - began > 0.9 * wait > 0.5


async def test_nothing_is_heard_past_a_whole_that_waits_for_the_budget(
    world: World, stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it is counted as another update than its sender counts, who then takes for saved what is not."""
    document = (await world.document(content=TEXT))["id"]
    reader = await join(world, stack, "novakova", document)
    await reader.until(lambda: reader.party.words)
    typist = Typist(77, first_text(Draft((reader.party.doc.get_update(),))), 0)
    in_debt_after_joining(world, "novakova", monkeypatch)
    browser = await world.browser("novakova")
    async with browser.client.ws_connect(f"/sync/{document}", protocols=(PARAPH,)) as socket:
        await socket.send_bytes(protocol.sync_step_2(typist.update(0, "x" * 200, ())))
        heard = [(await socket.receive(10)).data]
        while heard[-1][:2] != b"\0\0":
            heard.append((await socket.receive(10)).data)
        for clock in range(200, 210):
            await browser.get("/healthz")
            await socket.send_bytes(protocol.sync_update(typist.update(clock, "y", ())))
        while protocol.saved(write_vector({77: 210}), 11) not in heard:
            heard.append((await socket.receive(10)).data)
    assert [message[:2] for message in heard].count(b"\0\0") == 1


def in_debt_after_joining(world: World, login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes in owes half a second of the person's budget."""
    rooms = world.office.rooms
    enter, clock = rooms.join, asyncio.get_running_loop().time
    purse = world.server.app[SOCKETS].budgets.of(world.people[login].id, clock)

    async def joined(*given: Any, **more: Any) -> Member:
        purse.spend(PERSON_BURST + PERSON_RATE / 2)
        return await enter(*given, **more)

    monkeypatch.setattr(rooms, "join", joined)


async def answered(socket: ClientWebSocketResponse) -> None:
    while (await socket.receive(10)).data[:2] != b"\x00\x01":
        pass


async def anything_but_words(socket: ClientWebSocketResponse) -> tuple[WSMsgType, bytes]:
    while (message := await socket.receive(10)).type is WSMsgType.BINARY:
        assert message.data[:2] != b"\x00\x01"
    return message.type, bytes(message.data)


async def test_a_person_has_only_so_many_sockets_and_others_theirs(tmp_path: Path, stack: AsyncExitStack) -> None:
    async with open_world(tmp_path, sockets_per_person="2") as world:
        document = (await world.document(content=TEXT))["id"]
        for replica in [await join(world, stack, "novakova", document) for _ in range(2)]:
            await replica.until(lambda party=replica.party: party.words)
        third = await join(world, stack, "novakova", document)
        assert await closing(third) == 4429
        other = await join(world, stack, "dvorak", document)
        await other.until(lambda: other.party.words)
        await stack.aclose()


async def test_nobody_gets_a_new_budget_by_a_new_connection(world: World, stack: AsyncExitStack) -> None:
    """Each connection that says nonsense makes the person's next one wait; nobody else's."""
    document = (await world.document(content=TEXT))["id"]
    for _ in range(2):
        replica = await join(world, stack, "novakova", document)
        await replica.socket.send_bytes(b"")
        assert await closing(replica) == 1007
    budgets = world.server.app[SOCKETS].budgets
    clock = asyncio.get_running_loop().time
    assert budgets.of(world.people["novakova"].id, clock).spend(0) > 0
    assert budgets.of(world.people["dvorak"].id, clock).spend(0) == 0
    budgets.forget()
    assert budgets.of(world.people["novakova"].id, clock).spend(0) > 0


async def test_stopping_the_server_asks_everybody_to_come_back(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(content=TEXT))["id"]
    eva = await join(world, stack, "novakova", document)
    await eva.until(lambda: eva.party.words)
    eva.party.type(" poslední")
    await eva.until(lambda: eva.party.told.saved[-1][1] == eva.party.sent)
    await world.server.close()
    await eva.until(lambda: eva.closed)
    assert eva.closed == 1012


async def test_who_signs_out_is_out_of_the_draft_too(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(content=TEXT))["id"]
    eva = await join(world, stack, "novakova", document)
    await eva.until(lambda: eva.party.words)
    assert (await (await world.browser("novakova")).ask("DELETE", "/api/v1/session")).status == 204
    await eva.until(lambda: eva.closed)
    assert eva.closed == 4401


async def test_cursors_of_a_standard_client_are_seen_and_go_with_it(world: World, stack: AsyncExitStack) -> None:
    document = (await world.document(content=TEXT))["id"]
    python = await join(world, stack, "novakova", document)
    ticket = (await (await world.browser("dvorak")).post("/api/v1/tickets")).json["ticket"]
    url = str(world.server.make_url("/sync")).replace("http", "ws")
    async with npm_client(url, document, {"ticket": ticket}) as npm:
        assert await npm.ask("synced")
        client = await npm.ask("here", user={"name": "Eva Nováková", "color": "#a61"})
        named = '"name":"Petr Dvořák"'
        await python.until(lambda: client in python.party.presence and named in python.party.presence[client].said)
        mine = python.party.doc.client_id
        python.party.say(presence([State(mine, 1, '{"user":{"name":"Eva"}}')]))
        eva = world.people["novakova"]
        real = {"name": eva.name, "id": eva.id, "department": "Ekonomický odbor"}
        assert await npm.ask("others", count=1) == [[mine, {"user": real}]]
    await python.until(lambda: client not in python.party.presence)
