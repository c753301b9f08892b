"""What differs between two contents: blocks by their identity, then the words within them.

A block that kept its id is the same block wherever it stands; one that lost it (an import, a paste) is recognised by
its words. Blocks inside tables and lists are compared like all others and name what they stand in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from typing import Any

from review.content import Content, Node, Text, without_comments
from review.numbering import Numbers, label
from review.schema import Value, schema
from review.words import DEAR, Span, SpanKind, compared_words, spoken

# Blocks without a common id are the same when so much of their words agrees; tried among few, for it is dear.
ALIKE, FEW = 0.5, 40
# What all blocks together may cost, in products of differing words: nobody holds the server by a hostile text.
BUDGET = 12_000_000


class ChangeKind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Unit:
    """What is compared: a text block, or a block without text (image, rule, page break), with where it stands.

    `path` names what it stands in, outside first: `table`, `tableRow 2`, `tableCell 1`; or `bulletList`, `listItem 3`.
    """

    node: Node
    label: str
    path: tuple[str, ...]
    citation: str

    @property
    def text(self) -> str:
        return spoken(self.node)

    @property
    def looks(self) -> tuple[str, ...]:
        """Equal for blocks that look alike, whatever their id."""
        return self.node.type, repr(_attrs(self.node)), repr(self.node.content)


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block of the comparison in reading order of the later content, removed ones where they stood.

    `before` and `after` are absent for an added and a removed block. A moved block may have changed words too;
    `form` says that more than words differs: kind of block, level, formatting, number of columns.
    """

    kind: ChangeKind
    before: Unit | None
    after: Unit | None
    spans: tuple[Span, ...]
    form: bool = False

    @property
    def unit(self) -> Unit:
        unit = self.after or self.before
        assert unit is not None
        return unit


@dataclass(frozen=True, slots=True)
class Comparison:
    blocks: tuple[BlockChange, ...]

    @property
    def changes(self) -> tuple[BlockChange, ...]:
        return tuple(block for block in self.blocks if block.kind is not ChangeKind.SAME)

    def count(self, kind: ChangeKind) -> int:
        return sum(block.kind is kind for block in self.blocks)


