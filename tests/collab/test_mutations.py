"""Bytes that were changed on the way: what passes all judges leaves a document that every editor can load."""

from __future__ import annotations

import random

import pytest

from collab.document.draft import Draft
from collab.errors import CollabError
from collab.judging.clocks import Clocks
from collab.judging.places import Places
from collab.update import NOTHING, Range, Update, read
from tests.collab.npm import Editor, bytes_of, vectors

TRIES = 6000


def mutated(update: bytes, chance: random.Random) -> bytes:
    data = bytearray(update)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 4)]
                data = data or bytearray(b"\0")
            case _:
                data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 3)))
    return bytes(data)


def judged(draft: Draft, found: Update) -> Clocks:
    """The clocks after the update. Raises what a room would refuse it with."""
    clocks = Clocks({}, {})
    known = [Range(client, 0, clock) for client, clock in draft.clocks().items()]
    clocks.keep(NOTHING._replace(ranges=known), "eva")
    clocks.judge(found, "eva")
    Places.of(read(draft.since())).judge(found)
    clocks.keep(found, "eva")
    return clocks


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_passes_leaves_a_document_that_every_editor_loads(seed: int) -> None:
    chance, passed = random.Random(seed), 0
    updates = [bytes_of(update) for update in vectors(seed)["updates"]]
    with Editor() as editor:
        for _ in range(TRIES):
            at = chance.randrange(1, len(updates))
            data = mutated(updates[at], chance)
            try:
                found = read(data)
                draft = Draft(updates[:at])
                clocks = judged(draft, found)
            except CollabError:
                continue
            draft.apply([data])
            assert draft.clocks() == clocks.kept()
            assert editor.load(draft.since())["pending"] is False
            passed += 1
    assert passed > TRIES / 400
