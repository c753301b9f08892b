from __future__ import annotations

import random
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

from collab.document.draft import Draft
from collab.errors import BadSchema, CollabError, Incomplete, Malformed
from collab.judging.clocks import Clocks
from collab.judging.places import Places
from collab.lib0 import write_string, write_uint
from collab.update import CLOCKS, Range, read, read_vector, write_vector
from collab.vocabulary import mark_name
from review.content import parse
from tests.collab.npm import bytes_of, vectors

SEEDS = range(1, 4)


def updates_of(seed: int) -> list[bytes]:
    return [bytes_of(update) for update in vectors(seed)["updates"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_editors_write_is_read_as_yjs_reads_it(seed: int) -> None:
    made, places = vectors(seed), Places()
    for update, decoded in zip(updates_of(seed), made["decoded"], strict=True):
        found = read(update)
        places.add(places.judge(found), found.halves)
        structs: dict[int, tuple[int, int]] = {}
        for client, clock, length in decoded["structs"]:
            start, size = structs.get(client, (clock, 0))
            structs[client] = (start, size + length)
        assert {client: (clock, length) for client, clock, length in found.ranges} == structs
        assert sorted(found.deletions) == sorted(map(tuple, decoded["deletions"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_update_of_the_editors_continues_all_clocks(seed: int) -> None:
    clocks, doc = Clocks({}, {}), Draft()
    for update in updates_of(seed):
        found = read(update)
        clocks.judge(found, "eva")
        clocks.expect(found, "eva")
        clocks.keep(found, "eva")
        doc.apply([update])
    assert clocks.kept() == read_vector(bytes_of(vectors(seed)["vector"])) == doc.clocks()
    assert doc.content() == parse(vectors(seed)["tree"])
    whole = read(bytes_of(vectors(seed)["whole"]))
    assert not clocks.is_news(whole)
    assert Clocks({}, {}).judge(whole, "eva")


@given(st.integers(1, 3), st.randoms(use_true_random=False))
def test_mutated_updates_raise_nothing_but_refusals_and_never_panic(seed: int, chance: random.Random) -> None:
    updates = updates_of(seed)
    data = bytearray(chance.choice([*updates, bytes_of(vectors(seed)["whole"])]))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 8)]
                data = data or bytearray(b"\0")
            case _:
                data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
    clocks = Clocks({}, {})
    try:
        found = read(bytes(data))
        clocks.judge(found, "eva")
        Places().judge(found)
    except CollabError:
        return
    clocks.keep(found, "eva")
    draft = Draft([bytes(data)])
    assert draft.clocks() == clocks.kept()


def test_no_cut_of_an_update_is_taken_for_a_whole_one() -> None:
    for update in updates_of(1)[:20]:
        for end in range(len(update)):
            with pytest.raises(Malformed):
                read(update[:end])
        with pytest.raises(Malformed):
            read(update + b"\0")


def struct_of(info: int, *parts: bytes, client: int = 7, clock: int = 0) -> bytes:
    return b"\x01\x01" + write_uint(client) + write_uint(clock) + bytes((info,)) + b"".join(parts) + b"\x00"


ROOT = b"\x01" + write_string("body")
HUGE = write_uint(2**53 - 1)
HOSTILE = [
    b"",
    b"\xff\xff\xff\xff\xff\xff\xff\x7f\x00",
    b"\x80\x80\x80\x80\x10\x00",
    b"\x01" + HUGE + b"\x07\x00",
    b"\x00" + HUGE,
    b"\x00\x01\x07" + HUGE,
    b"\x00\x01\x07\x01" + HUGE + b"\x01",
    b"\x00\x02\x07\x00\x07\x00",
    b"\x02\x01\x07\x00\x00\x01\x01\x07\x01\x00\x01\x00",
    b"\x01\x00\x07\x00\x00",
    struct_of(0, b"\x00"),
    struct_of(0, HUGE),
    struct_of(1, ROOT, b"\x00"),
    struct_of(12, ROOT),
    struct_of(30, ROOT),
    struct_of(0x84, b"\x01\x00", b"\x02\xc3\x28"),
    struct_of(0x84, b"\x01\x00", b"\x03\xed\xa0\x80"),
    struct_of(7, b"\x01\xff\xff\xff\xff\x0f"),
    struct_of(1, ROOT, write_uint(CLOCKS)),
]


@pytest.mark.parametrize("data", HOSTILE)
def test_hostile_updates_are_malformed(data: bytes) -> None:
    with pytest.raises((Malformed, Incomplete)):
        read(data)


def test_reading_never_takes_more_memory_than_a_small_multiple_of_the_input() -> None:
    whole = bytes_of(vectors(2)["whole"])
    for data in [*HOSTILE, whole, whole[:-1], bytes(10_000), b"\xff" * 10_000]:
        tracemalloc.start()
        with suppress(CollabError):
            read(data)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 200 * len(data) + 16_384


def foreign(fill: Any) -> bytes:
    doc: Doc[Any] = Doc(client_id=7)
    fill(doc)
    return doc.get_update()


def element(doc: Doc[Any], child: Any) -> Any:
    body = doc.get("body", type=XmlFragment)
    return body.children.append(child)


def paragraph(doc: Doc[Any], **attrs: Any) -> Any:
    return element(doc, XmlElement("paragraph", attrs))


def formatted(doc: Doc[Any], **marks: Any) -> None:
    text = paragraph(doc).children.append(XmlText("text"))
    text.format(0, 2, marks)


FOREIGN: list[tuple[str, str, Any]] = [
    ("root", "text", lambda doc: doc.get("text", type=Text).insert(0, "x")),
    ("node", "script", lambda doc: element(doc, XmlElement("script"))),
    ("node", "doc in doc", lambda doc: element(doc, XmlElement("doc"))),
    ("node", "tableRow in doc", lambda doc: element(doc, XmlElement("tableRow"))),
    ("node", "hardBreak in doc", lambda doc: element(doc, XmlElement("hardBreak"))),
    ("attribute", "onclick", lambda doc: paragraph(doc, onclick="x")),
    ("attribute", "level", lambda doc: paragraph(doc, level=1)),
    ("attribute", "textAlign", lambda doc: paragraph(doc, textAlign="up")),
    ("attribute", "id", lambda doc: paragraph(doc, id={"x": 1})),
    ("mark", "blink", lambda doc: formatted(doc, blink={})),
    ("mark", "comment", lambda doc: formatted(doc, comment={"id": "c"})),
    ("mark", "bold--AAAAAAAA", lambda doc: formatted(doc, **{"bold--AAAAAAAA": {}})),
    ("mark", 'link {"href":1}', lambda doc: formatted(doc, link={"href": 1})),
    ("mark", 'bold {"x":1}', lambda doc: formatted(doc, bold={"x": 1})),
    ("node", "text in doc", lambda doc: element(doc, XmlText("x"))),
    ("content", "embed", lambda doc: paragraph(doc).children.append(XmlText()).insert_embed(0, {"a": 1})),
]


@pytest.mark.parametrize(("kind", "name", "fill"), FOREIGN)
def test_content_that_drafts_do_not_have_is_refused_by_name(kind: str, name: str, fill: Any) -> None:
    with pytest.raises(BadSchema) as refused:
        Places().judge(read(foreign(fill)))
    assert (refused.value.kind, refused.value.name) == (kind, name)


def test_a_root_of_another_name_is_refused() -> None:
    def fill(doc: Doc[Any]) -> None:
        doc.get("text", type=XmlFragment).children.append(XmlElement("paragraph"))

    with pytest.raises(BadSchema) as refused:
        Places().judge(read(foreign(fill)))
    assert (refused.value.kind, refused.value.name) == ("root", "text")


def test_maps_and_arrays_never_come_in() -> None:
    def fill(doc: Doc[Any]) -> None:
        doc["body"] = Map({"a": 1})

    with pytest.raises(BadSchema):
        Places().judge(read(foreign(fill)))
    with pytest.raises(BadSchema):
        Places().judge(read(foreign(lambda doc: doc.get("body", type=Array).append(Map({"a": 1})))))


def test_overlapping_marks_are_known_by_their_name() -> None:
    assert mark_name("comment--1tiVU/zO") == "comment"
    assert mark_name("comment--short") == "comment--short"


VECTORS = st.dictionaries(st.integers(0, 2**53 - 1), st.integers(0, CLOCKS - 1), max_size=20)


@given(VECTORS)
def test_a_state_vector_comes_back(clocks: dict[int, int]) -> None:
    assert read_vector(write_vector(clocks)) == clocks


@pytest.mark.parametrize(
    "data", [b"\x80\x80\x80\x80\x02", b"", b"\x01", b"\x02\x01\x01", b"\x00\x00", HUGE, b"\x02\x01\x01\x01\x01"]
)
def test_a_state_vector_that_lies_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_vector(data)
    with pytest.raises(Malformed):
        Draft().since(data)


def test_deletions_are_of_something_and_in_order() -> None:
    """At one of length 0 Yjs throws; of those out of order yrs loses some when it merges updates."""
    for ranges in ((5, 0), (5, 1, 3, 1), (3, 3, 5, 1)):
        with pytest.raises(Malformed):
            read(b"\x00\x01\x07" + bytes((len(ranges) // 2, *ranges)))
    assert read(b"\x00\x01\x07\x02\x03\x02\x05\x01").deletions == [Range(7, 3, 2), Range(7, 5, 1)]
