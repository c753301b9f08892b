"""The story that outside programs live through: the demo office's people, a document, its signing."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.journeys.outside import Outside

if TYPE_CHECKING:
    from tests.journeys.conftest import Running


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


C1 = CONTENT["content"][1]["content"][0]["text"]  # type: ignore[index]


async def begun(story: Story, **more: Any) -> tuple[Outside, dict[str, Any]]:
    """A submitter and a new document of theirs."""
    submitter = await story.sit(story.office.person("submitter"))
    department = submitter.me["departments"][0]["id"]
    body = {"title": "Zásady zkušební", "department": department, "content": CONTENT, **more}
    return submitter, await submitter.post("/api/v1/documents", body)


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
