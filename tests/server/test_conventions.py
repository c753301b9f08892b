"""What holds for every address, tried on every address of the route table."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from server.api.paging import PageQuery
from server.api.route import Access, Route
from server.api.table import ROUTES
from server.pages import layout
from tests.server.spisovka import spisovka
from tests.server.world import Answer, World


def address(route: Route, query: str = "") -> str:
    return re.sub(r"\{[^}]+\}", "x", route.path) + query


async def ask(world: World, route: Route, query: str = "", body: Any = None, **headers: str) -> Answer:
    """As somebody who may come in: an administrator, or a registry's client with every scope."""
    path = address(route, query)
    if route.access is Access.REGISTRY:
        return await (await spisovka(world)).ask(route.method, path, body, **headers)
    return await (await world.browser("spravce")).ask(route.method, path, body, **headers)


async def refusals(world: World, routes: list[Route], **asked: Any) -> dict[str, tuple[int, str]]:
    """What each answers, where it is a problem."""
    answers = {f"{route.method} {route.path}": await ask(world, route, **asked) for route in routes}
    return {name: (answer.status, answer.code if answer.raw else "") for name, answer in answers.items()}


def those(which: Callable[[Route], bool]) -> list[Route]:
    found = [route for route in ROUTES if which(route)]
    assert found
    return found


def is_page(route: Route) -> bool:
    return route.shape("query") is layout.PageQuery


def is_list(route: Route) -> bool:
    shape = route.shape("query")
    return shape is not None and issubclass(shape, PageQuery)


async def test_nobody_comes_in_without_signing_in(world: World) -> None:
    stranger = await world.browser()
    for route in those(lambda route: route.access is not Access.PUBLIC):
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic bm9ib2R5"}):
            answer = await stranger.ask(route.method, address(route), **headers)
            assert answer.status == 401, route
            assert route.method == "HEAD" or answer.code == "not_signed_in", route


async def test_another_sites_page_changes_nothing(world: World) -> None:
    unsafe = those(lambda route: route.method not in ("GET", "HEAD") and route.access is not Access.REGISTRY)
    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
        found = await refusals(world, unsafe, **headers)
        assert set(found.values()) == {(403, "cross_origin")}


async def test_an_unknown_parameter_is_never_passed_over(world: World) -> None:
    strict = those(lambda route: not is_page(route) and route.shape("body") is None and not route.file)
    for query in ("?colour=red", "?colour=red&colour=blue"):
        found = await refusals(world, strict, query=query)
        wrong = {name: answer for name, answer in found.items() if answer != (400, "bad_query")}
        assert wrong == {"HEAD /registry/v1/handovers/{handover}/package": (400, "")}


async def test_a_page_for_people_takes_a_link_as_it_comes(world: World) -> None:
    stranger = await world.browser()
    pages = those(lambda route: is_page(route) and route.method == "GET")
    found = {route.path: await stranger.get(address(route, "?lang=en&utm_source=letter")) for route in pages}
    assert {path: answer.status for path, answer in found.items()} == {"/status": 200, "/verify/{code}": 404}
    assert all('<html lang="en">' in answer.raw.decode() for answer in found.values())


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "limit="])
async def test_a_list_is_asked_for_one_to_two_hundred(world: World, query: str) -> None:
    found = await refusals(world, those(is_list), query=f"?{query}")
    assert set(found.values()) == {(400, "bad_query")}


async def test_an_unknown_field_is_never_passed_over(world: World) -> None:
    taking = those(lambda route: route.shape("body") is not None)
    for route in taking:
        several = TypeAdapter(route.shape("body")).json_schema().get("type") == "array"
        answer = await ask(world, route, body=[{"colour": "red"}] if several else {"colour": "red"})
        assert (answer.status, answer.code) == (422, "invalid"), route
        assert any("colour" in field["path"] for field in answer.json["fields"]), route


async def test_what_is_there_no_longer_or_for_others_only_is_not_there(world: World) -> None:
    plain = those(lambda r: "{" in r.path and r.access is Access.SIGNED_IN and r.shape("body") is None and not r.file)
    found = await refusals(world, plain)
    assert {name: answer for name, answer in found.items() if answer != (404, "not_found")} == {}


@pytest.mark.parametrize("header", ["Authorization: Bearer \xff", "Idempotency-Key: \xff", "Cookie: paraph=\xff"])
async def test_a_header_of_any_bytes_is_answered(world: World, header: str) -> None:
    jar = (await world.browser("novakova")).client.session.cookie_jar
    cookie = "" if "Cookie" in header else f"Cookie: {'; '.join(f'{one.key}={one.value}' for one in jar)}\r\n"
    request = f"POST /api/v1/tickets HTTP/1.1\r\nHost: localhost\r\n{cookie}{header}\r\nContent-Length: 0\r\n\r\n"
    reader, writer = await asyncio.open_connection(world.server.host, world.server.port)
    writer.write(request.encode("latin-1"))
    status = int((await reader.readline()).split()[1])
    writer.close()
    assert status == (400 if "Key" in header else 401)


LIKED = {"": "cs", "de": "cs", "en": "en", "en-GB,en;q=0.8": "en", "cs;q=0.2, en;q=0.9": "en", "en;q=0,cs": "cs"}


@pytest.mark.parametrize(("accepted", "language"), LIKED.items())
async def test_a_problem_is_told_in_the_language_that_is_liked_best(world: World, accepted: str, language: str) -> None:
    answer = await (await world.browser()).get("/api/v1/session", Accept_Language=accepted)
    assert answer.headers["Content-Language"] == language
    assert answer.json["title"] == {"cs": "Nejste přihlášeni", "en": "Not signed in"}[language]


async def test_documents_are_filtered_by_a_state_that_there_is(world: World) -> None:
    await world.document()
    browser = await world.browser("novakova")
    found = [await browser.get(f"/api/v1/documents?state={state}") for state in ("draft", "signed", "nonsense")]
    assert [answer.status for answer in found] == [200, 200, 400]
    assert [len(answer.json["items"]) for answer in found[:2]] == [1, 0]


async def test_a_token_that_would_be_over_is_not_issued(world: World) -> None:
    browser = await world.browser("novakova")
    refused = await browser.post("/api/v1/tokens", {"name": "skript", "expires": "2020-01-01T00:00:00Z"})
    assert (refused.status, refused.json["fields"][0]["path"]) == (422, "expires")
