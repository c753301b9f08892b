"""In which order structs may have been written, and what it takes to put them in order: counted, not timed."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.document.draft import Draft
from collab.document.merging import merge
from collab.errors import Malformed, TooDear
from collab.judging.clocks import Clocks
from collab.judging.order import ASIDE
from collab.judging.places import Places
from collab.judging.siblings import Block, Siblings
from collab.judging.verdict import is_news, judge
from collab.lib0 import write_string, write_uint
from collab.update import Id, read
from tests.collab.npm import bytes_of, packages
from tests.collab.test_hostile_structs import in_yjs, letters, said

TEXT: Id = (1, 1)
"""A text in a paragraph, as `begun` writes it."""


def sign(left: Id | None, right: Id | None, word: str = "x", kind: int = 4) -> bytes:
    """One struct in `TEXT` between these."""
    beside = b"".join(write_uint(part) for id in (left, right) if id for part in id)
    parent = b"" if beside else b"\x00" + b"".join(map(write_uint, TEXT))
    held = write_string("bold") + write_string("{}") if kind == 6 else write_string(word)
    return bytes((kind | (128 if left else 0) | (64 if right else 0),)) + beside + parent + held


def written(client: int, clock: int, structs: Sequence[bytes], deletions: bytes = b"\x00") -> bytes:
    head = (1, len(structs), client, clock)
    return b"".join(map(write_uint, head)) + b"".join(structs) + deletions


def begun(word: str) -> bytes:
    """A paragraph with a word; its first sign is `(1, 2)`."""
    paragraph = b"\x07\x01" + write_string("body") + b"\x03" + write_string("paragraph")
    return written(1, 0, [paragraph, b"\x07\x00\x01\x00\x06", sign(None, None, word)])


@dataclass
class Office:
    """Judges as a room does."""

    clocks: Clocks = field(default_factory=lambda: Clocks({}, {}))
    places: Places = field(default_factory=Places)
    updates: list[bytes] = field(default_factory=list)

    def take(self, brought: bytes) -> int:
        """What it takes everybody, in steps. Raises what `judge` raises."""
        found = read(brought)
        if not is_news(found, self.clocks, None):
            return 0
        verdict = judge(brought, found, "eva", self.clocks, self.places, ASIDE)
        self.clocks.expect(verdict.read, "eva")
        self.clocks.keep(verdict.read, "eva")
        self.places.add(verdict.placed, verdict.read.halves)
        self.updates.append(verdict.news)
        return verdict.placed.work


def office(*updates: bytes) -> Office:
    made = Office()
    for update in updates:
        made.take(update)
    return made


# Neighbours --------------------------------------------------------------------------------------------------------


WRONG: dict[str, tuple[Id | None, Id | None]] = {
    "what stood between them left out": ((1, 2), (1, 4)),
    "the first left out": (None, (1, 4)),
    "the last put before, in one block": ((1, 4), (1, 3)),
    "itself, in one block": ((1, 3), (1, 3)),
    "what was written beside the left one passed by": ((7, 0), (1, 4)),
    "what the left one was written beside passed by": ((1, 2), (8, 0)),
}


@pytest.mark.parametrize("deed", WRONG)
def test_what_were_never_neighbours_are_refused(deed: str) -> None:
    """In `abcd` one has put a sign behind the first, another one behind the third."""
    judged = office(begun("abcd"), written(7, 0, [sign((1, 2), (1, 3))]), written(8, 0, [sign((1, 4), (1, 5))]))
    with pytest.raises(Malformed, match="wrong order"):
        judged.take(written(9, 0, [sign(*WRONG[deed])]))
    judged.take(written(9, 0, [sign((1, 2), (7, 0)), sign((7, 0), (1, 3)), sign((1, 3), (1, 4)), sign(None, (1, 2))]))


def test_what_others_wrote_between_them_meanwhile_does_no_harm() -> None:
    judged = office(begun("ab"), *(written(client, 0, [sign((1, 2), (1, 3), "yz")]) for client in range(10, 60)))
    assert judged.take(written(9, 0, [sign((1, 2), (1, 3))])) == 1
    assert judged.take(written(70, 0, [sign((1, 2), (1, 3))])) == 51
    judged.take(written(71, 0, [sign((20, 1), (21, 0)), sign((20, 1), (71, 0)), sign((70, 0), (1, 3))]))


def test_what_was_refused_leaves_no_trace_in_the_order() -> None:
    judged = office(begun("abcd"), written(7, 0, [sign((1, 2), (1, 3))]))
    with pytest.raises(Malformed, match="wrong order"):
        judged.take(written(8, 0, [sign((1, 2), (7, 0)), sign((8, 0), (7, 0), "y"), sign((1, 5), (1, 4))]))
    assert judged.take(written(8, 0, [sign((1, 2), (7, 0)), sign((8, 0), (7, 0), "z")])) == 0
    assert said(judged.updates)[0][2] == ["axzxbcd"]


Sign = tuple[Id, Id | None, Id | None]
"""Itself and its neighbours."""

Written = tuple[int, int, int, bool]
"""Client, and between which two it writes: numbers of those that stand there; beside the first where true."""

WRITTEN = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 40), st.integers(0, 40), st.booleans()), min_size=2, max_size=24
)


@settings(max_examples=300)
@given(WRITTEN, st.randoms(use_true_random=False))
def test_what_is_let_in_stands_the_same_however_it_is_read(acts: list[Written], chance: random.Random) -> None:
    siblings, let_in, clocks = Siblings(), list[Sign](), dict.fromkeys(range(1, 5), 0)
    for client, low, high, beside in acts:
        ids: list[Id | None] = [None, *signs_of(siblings), None]
        left = ids[low % (len(ids) - 1)]
        right = ids[low % (len(ids) - 1) + 1] if beside else ids[high % (len(ids) - 1) + 1]
        try:
            siblings.check(left, right)
        except Malformed:
            continue
        let_in.append(((client, clocks[client]), left, right))
        siblings.place(block_of(*let_in[-1]))
        clocks[client] += 1
    for _ in range(3):
        again = Siblings()
        for struct in in_some_order(let_in, chance):
            again.place(block_of(*struct))
        assert signs_of(again) == signs_of(siblings)


def block_of(id: Id, left: Id | None, right: Id | None) -> Block:
    return Block(id[0], id[1], id[1] + 1, left, right, text=True)


def signs_of(siblings: Siblings) -> list[Id | None]:
    return [(block.client, clock) for block in siblings for clock in range(block.clock, block.end)]


def in_some_order(structs: Sequence[Sign], chance: random.Random) -> list[Sign]:
    """Each behind its client's earlier ones and those that it names."""
    waiting, ordered, there = list(structs), list[Sign](), set[Id | None]((None,))
    while waiting:
        ready = [one for one in waiting if {(one[0][0], one[0][1] - 1) if one[0][1] else None, *one[1:]} <= there]
        ordered.append(chance.choice(ready))
        waiting.remove(ordered[-1])
        there.add(ordered[-1][0])
    return ordered


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_honest_clients_write_is_let_in(seed: int) -> None:
    """Four of Yjs, often offline, who undo and redo; the office is opened anew now and then."""
    made = subprocess.run(["node", "honest.mjs", str(seed), "600"], cwd=packages(), check=True, capture_output=True)
    judged, chance = Office(), random.Random(seed)
    for update in map(bytes_of, json.loads(made.stdout)):
        judged.take(update)
        match chance.randrange(40):
            case 0:
                judged.places = Places.of(read(Draft(judged.updates).since()))
            case 1:
                judged.places = Places.loaded(judged.places.dump()) or Places()
    live = said(judged.updates)
    [yjs] = in_yjs([judged.updates])
    assert yjs["said"] == live == said([merge(judged.updates)]) == said([Draft(judged.updates).since()])
    assert len(judged.updates) > 100
    assert letters(live) > 0


