"""Comparing two versions of a hundred pages, and finding five hundred passages again in a text that went on living."""

from __future__ import annotations

import difflib
import random

from review.anchors import anchor, locate, texts
from review.comparison import compare
from review.content import Content, Node, Text
from tests.bench.figure import Figure, median_ms

PAGES, BLOCKS_A_PAGE, WORDS = 100, 7, 60
ANCHORS = 500


def measure() -> list[Figure]:
    before = _content(PAGES)
    few, all_ = _edited(before, 20), _edited(before, 1)
    peer = median_ms(lambda: _plain_difflib(before, few), times=3, warm=0)
    return [
        Figure(
            "100 pages, a word in every twentieth block",
            median_ms(lambda: compare(before, few), times=7),
            "ms",
            "≤ 250",
            "difflib.ndiff of the same blocks",
            peer,
        ),
        Figure("100 pages, words in every block", median_ms(lambda: compare(before, all_), times=5), "ms", "≤ 800"),
        Figure("100 pages, every id lost", median_ms(lambda: compare(before, _unnamed(few)), times=5), "ms", "≤ 1500"),
        Figure("500 passages found again", median_ms(lambda: _found(before, all_), times=5), "ms", "≤ 500"),
    ]


def _content(pages: int) -> Content:
    chance = random.Random(1)
    vocabulary = [f"slovo{n}" for n in range(400)] + ["a", "v", "na", "dle", "kraj", "dotace"] * 20
    return Content(
        1,
        tuple(
            Node("paragraph", {"id": f"b{n}"}, (Text(" ".join(chance.choices(vocabulary, k=WORDS))),))
            for n in range(pages * BLOCKS_A_PAGE)
        ),
    )


def _edited(content: Content, each: int) -> Content:
    chance = random.Random(7)
    return Content(1, tuple(_changed(node, chance) if n % each == 0 else node for n, node in enumerate(content.nodes)))


def _changed(node: Node, chance: random.Random) -> Node:
    words = node.text.split()
    words[chance.randrange(len(words))] = "změna"
    words.insert(chance.randrange(len(words)), "vloženo")
    return Node(node.type, node.attrs, (Text(" ".join(words)),))


def _unnamed(content: Content) -> Content:
    return Content(1, tuple(Node(node.type, {"id": f"new{n}"}, node.content) for n, node in enumerate(content.nodes)))


def _plain_difflib(before: Content, after: Content) -> object:
    old, new = before.plain.split("\n"), after.plain.split("\n")
    return list(difflib.ndiff(old, new))


def _found(before: Content, after: Content) -> int:
    chance = random.Random(3)
    where, found = texts(after), 0
    for n in range(ANCHORS):
        node = before.nodes[n % len(before.nodes)]
        start = chance.randrange(len(node.text) - 30)
        made = anchor(Content(1, (node,)), str(node.id), start, start + 25)
        found += locate(made, "none", where) is not None
    return found
