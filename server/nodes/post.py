"""What this process has to tell the others, gathered until it is sent. Nobody waits for it, and it is bounded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import MutableMapping, Sequence
from typing import TypeVar

from collab.awareness import State
from server.nodes.letters import Letter, Said, Work

MOST = 10_000
"""Things of one kind that wait to be told; more are left out: they are found in the database, or said again."""

log = logging.getLogger("paraph.nodes")

K = TypeVar("K")
V = TypeVar("V")


class Silence:
    """The post of a process that has no way to others."""

    def ring(self, document: str, seq: int) -> None:
        """The document's journal has an entry of this number."""

    def say(self, document: str, person: str, states: Sequence[State]) -> None:
        """What clients of this person said about where they are."""

    def ask(self, document: str) -> None:
        """Who is where in this document?"""

    def tell_fact(self, seq: int) -> None:
        """The log of facts has this number."""

    def tell_here(self, document: str, here: Sequence[dict[str, str]]) -> None:
        """Who is at the document, of those who are connected here."""

    def tell_work(self, work: Work) -> None:
        """How far a job is."""


class Post(Silence):
    """What is told twice before it was sent is told once. `news` is set while there is something to send."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.news = asyncio.Event()
        self._clear()

    def _clear(self) -> None:
        self._rings: dict[str, int] = {}
        self._said: dict[tuple[str, int], Said] = {}
        self._asked: dict[str, None] = {}
        self._here: dict[str, list[dict[str, str]]] = {}
        self._jobs: dict[str, Work] = {}
        self._facts = 0
        self.news.clear()

    def ring(self, document: str, seq: int) -> None:
        self._note(self._rings, document, seq)

    def say(self, document: str, person: str, states: Sequence[State]) -> None:
        for state in states:
            self._note(self._said, (document, state.client), Said(document, person, *state))

    def ask(self, document: str) -> None:
        self._note(self._asked, document, None)

    def tell_fact(self, seq: int) -> None:
        self._facts = max(self._facts, seq)
        self.news.set()

    def tell_here(self, document: str, here: Sequence[dict[str, str]]) -> None:
        self._note(self._here, document, list(here))

    def tell_work(self, work: Work) -> None:
        self._note(self._jobs, work.job, work)

    def _note(self, kept: MutableMapping[K, V], key: K, value: V) -> None:
        if len(kept) < MOST or key in kept:
            kept[key] = value
        self.news.set()

    def letter(self) -> Letter:
        """All of it; empty when there is nothing."""
        letter = Letter(
            self.node,
            self._rings,
            self._facts,
            list(self._said.values()),
            list(self._asked),
            self._here,
            list(self._jobs.values()),
        )
        self._clear()
        return letter
