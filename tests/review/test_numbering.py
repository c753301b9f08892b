from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.content import Content, Node, Text
from review.numbering import citations, footnotes, labels, letter, numbered, outline


def block(type: str, id: str, text: str = "text", level: int = 1) -> Node:
    attrs = {"id": id} | ({"level": level} if level != 1 else {})
    return Node(type, attrs, (Text(text),))


ORDINANCE = Content(
    1,
    (
        block("heading", "h", "Obecně závazná vyhláška"),
        block("article", "a1", "Předmět"),
        block("clause", "c1"),
        block("clause", "c2"),
        block("point", "p1"),
        block("point", "s1", level=2),
        block("point", "s2", level=2),
        block("point", "p2"),
        block("paragraph", "x"),
        block("point", "p3"),
        block("article", "a2", "Účinnost"),
        block("clause", "c3"),
        block("point", "p4"),
        block("point", "s3", level=2),
    ),
)


def test_each_kind_is_counted_within_its_parent() -> None:
    assert labels(ORDINANCE) == {
        "a1": "Čl. 1",
        "c1": "(1)",
        "c2": "(2)",
        "p1": "a)",
        "s1": "1.",
        "s2": "2.",
        "p2": "b)",
        "p3": "c)",
        "a2": "Čl. 2",
        "c3": "(1)",
        "p4": "a)",
        "s3": "1.",
    }


def test_a_place_is_cited_as_lawyers_do() -> None:
    cited = citations(ORDINANCE)
    assert cited["s2"] == "čl. 1 odst. 2 písm. a) bod 2"
    assert cited["a2"] == "čl. 2"
    assert cited["h"] == "Obecně závazná vyhláška"


@pytest.mark.parametrize(("number", "letters"), [(1, "a"), (26, "z"), (27, "aa"), (52, "az"), (53, "ba"), (703, "aaa")])
def test_points_beyond_z_have_two_letters(number: int, letters: str) -> None:
    assert letter(number) == letters


def test_articles_stand_below_the_heading_in_the_outline() -> None:
    assert [(entry.level, entry.label, entry.text) for entry in outline(ORDINANCE)] == [
        (1, "", "Obecně závazná vyhláška"),
        (2, "Čl. 1", "Předmět"),
        (2, "Čl. 2", "Účinnost"),
    ]


def test_footnotes_are_numbered_throughout_and_in_tables_too() -> None:
    note = Node("paragraph", {"id": "n"}, (Text("a"), Node("footnote", {}, (Text("první"),))))
    cell = Node("tableCell", {}, (Node("paragraph", {"id": "m"}, (Node("footnote", {}, (Text("druhá"),)),)),))
    table = Node("table", {"id": "t"}, (Node("tableRow", {}, (cell,)),))
    assert [(f.number, f.text, f.block) for f in footnotes(Content(1, (note, table)))] == [
        (1, "první", "n"),
        (2, "druhá", "m"),
    ]


@given(st.lists(st.tuples(st.sampled_from(["article", "clause", "point", "paragraph", "heading"]), st.integers(1, 2))))
def test_a_block_inserted_without_a_number_changes_no_label(kinds: list[tuple[str, int]]) -> None:
    blocks = [block(kind, f"b{n}", level=level if kind == "point" else 1) for n, (kind, level) in enumerate(kinds)]
    spread = [b for one in blocks for b in (one, block("paragraph", f"after {one.id}"))]
    assert labels(Content(1, tuple(blocks))) == labels(Content(1, tuple(spread)))


@given(st.lists(st.sampled_from(["article", "clause", "point"]), min_size=1))
def test_no_two_blocks_share_a_place(kinds: list[str]) -> None:
    blocks = tuple(block(kind, f"b{n}") for n, kind in enumerate(kinds))
    places = [entry.numbers for entry in numbered(Content(1, blocks))]
    assert len(set(places)) == len(places)
