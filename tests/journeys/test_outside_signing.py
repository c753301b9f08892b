"""Signing, changing, handing over and telling by a program that knows only the published interface."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import zipfile
from typing import Any

import aiohttp

from tests.journeys.outside import Outside, write
from tests.journeys.story import Story, begun, finalised, signed, signers
from tests.servers.paraph import run


async def verdict(outside: Outside, data: bytes) -> tuple[int, Any]:
    form = aiohttp.FormData()
    form.add_field("file", data, filename="kopie.pdf", content_type="application/pdf")
    async with outside.http.post(outside.url + "/api/v1/verifications", data=form) as response:
        return response.status, await response.json()


async def test_signed_changed_signed_again_and_the_first_version_still_verifies(story: Story) -> None:
    submitter, document = await begun(story)
    final = await finalised(submitter, document["id"])
    assert (final["number"], final["kind"]) == ("1", "final")
    bytes_seen = (await submitter.ask("GET", f"/api/v1/versions/{final['id']}/file")).raw
    assert hashlib.sha256(bytes_seen).hexdigest() == final["fileHash"]
    signer = (await signers(story))[0]
    wrong = {"requests": ["nic"], "credential": signer.credential, "pin": "0000"}
    refused = await signer.outside.ask("POST", "/api/v1/signing-acts", wrong)
    assert refused.status in (404, 422)
    first = await signed(submitter, final, signer)
    one = await submitter.get(f"/api/v1/versions/{final['id']}")
    assert (one["kind"], one["signatures"][0]["by"]) == ("signed", signer.outside.me["id"])
    reason = {"reason": "Chyba v částce."}
    changed = await submitter.post(f"/api/v1/versions/{final['id']}/change", reason)
    assert changed["draft"]["version"] == 2
    assert changed["draft"]["hash"] == one["contentHash"]
    writer = await write(submitter, document["id"])

    def edit(body: Any) -> None:
        body.children[1].children[0].insert(len("Dotace činí nejvýše ".encode()), "1 ")

    await writer.send(edit)
    await writer.until_saved()
    second_final = await finalised(submitter, document["id"])
    assert second_final["number"] == "2"
    second = await signed(submitter, second_final, signer)
    difference = await submitter.get(f"/api/v1/versions/{final['id']}/compare/{second_final['id']}?format=json")
    assert "1 " in str(difference)
    old = await submitter.get(f"/api/v1/versions/{final['id']}")
    assert old["supersededBy"] == second_final["id"]
    status, found = await verdict(submitter, first)
    assert status == 200
    assert found["verdict"] == "valid"
    assert found["known"]["current"] is False
    assert found["known"]["supersededBy"] == second_final["id"]
    assert found["signatures"][0]["trusted"] is True
    _, current = await verdict(submitter, second)
    assert (current["verdict"], current["known"]["current"]) == ("valid", True)
    altered = first.replace(b"/Title", b"/Titel", 1) if b"/Title" in first else first[:-40] + b"x" * 40
    _, broken = await verdict(submitter, altered)
    assert broken["verdict"] in ("modified", "broken", "rejected")


async def test_a_dozen_are_signed_in_one_act(story: Story) -> None:
    signer = max(
        [(len(await s.outside.get("/api/v1/signing-desk")), n, s) for n, s in enumerate(await signers(story))]
    )[2]
    desk = await signer.outside.get("/api/v1/signing-desk")
    assert len(desk) >= 12
    act = {"requests": [row["request"] for row in desk], "credential": signer.credential, "pin": "wrong pin"}
    (await signer.outside.ask("POST", "/api/v1/signing-acts", act)).refused(422, "wrong_pin")
    job = await signer.outside.job(await signer.outside.ask("POST", "/api/v1/signing-acts", act | {"pin": signer.pin}))
    assert {outcome["result"] for outcome in job["outcomes"]} == {"signed"}
    assert len(job["outcomes"]) == len(desk)
    assert await signer.outside.get("/api/v1/signing-desk") == []


async def test_the_registry_takes_over_what_was_signed(story: Story) -> None:
    submitter, document = await begun(story)
    signer = (await signers(story))[0]
    final = await finalised(submitter, document["id"])
    pdf = await signed(submitter, final, signer)
    client = story.office.registry_client()
    registry = await story.stranger()
    basic = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": " ".join(client["scopes"])}
    async with registry.http.post(
        registry.url + "/registry/v1/token", data=form, headers={"Authorization": f"Basic {basic}"}
    ) as response:
        token = (await response.json())["access_token"]
    registry.http.headers["Authorization"] = f"Bearer {token}"
    handover = await offered(registry, final["id"])
    base = f"/registry/v1/handovers/{handover['id']}"
    for format in handover["package"]["formats"]:
        package = await registry.ask("GET", f"{base}/package?format={format}")
        assert package.status == 200
        with zipfile.ZipFile(io.BytesIO(package.raw)) as archive:
            assert any(archive.read(name) == pdf for name in archive.namelist() if name.endswith(".pdf"))
    package = await registry.ask("GET", f"{base}/package?format={handover['package']['formats'][0]}")
    digest = hashlib.sha256(package.raw).digest()
    assert package.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert handover["package"]["sha256"] == digest.hex()
    (await registry.ask("PUT", f"{base}/receipt", {"sha256": "0" * 64})).refused(409, "fixity_mismatch")
    await registry.put(f"{base}/receipt", {"sha256": digest.hex()})
    registration = {"reference": "KÚ 1/2026", "fileMark": "56.1", "retentionSign": "A", "retentionYears": 10}
    assert (await registry.put(f"{base}/registration", registration))["state"] == "registered"
    assert (await registry.put(f"{base}/registration", registration))["state"] == "registered"
    assert (await registry.put(f"{base}/archival", {"archiveId": "NA-1"}))["state"] == "archived"
    kinds = [event["type"] for event in await events(registry) if event.get("subject") == handover["id"]]
    assert kinds == [f"cz.paraph.handover.{word}" for word in ("offered", "received", "registered", "archived")]


async def offered(registry: Outside, version: str) -> dict[str, Any]:
    for _ in range(200):
        for found in await registry.all("/registry/v1/handovers?state=offered"):
            if found["version"] == version:
                return dict(found)
        await asyncio.sleep(0.1)
    raise AssertionError("the signed version was not offered")


async def events(registry: Outside) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page = await registry.get("/registry/v1/events?limit=100")
    while page["items"]:
        found += page["items"]
        page = await registry.get(f"/registry/v1/events?limit=100&after={page['next']}")
    return found


async def test_a_citizen_is_told_the_stage_and_no_name_or_title(story: Story) -> None:
    submitter, document = await begun(story, title="Tajný název")
    code = (await submitter.post(f"/api/v1/documents/{document['id']}/status-codes"))["code"]
    citizen = await story.stranger()
    told = await citizen.post("/public/v1/status-queries", {"code": code})
    assert {"stage", "since", "department", "mustAct"} <= told.keys()
    assert "Tajný název" not in str(told)
    assert submitter.me["name"] not in str(told)
    unknown = await citizen.ask("POST", "/public/v1/status-queries", {"code": "0000-0000-0000-0000-0"})
    unknown.refused(404, "no_such_code")


async def test_the_trail_is_complete_and_verifies_from_the_command_line(story: Story) -> None:
    submitter, document = await begun(story)
    await finalised(submitter, document["id"])
    trail = await submitter.get(f"/api/v1/documents/{document['id']}/audit")
    kinds = [fact["type"] for fact in trail]
    assert kinds[0] == "document.created"
    assert "version.created" in kinds
    assert [fact["seq"] for fact in trail] == sorted(fact["seq"] for fact in trail)
    story.office.server.stop()
    run("verify", *story.office.storage_options)
