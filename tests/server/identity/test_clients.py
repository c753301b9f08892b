"""How a registry's client proves itself, over real HTTP."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from server.identity.clients import ASSERTION_TYPE
from tests.server.spisovka import Spisovka, spisovka
from tests.server.world import World

FORM = {"grant_type": "client_credentials"}
KEY = ECKey.generate_key("P-256", {"kid": "one"})
OTHER = ECKey.generate_key("P-256", {"kid": "one"})


@pytest.fixture
async def registry(world: World) -> Spisovka:
    return Spisovka((await world.browser()).client)


async def test_a_secret_buys_a_token_with_the_scopes_asked_for(world: World, registry: Spisovka) -> None:
    client, secret = await world.office.clients.add("Spisovka", ())
    answer = await registry.sign_in({**FORM, "scope": "handover:read"}, (client.id, secret))
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    granted = answer.json
    assert (granted["token_type"], granted["expires_in"], granted["scope"]) == ("Bearer", 3600, "handover:read")
    registry.token = granted["access_token"]
    assert (await registry.get("handovers")).status == 200
    assert (await registry.put("handovers/x/archival", {"archiveId": "1"})).code == "insufficient_scope"


@pytest.mark.parametrize(
    ("form", "basic", "status", "code"),
    [
        (FORM, ("{id}", "wrong"), 401, "invalid_client"),
        (FORM, ("nobody", "{secret}"), 401, "invalid_client"),
        (FORM, None, 401, "invalid_client"),
        ({"grant_type": "password"}, ("{id}", "{secret}"), 400, "unsupported_grant_type"),
        ({"scope": "x"}, ("{id}", "{secret}"), 400, "invalid_request"),
        ({**FORM, "scope": "disposal:manage"}, ("{id}", "{secret}"), 400, "invalid_scope"),
        ({**FORM, "client_assertion": "x.y.z"}, ("{id}", "{secret}"), 400, "invalid_request"),
    ],
)
async def test_a_refused_token_request_says_why_in_both_tongues(
    world: World,
    registry: Spisovka,
    form: dict[str, str],
    basic: tuple[str, str] | None,
    status: int,
    code: str,
) -> None:
    client, secret = await world.office.clients.add("Spisovka", ["handover:read"])
    words = {"id": client.id, "secret": secret}
    pair = (basic[0].format(**words), basic[1].format(**words)) if basic else None
    refused = await registry.sign_in(form, pair)
    assert (refused.status, refused.code, refused.json["error"]) == (status, code, code)


async def test_a_token_request_must_be_a_form(registry: Spisovka) -> None:
    assert (await registry.ask("POST", "/registry/v1/token", FORM)).code == "invalid_request"


async def test_guessing_secrets_is_slowed_down(world: World, registry: Spisovka) -> None:
    client, secret = await world.office.clients.add("Spisovka", ())
    codes = [(await registry.sign_in(FORM, (client.id, f"guess {at}"))).status for at in range(25)]
    assert codes[0] == 401
    assert codes[-1] == 429
    assert (await registry.sign_in(FORM, (client.id, secret))).headers["Retry-After"]


async def test_without_a_token_of_its_own_nobody_gets_in(world: World, registry: Spisovka) -> None:
    for token in ("", "unknown"):
        registry.token = token
        refused = await registry.get("handovers")
        assert (refused.status, refused.code) == (401, "not_signed_in")
    submitter = await world.browser("novakova")
    personal = (await submitter.post("/api/v1/tokens", {"name": "skript"})).json["token"]
    registry.token = personal
    assert (await registry.get("handovers")).status == 401
    registry.token = (await spisovka(world)).token
    refused = await registry.ask("GET", "/api/v1/documents")
    assert (refused.status, refused.code) == (401, "not_signed_in")


async def test_a_closed_clients_token_stops_at_once(world: World) -> None:
    registry = await spisovka(world)
    administrator = await world.browser("spravce")
    (shown,) = (await administrator.get("/api/v1/clients")).json
    assert (await administrator.change("DELETE", f"/api/v1/clients/{shown['id']}", rev=shown["rev"])).status == 204
    assert (await registry.get("handovers")).status == 401


async def test_only_an_administrator_looks_after_clients(world: World) -> None:
    submitter, administrator = await world.browser("novakova"), await world.browser("spravce")
    assert (await submitter.post("/api/v1/clients", {"name": "x"})).status == 403
    added = await administrator.post("/api/v1/clients", {"name": "Spisovka", "scopes": ["audit:read"]})
    assert added.status == 201
    assert added.json["clientSecret"] not in (await administrator.get("/api/v1/clients")).raw.decode()
    assert (await administrator.post("/api/v1/clients", {"name": "x", "scopes": ["all"]})).status == 422
    secret_key = {"keys": [KEY.as_dict(private=True)]}
    assert (await administrator.post("/api/v1/clients", {"name": "x", "jwks": secret_key})).status == 422


async def signing_client(world: World, key: Any = KEY) -> str:
    client, secret = await world.office.clients.add("Spisovka", (), {"keys": [key.as_dict(private=False)]})
    assert not secret
    return client.id


def assertion(client: str, world: World, key: Any = KEY, algorithm: str = "ES256", **changed: Any) -> dict[str, str]:
    url = f"{world.office.settings.url}/registry/v1/token"
    claims = {"iss": client, "sub": client, "aud": url, "exp": int(time.time()) + 60, "jti": "1"} | changed
    token = jwt.encode({"alg": algorithm, "kid": "one"}, claims, key, algorithms=[algorithm])
    return {**FORM, "client_assertion_type": ASSERTION_TYPE, "client_assertion": token}


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (KEY, "ES256"),
        (RSAKey.generate_key(2048, {"kid": "one"}), "PS256"),
        (OKPKey.generate_key("Ed25519", {"kid": "one"}), "Ed25519"),
    ],
)
async def test_a_signed_assertion_buys_a_token_once(world: World, registry: Spisovka, key: Any, algorithm: str) -> None:
    form = assertion(await signing_client(world, key), world, key, algorithm)
    assert (await registry.sign_in(form)).status == 200
    again = await registry.sign_in(form)
    assert (again.status, again.code) == (401, "invalid_client")


async def test_an_assertion_that_is_taken_for_the_skew_of_clocks_counts_once_too(
    world: World, registry: Spisovka
) -> None:
    form = assertion(await signing_client(world), world, exp=int(time.time()) - 20)
    assert (await registry.sign_in(form)).status == 200
    again = await registry.sign_in(form)
    assert (again.status, again.code) == (401, "invalid_client")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere.example"},
        {"exp": 1},
        {"exp": 4_000_000_000},
        {"exp": "soon"},
        {"jti": ""},
        {"jti": None},
        {"sub": "somebody"},
        {"iss": "somebody"},
        {"nbf": 4_000_000_000},
    ],
)
async def test_an_assertion_that_is_not_for_us_now_is_refused(
    world: World, registry: Spisovka, changed: dict[str, Any]
) -> None:
    refused = await registry.sign_in(assertion(await signing_client(world), world, **changed))
    assert (refused.status, refused.code) == (401, "invalid_client")


async def test_an_assertion_by_another_key_or_none_is_refused(world: World, registry: Spisovka) -> None:
    client = await signing_client(world)
    assert (await registry.sign_in(assertion(client, world, OTHER))).status == 401
    unsigned = "eyJhbGciOiJub25lIn0.e30."
    for token in (unsigned, "x", "a.b.c", "é"):
        refused = await registry.sign_in(assertion(client, world) | {"client_assertion": token})
        assert refused.status == 401


@pytest.mark.parametrize("depth", [900, 3_000, 5_900, 6_500])
async def test_json_of_any_depth_in_an_assertion_proves_nobody(world: World, registry: Spisovka, depth: int) -> None:
    form = assertion(await signing_client(world), world)
    deep = base64.urlsafe_b64encode(b"[" * depth).decode().rstrip("=")
    _, body, signature = form["client_assertion"].split(".")
    for token in (f"x.{deep}.y", f"{deep}.{body}.{signature}"):
        refused = await registry.sign_in(form | {"client_assertion": token})
        assert (refused.status, refused.code) == (401, "invalid_client")
