"""The other processes of this office: their letters are answered, and whoever is not heard any more is forgotten."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

from aiohttp import web

from collab.awareness import State
from collab.drafts.shared_rooms import SharedRooms
from review.facts import Recorded
from server.api.dispatch import OFFICE
from server.background import at_work
from server.nodes.letters import Letter
from server.nodes.post import Post
from server.nodes.redis_line import RedisLine
from server.office import Office
from server.realtime.feed import Feed, work_of

EVERYTHING = ""
"""Asked instead of a document: who is where, and who is at which document."""

GONE_AFTER = 4.0
"""Seconds without a letter after which a process is taken for dead."""

DOUBT = 120.0
"""Seconds for which a process that fell silent may still be writing, unheard."""

SURE, UNSURE = 4.0, 1.0
"""Seconds after which a document's journal is looked into: while every process is heard, and while one may not be."""


class Neighbours:
    def __init__(self, office: Office, feed: Feed) -> None:
        self._office, self._feed = office, feed
        self._heard: dict[str, float] = {}
        self._doubt = 0.0
        self._facts = 0
        self.line: RedisLine | None = None

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def pause(self) -> float:
        """How long a journal may go unseen."""
        whole = self.line is not None and self.line.whole and self._office.node in self._heard
        return SURE if whole and self._now > self._doubt else UNSURE

    def hear(self, letter: Letter) -> None:
        node, known = letter.node, letter.node in self._heard
        if letter.bye:
            self._forget(node)
            return
        self._heard[node] = self._now
        if node == self._office.node:
            return
        if not known or EVERYTHING in letter.asked:
            self._introduce()
        self._hear_drafts(letter)
        if letter.facts > self._facts:
            self._facts = letter.facts
            self._office.ring_facts()
        for document, here in letter.here.items():
            self._feed.hear_places(node, document, here)
        for work in letter.jobs:
            self._feed.hear_work(work)

    def _hear_drafts(self, letter: Letter) -> None:
        rooms = self._office.rooms
        if not isinstance(rooms, SharedRooms):
            return
        for document, seq in letter.rings.items():
            rooms.heard(document, seq)
        said: dict[tuple[str, str], list[State]] = defaultdict(list)
        for one in letter.said:
            said[one.document, one.person].append(State(one.client, one.clock, one.state))
        for (document, person), states in said.items():
            rooms.relay(document, letter.node, person, states)
        for document in letter.asked:
            rooms.say_all(document)

    def tell_fact(self, recorded: Recorded) -> None:
        """Unless the others told of it."""
        if recorded.seq > self._facts:
            self._office.post.tell_fact(recorded.seq)

    def _introduce(self) -> None:
        """Somebody new is to know who is where here."""
        self._feed.say_places()
        if isinstance(self._office.rooms, SharedRooms):
            self._office.rooms.say_all()

    def regained(self) -> None:
        """Letters may have been missed: tell everything and look everywhere."""
        self._introduce()
        self._office.post.ask(EVERYTHING)
        self._office.ring_facts()
        if isinstance(self._office.rooms, SharedRooms):
            self._office.rooms.look_everywhere()

    async def sweep(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(GONE_AFTER / 8)
            for node in [node for node, heard in self._heard.items() if self._now - heard > GONE_AFTER]:
                self._doubt = self._now + DOUBT
                self._forget(node)

    def _forget(self, node: str) -> None:
        self._heard.pop(node, None)
        self._feed.forget(node)
        if isinstance(self._office.rooms, SharedRooms):
            self._office.rooms.forget(node)


def add_neighbours(app: web.Application, feed: Feed) -> None:
    """Nothing where this process is alone."""
    office = app[OFFICE]
    rooms, post = office.rooms, office.post
    if not isinstance(rooms, SharedRooms):
        return
    neighbours = Neighbours(office, feed)
    if isinstance(post, Post):
        neighbours.line = RedisLine(office.settings.redis, office.channel, post, neighbours.hear, neighbours.regained)
        office.hear(neighbours.tell_fact)
        office.jobs.listeners.append(lambda job: post.tell_work(work_of(job)))

    async def attend(_: web.Application) -> AsyncIterator[None]:
        works = {"silent processes": neighbours.sweep(), "drafts of other processes": rooms.follow(neighbours.pause)}
        if neighbours.line:
            works["line to other processes"] = neighbours.line.run()
        async with at_work(works):
            yield

    app.cleanup_ctx.append(attend)