def compare(before: Content, after: Content) -> Comparison:
    """The difference from `before` to `after`. Comment marks are places, not content, and never count."""
    old, new = list(units(without_comments(before))), list(units(without_comments(after)))
    pairs = _paired(old, new)
    rewritten = sum(old[m].text != new[n].text for n, m in pairs.items())
    dear = min(DEAR, BUDGET // max(rewritten, 1))
    return Comparison(tuple(_in_order(old, new, pairs, _staying(pairs), dear)))


def units(content: Content) -> Iterator[Unit]:
    """Every text block and every block without content, in reading order."""
    numbers = Numbers()
    stack: list[tuple[Node, tuple[str, ...]]] = [(node, ()) for node in reversed(content.nodes)]
    while stack:
        node, path = stack.pop()
        numbers = numbers.after(node)
        if schema().is_textblock(node.type) or not node.content:
            yield Unit(node, label(node, numbers), path, numbers.citation())
            continue
        outer = (*path, node.type) if not path or not path[-1].startswith(node.type) else path
        children = [child for child in node.content if isinstance(child, Node)]
        stack.extend((child, _within(outer, child, n)) for n, child in reversed(list(enumerate(children, 1))))


def _within(path: tuple[str, ...], child: Node, number: int) -> tuple[str, ...]:
    return (*path, f"{child.type} {number}") if child.type in COUNTED else path


COUNTED = ("tableRow", "tableCell", "tableHeader", "listItem")


def _paired(old: Sequence[Unit], new: Sequence[Unit]) -> dict[int, int]:
    """Positions in `new` with their block's position in `old`: by id, then by equal looks, then by like words."""
    there = {unit.node.id: n for n, unit in enumerate(old) if unit.node.id}
    pairs = {n: there[unit.node.id] for n, unit in enumerate(new) if unit.node.id in there}
    taken = set(pairs.values())
    loose_old = [n for n in range(len(old)) if n not in taken]
    loose_new = [n for n in range(len(new)) if n not in pairs]
    _pair_equal(old, new, loose_old, loose_new, pairs)
    taken = set(pairs.values())
    _pair_alike(old, new, pairs, taken)
    return pairs


def _pair_equal(
    old: Sequence[Unit], new: Sequence[Unit], loose_old: list[int], loose_new: list[int], pairs: dict[int, int]
) -> None:
    """In order of reading, so that of two equal blocks the first stays the first."""
    matcher = SequenceMatcher(
        None, [old[n].looks for n in loose_old], [new[n].looks for n in loose_new], autojunk=False
    )
    for start_old, start_new, length in matcher.get_matching_blocks():
        for offset in range(length):
            pairs[loose_new[start_new + offset]] = loose_old[start_old + offset]


def _pair_alike(old: Sequence[Unit], new: Sequence[Unit], pairs: dict[int, int], taken: set[int]) -> None:
    """Between two neighbours that are known on both sides, what is loose on both sides is tried with each other."""
    for gap_old, gap_new in _gaps(len(old), len(new), pairs, taken):
        if not gap_old or not gap_new or len(gap_old) * len(gap_new) > FEW * FEW:
            continue
        free = {m: Counter(old[m].text.split()) for m in gap_old}
        for n in gap_new:
            own = Counter(new[n].text.split())
            likeness = {m: _likeness(words, own) for m, words in free.items() if old[m].node.type == new[n].node.type}
            best = max(likeness, key=lambda m: likeness[m], default=None)
            if best is not None and likeness[best] >= ALIKE:
                pairs[n] = best
                free = {m: words for m, words in free.items() if m > best}


def _gaps(olds: int, news: int, pairs: Mapping[int, int], taken: set[int]) -> Iterator[tuple[list[int], list[int]]]:
    edges = [(-1, -1), *((pairs[n], n) for n in _staying(pairs)), (olds, news)]
    for (old_start, new_start), (old_end, new_end) in pairwise(edges):
        yield (
            [n for n in range(old_start + 1, old_end) if n not in taken],
            [n for n in range(new_start + 1, new_end) if n not in pairs],
        )


def _likeness(before: Counter[str], after: Counter[str]) -> float:
    """From 0 to 1: how many of their words two blocks have in common, in whatever order."""
    total = before.total() + after.total()
    return 2 * (before & after).total() / total if total else 0


def _staying(pairs: Mapping[int, int]) -> tuple[int, ...]:
    """The most positions in `new` whose blocks stand in the same order as before: all other pairs have moved.

    The longest increasing run by patience sorting, n log n.
    """
    tails: list[int] = []
    heads: list[int] = []
    previous: dict[int, int | None] = {}
    for n in sorted(pairs):
        at = bisect_left(tails, pairs[n])
        previous[n] = heads[at - 1] if at else None
        tails[at : at + 1], heads[at : at + 1] = [pairs[n]], [n]
    staying: list[int] = []
    last: int | None = heads[-1] if heads else None
    while last is not None:
        staying.append(last)
        last = previous[last]
    return tuple(reversed(staying))


def _in_order(
    old: Sequence[Unit], new: Sequence[Unit], pairs: Mapping[int, int], staying: Iterable[int], dear: int
) -> Iterator[BlockChange]:
    kept, taken, at = set(staying), set(pairs.values()), 0
    for n, unit in enumerate(new):
        if n in kept:
            yield from (_removed(old[m]) for m in range(at, pairs[n]) if m not in taken)
            at = pairs[n] + 1
            yield _compared(old[pairs[n]], unit, ChangeKind.CHANGED, dear)
        elif n in pairs:
            yield replace(_compared(old[pairs[n]], unit, ChangeKind.MOVED, dear), kind=ChangeKind.MOVED)
        else:
            yield BlockChange(ChangeKind.ADDED, None, unit, _whole(unit, SpanKind.ADDED))
    yield from (_removed(old[m]) for m in range(at, len(old)) if m not in taken)


def _removed(unit: Unit) -> BlockChange:
    return BlockChange(ChangeKind.REMOVED, unit, None, _whole(unit, SpanKind.REMOVED))


def _whole(unit: Unit, kind: SpanKind) -> tuple[Span, ...]:
    return (Span(kind, unit.text),) if unit.text else ()


def _compared(before: Unit, after: Unit, kind: ChangeKind, dear: int) -> BlockChange:
    block = (before.node.type, _attrs(before.node)) != (after.node.type, _attrs(after.node))
    if before.text == after.text:
        form = block or _formatting(before.node) != _formatting(after.node)
        return BlockChange(kind if form else ChangeKind.SAME, before, after, _whole(after, SpanKind.SAME), form)
    spans = compared_words(before.text, after.text, dear)
    only_gaps = all(span.kind is SpanKind.SAME for span in spans)
    return BlockChange(kind, before, after, spans, block or only_gaps)


def _attrs(node: Node) -> list[tuple[str, Value]]:
    return sorted(((name, value) for name, value in node.attrs.items() if name != "id"), key=lambda pair: pair[0])


def _formatting(node: Node) -> list[object]:
    """Which words are formatted how."""
    return [(part.text, part.marks) if isinstance(part, Text) else part.type for part in node.content]


def to_json(comparison: Comparison) -> dict[str, Any]:
    """`{summary: {added, removed, changed, moved}, blocks: [{kind, type, block?, label?, path?, form?, spans}]}`."""
    kinds = [kind for kind in ChangeKind if kind is not ChangeKind.SAME]
    return {
        "summary": {kind.value: comparison.count(kind) for kind in kinds},
        "blocks": [_block_json(block) for block in comparison.blocks],
    }


def _block_json(change: BlockChange) -> dict[str, Any]:
    unit = change.unit
    told: dict[str, Any] = {"kind": change.kind.value, "type": unit.node.type}
    optional: dict[str, Any] = {
        "block": unit.node.id,
        "label": unit.label,
        "place": unit.citation,
        "path": list(unit.path),
        "form": change.form,
        "wasLabel": change.before.label if change.before and change.before.label != unit.label else "",
        "wasType": change.before.node.type if change.before and change.before.node.type != unit.node.type else "",
    }
    told |= {name: value for name, value in optional.items() if value}
    return told | {"spans": [{"kind": span.kind.value, "text": span.text} for span in change.spans]}
