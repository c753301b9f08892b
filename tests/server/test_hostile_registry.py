"""Badly formed questions to the registry's and the citizen's face get typed refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.server.spisovka import Spisovka, spisovka
from tests.server.world import World

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def registry(world: World) -> Spisovka:
    return await spisovka(world)


async def in_pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_a_form_that_arrives_in_pieces_is_read_whole(registry: Spisovka) -> None:
    sent = in_pieces(b"grant_type=client_", b"credentials&scope=handover%3Aread")
    async with registry.client.post("/registry/v1/token", data=sent, headers=FORM) as response:
        assert (response.status, (await response.json())["code"]) == (401, "invalid_client")


@pytest.mark.parametrize("body", [b"a=1&" * 8_000, b"grant_type=a&grant_type=b", b"\xff=1", b"&".join([b"a=1"] * 30)])
async def test_a_form_that_cannot_be_meant_is_refused(registry: Spisovka, body: bytes) -> None:
    async with registry.client.post("/registry/v1/token", data=body, headers=FORM) as response:
        assert (response.status, (await response.json())["error"]) == (400, "invalid_request")
    async with registry.client.post("/status", data=body, headers=FORM) as response:
        assert response.status in (400, 404)


async def test_questions_beside_the_interface_are_refused(registry: Spisovka) -> None:
    wanted = {
        "handovers?updatedSince=yesterday": "bad_query",
        "handovers?updatedSince=2026-11-23T10:00:00": "bad_query",
        "handovers?limit=0": "bad_query",
        "handovers?everything=1": "bad_query",
        "events?wait=31": "bad_query",
        "events?limit=201": "bad_query",
        "events?after=-5": "bad_query",
        "handovers/nowhere": "not_found",
        "handovers/nowhere/package": "not_found",
        "handovers/nowhere/files/document.pdf": "not_found",
        "handovers/%00": "not_found",
    }
    assert {path: (await registry.get(path)).code for path in wanted} == wanted


async def test_a_confirmation_that_cannot_be_read_is_refused(registry: Spisovka) -> None:
    receipt = "/registry/v1/handovers/nowhere/receipt"
    assert (await registry.ask("PUT", receipt, {"sha256": "0" * 64, "size": 1})).status == 422
    async with registry.client.put(
        receipt, data=b"{", headers={"Authorization": f"Bearer {registry.token}", "Content-Type": "application/json"}
    ) as response:
        assert (response.status, (await response.json())["code"]) == (400, "bad_json")


async def test_a_status_question_with_anything_beside_the_code_is_refused(registry: Spisovka) -> None:
    url = "/public/v1/status-queries"
    assert (await registry.ask("POST", url, {"code": "x", "name": "y"})).status == 422
    assert (await registry.ask("POST", url, {"code": "x" * 101})).status == 422
    assert (await registry.ask("POST", url, {"code": 5})).status == 422
    assert (await registry.ask("POST", url, ["code"])).status == 422
