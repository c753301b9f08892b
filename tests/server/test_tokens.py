"""Sessions and personal tokens: what one may do with them, and when they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.app import now
from tests.server.world import PASSWORD, Answer, Browser, World

NEW = "úplně jiné heslo 8"


async def token(browser: Browser, **asked: Any) -> Answer:
    return await browser.post("/api/v1/tokens", {"name": "skript", **asked})


async def with_token(world: World, bearer: str, method: str, path: str, body: Any = None) -> Answer:
    return await (await world.browser()).ask(method, path, body, Authorization=f"Bearer {bearer}")


def in_(**time: float) -> str:
    return (now() + timedelta(**time)).isoformat()


@pytest.mark.parametrize(
    ("parent", "child", "code"),
    [
        ({"scopes": ["write"]}, {"scopes": ["read"]}, "beyond_token"),
        ({"scopes": ["write"]}, {"scopes": ["read", "write"]}, "beyond_token"),
        ({"expires": in_(hours=1)}, {"expires": in_(hours=2)}, "beyond_token"),
        ({"scopes": ["read"]}, {}, "forbidden"),
    ],
)
async def test_a_token_issues_none_that_may_more_than_itself(
    world: World, parent: dict[str, Any], child: dict[str, Any], code: str
) -> None:
    bearer = (await token(await world.browser("novakova"), **parent)).json["token"]
    refused = await with_token(world, bearer, "POST", "/api/v1/tokens", {"name": "potomek", **child})
    assert (refused.status, refused.code) == (403, code)


async def test_a_token_that_says_nothing_gets_what_its_parent_has_and_ends_with_it(world: World) -> None:
    browser = await world.browser("novakova")
    parent = (await token(browser, scopes=["write"], expires=in_(hours=1))).json
    child = (await with_token(world, parent["token"], "POST", "/api/v1/tokens", {"name": "potomek"})).json
    listed = {one["id"]: one for one in (await browser.get("/api/v1/tokens")).json["items"]}
    assert listed[child["id"]]["scopes"] == ["write"]
    assert listed[child["id"]]["expires"] == listed[parent["id"]]["expires"]

    assert (await browser.ask("DELETE", f"/api/v1/tokens/{parent['id']}")).status == 204
    assert (await with_token(world, child["token"], "POST", "/api/v1/tickets")).status == 401
    assert (await browser.get("/api/v1/tokens")).json["items"] == []


async def test_another_password_ends_whatever_else_is_signed_in(world: World) -> None:
    here, there = await world.browser("dvorak"), await world.browser()
    await there.post("/api/v1/session", {"login": "dvorak", "password": PASSWORD})
    bearer = (await token(here)).json["token"]
    assert (await here.ask("PATCH", "/api/v1/session", {"password": NEW, "current": PASSWORD})).status == 200
    assert (await here.get("/api/v1/session")).status == 200
    assert (await there.get("/api/v1/session")).status == 401
    assert (await with_token(world, bearer, "GET", "/api/v1/session")).status == 401


async def test_another_password_by_an_administrator_ends_tokens_too(world: World) -> None:
    admin, person = await world.browser("spravce"), await world.browser("dvorak")
    bearer = (await token(person)).json["token"]
    path = f"/api/v1/accounts/{world.people['dvorak'].id}"
    rev = (await admin.get(path)).json["rev"]
    assert (await admin.change("PATCH", path, {"password": NEW}, rev=rev)).status == 200
    assert (await person.get("/api/v1/session")).status == 401
    assert (await with_token(world, bearer, "GET", "/api/v1/session")).status == 401


@pytest.mark.parametrize("change", [{"roles": ["editor"]}, {"active": False}])
async def test_the_last_administrator_stays_one(world: World, change: dict[str, Any]) -> None:
    admin = await world.browser("spravce")
    path = f"/api/v1/accounts/{world.people['spravce'].id}"
    rev = (await admin.get(path)).json["rev"]
    refused = await admin.change("PATCH", path, change, rev=rev)
    assert (refused.status, refused.code) == (409, "last_administrator")
    assert refused.json["title"] == "Poslední správce"

    other = f"/api/v1/accounts/{world.people['hlava'].id}"
    other_rev = (await admin.get(other)).json["rev"]
    assert (await admin.change("PATCH", other, {"roles": ["administrator"]}, rev=other_rev)).status == 200
    assert (await admin.change("PATCH", path, change, rev=rev)).status == 200
