from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from server.intake.limited import Intake, Limits, Refused
from tests.signing.office import NOW, PIN, known, pki, signed_twice

OWN = "tests.server.intake.misdeeds:"


@pytest.fixture
async def intake() -> AsyncIterator[Intake]:
    async with Intake() as opened:
        yield opened


def trust() -> dict[str, str]:
    return {"roots": pki().anchors.pem.decode(), "intermediates": pki().intermediate.decode(), "now": NOW.isoformat()}


async def test_a_verdict_comes_out_of_the_child_as_plain_data(intake: Intake) -> None:
    states = dict(known().states)
    told = await intake.run(
        "server.intake.tasks:verify_pdf", [signed_twice(), signed_twice()], trust() | {"states": states}
    )
    assert told["verdict"] == "valid"
    assert [one["by"] for one in told["signatures"]] == ["Jana Nováková", "Petr Dvořák"]


async def test_a_refusal_keeps_its_code(intake: Intake) -> None:
    with pytest.raises(Refused) as refused:
        await intake.run("server.intake.tasks:identify_pdf", [b"no PDF"])
    assert refused.value.code == "not_pdf"
    store = pki().issue("Jana Nováková", "Úřad", PIN, NOW)
    with pytest.raises(Refused) as wrong:
        await intake.run("server.intake.tasks:describe_key_store", [store], trust() | {"pin": "0000"})
    assert wrong.value.code == "wrong_pin"


@pytest.mark.parametrize("deed", ["hoard", "spin", "die"])
async def test_who_exceeds_the_limits_is_ended_and_the_next_is_served(intake: Intake, deed: str) -> None:
    with pytest.raises(Refused) as refused:
        await intake.run(OWN + deed, [b""], limits=Limits(cpu=1, wall=5, memory=2**30))
    assert refused.value.code == "too_demanding"
    assert await intake.run(OWN + "answer", [b"abc"]) == 3


@pytest.mark.parametrize("deed", ["connect", "start_program", "write_file"])
async def test_a_child_reaches_neither_network_nor_programs_nor_the_disk(intake: Intake, deed: str) -> None:
    with pytest.raises(Refused) as refused:
        await intake.run(OWN + deed, [b""])
    assert "Error" in refused.value.detail


async def test_a_child_knows_nothing_of_the_servers_environment(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARAPH_SECRET", "hush")
    assert "PARAPH_SECRET" not in await intake.run(OWN + "environment", [b""])


async def test_files_are_read_side_by_side(intake: Intake) -> None:
    await intake.run(OWN + "answer", [b""])
    start = time.monotonic()
    sizes = await asyncio.gather(*(intake.run(OWN + "answer", [b"x" * 1_000_000]) for _ in range(8)))
    assert sizes == [1_000_000] * 8
    assert time.monotonic() - start < 5
