"""Several people who write in one draft through whatever happens, and what must hold for them in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.reliability.roaming import Roamer
from tests.server.world import World, open_world

HEALED = 5.0
"""Seconds in which everybody is to have everything once a fault is over."""

WRITERS = ("novakova", "dvorak")
PARAGRAPH = {"type": "paragraph", "attrs": {"id": "p"}, "content": [{"type": "text", "text": "|"}]}
TEXT: dict[str, Any] = {"type": "doc", "content": [PARAGRAPH]}


@dataclass(slots=True, kw_only=True)
class Crowd:
    document: str
    cookies: dict[str, dict[str, str]]
    roamers: list[Roamer] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def come(self, count: int, pause: float, urls: Sequence[str]) -> None:
        """So many begin to write, half of them as one person, half as another; each tries these ways in turn."""
        for _ in range(count):
            at = len(self.roamers)
            login = WRITERS[at % len(WRITERS)]
            self.roamers.append(Roamer(f"{login[0]}{at}", list(urls), self.document, self.cookies[login]))
            self.tasks += [
                asyncio.create_task(work) for work in (self.roamers[-1].stay(), self.roamers[-1].type(pause))
            ]

    async def go(self) -> None:
        """Everybody leaves."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def told(self, detail: str) -> bool:
        """Whether everybody heard that nothing can be saved, and why."""
        self._kept()
        return all(("not_saved", detail) in [one[1:] for one in roamer.refusals] for roamer in self.roamers)

    def told_anew(self, detail: str, heard: Sequence[int]) -> bool:
        """Whether everybody heard it again after so many refusals, and nothing else since."""
        self._kept()
        since = [roamer.refusals[before:] for roamer, before in zip(self.roamers, heard, strict=True)]
        return all({one[1:] for one in refusals} == {("not_saved", detail)} for refusals in since)

    async def written(self, more: int) -> None:
        """Until so many more words are reported saved."""
        goal = self._kept() + more
        await self.until(lambda: self._kept() >= goal, 30)

    def _kept(self) -> int:
        for roamer in self.roamers:
            roamer.look()
        return sum(len(roamer.kept) for roamer in self.roamers)

    async def until(self, true: Callable[[], object], seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.02)

    async def healed(self) -> None:
        """What was typed until now is saved and with everybody, soon enough; while all go on writing."""
        typed = {word for roamer in self.roamers for word in roamer.words}

        def everywhere() -> bool:
            self._kept()
            kept = {word for roamer in self.roamers for word in roamer.kept}
            return typed <= kept and all(typed <= words_in(roamer) for roamer in self.roamers)

        await self.until(everywhere, HEALED)

    async def settled(self) -> None:
        """Everybody stops; then all copies are equal, in state vector and content, and hold every word."""
        for roamer in self.roamers:
            roamer.typing = False
        await self.until(self._equal, 60)
        for roamer in self.roamers:
            assert roamer.kept == set(roamer.words), roamer.name
            assert roamer.kept <= words_in(roamer)

    def _equal(self) -> bool:
        self._kept()
        first, *others = [roamer.party for roamer in self.roamers]
        same = [other.words == first.words and other.clocks == first.clocks for other in others]
        return all(same) and all(roamer.all_kept for roamer in self.roamers)


def words_in(roamer: Roamer) -> set[str]:
    return {f"<{part}>" for part in roamer.party.words.strip("|\n<>").split("><") if part}


async def an_office(
    data: Path, database: str = "", text: dict[str, Any] = TEXT
) -> tuple[str, dict[str, dict[str, str]]]:
    """One document that both writers may write in, and their cookies: they outlive every restart."""
    async with open_world(data, database) as world:
        document = str((await world.document(content=text))["id"])
        eva = await world.browser("novakova")
        member = f"/api/v1/documents/{document}/members/{world.people['dvorak'].id}"
        assert (await eva.ask("PUT", member, {"role": "editor"})).status == 200
        return document, {login: await cookies_of(world, login) for login in WRITERS}


async def cookies_of(world: World, login: str) -> dict[str, str]:
    jar = (await world.browser(login)).client.session.cookie_jar
    return {morsel.key: morsel.value for morsel in jar}
