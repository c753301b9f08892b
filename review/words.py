"""Words of a block and what changed among them, so that a person reads the difference as a person made it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from review.content import Node, Text

# A word, a line break or a single sign, with the spaces before it; trailing spaces stand alone.
TOKEN = re.compile(r"([^\S\n]*)(\w+|\n|[^\w\s])|([^\S\n]+)")
# Past this product of differing words on both sides the comparison within a block is given up: all of it changed.
DEAR = 4_000_000
# A single word that stays between two changes of so many words each is not worth showing apart.
CRUMB = 3


class SpanKind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Span:
    kind: SpanKind
    text: str


def spoken(node: Node) -> str:
    """The block's text with its footnotes in brackets where they stand; of an image its description."""
    if node.type == "image":
        return str(node.attrs.get("alt") or "")
    return "".join(_spoken(part) for part in node.content)


def _spoken(part: Node | Text) -> str:
    if isinstance(part, Text):
        return part.text
    return "\n" if part.type == "hardBreak" else f" [{part.text}]"


@dataclass(frozen=True, slots=True)
class Word:
    """`gap` is the white space before it: shown, but not compared."""

    gap: str
    sign: str


def words(text: str) -> list[Word]:
    return [Word(gap or rest, sign) for gap, sign, rest in TOKEN.findall(text)]


def compared_words(before: str, after: str, dear: int = DEAR) -> tuple[Span, ...]:
    """The spans of `after` with what was removed from `before` where it stood.

    The spans that are same or added make up `after`, to the letter. `dear` bounds the work, see `DEAR`.
    """
    old, new = words(before), words(after)
    return tuple(_joined(_spans(old, new, _cleaned(_opcodes(old, new, dear)))))


Edit = tuple[bool, int, int, int, int]


def _opcodes(old: list[Word], new: list[Word], dear: int) -> list[Edit]:
    """(same, old start, old end, new start, new end), without gaps from the first word to the last."""
    a, b = [word.sign for word in old], [word.sign for word in new]
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    old_end, new_end = len(a) - tail, len(b) - tail
    edits: list[Edit] = [(True, 0, head, 0, head)]
    if (old_end - head) * (new_end - head) > dear:
        edits.append((False, head, old_end, head, new_end))
    else:
        matcher = SequenceMatcher(None, a[head:old_end], b[head:new_end], autojunk=False)
        edits += [(tag == "equal", head + i, head + j, head + k, head + m) for tag, i, j, k, m in matcher.get_opcodes()]
    edits.append((True, old_end, len(a), new_end, len(b)))
    return [edit for edit in edits if edit[2] > edit[1] or edit[4] > edit[3]]


def _cleaned(edits: list[Edit]) -> list[Edit]:
    """Crumbs between two changes become part of them: "the" in the middle of a rewritten sentence tells nothing."""
    cleaned: list[Edit] = []
    for n, edit in enumerate(edits):
        changed = not edit[0] or _is_crumb(edits, n)
        if cleaned and changed and not cleaned[-1][0]:
            last = cleaned[-1]
            cleaned[-1] = (False, last[1], edit[2], last[3], edit[4])
        else:
            cleaned.append((not changed, *edit[1:]))
    return cleaned


def _is_crumb(edits: list[Edit], n: int) -> bool:
    if not 0 < n < len(edits) - 1 or edits[n][4] - edits[n][3] > 1:
        return False
    before, after = edits[n - 1], edits[n + 1]
    return not before[0] and not after[0] and min(_size(before), _size(after)) >= CRUMB


def _size(edit: Edit) -> int:
    return max(edit[2] - edit[1], edit[4] - edit[3])


def _spans(old: list[Word], new: list[Word], edits: list[Edit]) -> Iterator[Span]:
    for same, old_start, old_end, new_start, new_end in edits:
        if same:
            yield Span(SpanKind.SAME, _text(new[new_start:new_end]))
            continue
        yield Span(SpanKind.REMOVED, _text(old[old_start:old_end]))
        yield Span(SpanKind.ADDED, _text(new[new_start:new_end]))


def _text(run: list[Word]) -> str:
    return "".join(word.gap + word.sign for word in run)


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in spans:
        if not span.text:
            continue
        if last and last.kind is span.kind:
            last = Span(last.kind, last.text + span.text)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last
