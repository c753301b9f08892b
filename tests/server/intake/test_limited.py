from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from server.intake.limited import Intake, Limits, Refused
from tests.signing.office import NOW, PIN, known, pki, signed_twice

OWN = "tests.server.intake.misdeeds:"
PLACES = 4


@pytest.fixture
async def intake() -> AsyncIterator[Intake]:
    async with Intake(PLACES) as opened:
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


def halted(intake: Intake) -> list[int]:
    """The children that are stopped."""
    if intake._warden is None:
        return []
    children = Path(f"/proc/{intake._warden.pid}/task/{intake._warden.pid}/children").read_text().split()
    return [int(child) for child in children if state(child) == "T"]


def state(process: str) -> str:
    """As the system's letter; of one that has ended none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


async def all_halted(intake: Intake) -> Sequence[int]:
    async with asyncio.timeout(60):
        while len(children := halted(intake)) < PLACES:
            await asyncio.sleep(0.001)
    return children


async def test_files_are_read_side_by_side(intake: Intake) -> None:
    """Each halts: none is let on before all of them stand there together."""
    read = asyncio.gather(*(intake.run(OWN + "halt", [b"x" * 1_000_000]) for _ in range(PLACES)))
    try:
        for child in await all_halted(intake):
            os.kill(child, signal.SIGCONT)
        assert await read == [1_000_000] * PLACES
    finally:
        read.cancel()
        for child in halted(intake):
            os.kill(child, signal.SIGKILL)
