from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.content import MAX_DEPTH, Content, parse, to_json
from review.mending import Fault, mended
from review.schema import schema
from tests.review.contents import contents

TEXT = {"type": "text", "text": "slovo"}
PARAGRAPH: dict[str, Any] = {"type": "paragraph", "content": [TEXT]}


def doc(*nodes: Any) -> dict[str, Any]:
    return {"type": "doc", "content": list(nodes)}


def node(name: str, *content: Any, **attrs: Any) -> dict[str, Any]:
    return {"type": name, "attrs": attrs, "content": list(content)}


def shape(content: Content) -> list[Any]:
    def of(raw: dict[str, Any]) -> Any:
        return (raw["type"], *map(of, raw.get("content", ()))) if raw["type"] != "text" else raw["text"]

    return [of(raw) for raw in to_json(content)["content"]]


@given(contents())
def test_what_the_schema_allows_is_read_as_it_is(content: Content) -> None:
    reading = mended(to_json(content))
    assert (reading.content, reading.flaws) == (content, ())


P = ("paragraph", "slovo")
MENDED: list[tuple[dict[str, Any], list[Any], tuple[str, str]]] = [
    (doc(PARAGRAPH, node("bulletList")), [P], ("content[1]", "empty bulletList")),
    (doc(node("orderedList")), [("paragraph",)], ("content[0]", "empty orderedList")),
    (doc(PARAGRAPH, node("table")), [P], ("content[1]", "empty table")),
    (doc(PARAGRAPH, node("blockquote", node("bulletList"))), [P], ("content[1].content[0]", "empty bulletList")),
    (
        doc(node("table", node("tableRow", node("tableCell")))),
        [("table", ("tableRow", ("tableCell", ("paragraph",))))],
        ("content[0].content[0].content[0]", "empty tableCell"),
    ),
    (
        doc(node("bulletList", node("listItem"))),
        [("bulletList", ("listItem", ("paragraph",)))],
        ("content[0].content[0]", "empty listItem"),
    ),
    (doc(node("listItem", PARAGRAPH)), [P], ("", "misplaced listItem")),
    (doc(node("tableCell", PARAGRAPH)), [P], ("", "misplaced tableCell")),
    (doc(TEXT), [P], ("", "misplaced text")),
    (doc(node("marquee", PARAGRAPH)), [P], ("content[0]", "unknown marquee")),
    (doc(node("bulletList", PARAGRAPH)), [("bulletList", ("listItem", P))], ("content[0]", "misplaced paragraph")),
    (
        doc(node("table", PARAGRAPH)),
        [("table", ("tableRow", ("tableCell", P)))],
        ("content[0]", "misplaced paragraph"),
    ),
    (doc(node("paragraph", node("heading", TEXT))), [P], ("content[0]", "misplaced heading")),
    (doc(node("paragraph", TEXT, node("image"))), [P], ("content[0]", "misplaced image")),
    (doc(node("heading", TEXT, level=9)), [("heading", "slovo")], ("content[0]", "value level")),
    (doc(node("paragraph", TEXT, colour="red")), [P], ("content[0]", "value colour")),
    (
        doc(node("paragraph", {"type": "text", "text": "slo\x00\u202evo"})),
        [P],
        ("content[0].content[0]", "unwritable "),
    ),
    (
        doc(node("paragraph", TEXT | {"marks": [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}]})),
        [P],
        ("content[0].content[0]", "value href"),
    ),
    (doc(), [("paragraph",)], ("", "empty doc")),
    ({"type": "doc", "content": [7, PARAGRAPH]}, [P], ("content[0]", "unknown None")),
]


@pytest.mark.parametrize(("raw", "wanted", "flaw"), MENDED)
def test_what_it_does_not_allow_is_mended_and_named(
    raw: dict[str, Any], wanted: list[Any], flaw: tuple[str, str]
) -> None:
    reading = mended(raw)
    assert shape(reading.content) == wanted
    assert flaw in [(found.place, f"{found.fault} {found.name}") for found in reading.flaws]


def test_what_is_nested_too_deep_is_taken_apart_and_keeps_its_text() -> None:
    deep: dict[str, Any] = PARAGRAPH
    for _ in range(200):
        deep = node("blockquote", deep, PARAGRAPH)
    reading = mended(doc(deep))
    assert reading.content.plain.split() == ["slovo"] * 201
    assert {flaw.fault for flaw in reading.flaws} == {Fault.DEEP}


def test_one_may_nest_as_deep_as_before() -> None:
    deep: dict[str, Any] = PARAGRAPH
    for _ in range(MAX_DEPTH - 1):
        deep = node("blockquote", deep)
    assert mended(doc(deep)).flaws == ()


NAMES = st.sampled_from([*schema().nodes, "marquee"])
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=3)
ATTRS = st.dictionaries(
    st.sampled_from(["id", "level", "colspan", "colwidth", "start", "src", "x"]), VALUES, max_size=3
)
MARKS = st.fixed_dictionaries(
    {"type": st.sampled_from([*schema().marks, "blink"]), "attrs": st.dictionaries(st.just("href"), VALUES)}
)
LEAVES = st.fixed_dictionaries({"type": st.just("text"), "text": st.text(), "marks": st.lists(MARKS, max_size=2)})
TREES = st.recursive(
    LEAVES | VALUES,
    lambda inner: st.fixed_dictionaries(
        {"type": NAMES, "attrs": ATTRS, "content": st.lists(inner, max_size=4)},
    ),
    max_leaves=20,
)


@given(st.lists(TREES, max_size=4))
def test_any_tree_at_all_gives_content_that_the_schema_allows(nodes: list[Any]) -> None:
    content = mended({"type": "doc", "content": nodes}).content
    assert parse(to_json(content)) == content
