"""Other words in the place of a passage of a content tree. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from collab.errors import PlaceLost
from review.content import OBJECT, Content, Mark, Node, Text, joined

_WORDS = re.compile(r"\s|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class _Sign:
    """One code point of a block's plain text: a letter with its marks, or an inline node."""

    sign: str
    marks: tuple[Mark, ...] = ()
    node: Node | None = None


def block_of(content: Content, id: str) -> Node:
    """Raises `PlaceLost`."""
    for block in content.blocks():
        if block.id == id:
            return block
    raise PlaceLost(id)


def replaced(block: Node, start: int, end: int, wording: str) -> Node:
    """The block with `wording` instead of its plain text from `start` to `end`, compared word by word.

    Words that stay keep their marks, new ones take those of their neighbour in the passage; a line feed becomes a hard
    break. Raises `PlaceLost` for a passage beyond the block.
    """
    signs = _signs(block)
    if not 0 <= start <= end <= len(signs):
        raise PlaceLost(block.id or "")
    passage = signs[start:end]
    around = (signs[start - 1].marks,) if start else ()
    changed = _reworded(passage, wording, _unremarked(around[0]) if around else ())
    return replace(block, content=_parts([*signs[:start], *changed, *signs[end:]]))


def _signs(block: Node) -> list[_Sign]:
    signs: list[_Sign] = []
    for part in block.content:
        if isinstance(part, Text):
            signs.extend(_Sign(sign, part.marks) for sign in part.text)
        else:
            signs.append(_Sign("\n" if part.type == "hardBreak" else OBJECT, (), part))
    return signs


def _unremarked(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks if mark.type not in ("comment", "link"))


def _reworded(passage: Sequence[_Sign], wording: str, before: tuple[Mark, ...]) -> list[_Sign]:
    old, new = _words("".join(sign.sign for sign in passage)), _words(wording)
    result: list[_Sign] = []
    at = 0
    for step, low, high, from_, upto in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        size = sum(map(len, old[low:high]))
        kept = passage[at : at + size]
        at += size
        if step == "equal":
            result.extend(kept)
        else:
            neighbour = _neighbour(kept, result, passage[at:], before)
            result.extend(_sign(sign, neighbour) for sign in "".join(new[from_:upto]) if sign != OBJECT)
    return result


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _neighbour(
    gone: Sequence[_Sign], left: Sequence[_Sign], right: Sequence[_Sign], before: tuple[Mark, ...]
) -> tuple[Mark, ...]:
    """The marks of new words: those of the words they replace, else what the words around them have in common."""
    around = [signs[0].marks for signs in (gone[:1], left[-1:], right[:1]) if signs and signs[0].node is None]
    if not around:
        return before
    if gone or len(around) == 1:
        return around[0]
    return tuple(mark for mark in around[0] if mark.type != "comment" or mark in around[1])


def _sign(sign: str, marks: tuple[Mark, ...]) -> _Sign:
    return _Sign(sign, (), Node("hardBreak")) if sign == "\n" else _Sign(sign, marks)


def _parts(signs: Sequence[_Sign]) -> tuple[Node | Text, ...]:
    return joined([sign.node or Text(sign.sign, sign.marks) for sign in signs])
