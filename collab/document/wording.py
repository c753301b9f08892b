"""Which stretches of a text give way when it is to say something else: whole words, and no more of them than differ.

A caret, a mark or a name of who wrote it stays where its word stays; one whose word goes falls between two words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

DEAR = 250_000
"""Past this product of differing words on both sides everything between the first and the last of them gives way."""

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def changes(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, what stands there instead), the last first, in signs of `old`."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    head = _common(before, after)
    starts = [sum(map(len, before[:head]))]
    tail = _common(before[head:][::-1], after[head:][::-1])
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    for word in before:
        starts.append(starts[-1] + len(word))
    for low, high, from_, upto in reversed(_differing(before, after)):
        yield starts[low], starts[high], "".join(after[from_:upto])


def _differing(before: list[str], after: list[str]) -> list[tuple[int, int, int, int]]:
    if not before and not after:
        return []
    if not before or not after or len(before) * len(after) > DEAR:
        return [(0, len(before), 0, len(after))]
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(low, high, from_, upto) for step, low, high, from_, upto in steps if step != "equal"]


def _common(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))
