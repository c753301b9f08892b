"""Computed numbers: articles "Čl. 1", clauses "(1)" within their article, points "a)" and "1." within their clause.

Numbers are never stored. Whoever shows a document (editor, HTML, page, outline) takes them from here or counts by the
same rule: an article begins its clauses and points anew, a clause its points, a point of level 1 those of level 2.
Headings, paragraphs and lists neither have such a number nor break the counting. Footnotes are numbered throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import ascii_lowercase

from review.content import Content, Node

MAX_HEADING = 80


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where a block stands: 0 = not within one."""

    article: int = 0
    clause: int = 0
    point: int = 0
    subpoint: int = 0

    def after(self, node: Node) -> Numbers:
        match node.type:
            case "article":
                return Numbers(self.article + 1)
            case "clause":
                return Numbers(self.article, self.clause + 1)
            case "point" if node.attrs.get("level", 1) == 2:
                return Numbers(self.article, self.clause, self.point, self.subpoint + 1)
            case "point":
                return Numbers(self.article, self.clause, self.point + 1)
            case _:
                return self

    def citation(self) -> str:
        """How the place is cited in Czech legal writing: "čl. 3 odst. 2 písm. a) bod 1"."""
        parts = (
            f"čl. {self.article}" if self.article else "",
            f"odst. {self.clause}" if self.clause else "",
            f"písm. {letter(self.point)})" if self.point else "",
            f"bod {self.subpoint}" if self.subpoint else "",
        )
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A node with its label, empty when it has none, and the place it stands in."""

    node: Node
    label: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Footnote:
    number: int
    text: str
    block: str | None


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """`level` counts from 1; an article stands one below the deepest heading before it."""

    block: str | None
    level: int
    label: str
    text: str


def letter(number: int) -> str:
    """1 → a, 26 → z, 27 → aa: letters without diacritics and without "ch", as legislation numbers its points."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, len(ascii_lowercase))
        letters = ascii_lowercase[rest] + letters
    return letters


def label(node: Node, numbers: Numbers) -> str:
    """What stands before the block on the page, given the numbers after it was counted."""
    match node.type:
        case "article":
            return f"Čl. {numbers.article}"
        case "clause":
            return f"({numbers.clause})"
        case "point":
            return f"{numbers.subpoint}." if node.attrs.get("level", 1) == 2 else f"{letter(numbers.point)})"
        case _:
            return ""


def numbered(content: Content) -> Iterator[Numbered]:
    """Every node in reading order with its label and its place."""
    numbers = Numbers()
    for node in content.walk():
        numbers = numbers.after(node)
        yield Numbered(node, label(node, numbers), numbers)


def labels(content: Content) -> Mapping[str, str]:
    """The labels of the blocks that have one, by block id."""
    return {entry.node.id: entry.label for entry in numbered(content) if entry.label and entry.node.id}


def citations(content: Content) -> Mapping[str, str]:
    """How each block's place is cited, by block id; before the first article by the heading it stands under."""
    heading, cited = "", {}
    for entry in numbered(content):
        if entry.node.type == "heading":
            heading = _short(entry.node.text)
        if entry.node.id:
            cited[entry.node.id] = entry.numbers.citation() or heading
    return cited


def footnotes(content: Content) -> tuple[Footnote, ...]:
    """All footnotes in reading order, numbered from 1."""
    found = [
        (part.text, block.id)
        for block in content.blocks()
        for part in block.content
        if isinstance(part, Node) and part.type == "footnote"
    ]
    return tuple(Footnote(number, text, block) for number, (text, block) in enumerate(found, 1))


def outline(content: Content) -> tuple[OutlineEntry, ...]:
    """Headings and articles in reading order."""
    entries: list[OutlineEntry] = []
    depth = 0
    for entry in numbered(content):
        if entry.node.type == "heading":
            depth = int(str(entry.node.attrs.get("level", 1)))
            entries.append(OutlineEntry(entry.node.id, depth, "", _short(entry.node.text)))
        elif entry.node.type == "article":
            entries.append(OutlineEntry(entry.node.id, depth + 1, entry.label, _short(entry.node.text)))
    return tuple(entries)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_HEADING else line[: MAX_HEADING - 1].rstrip() + "…"