# What it takes -----------------------------------------------------------------------------------------------------


def formats(count: int, left: Id, right: Id) -> bytes:
    """So many of client 8, one behind another: libraries hold each by itself."""
    return written(8, 0, [sign(left if at == 0 else (8, at - 1), right, kind=6) for at in range(count)])


def test_thousands_at_one_place_past_thousands_of_others_are_refused() -> None:
    judged = office(begun("ab"), formats(5000, (1, 2), (1, 3)))
    with pytest.raises(TooDear) as refused:
        judged.take(written(9, 0, [sign((1, 2), (1, 3))] * 5000))
    assert refused.value.code == "too_large"
    assert refused.value.detail.startswith("steps ")
    assert judged.take(written(9, 0, [sign((1, 2), (1, 3))] * 50)) == 50 * 5000 + 49


def test_many_small_updates_at_one_place_do_not_add_up_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collab.judging.order.MOST_FOR_ALL", 30_000)
    judged, client = office(begun("ab")), 10
    while sum(range(client - 9)) <= 30_000:
        judged.take(written(client, 0, [sign((1, 2), (1, 3))]))
        client += 1
    for _ in range(2):
        with pytest.raises(TooDear):
            judged.take(written(client, 0, [sign((1, 2), (1, 3))]))
    assert judged.take(written(client, 0, [sign((client - 1, 0), (1, 3)), sign((client, 0), (1, 3))])) < 5


def test_thousands_of_values_of_one_attribute_are_refused() -> None:
    value = b"\x28\x00\x01\x00" + write_string("textAlign") + b"\x01\x77" + write_string("left")
    judged = office(begun("a"))
    with pytest.raises(TooDear):
        judged.take(written(9, 0, [value] * 5000))
    judged.take(written(9, 0, [value] * 100))


