"""Who guesses is slowed down, from wherever, however many at once; who knows is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.identity.throttle import CODE, LOGIN, OWN_PASSWORD, PIN
from tests.server.desk import a_desk
from tests.server.world import PASSWORD, World, open_world


async def test_a_pin_cannot_be_guessed_however_many_guess_at_once(world: World) -> None:
    desk = await a_desk(world)
    version = await desk.final()
    assert (await desk.ask(version["id"], desk.first)).status == 201
    (waiting,) = await desk.desk(desk.first)
    assert desk.first.person is not None
    body = {"requests": [waiting["request"]], "credential": desk.keys[desk.first.person.login]}

    answers = await asyncio.gather(
        *(desk.first.post("/api/v1/signing-acts", {**body, "pin": f"{at:06}"}) for at in range(20))
    )
    assert sorted(answer.code for answer in answers) == ["slow_down"] * (20 - PIN.free) + ["wrong_pin"] * PIN.free
    right = await desk.first.post("/api/v1/signing-acts", {**body, "pin": "1234"})
    assert (right.status, right.code) == (429, "slow_down")
    assert 0 < int(right.headers["Retry-After"]) <= PIN.first


async def test_the_own_password_cannot_be_guessed_by_who_has_the_session(world: World) -> None:
    browser = await world.browser("dvorak")
    guesses = [
        await browser.ask("PATCH", "/api/v1/session", {"password": "nové dlouhé 8", "current": f"wrong {at}"})
        for at in range(OWN_PASSWORD.free + 1)
    ]
    assert [answer.code for answer in guesses] == ["bad_credentials"] * OWN_PASSWORD.free + ["slow_down"]


async def test_a_login_cannot_be_guessed_from_many_addresses(tmp_path: Path) -> None:
    async with open_world(tmp_path, trusted_proxies="127.0.0.0/8, ::1") as world:
        stranger = await world.browser()

        async def guess(address: str, password: str = "wrong") -> int:
            body = {"login": "reditel", "password": password}
            return (await stranger.post("/api/v1/session", body, X_Forwarded_For=address)).status

        assert [await guess(f"192.0.2.{at}") for at in range(LOGIN.free)] == [401] * LOGIN.free
        assert await guess("198.51.100.1", PASSWORD) == 429


async def asked(world: World, times: int, **headers: str) -> list[int]:
    stranger = await world.browser()
    return [(await stranger.post("/public/v1/status-queries", {"code": "x"}, **headers)).status for _ in range(times)]


async def test_behind_a_trusted_proxy_everybody_is_counted_alone(tmp_path: Path) -> None:
    async with open_world(tmp_path, trusted_proxies="127.0.0.1,10.0.0.0/8") as world:
        for _ in range(CODE.free):
            world.office.registry.status.throttle.guess((CODE, "192.0.2.1"))
        assert await asked(world, 1, X_Forwarded_For="192.0.2.1") == [429]
        assert await asked(world, 1, Forwarded='for="192.0.2.1:7"') == [429]
        assert await asked(world, 1, X_Forwarded_For="203.0.113.9, 192.0.2.1, 10.0.0.7") == [429]
        assert await asked(world, 1, X_Forwarded_For="192.0.2.1, 203.0.113.9") == [404]
        assert await asked(world, 1, X_Forwarded_For="203.0.113.9", Forwarded="for=192.0.2.1") == [404]


@pytest.mark.parametrize(
    "headers", [{"X_Forwarded_For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}, {"Forwarded": "no such thing"}]
)
async def test_what_others_say_about_their_address_is_not_believed(world: World, headers: dict[str, str]) -> None:
    for _ in range(CODE.free):
        world.office.registry.status.throttle.guess((CODE, "127.0.0.1"))
    assert await asked(world, 1, **headers) == [429]
