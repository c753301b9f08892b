"""A review in the small office, over HTTP: prepared, opened, commented, answered, settled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from collab.document.draft import Draft
from review.content import parse, to_json
from tests.server.world import Answer, World

CONTENT = {
    "type": "doc",
    "content": [
        {"type": "heading", "attrs": {"id": "h", "level": 1}, "content": [{"type": "text", "text": "Zásady dotací"}]},
        {"type": "article", "attrs": {"id": "a"}, "content": [{"type": "text", "text": "Lhůty"}]},
        {
            "type": "clause",
            "attrs": {"id": "c"},
            "content": [{"type": "text", "text": "Žadatel předloží vyúčtování do 30 dnů od ukončení projektu."}],
        },
        {
            "type": "clause",
            "attrs": {"id": "d"},
            "content": [{"type": "text", "text": "Kraj o žádosti rozhodne nejpozději do konce roku."}],
        },
    ],
}
PASSAGE = {"block": "c", "start": 28, "end": 37, "quote": "do 30 dnů", "prefix": "", "suffix": ""}


@dataclass(slots=True)
class Review:
    """One round: culture and legal must answer, the director's office may."""

    world: World
    document: str
    round: str = ""

    async def ask(self, login: str, method: str, path: str, body: Any = None, rev: int | None = None) -> Answer:
        browser = await self.world.browser(login)
        headers = {} if rev is None else {"If_Match": f'"{rev}"'}
        return await browser.ask(method, f"/api/v1{path}", body, **headers)

    def id(self, department: str) -> str:
        return self.world.departments[department].id

    async def prepare(self, **more: Any) -> Answer:
        return await self.ask("novakova", "POST", f"/documents/{self.document}/rounds", self.plan() | more)

    def plan(self) -> dict[str, Any]:
        due = datetime.now(UTC) + timedelta(days=14)
        asked = [("OK", True), ("OP", True), ("KR", False)]
        consultees = [{"department": self.id(code), "mandatory": must} for code, must in asked]
        return {"title": "První kolo", "consultees": consultees, "due": due.isoformat(), "silence": "deemed"}

    async def state(self, login: str = "novakova") -> dict[str, Any]:
        answer = await self.ask(login, "GET", f"/rounds/{self.round}")
        assert answer.status == 200, answer.raw
        found: dict[str, Any] = answer.json
        return found

    async def comment(self, login: str, department: str, **more: Any) -> Answer:
        body = {"class": "recommending", "anchor": PASSAGE, "text": "Lhůta je krátká.", "proposal": "do 60 dnů"}
        body |= {"consultee": self.id(department), **more}
        body = {name: value for name, value in body.items() if value is not None}
        return await self.ask(login, "POST", f"/rounds/{self.round}/comments", body)

    async def opine(self, login: str, department: str, kind: str = "no_comments") -> Answer:
        return await self.ask(login, "PUT", f"/rounds/{self.round}/opinions/{self.id(department)}", {"kind": kind})

    async def settle(self, comment: str, kind: str, login: str = "novakova", **more: Any) -> Answer:
        rev = more.pop("rev", None)
        return await self.ask(login, "PUT", f"/comments/{comment}/settlement", {"kind": kind, **more}, rev)

    async def run_out(self) -> None:
        """Time passes: the deadline lies behind."""
        rounds = self.world.office.stores.rounds
        kept = await rounds.get(self.round)
        await rounds.replace(kept, replace(kept.value, due=datetime.now(UTC) - timedelta(minutes=1)))

    async def suggest(self, words: str) -> None:
        """Somebody proposes words in the draft."""
        by = {"id": "s1", "author": self.world.people["dvorak"].id, "at": "2026-11-27T06:30:00Z"}

        def change(draft: Draft) -> None:
            raw = to_json(draft.content())
            raw["content"][2]["content"] += [
                {"type": "text", "text": words, "marks": [{"type": "insertion", "attrs": by}]}
            ]
            draft.become(parse(raw))

        await self.world.office.rooms.edit(self.document, self.world.people["dvorak"].id, change)

    async def words(self) -> str:
        return (await self.world.office.rooms.content(self.document)).plain


async def a_review(world: World) -> Review:
    document = await world.document(content=CONTENT)
    return Review(world, document["id"])


async def an_open_review(world: World) -> Review:
    review = await a_review(world)
    prepared = await review.prepare()
    assert prepared.status == 201, prepared.raw
    review.round = prepared.json["id"]
    opened = await review.ask("novakova", "POST", f"/rounds/{review.round}/open")
    assert opened.status == 200, opened.raw
    return review


async def a_closed_review(world: World, **comment: Any) -> tuple[Review, str]:
    """Culture has commented, legal has nothing to say, the director's office was silent."""
    review = await an_open_review(world)
    made = await review.comment("svoboda", "OK", **comment)
    assert made.status == 201, made.raw
    kind = "with_major_comments" if comment.get("class") == "major" else "with_comments"
    assert (await review.opine("kralova", "OK", kind)).status == 200
    assert (await review.opine("pravda", "OP")).status == 200
    return review, made.json["id"]
