from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.document.beginning import begin
from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from collab.history.authorship import Block, authorship
from collab.history.compactor import Compactor, InThread
from collab.history.elements import elements
from collab.journal.past import Past
from collab.journal.row import Kind, Row
from collab.journal.stretches import SAME_TIME, Stretch, Written
from collab.update import read
from review.content import Node
from tests.collab.conftest import NOON, content
from tests.collab.memory_log import MemoryLog
from tests.collab.memory_shelf import MemoryShelf
from tests.collab.npm import bytes_of, vectors
from tests.collab.party import Party
from tests.collab.test_room import saved

WRITERS = 4
FIRST_SIGN = 0x4E00

Act = tuple[str, int, int, int, int]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["type", "type", "type", "cut", "bold", "sync", "split"]),
        st.integers(0, WRITERS - 1),
        st.integers(0, 2),
        st.integers(0, 60),
        st.integers(1, 4),
    ),
    max_size=60,
)


class Writer:
    """A replica whose signs are all different, so that each tells whose it is."""

    def __init__(self, client: int, first: bytes, signs: count[int], known: dict[tuple[int, int], str]) -> None:
        self.doc: Doc[Any] = Doc(client_id=client)
        self.body = self.doc.get("body", type=XmlFragment)
        self.doc.apply_update(first)
        self.client, self.signs, self.known = client, signs, known
        self.updates: list[bytes] = []
        self.doc.observe(lambda event: self.updates.append(event.update))

    def text(self, block: int) -> XmlText:
        element = self.body.children[block % len(self.body.children)]
        assert isinstance(element, XmlElement)
        found = element.children[0] if len(element.children) else element.children.append(XmlText())
        assert isinstance(found, XmlText)
        return found

    def act(self, kind: str, block: int, at: int, length: int) -> None:
        text = self.text(block)
        at = min(at, len(text) // 3) * 3
        end = min(at + 3 * length, len(text))
        if kind == "type":
            for _ in range(length):
                sign = chr(next(self.signs))
                text.insert(at, sign)
                clock = max(start for client, start, _ in read(self.updates[-1]).ranges if client == self.client)
                self.known[self.client, clock] = sign
                at += 3
        elif kind == "cut" and at < end:
            del text[at:end]
        elif kind == "bold" and at < end:
            text.format(at, end, {"bold": {}})
        elif kind == "split":
            self.body.children.insert(block % (len(self.body.children) + 1), XmlElement("paragraph", {"id": f"n{at}"}))


@settings(max_examples=150, deadline=None)
@given(ACTS)
def test_the_order_is_that_of_the_document_sign_by_sign(acts: list[Act]) -> None:
    first = begin(content("", "", ""), 7)
    known: dict[tuple[int, int], str] = {}
    signs = count(FIRST_SIGN)
    writers = [Writer(100 + at, first, signs, known) for at in range(WRITERS)]
    for kind, who, block, at, length in acts:
        if kind == "sync":
            other = writers[(who + length) % WRITERS]
            writers[who].doc.apply_update(other.doc.get_update(writers[who].doc.get_state()))
        else:
            writers[who].act(kind, block, at, length)
    for writer in writers[1:]:
        writers[0].doc.apply_update(writer.doc.get_update(writers[0].doc.get_state()))
    state = writers[0].doc.get_update()
    told = [
        "".join(known[piece[0], clock] for piece in element if piece for clock in range(piece[1], piece[2]))
        for element in elements(read(state))
    ]
    assert told == [block.plain for block in _blocks(Draft([state]))]


class _Plain:
    def __init__(self, plain: str) -> None:
        self.plain = plain


def _blocks(draft: Draft) -> list[_Plain]:
    return [
        _Plain("".join(run for child in element.children if isinstance(child, XmlText) for run, _ in child.diff()))
        for element in draft._body.children
        if isinstance(element, XmlElement)
    ]


@pytest.mark.parametrize("seed", range(1, 4))
def test_every_word_of_the_real_editors_documents_has_its_author(seed: int) -> None:
    written, reached = Written(), dict[int, int]()
    for update in (bytes_of(update) for update in vectors(seed)["updates"]):
        client = read(update).ranges[0].client if read(update).ranges else 0
        written.add(Row(Kind.PERSON, f"client{client}", 0, (), update), reached)
    draft = Draft([bytes_of(vectors(seed)["whole"])])
    blocks = {block.id: block for block in authorship(draft.since(), draft.ids(), written.stretches)}
    texts = {node.id: node for node in draft.content().walk() if node.id and _own_text(node)}
    assert blocks.keys() == texts.keys()
    for id, node in texts.items():
        covered = [at for run in blocks[id].runs for at in range(run.start, run.end)]
        assert covered == _places_of_text(node)
        assert all(run.by and run.by.startswith("client") for run in blocks[id].runs)


def _own_text(node: Node) -> str:
    return "".join(part.text for part in node.content if not isinstance(part, Node))


def _places_of_text(node: Node) -> list[int]:
    places, at = list[int](), 0
    for part in node.content:
        if isinstance(part, Node):
            at += 1
        else:
            places.extend(range(at, at + len(part.text)))
            at += len(part.text)
    return places


def test_a_minutes_writing_is_of_one_time_and_a_foreign_repetition_changes_nothing() -> None:
    doc: Doc[Any] = Doc(client_id=5)
    made: list[bytes] = []
    doc.observe(lambda event: made.append(event.update))
    text = doc.get("body", type=XmlFragment).children.append(XmlText())
    for sign in "abc":
        text.insert(0, sign)
    written, reached = Written(), dict[int, int]()
    for at, update in zip((0, 1, SAME_TIME - 1, SAME_TIME), made, strict=True):
        written.add(Row(Kind.PERSON, "eva", at, (), update), reached)
    written.add(Row(Kind.PERSON, "petr", 9, (), doc.get_update()), reached)
    assert written.stretches == [Stretch(5, 0, 3, "eva", 0), Stretch(5, 3, 4, "eva", SAME_TIME)]


def _told(blocks: list[Block]) -> list[tuple[str, list[tuple[int, int, str | None]]]]:
    return [(block.id, [(run.start, run.end, run.by) for run in block.runs]) for block in blocks]


async def test_authors_are_known_after_compaction_as_before() -> None:
    log, shelf = MemoryLog(), MemoryShelf()
    rooms = Rooms(log, lambda: NOON, shelf=shelf)
    await rooms.create("d", content("Úvod 😀", "stálé"), "eva")
    petr, jana = Party("petr"), Party("jana")
    for party in (petr, jana):
        await party.join(rooms, "d")
    for party, words in ((petr, " od 😀 Petra"), (jana, " od Jany"), (petr, "!")):
        party.deliver()
        party.type(words)
        await saved(party)
        await Compactor(Past(log, shelf), InThread(), lambda document, pressed: None).compact("d")
    seq, blocks = await rooms.authorship("d")
    assert seq == 4
    assert _told(blocks) == [
        ("p0", [(0, 6, "eva"), (6, 17, "petr"), (17, 25, "jana"), (25, 26, "petr")]),
        ("p1", [(0, 5, "eva")]),
    ]
    assert {run.at for block in blocks for run in block.runs} == {NOON}
    shelf.blobs[shelf.records["d"].value.segments[1].index] = b"broken"
    fresh = Rooms(log, lambda: NOON, shelf=shelf)
    assert (await fresh.authorship("d"))[1] == blocks
    await fresh.close_all()
    await rooms.close_all()


async def test_asking_again_is_free_until_somebody_writes() -> None:
    rooms = Rooms(MemoryLog(), lambda: NOON)
    await rooms.create("d", content("Úvod"), "eva")
    seq, blocks = await rooms.authorship("d")
    again, same = await rooms.authorship("d")
    assert again == seq
    assert same is blocks
    petr = Party("petr")
    await petr.join(rooms, "d")
    petr.type(" od Petra")
    await saved(petr)
    seq, blocks = await rooms.authorship("d")
    assert seq == again + 1
    assert _told(blocks) == [("p0", [(0, 4, "eva"), (4, 13, "petr")])]
    await rooms.close_all()
