"""Places: an anchor made on a frozen version, and where its passage stands in a text that went on living.

The cascade is *mark → exact → moved → orphaned*. It never guesses: where two places speak for themselves alike, or the
one that is left could be another occurrence of the same words, the passage is orphaned and stays visible by its quote.
Positions are Unicode code points in a block's plain text (`review.content.Node.text`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import accumulate, islice
from typing import TypeVar

from review.content import Content, Node, Text
from review.errors import Invalid
from review.thread import Anchor

P = TypeVar("P")

CONTEXT = 32
# How alike the surroundings must be, from 0 to 1: in the block of the anchor, in another block, ahead of the next best.
ALIKE_HERE, ALIKE_ELSEWHERE, AHEAD = 0.4, 0.6, 0.25
# Words so long speak for themselves when they stand once in the whole text, whatever surrounds them.
SPEAKS_ALONE = 24
# A quote that stands in more places than this is too common to be told apart by what surrounds it.
TOO_COMMON = 64
# Half of a surrogate pair: content never holds one.
BETWEEN = "\udfff"


class Found(StrEnum):
    MARK = "mark"
    EXACT = "exact"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Passage:
    """Where an anchor's words stand now, and how they were found."""

    block: str
    start: int
    end: int
    found: Found


@dataclass(frozen=True, slots=True)
class Texts:
    """A content prepared for many look-ups: the text of each block that has an id, and where comment marks lie.

    `whole` is all blocks' texts, each block beginning at its place in `starts`, with a sign between that no text holds.
    """

    blocks: Mapping[str, str]
    marks: Mapping[str, tuple[tuple[str, int, int], ...]]
    whole: str
    starts: tuple[int, ...]
    ids: tuple[str, ...]


def texts(content: Content) -> Texts:
    blocks: dict[str, str] = {}
    marks: dict[str, list[tuple[str, int, int]]] = {}
    for block in content.blocks():
        if block.id is None or block.id in blocks:
            continue
        blocks[block.id] = block.text
        for comment, start, end in _marked(block):
            marks.setdefault(comment, []).append((block.id, start, end))
    starts = accumulate((len(text) + len(BETWEEN) for text in blocks.values()), initial=0)
    found = {comment: tuple(places) for comment, places in marks.items()}
    return Texts(blocks, found, BETWEEN.join(blocks.values()), tuple(starts), tuple(blocks))


def _marked(block: Node) -> Iterator[tuple[str, int, int]]:
    """Each comment's stretch in the block, from its first to its last marked code point."""
    stretches: dict[str, tuple[int, int]] = {}
    at = 0
    for part in block.content:
        length = len(part.text) if isinstance(part, Text) else 1
        for mark in part.marks if isinstance(part, Text) else ():
            comment = mark.attrs.get("id")
            if mark.type == "comment" and isinstance(comment, str):
                start, _ = stretches.get(comment, (at, at))
                stretches[comment] = (start, at + length)
        at += length
    for comment, (start, end) in stretches.items():
        yield comment, start, end


def anchor(content: Content, block: str, start: int, end: int, version: str | None = None) -> Anchor:
    """An anchor on a passage, with its quote and up to 32 code points around it. Raises `Invalid`."""
    text = next((found.text for found in content.blocks() if found.id == block), None)
    if text is None:
        raise Invalid("anchor.block", "unknown")
    if not 0 <= start < end <= len(text):
        raise Invalid("anchor.end" if 0 <= start < len(text) else "anchor.start", "out_of_range")
    prefix, suffix = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Anchor(block, start, end, text[start:end], prefix, suffix, version)


def checked(given: Anchor, content: Content, version: str | None = None) -> Anchor:
    """The anchor with the context that the content itself gives it. Raises `Invalid` when the quote differs."""
    made = anchor(content, given.block, given.start, given.end, version)
    if given.quote != made.quote:
        raise Invalid("anchor.quote", "differs")
    return made


def locate(wanted: Anchor, mark: str, where: Texts) -> Passage | None:
    """Where the passage stands now; None = orphaned. `mark` is the id that its comment mark carries."""
    return _by_mark(wanted, mark, where) or _exact(wanted, where) or _moved(wanted, where)


