"""The whole way by a program that knows only the published interface, on both engines."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from tests.journeys.conftest import Running
from tests.journeys.outside import Outside, paragraph, write
from tests.servers.paraph import run


@dataclass(slots=True)
class Story:
    """The people of the demo office as programs, by what they are."""

    office: Running
    stack: AsyncExitStack
    signed_in: dict[str, Outside] = field(default_factory=dict)

    async def sit(self, person: dict[str, Any]) -> Outside:
        login = person["login"]
        if login not in self.signed_in:
            outside = await self.stranger()
            await outside.sign_in(login, person["password"])
            self.signed_in[login] = outside
        return self.signed_in[login]

    async def stranger(self) -> Outside:
        jar = aiohttp.CookieJar(unsafe=True)
        http = await self.stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        return Outside(self.office.server.url, http)

    def speakers(self, but: str) -> list[dict[str, Any]]:
        """One coordinator or head for each department but this one."""
        found: dict[str, dict[str, Any]] = {}
        for person in self.office.people:
            if {"coordinator", "head"} & set(person["roles"]) and person["department"] != but:
                found.setdefault(person["department"], person)
        return list(found.values())


@pytest.fixture
async def story(running: Running) -> AsyncIterator[Story]:
    async with AsyncExitStack() as stack:
        yield Story(running, stack)


def due(days: int = 21) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


CONTENT = {
    "schema": 1,
    "type": "doc",
    "content": [
        {"type": "article", "attrs": {"id": "a1"}, "content": [{"type": "text", "text": "Výše dotace"}]},
        {
            "type": "clause",
            "attrs": {"id": "c1"},
            "content": [{"type": "text", "text": "Dotace činí nejvýše 300 000 Kč na jednoho příjemce."}],
        },
        {
            "type": "clause",
            "attrs": {"id": "c2"},
            "content": [{"type": "text", "text": "Spoluúčast příjemce činí alespoň 30 %."}],
        },
    ],
}


def anchor(text: str, block: str, quote: str, **more: Any) -> dict[str, Any]:
    start = text.index(quote)
    return {
        "block": block,
        "start": start,
        "end": start + len(quote),
        "quote": quote,
        "prefix": text[max(0, start - 32) : start],
        "suffix": text[start + len(quote) :][:32],
        **more,
    }


C1, C2 = (block["content"][0]["text"] for block in CONTENT["content"][1:])  # type: ignore[index]


async def begun(story: Story, **more: Any) -> tuple[Outside, dict[str, Any]]:
    """A submitter and a new document of theirs."""
    submitter = await story.sit(story.office.person("submitter"))
    department = submitter.me["departments"][0]["id"]
    body = {"title": "Zásady zkušební", "department": department, "content": CONTENT, **more}
    return submitter, await submitter.post("/api/v1/documents", body)


async def test_two_people_write_together_and_what_is_saved_survives_kill_9(story: Story) -> None:
    submitter, document = await begun(story)
    path = f"/api/v1/documents/{document['id']}"
    other_person = next(
        p for p in story.office.people if p["login"] != submitter.me["login"] and "editor" in p["roles"]
    )
    other = await story.sit(other_person)
    await submitter.put(f"{path}/members/{other.me['id']}", {"role": "editor"})
    first, second = await write(submitter, document["id"]), await write(other, document["id"])
    assert first.role == "submitter"
    assert second.role == "editor"
    assert isinstance(first.epoch, int)
    for at in range(20):
        for number, writer in enumerate((first, second)):
            await writer.send(lambda body, n=number, i=at: body.children.append(paragraph(f"{n}-{i}", f"p{n}-{i}")))
    await asyncio.gather(first.until_saved(), second.until_saved())
    story.office.restart_after_kill()
    again = await write(submitter, document["id"])
    lines = set(again.text().split("\n"))
    assert {f"{n}-{i}" for n in (0, 1) for i in range(20)} <= lines
    assert C1 in lines


async def test_a_reader_may_look_but_what_it_writes_is_refused(story: Story) -> None:
    submitter, document = await begun(story)
    reader = await story.sit(story.office.person("reviewer"))
    path = f"/api/v1/documents/{document['id']}/members/{reader.me['id']}"
    await submitter.put(path, {"role": "reader"})
    writer = await write(reader, document["id"])
    await writer.send(lambda body: body.children.append(paragraph("vetřelec", "x1")))
    while not writer.refusals:
        await writer.read()
    assert writer.refusals == [(writer.sent, "not_allowed")]
    content = await submitter.get(f"/api/v1/documents/{document['id']}/content?format=json")
    assert "vetřelec" not in str(content)


async def test_a_remark_follows_its_passage_and_is_orphaned_when_its_text_is_gone(story: Story) -> None:
    submitter, document = await begun(story)
    path = f"/api/v1/documents/{document['id']}"
    body = {"anchor": anchor(C1, "c1", "300 000 Kč"), "text": "Opravdu tolik?"}
    thread = await submitter.post(f"{path}/threads", body)
    assert thread["place"] == {"block": "c1", "start": C1.index("300"), "end": C1.index(" na jednoho")}
    writer = await write(submitter, document["id"])

    def edit(body: Any) -> None:
        body.children[1].children[0].insert(0, "Výjimečně: ")

    await writer.send(edit)
    await writer.until_saved()
    moved = (await submitter.all(f"{path}/threads"))[0]
    assert moved["place"]["start"] == C1.index("300") + len("Výjimečně: ")

    def wipe(body: Any) -> None:
        del body.children[1]

    await writer.send(wipe)
    await writer.until_saved()
    gone = (await submitter.all(f"{path}/threads"))[0]
    assert gone["place"] == "orphaned"
    assert gone["anchor"]["quote"] == "300 000 Kč"
    resolved = await submitter.ask("PATCH", f"/api/v1/threads/{gone['id']}", {"resolved": True}, match=gone["rev"])
    assert resolved.ok()["resolved"] is True


@dataclass(slots=True)
class Reviewed:
    submitter: Outside
    document: dict[str, Any]
    round: dict[str, Any]
    speakers: list[Outside]

    @property
    def path(self) -> str:
        return f"/api/v1/documents/{self.document['id']}"


async def reviewed(story: Story) -> Reviewed:
    """A round with three departments asked, open."""
    submitter, document = await begun(story)
    own = story.office.person("submitter")["department"]
    people = story.speakers(own)[:3]
    assert len(people) == 3
    speakers = [await story.sit(person) for person in people]
    asked = [{"department": speaker.me["departments"][0]["id"], "mandatory": True} for speaker in speakers]
    body = {"title": "1. kolo", "consultees": asked, "due": due(), "silence": "deemed"}
    prepared = await submitter.post(f"/api/v1/documents/{document['id']}/rounds", body)
    assert prepared["state"] == "prepared"
    opened = await submitter.post(f"/api/v1/rounds/{prepared['id']}/open")
    assert opened["state"] == "open"
    return Reviewed(submitter, document, opened, speakers)


def consultee(round: dict[str, Any], speaker: Outside) -> str:
    mine = {department["id"] for department in speaker.me["departments"]}
    return next(str(c["id"]) for c in round["consultees"] if c.get("department") in mine)


async def test_comments_are_internal_until_the_opinion_then_settled_and_a_dispute_is_removed(story: Story) -> None:
    it = await reviewed(story)
    rounds = f"/api/v1/rounds/{it.round['id']}"
    version = await it.submitter.get(f"/api/v1/versions/{it.round['version']}")
    assert (version["number"], version["kind"]) == ("0.1", "frozen")
    first, second, third = it.speakers
    major = {
        "class": "major",
        "anchor": anchor(C1, "c1", "300 000 Kč", version=version["id"]),
        "text": "Strop vyřadí festivaly.",
        "consultee": consultee(it.round, first),
        "proposal": "500 000 Kč",
    }
    (await first.ask("POST", f"{rounds}/comments", major)).refused(422, "invalid")
    comment = await first.post(f"{rounds}/comments", major | {"justification": "Náklady přesahují milion."})
    assert await it.submitter.all(f"{rounds}/comments") == []
    opinion = f"{rounds}/opinions/{consultee(it.round, first)}"
    await first.put(opinion, {"kind": "with_major_comments"})
    assert (await first.ask("PUT", opinion, {"kind": "no_comments"})).status in (409, 428)
    await second.put(f"{rounds}/opinions/{consultee(it.round, second)}", {"kind": "no_comments"})
    rejected = await second.ask("PUT", f"{rounds}/opinions/{consultee(it.round, first)}", {"kind": "no_comments"})
    assert rejected.status in (403, 404)
    (await it.submitter.ask("POST", f"{rounds}/close")).refused(409, "still_waiting")
    await third.put(f"{rounds}/opinions/{consultee(it.round, third)}", {"kind": "no_comments"})
    closed = await it.submitter.get(rounds)
    assert closed["state"] in ("closed", "settling")
    late = await first.ask("POST", f"{rounds}/comments", major | {"justification": "x"})
    assert late.status == 409
    (await it.submitter.ask("POST", f"{it.path}/finalize")).refused(409, "unsettled_comments")
    shown = (await it.submitter.all(f"{rounds}/comments"))[0]
    settle = f"/api/v1/comments/{comment['id']}/settlement"
    assert (await it.submitter.ask("PUT", settle, {"kind": "rejected"})).status == 422
    settled = await it.submitter.put(settle, {"kind": "rejected", "reason": "Rozpočet to neumožní."})
    assert settled["number"] == shown["number"]
    answer = {"agree": False, "note": "Trváme na svém."}
    disputed = await first.put(f"/api/v1/comments/{comment['id']}/answer", answer)
    assert disputed["dispute"]["state"] == "negotiating"
    removed = await it.submitter.post(
        f"/api/v1/comments/{comment['id']}/dispute/remove", {"note": "Dohoda na jednání."}
    )
    assert removed["dispute"]["state"] == "removed"
    done = await it.submitter.get(rounds)
    assert done["state"] == "settled"
    assert done["comments"] == {"total": 1, "unsettled": 0, "disputes": 0}
    report = await it.submitter.get(f"{rounds}/report?format=json")
    assert "Rozpočet to neumožní." in str(report)
    pdf = await it.submitter.ask("GET", f"{rounds}/report?format=pdf")
    assert pdf.raw.startswith(b"%PDF-")


async def test_an_accepted_proposal_goes_into_the_draft_once(story: Story) -> None:
    it = await reviewed(story)
    rounds = f"/api/v1/rounds/{it.round['id']}"
    first = it.speakers[0]
    comment = await first.post(
        f"{rounds}/comments",
        {
            "class": "recommending",
            "anchor": anchor(C1, "c1", "300 000 Kč"),
            "text": "Zvýšit.",
            "consultee": consultee(it.round, first),
            "proposal": "500 000 Kč",
        },
    )
    for speaker, kind in zip(it.speakers, ("with_comments", "no_comments", "not_competent"), strict=True):
        await speaker.put(f"{rounds}/opinions/{consultee(it.round, speaker)}", {"kind": kind})
    await it.submitter.put(f"/api/v1/comments/{comment['id']}/settlement", {"kind": "accepted"})
    await it.submitter.post(f"/api/v1/comments/{comment['id']}/apply")
    text = (await it.submitter.ask("GET", f"{it.path}/content?format=text")).raw.decode()
    assert "nejvýše 500 000 Kč na jednoho" in text
    again = await it.submitter.ask("POST", f"/api/v1/comments/{comment['id']}/apply")
    assert again.status in (200, 409)
    assert (await it.submitter.ask("GET", f"{it.path}/content?format=text")).raw.decode() == text


@dataclass(slots=True)
class Signer:
    outside: Outside
    pin: str
    credential: str


async def signers(story: Story) -> list[Signer]:
    found = []
    for person in story.office.people:
        if person.get("pin"):
            outside = await story.sit(person)
            credentials = await outside.get("/api/v1/credentials")
            found.append(Signer(outside, person["pin"], credentials[0]["id"]))
    return found


async def finalised(submitter: Outside, document: str) -> dict[str, Any]:
    job = await submitter.job(await submitter.ask("POST", f"/api/v1/documents/{document}/finalize"))
    assert job["state"] == "done", job
    version: dict[str, Any] = await submitter.get(f"/api/v1/versions/{job['result']['version']}")
    return version


async def signed(submitter: Outside, version: dict[str, Any], signer: Signer, level: str = "B-T") -> bytes:
    steps = [{"signers": [signer.outside.me["id"]], "order": "parallel", "level": level}]
    await submitter.post(f"/api/v1/versions/{version['id']}/signing", {"steps": steps})
    desk = await signer.outside.get("/api/v1/signing-desk")
    request = next(row["request"] for row in desk if row["version"] == version["id"])
    act = {"requests": [request], "credential": signer.credential, "pin": signer.pin}
    job = await signer.outside.job(await signer.outside.ask("POST", "/api/v1/signing-acts", act))
    assert [outcome["result"] for outcome in job["outcomes"]] == ["signed"], job
    return (await submitter.ask("GET", f"/api/v1/versions/{version['id']}/file")).raw


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
