"""Structs as no editor writes them: what the judges let in says the same in yrs, however it is loaded, and in Yjs."""

from __future__ import annotations

import base64
import json
import random
import subprocess
from collections.abc import Sequence
from itertools import chain
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.document.draft import Draft
from collab.document.merging import merge
from collab.document.reading import attributes_of
from collab.errors import CollabError
from collab.judging.clocks import Clocks
from collab.judging.places import Places
from collab.judging.verdict import is_news, judge
from collab.lib0 import write_any, write_string, write_uint
from collab.update import read
from tests.collab.npm import packages

DOCUMENTS, UPDATES, CLIENTS = 120, 60, (3, 17, 40)

Told = Any
"""A text, or an element as its name, its attributes and what is in it."""


class Hostile:
    """Makes updates that continue their clocks and refer to what is known, and else to anything."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.known: list[tuple[int, int]] = []
        self.next = dict.fromkeys(CLIENTS, 0)

    def first(self) -> bytes:
        """Two paragraphs with a word each."""
        paragraph = b"\x07\x01" + write_string("body") + b"\x03" + write_string("paragraph")
        body = b"".join(
            paragraph
            + b"\x07\x00\x03"
            + write_uint(at)
            + b"\x06\x04\x00\x03"
            + write_uint(at + 1)
            + write_string("slovo")
            for at in (0, 7)
        )
        return b"\x01\x06\x03\x00" + body + b"\x00"

    def update(self) -> bytes:
        client = self._chance.choice(CLIENTS)
        clock, ids, structs = self.next[client], list(self.known), list[bytes]()
        for _ in range(self._chance.choice((1, 1, 2, 4))):
            struct, length = self._struct(ids)
            structs.append(struct)
            ids += [(client, clock + at) for at in range(length)]
            clock += length
        head = write_uint(len(structs)) + write_uint(client) + write_uint(self.next[client])
        return b"\x01" + head + b"".join(structs) + self._deletions(ids)

    def took(self, update: bytes) -> None:
        for client, start, length in read(update).ranges:
            self.known += [(client, start + at) for at in range(length)]
            self.next[client] = start + length

    def _deletions(self, ids: Sequence[tuple[int, int]]) -> bytes:
        if self._chance.random() > 0.3:
            return b"\x00"
        client = self._chance.choice(ids)[0]
        clocks = [clock for by, clock in ids if by == client]
        ranges = [(self._chance.choice(clocks), self._chance.choice((0, 1, 1, 1, 3))) for _ in (1, 2)]
        return b"\x01" + write_uint(client) + b"\x02" + b"".join(write_uint(part) for one in ranges for part in one)

    def _struct(self, ids: Sequence[tuple[int, int]]) -> tuple[bytes, int]:
        match self._chance.choices(("element", "text", "letters", "value", "deleted", "collected"), (5, 4, 6, 1, 1, 2))[
            0
        ]:
            case "element":
                name = self._chance.choice(("paragraph", "paragraph", "heading", "blockquote"))
                return self._placed(7, ids, b"\x03" + write_string(name)), 1
            case "text":
                return self._placed(7, ids, b"\x06"), 1
            case "letters":
                word = self._chance.choice(("a", "bc", "def"))
                return self._placed(4, ids, write_string(word)), len(word)
            case "value":
                values = [write_any(self._chance.choice("pq")) for _ in range(self._chance.choice((1, 1, 2)))]
                return self._placed(8, ids, write_uint(len(values)) + b"".join(values), "id"), len(values)
            case "deleted":
                return self._placed(1, ids, b"\x02"), 2
            case _:
                return b"\x00\x01", 1

    def _placed(self, kind: int, ids: Sequence[tuple[int, int]], content: bytes, sub: str | None = None) -> bytes:
        def some() -> bytes:
            return b"".join(map(write_uint, self._chance.choice(ids[-12:] if self._chance.random() < 0.5 else ids)))

        beside = self._chance.choice((0, 0, 128, 128, 64, 192, 192)) if ids else 0
        if beside:
            return bytes((kind | beside,)) + some() + (some() if beside == 192 else b"") + content
        parent = b"\x00" + some() if ids and self._chance.random() < 0.7 else b"\x01" + write_string("body")
        named = write_string(sub) if sub else b""
        return bytes((kind | (32 if sub else 0),)) + parent + named + content


def accepted(chance: random.Random) -> list[list[bytes]]:
    """The updates that a room would write, as it would write them, each time that it is opened anew."""
    hostile, clocks, places, written = Hostile(chance), Clocks({}, {}), Places(), [list[bytes]()]
    for at in range(UPDATES):
        try:
            found = read(brought := hostile.update() if at else hostile.first())
            if not is_news(found, clocks, None):
                continue
            verdict = judge(brought, found, "eva", clocks, places)
        except CollabError:
            continue
        clocks.expect(verdict.read, "eva")
        places.add(verdict.placed, verdict.read.halves)
        clocks.keep(verdict.read, "eva")
        written[-1].append(verdict.news)
        hostile.took(verdict.news)
        if chance.random() < 0.03:
            places = Places.of(read(Draft(list(chain(*written))).since()))
            written.append([])
    return [updates for updates in written if updates]


def said(updates: Sequence[bytes]) -> list[Told]:
    doc: Doc[Any] = Doc()
    body = doc.get("body", type=XmlFragment)
    for update in updates:
        doc.apply_update(update)
    return [_said(child) for child in body.children]


def _said(child: XmlElement | XmlText | XmlFragment) -> Told:
    if isinstance(child, XmlText):
        return "".join(str(run) for run, _ in child.diff())
    assert isinstance(child, XmlElement)
    return [child.tag, attributes_of(child), [_said(inner) for inner in child.children]]


def letters(told: Sequence[Told]) -> int:
    return sum(len(one) if isinstance(one, str) else letters(one[2]) for one in told)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_let_in_says_the_same_everywhere(seed: int) -> None:
    chance, read_letters = random.Random(seed), 0
    documents = [written for _ in range(DOCUMENTS) if (written := accepted(chance))]
    updates, frames = [list(chain(*times)) for times in documents], [list(map(merge, times)) for times in documents]
    for one, few, yjs, yjs_few in zip(updates, frames, in_yjs(updates), in_yjs(frames), strict=True):
        live = said(one)
        assert not yjs["pending"]
        for told in (yjs["said"], yjs_few["said"], said(few), said([Draft(one).since()])):
            assert told == live
        read_letters += letters(live)
    assert read_letters > DOCUMENTS


def in_yjs(documents: Sequence[Sequence[bytes]]) -> list[Told]:
    lines = [json.dumps([base64.b64encode(update).decode() for update in updates]) for updates in documents]
    told = subprocess.run(
        ["node", "says.mjs"], cwd=packages(), check=True, capture_output=True, input="\n".join(lines).encode()
    )
    return [json.loads(line) for line in told.stdout.splitlines()]