def test_blocks_are_not_taken_apart_before_many_others_again_and_again() -> None:
    """Every other sign of the second half is deleted, then of the first: all behind move on for each of them."""

    def deleted(clocks: range) -> bytes:
        ranges = b"".join(write_uint(clock) + b"\x01" for clock in clocks)
        return b"\x00\x01\x01" + write_uint(len(clocks)) + ranges

    judged = office(begun("a" * 100_000))
    for low in range(50_000, 100_000, 20_000):
        judged.take(deleted(range(low, min(low + 20_000, 100_000), 2)))
    with pytest.raises(TooDear):
        judged.take(deleted(range(100, 8000, 2)))
    assert judged.take(deleted(range(100, 200, 2))) > 100


def test_text_in_more_pieces_than_can_be_put_together_is_refused() -> None:
    """The native library keeps every copy meanwhile: 240,000 single signs in a row took 30 GB."""
    judged = office(begun("ab"))
    for pieces, word in ((40_000, "x"), (2000, "x" * 2000)):
        behind = [(1, 2), *((9, len(word) * at - 1) for at in range(1, pieces))]
        with pytest.raises(TooDear):
            judged.take(written(9, 0, [sign(left, (1, 3), word) for left in behind]))
    judged.take(written(9, 0, [sign((1, 2), (1, 3), "x" * 2_000_000)]))


HONEST: dict[str, Callable[[], list[bytes]]] = {
    "a long paste": lambda: [formats(20_000, (1, 2), (1, 3))],
    "10,000 signs one by one, kept by a client that was offline": lambda: [
        written(9, 0, [sign((1, 2) if at == 0 else (9, at - 1), (1, 3)) for at in range(10_000)])
    ],
    "a long paste backwards": lambda: [
        written(9, 0, [sign((1, 2), (1, 3) if at == 0 else (9, at - 1)) for at in range(20_000)])
    ],
    "5,000 signs typed backwards at the start": lambda: [
        written(9, at, [sign(None, (1, 2) if at == 0 else (9, at - 1))]) for at in range(5000)
    ],
    "two at once, 300 signs backwards each": lambda: [
        written(client, 0, [sign(None, (1, 2) if at == 0 else (client, at - 1)) for at in range(300)])
        for client in (8, 9)
    ],
    "100 at one place at once, 50 signs each": lambda: [
        written(client, at, [sign((1, 2) if at == 0 else (client, at - 1), (1, 3))])
        for at in range(50)
        for client in range(10, 110)
    ],
    "a sign between any two of 20,000": lambda: [
        written(1, 5, [sign((1, 4), None, "b" * 20_000)]),
        written(9, 0, [sign((1, at), (1, at + 1)) for at in random.Random(1).sample(range(5, 20_000), 15_000)]),
    ],
}


@pytest.mark.parametrize("deed", HONEST)
def test_honest_work_of_any_size_is_let_in(deed: str) -> None:
    judged, updates = office(begun("abc")), HONEST[deed]()
    for update in updates:
        judged.take(update)
    assert len(judged.updates) == 1 + len(updates)


def test_who_was_offline_for_20_000_edits_comes_back() -> None:
    """Of an author who wrote all over a draft, while others wrote at the same places."""
    chance, doc = random.Random(3), Doc[Any](client_id=5)
    body = doc.get("body", type=XmlFragment)
    for _ in range(40):
        body.children.append(XmlElement("paragraph", {}, [XmlText("a word or two of a draft that goes on")]))
    judged = office(doc.get_update())
    other = Doc[Any](client_id=99)
    shared = other.get("body", type=XmlFragment)
    other.apply_update(doc.get_update())
    state = doc.get_state()
    for fragment, edits in ((body, 20_000), (shared, 500)):
        for _ in range(edits):
            edit(fragment, chance)
    theirs = other.get_update(state)
    judged.take(theirs)
    judged.take(doc.get_update(state))
    assert len(judged.updates) == 3


def edit(body: XmlFragment, chance: random.Random) -> None:
    element = body.children[chance.randrange(len(body.children))]
    assert isinstance(element, XmlElement)
    text = element.children[0]
    assert isinstance(text, XmlText)
    at = chance.randrange(30)
    match chance.randrange(10):
        case 0:
            del text[at : at + 3]
            text.insert(at, "new")
        case 1:
            text.format(at, at + 5, {"bold": {}})
        case _:
            text.insert(at, "x")


# Brought to what is collected ----------------------------------------------------------------------------------------


def test_a_parent_that_was_a_sign_before_it_was_collected_does_not_end_the_draft() -> None:
    """Nobody could know any more, and applied at once with what it was libraries take no word of it."""
    text = written(3, 0, [b"\x07\x00\x01\x00\x06", b"\x04\x00\x03\x00" + write_string("slovo")])
    judged = office(begun("ab"), b"\x00\x01\x01\x01\x00\x01", text)
    judged.places = Places.of(read(Draft(judged.updates).since()))
    judged.take(written(4, 0, [b"\x04\x00\x03\x02" + write_string("x")]))
    draft = Draft(judged.updates)
    assert draft.clocks() == judged.clocks.kept()
    assert said([draft.since()]) == []
