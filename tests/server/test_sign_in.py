from __future__ import annotations

from server.identity.throttle import ADDRESS, LOGIN
from tests.server.world import PASSWORD, World


async def test_a_stranger_is_asked_to_sign_in_in_their_language(world: World) -> None:
    stranger = await world.browser()
    answer = await stranger.get("/api/v1/documents", Accept_Language="en-GB,en;q=0.8")
    assert (answer.status, answer.code) == (401, "not_signed_in")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["title"] == "Not signed in"


async def test_signing_in_tells_who_one_is(world: World) -> None:
    browser = await world.browser("novakova")
    me = (await browser.get("/api/v1/session")).json
    assert me["name"] == "Eva Nováková"
    assert [department["code"] for department in me["departments"]] == ["EO"]
    assert me["roles"] == ["submitter", "editor"]


async def test_signing_out_everywhere_ends_every_session(world: World) -> None:
    here, there = await world.browser("dvorak"), await world.browser()
    await there.post("/api/v1/session", {"login": "dvorak", "password": PASSWORD})
    assert (await there.ask("DELETE", "/api/v1/session?all=true")).status == 204
    assert (await here.get("/api/v1/session")).status == 401


async def test_a_wrong_password_is_slowed_down_and_does_not_lock_out_others(world: World) -> None:
    stranger = await world.browser()
    codes = [
        (await stranger.post("/api/v1/session", {"login": "reditel", "password": f"wrong {at}"})).status
        for at in range(12)
    ]
    assert codes[:10] == [401] * 10
    assert codes[10:] == [429, 429]
    body = {"login": "pravda", "password": PASSWORD}
    assert (await stranger.post("/api/v1/session", body)).status == 200


async def test_who_guesses_at_everybody_from_one_address_is_slowed_down_too(world: World) -> None:
    stranger = await world.browser()
    for at in range(ADDRESS.free):
        world.office.sign_in.throttle.guess((ADDRESS, "127.0.0.1"), (LOGIN, f"nobody{at}"))
    slowed = await stranger.post("/api/v1/session", {"login": "pravda", "password": PASSWORD})
    assert (slowed.status, slowed.code) == (429, "slow_down")
    assert int(slowed.headers["Retry-After"]) > 0


async def test_a_change_sent_by_another_site_is_refused(world: World) -> None:
    browser = await world.browser("novakova")
    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = await browser.post("/api/v1/tokens", {"name": "x"}, **headers)
        assert (answer.status, answer.code) == (403, "cross_origin")


async def test_a_personal_token_stands_for_its_person_until_it_is_revoked(world: World) -> None:
    browser, program = await world.browser("novakova"), await world.browser()
    issued = (await browser.post("/api/v1/tokens", {"name": "skript", "scopes": ["read"]})).json
    bearer = f"Bearer {issued['token']}"
    assert (await program.get("/api/v1/session", Authorization=bearer)).json["login"] == "novakova"
    assert (await program.post("/api/v1/tickets", Authorization=bearer)).code == "forbidden"
    assert (await browser.ask("DELETE", f"/api/v1/tokens/{issued['id']}")).status == 204
    assert (await program.get("/api/v1/session", Authorization=bearer)).status == 401


async def test_an_inactive_person_is_signed_out_and_stays_out(world: World) -> None:
    admin, browser = await world.browser("spravce"), await world.browser("svoboda")
    path = f"/api/v1/accounts/{world.people['svoboda'].id}"
    rev = (await admin.get(path)).json["rev"]
    assert (await admin.change("PATCH", path, {"active": False}, rev=rev)).status == 200
    assert (await browser.get("/api/v1/session")).status == 401
    again = await browser.post("/api/v1/session", {"login": "svoboda", "password": PASSWORD})
    assert (again.status, again.code) == (401, "bad_credentials")


async def test_only_an_administrator_sees_accounts(world: World) -> None:
    assert (await (await world.browser("novakova")).get("/api/v1/accounts")).status == 403
    assert len((await (await world.browser("spravce")).get("/api/v1/accounts")).json) == 10
