from __future__ import annotations

from typing import Any

from tests.server.world import World


async def news(world: World, login: str, query: str = "") -> Any:
    answer = await (await world.browser(login)).get(f"/api/v1/news{query}")
    assert answer.status == 200, answer.raw
    return answer.json


async def remark(world: World, login: str, document: str, text: str) -> None:
    answer = await (await world.browser(login)).post(f"/api/v1/documents/{document}/threads", {"text": text})
    assert answer.status == 201, answer.raw


async def test_news_tell_of_others_the_newest_first_and_never_of_oneself(world: World) -> None:
    document = (await world.document())["id"]
    await remark(world, "dvorak", document, "První.")
    await remark(world, "hlava", document, "Druhá.")
    told = (await news(world, "novakova"))["items"]
    assert [(one["type"], one["by"]) for one in told] == [
        ("thread.opened", world.people["hlava"].id),
        ("thread.opened", world.people["dvorak"].id),
    ]
    assert told[0]["document"] == {"id": document, "title": told[0]["document"]["title"]}
    assert [one["by"] for one in (await news(world, "hlava"))["items"]] == [world.people["dvorak"].id]


async def test_news_of_a_document_one_may_not_read_are_not_told(world: World) -> None:
    document = (await world.document())["id"]
    await remark(world, "dvorak", document, "Mezi námi.")
    assert (await news(world, "svoboda"))["items"] == []


async def test_who_is_mentioned_is_told_so_and_of_which_remark(world: World) -> None:
    document = (await world.document())["id"]
    name = world.people["hlava"].name
    await remark(world, "dvorak", document, f"@{name}, prosím o názor.")
    threads = (await (await world.browser("hlava")).get(f"/api/v1/documents/{document}/threads")).json
    told, other = [(await news(world, login))["items"][0] for login in ("hlava", "novakova")]
    assert (told["mentioned"], other["mentioned"]) == (True, False)
    assert told["thread"] == threads["items"][0]["id"]


async def test_news_come_in_pages_without_a_gap(world: World) -> None:
    document = (await world.document())["id"]
    for number in range(5):
        await remark(world, "dvorak", document, f"Poznámka {number}.")
    everything = [one["id"] for one in (await news(world, "novakova"))["items"]]
    first = await news(world, "novakova", "?limit=2")
    second = await news(world, "novakova", f"?limit=2&after={first['next']}")
    assert [one["id"] for one in first["items"] + second["items"]] == everything[:4]


async def test_a_cursor_that_is_no_number_is_refused(world: World) -> None:
    answer = await (await world.browser("novakova")).get("/api/v1/news?after=x")
    assert (answer.status, answer.code) == (400, "bad_query")
