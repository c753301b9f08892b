"""Content trees as hypothesis draws them: every node of the schema, in the form that reading gives back."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from review.content import Content, Mark, Node, Text, joined
from review.schema import schema

LETTERS = "aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzžAČŘŽ0123456789€§½„“😀𝒳"
WORDS = st.text(LETTERS, min_size=1, max_size=8)
SENTENCES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
PLAIN_MARKS = ("bold", "italic", "underline", "strike", "superscript", "subscript")
SIDES = st.sampled_from([{}, {"align": "left"}, {"align": "right"}, {"align": "center"}])
ALIGNMENTS = st.sampled_from([{}, {"textAlign": "center"}, {"textAlign": "right"}, {"textAlign": "justify"}])


def _links() -> st.SearchStrategy[Mark]:
    address = WORDS.map(lambda word: f"https://example.test/{word}")
    return st.builds(lambda href: Mark("link", {"href": href}), address)


@st.composite
def marks(draw: st.DrawFn) -> tuple[Mark, ...]:
    names = draw(st.sets(st.sampled_from(PLAIN_MARKS), max_size=2))
    link = draw(st.none() | _links())
    return tuple(sorted([*map(Mark, names), *([link] if link else [])], key=lambda mark: mark.type))


def texts() -> st.SearchStrategy[Text]:
    return st.builds(Text, SENTENCES, marks())


FOOTNOTES = st.lists(texts(), min_size=1, max_size=2).map(lambda parts: Node("footnote", content=joined(parts)))


@st.composite
def inline(draw: st.DrawFn) -> tuple[Node | Text, ...]:
    """Inline content that begins with a word: a paragraph that begins with white space means nothing more."""
    rest = draw(st.lists(st.one_of(texts(), FOOTNOTES, st.just(Node("hardBreak"))), max_size=3))
    return joined([draw(texts()), *rest])


def textblock(name: str, attrs: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Node]:
    return st.builds(lambda attrs, content: Node(name, attrs, content), attrs, inline())


NOTHING: st.SearchStrategy[dict[str, Any]] = st.just({})
PARAGRAPHS = textblock("paragraph", ALIGNMENTS)
PLAIN_PARAGRAPHS = textblock("paragraph", NOTHING)
HEADINGS = textblock("heading", st.sampled_from([{}, {"level": 2}, {"level": 4, "textAlign": "center"}]))
ARTICLES = textblock("article", NOTHING)
CLAUSES = textblock("clause", NOTHING)
POINTS = textblock("point", st.sampled_from([{}, {"level": 2}]))
IMAGES = st.builds(lambda alt: Node("image", {"src": "/api/v1/blobs/" + "0" * 64, "alt": alt, "width": 320}), SENTENCES)
LEAVES = st.sampled_from([Node("horizontalRule"), Node("pageBreak")])


def items(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    item = st.builds(lambda first, rest: Node("listItem", content=(first, *rest)), PLAIN_PARAGRAPHS, st.lists(inside))
    return st.lists(item, min_size=1, max_size=3).map(tuple)


def lists(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    ordered = st.sampled_from([{}, {"start": 3}, {"type": "a"}, {"type": "I"}])
    return st.one_of(
        st.builds(lambda content: Node("bulletList", content=content), items(inside)),
        st.builds(lambda attrs, content: Node("orderedList", attrs, content), ordered, items(inside)),
    )


@st.composite
def tables(draw: st.DrawFn) -> Node:
    width, height = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    heads = draw(st.integers(0, height))
    rows = [
        Node(
            "tableRow", content=tuple(draw(cells("tableHeader" if row < heads else "tableCell")) for _ in range(width))
        )
        for row in range(height)
    ]
    return Node("table", content=tuple(rows))


def cells(kind: str) -> st.SearchStrategy[Node]:
    return st.builds(lambda attrs, first: Node(kind, attrs, (first,)), SIDES, PLAIN_PARAGRAPHS)


def blocks() -> st.SearchStrategy[Node]:
    nested = st.one_of(PLAIN_PARAGRAPHS, lists(PLAIN_PARAGRAPHS), IMAGES)
    quotes = st.lists(nested, min_size=1, max_size=2).map(lambda inside: Node("blockquote", content=tuple(inside)))
    official = st.one_of(ARTICLES, CLAUSES, POINTS)
    return st.one_of(PARAGRAPHS, HEADINGS, official, official, lists(nested), quotes, tables(), IMAGES, LEAVES)


def contents() -> st.SearchStrategy[Content]:
    return st.lists(blocks(), min_size=1, max_size=6).map(lambda nodes: Content(schema().version, tuple(nodes)))