def _by_mark(wanted: Anchor, mark: str, where: Texts) -> Passage | None:
    """After a split the mark lies in two blocks, after a copy twice: the words decide, then the block, then order."""
    places = where.marks.get(mark)
    if not places:
        return None
    quoted = [(b, s, e) for b, s, e in places if where.blocks[b][s:e] == wanted.quote]
    at_home = [place for place in quoted or places if place[0] == wanted.block]
    block, start, end = (at_home or quoted or places)[0]
    return Passage(block, start, end, Found.MARK)


def _exact(wanted: Anchor, where: Texts) -> Passage | None:
    text = where.blocks.get(wanted.block, "")
    if text[wanted.start : wanted.end] != wanted.quote or not wanted.quote:
        return None
    here = _alike(wanted, text, wanted.start)
    if here < ALIKE_HERE and len(wanted.quote) < SPEAKS_ALONE:
        return None
    others = [at for at in _occurrences(text, wanted.quote, TOO_COMMON) if at != wanted.start]
    if here < 1 and any(_alike(wanted, text, at) > here for at in others):
        return None
    return Passage(wanted.block, wanted.start, wanted.end, Found.EXACT)


def _moved(wanted: Anchor, where: Texts) -> Passage | None:
    if not wanted.quote:
        return None
    place = _verbatim(wanted, where) or _at_home(wanted, where) or _elsewhere(wanted, where)
    return None if place is None else Passage(place[0], place[1], place[1] + len(wanted.quote), Found.MOVED)


def _verbatim(wanted: Anchor, where: Texts) -> tuple[str, int] | None:
    """The words with all that surrounded them, once in the whole text."""
    words = wanted.prefix + wanted.quote + wanted.suffix
    if len(words) < SPEAKS_ALONE:
        return None
    places = list(islice(_everywhere(words, where), 2))
    return (places[0][0], places[0][1] + len(wanted.prefix)) if len(places) == 1 else None


def _at_home(wanted: Anchor, where: Texts) -> tuple[str, int] | None:
    text = where.blocks.get(wanted.block, "")
    scored = [(_alike(wanted, text, at), at) for at in _occurrences(text, wanted.quote, TOO_COMMON)]
    at = _best(scored, ALIKE_HERE)
    return None if at is None else (wanted.block, at)


def _elsewhere(wanted: Anchor, where: Texts) -> tuple[str, int] | None:
    places = list(islice(_everywhere(wanted.quote, where), TOO_COMMON + 1))
    if len(places) > TOO_COMMON:
        return None
    if len(places) == 1 and len(wanted.quote) >= SPEAKS_ALONE:
        return places[0]
    return _best([(_alike(wanted, where.blocks[block], at), (block, at)) for block, at in places], ALIKE_ELSEWHERE)


def _everywhere(words: str, where: Texts) -> Iterator[tuple[str, int]]:
    for at in _occurrences(where.whole, words, TOO_COMMON + 1):
        n = bisect_right(where.starts, at) - 1
        yield where.ids[n], at - where.starts[n]


def _occurrences(text: str, quote: str, most: int) -> Iterator[int]:
    at = text.find(quote)
    while at >= 0 and most:
        yield at
        at, most = text.find(quote, at + 1), most - 1


def _best(scored: list[tuple[float, P]], needed: float) -> P | None:
    """The place that is alike enough, and clearly more so than any other."""
    scored = sorted(scored, key=lambda pair: pair[0], reverse=True)
    if not scored or scored[0][0] < needed:
        return None
    if len(scored) > 1 and scored[0][0] - scored[1][0] < AHEAD:
        return None
    return scored[0][1]


def _alike(wanted: Anchor, text: str, at: int) -> float:
    """How alike the surroundings are: 1 = the same. An empty side says that the block begins or ends there."""
    end = at + len(wanted.quote)
    before = _side(wanted.prefix[::-1], text[max(0, at - CONTEXT) : at][::-1])
    after = _side(wanted.suffix, text[end : end + CONTEXT])
    return (before + after) / 2


def _side(expected: str, actual: str) -> float:
    if expected == actual or (expected and actual.startswith(expected)):
        return 1
    if not expected or not actual:
        return 0
    return SequenceMatcher(None, expected, actual, autojunk=False).ratio()
