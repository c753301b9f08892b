"""Signing and refusing at the same moment: what is refused is not signed, what is signed is not refused."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import Any

import pytest

from review.document import Version
from review.ports import Kept
from review.signoff import Claim, Signing
from tests.server.desk import PIN, Desk, a_desk, job
from tests.server.world import Browser, World

DOCUMENTS = 8


@pytest.fixture
async def desk(world: World) -> Desk:
    return await a_desk(world)


async def asked(desk: Desk, *signers: Browser, documents: int = DOCUMENTS) -> list[dict[str, Any]]:
    for n in range(documents):
        version = await desk.final(f"Smlouva č. {n}")
        assert (await desk.ask(version["id"], *signers, level="B-B")).status == 201
    return await desk.desk(signers[0])


async def act(desk: Desk, signer: Browser, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The outcomes by signing."""
    outcomes = await desk.sign(signer, *(row["request"] for row in rows))
    return {row["signing"]: outcome for row, outcome in zip(rows, in_order(rows, outcomes), strict=True)}


def in_order(rows: list[dict[str, Any]], outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_request = {outcome["request"]: outcome for outcome in outcomes}
    assert len(outcomes) == len(by_request)
    return [by_request[row["request"]] for row in rows]


async def refuse_each(refuser: Browser, rows: list[dict[str, Any]], wait: int) -> dict[str, int]:
    """Refusals in a random order, begun after so many other requests were answered; the status by signing."""
    for _ in range(wait):
        await refuser.get("/api/v1/session")
    mixed = random.sample(rows, len(rows))
    said = [await refuser.post(f"/api/v1/signings/{row['signing']}/refuse", {"reason": "Ne."}) for row in mixed]
    return {row["signing"]: answer.status for row, answer in zip(mixed, said, strict=True)}


async def check(desk: Desk, row: dict[str, Any], outcome: dict[str, Any], status: int, complete: int) -> None:
    office = desk.world.office
    signing = (await office.stores.signings.get(row["signing"])).value
    version = (await office.stores.versions.get(row["version"])).value
    document = (await desk.submitter.get(f"/api/v1/documents/{row['document']}")).json
    handover = await office.registry.handovers.offer(version.id)
    assert signing.claim is None
    assert [one.signed is not None for one in signing.requests].count(True) == len(version.signatures)
    assert (outcome["result"] == "signed") == (len(version.signatures) > 0), outcome
    if status == 200:
        assert (signing.state, version.kind, document["state"]) == ("refused", "final", "draft")
        assert handover is None
        assert len(version.signatures) < complete
    else:
        assert status == 409
        assert (signing.state, version.kind, document["state"]) == ("signed", "signed", "signed")
        assert handover is not None
    if not version.signatures:
        assert (outcome["result"], version.file, version.earlier_files) == ("refused", row["fileHash"], ())


@pytest.mark.parametrize("wait", [0, 4, 10])
async def test_a_document_is_signed_or_refused_never_both(desk: Desk, wait: int) -> None:
    rows = await asked(desk, desk.first)
    outcomes, refusals = await asyncio.gather(act(desk, desk.first, rows), refuse_each(desk.first, rows, wait))
    for row in rows:
        await check(desk, row, outcomes[row["signing"]], refusals[row["signing"]], complete=1)


@pytest.mark.parametrize("wait", [0, 6])
async def test_a_colleague_refuses_while_one_signs(desk: Desk, wait: int) -> None:
    rows = await asked(desk, desk.first, desk.second)
    outcomes, refusals = await asyncio.gather(act(desk, desk.first, rows), refuse_each(desk.second, rows, wait))
    assert set(refusals.values()) == {200}
    for row in rows:
        await check(desk, row, outcomes[row["signing"]], refusals[row["signing"]], complete=2)


async def test_the_same_act_several_times_at_once_signs_each_document_once(desk: Desk) -> None:
    rows = await asked(desk, desk.first)
    acts = await asyncio.gather(*(act(desk, desk.first, rows) for _ in range(4)))
    for row in rows:
        results = sorted(outcomes[row["signing"]]["result"] for outcomes in acts)
        assert results == ["signed", "skipped", "skipped", "skipped"]
        assert len((await desk.version(row["version"]))["signatures"]) == 1


async def test_two_who_sign_the_same_documents_at_once_both_succeed(desk: Desk) -> None:
    rows, others = await asked(desk, desk.first, desk.second), await desk.desk(desk.second)
    acts = await asyncio.gather(act(desk, desk.first, rows), act(desk, desk.second, others))
    assert {outcome["result"] for outcomes in acts for outcome in outcomes.values()} == {"signed"}
    for row in rows:
        assert (await desk.verdict(await desk.file(row["version"])))["verdict"] == "valid"


async def stopped(desk: Desk, in_the_version: bool) -> tuple[Kept[Signing], Kept[Version]]:
    """As a stop leaves it just behind the claim, or when the version had its signature; and the signed version."""
    stores = desk.world.office.stores
    row = (await asked(desk, desk.first, documents=1))[0]
    asks, waits = await stores.signings.get(row["signing"]), await stores.versions.get(row["version"])
    await desk.sign(desk.first)
    signed = await stores.versions.get(row["version"])
    given = signed.value.signatures[0]
    request, file, size = row["request"], str(signed.value.file), signed.value.size or 0
    claim = Claim(request, given.at, given.level, str(waits.value.file), file, size)
    now = await stores.signings.get(row["signing"])
    await stores.signings.replace(now, replace(asks.value, claim=claim))
    if not in_the_version:
        await stores.versions.replace(signed, waits.value)
    return await stores.signings.get(row["signing"]), signed


@pytest.mark.parametrize("in_the_version", [True, False])
async def test_what_was_claimed_before_a_stop_is_kept_after_it(desk: Desk, in_the_version: bool) -> None:
    signing, signed = await stopped(desk, in_the_version)
    await desk.world.office.signatures.catch_up()
    assert await desk.desk(desk.first) == []
    found = (await desk.submitter.get(f"/api/v1/signings/{signing.id}")).json
    assert found["state"] == "signed"
    kept = (await desk.world.office.stores.versions.get(signed.id)).value
    assert (kept.kind, kept.file, kept.signatures) == ("signed", signed.value.file, signed.value.signatures)


@pytest.mark.parametrize("in_the_version", [True, False])
async def test_what_another_process_left_claimed_is_kept_by_whoever_comes_upon_it(
    desk: Desk, in_the_version: bool
) -> None:
    signing, signed = await stopped(desk, in_the_version)
    late = await desk.first.post(f"/api/v1/signings/{signing.id}/refuse", {"reason": "Ne."})
    assert (late.status, late.code) == (409, "not_in_state")
    assert (await desk.version(signed.id))["fileHash"] == signed.value.file


async def test_an_act_that_comes_upon_its_own_claim_skips_what_is_signed(desk: Desk) -> None:
    signing, signed = await stopped(desk, in_the_version=False)
    body = {"requests": [signing.value.requests[0].id], "credential": desk.keys["reditel"], "pin": PIN}
    done = await job(desk.first, await desk.first.post("/api/v1/signing-acts", body))
    assert [(one["result"], one["version"]) for one in done["outcomes"]] == [("skipped", signed.id)]
