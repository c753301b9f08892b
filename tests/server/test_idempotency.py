from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.api.idempotency import HELD, REMEMBERED
from server.api.table import ROUTES
from server.app import now
from tests.server.creations import CREATIONS, Creation, Ready
from tests.server.rounds import a_review
from tests.server.spisovka import offered, spisovka, written
from tests.server.world import Answer, World

EVERY = [(path, ready) for path, several in CREATIONS.items() for ready in several]
each = pytest.mark.parametrize(("path", "ready"), EVERY, ids=[ready.__name__ for _, ready in EVERY])


def test_every_post_that_creates_is_tried_here() -> None:
    creating = {route.path for route in ROUTES if route.keyed and (route.creates or route.status in (201, 202))}
    assert creating == set(CREATIONS)


def test_every_post_of_somebody_known_honours_the_key() -> None:
    left = [route.path for route in ROUTES if route.method == "POST" and not route.keyed]
    assert left == [
        "/api/v1/session",
        "/public/v1/status-queries",
        "/registry/v1/token",
        "/status",
    ]


async def settled(world: World, answer: Answer) -> Answer:
    """The answer, once the work that it began is over."""
    assert 200 <= answer.status < 300, answer.raw
    if answer.status == 202:
        await world.office.jobs.finished(answer.json["id"])
    return answer


async def kept(world: World) -> dict[str, int]:
    """How many records there are of each kind."""
    stores = world.office.stores
    return {one.name: len(await getattr(stores, one.name).all()) for one in fields(stores)}


async def cut(world: World, *, ago: timedelta = timedelta()) -> None:
    """The only key that was used, as a crash leaves it: everything is done, and the answer was never kept."""
    (answer,) = await world.office.stores.answers.all()
    value = replace(answer.value, status=0, sealed=b"", until=now() - ago)
    await world.office.stores.answers.replace(answer, value)


def told(answer: Answer) -> tuple[int, bytes, str | None, str | None]:
    return answer.status, answer.raw, answer.headers.get("Location"), answer.headers.get("ETag")


@each
async def test_the_same_key_and_body_give_the_same_answer(world: World, path: str, ready: Ready) -> None:
    creation = await ready(world)
    first = await settled(world, await creation.send("k"))
    before = await kept(world)
    assert told(await creation.send("k")) == told(first)
    assert await kept(world) == before
    if creation.other is not None:
        other = await creation.send("k", creation.other)
        assert (other.status, other.code) == (409, "key_reused")


@each
async def test_what_a_cut_attempt_created_is_not_created_again(world: World, path: str, ready: Ready) -> None:
    creation = await ready(world)
    first = await settled(world, await creation.send("k"))
    before = await kept(world)
    await cut(world)
    again = await settled(world, await creation.send("k"))
    after = await kept(world)
    assert (again.status, again.headers.get("Location")) == (first.status, first.headers.get("Location"))
    assert again.json.get("id") == first.json.get("id")
    unseen = {"tickets": 1} if path.endswith("/tickets") else {"status_codes": 1} if "status-codes" in path else {}
    assert {name: count - before[name] for name, count in after.items() if count != before[name]} == unseen
    assert told(await creation.send("k")) == told(again)


@pytest.mark.parametrize("ready", [ready for _, ready in EVERY if ready.__name__ in ("client", "token", "status_code")])
async def test_a_secret_shown_once_is_nowhere_in_clear(world: World, tmp_path: Path, ready: Ready) -> None:
    creation = await ready(world)
    first = await creation.send("klíč")
    assert told(await creation.send("klíč")) == told(first)
    secret = first.json[creation.secret].encode()
    found = [path.name for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert found == []


async def test_a_token_that_nobody_was_told_gives_way_to_the_one_that_is_told(world: World) -> None:
    creation = await CREATIONS["/api/v1/tokens"][0](world)
    unseen = await creation.send("k")
    await cut(world)
    seen = await creation.send("k")
    stranger = await world.browser()
    answers = [
        (await stranger.get("/api/v1/session", Authorization=f"Bearer {one.json['token']}")).status
        for one in (unseen, seen)
    ]
    assert answers == [401, 200]


async def test_while_an_attempt_runs_another_is_told_when_to_come_back(world: World) -> None:
    creation = await CREATIONS["/api/v1/documents"][0](world)
    await creation.send("k")
    await cut(world, ago=-HELD)
    busy = await creation.send("k")
    assert (busy.status, busy.code) == (429, "slow_down")
    assert 0 < int(busy.headers["Retry-After"]) <= HELD.total_seconds()
    assert (await creation.send("k", creation.other)).code == "key_reused"


async def test_a_key_left_behind_before_anything_was_created_works_again(world: World) -> None:
    creation = await CREATIONS["/api/v1/documents"][0](world)
    first = await creation.send("k")
    await cut(world)
    documents = world.office.stores.documents
    await documents.delete(await documents.get(first.json["id"]))
    again = await creation.send("k")
    assert again.json["id"] == first.json["id"]
    assert [one.id for one in await documents.all()] == [first.json["id"]]


async def test_a_refusal_leaves_the_key_free_for_what_is_right(world: World) -> None:
    creation = await CREATIONS["/api/v1/documents"][0](world)
    wrong = {**creation.body, "department": "nikde"}
    assert (await creation.send("k", wrong)).status == 422
    assert (await creation.send("k")).status == 201


async def test_a_step_that_creates_nothing_is_taken_once_too(world: World) -> None:
    review = await a_review(world)
    review.round = (await review.prepare()).json["id"]
    browser, path = await world.browser("novakova"), f"/api/v1/rounds/{review.round}/open"
    first = await browser.post(path, Idempotency_Key="k")
    assert (first.status, first.json["state"]) == (200, "open")
    assert told(await browser.post(path, Idempotency_Key="k")) == told(first)
    assert (await browser.post(path)).code == "not_in_state"


async def test_a_registrys_client_has_keys_of_its_own(world: World) -> None:
    handover = await offered(world, await written(world))
    registry, path = await spisovka(world), f"/registry/v1/handovers/{handover}/rejection"
    body = {"code": "unreadable", "detail": "Nelze přečíst."}
    first = await registry.ask("POST", path, body, Idempotency_Key="k")
    assert first.status == 200, first.raw
    assert told(await registry.ask("POST", path, body, Idempotency_Key="k")) == told(first)


async def test_a_key_belongs_to_its_person_and_its_address(world: World) -> None:
    creation = await CREATIONS["/api/v1/tokens"][0](world)
    mine = await creation.send("k")
    theirs = await replace(creation, by=await world.browser("dvorak")).send("k")
    elsewhere = await Creation(creation.by, "/api/v1/tickets").send("k")
    assert mine.json["id"] != theirs.json["id"]
    assert elsewhere.status == 201


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_that_is_none_is_refused(world: World, key: str) -> None:
    creation = await CREATIONS["/api/v1/documents"][0](world)
    assert (await creation.by.post(creation.path, creation.body, Idempotency_Key=key)).status == 400


async def test_keys_are_forgotten_when_their_day_is_over(world: World) -> None:
    creation = await CREATIONS["/api/v1/documents"][0](world)
    await creation.send("k")
    await cut(world, ago=REMEMBERED)
    await creation.send("fresh")
    assert await world.office.answers.forget() == 1
    assert len(await world.office.stores.answers.all()) == 1
