"""From content to pandoc's tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from review.content import Content, Node, Text
from review.exchange import tables
from review.exchange.inlines import Remark
from review.exchange.pandoc import (
    API_VERSION,
    LABEL,
    LEVEL_TWO,
    MARKS,
    NUMBERING_OF,
    PAGE_BREAK,
    attr,
    element,
)
from review.numbering import Numbers, label
from review.suggestions import SUGGESTED, agreed

WORD_PAGE_BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


class Dialect(StrEnum):
    """What the tree is meant for: the number of a clause is a list's in Markdown, DOCX and ODT, but HTML has no
    list numbered "(1)", so there it is a paragraph with the number written out."""

    MARKDOWN = "markdown"
    DOCX = "docx"
    ODT = "odt"
    HTML = "html"


def _same(address: str) -> str:
    return address


def write(
    content: Content,
    dialect: Dialect,
    image: Callable[[str], str] = _same,
    remarks: Mapping[str, Remark] | None = None,
) -> dict[str, Any]:
    """The tree of a content. `image` gives the address to write for a picture's `src`, such as a `data:` URI.

    `remarks` holds, by the id of a comment mark, what DOCX shows as a Word comment; marks without one are left out.
    Suggestions are Word's tracked changes, by the `name` in their marks; other dialects get the agreed text.
    """
    word = dialect is Dialect.DOCX
    writer = _Writer(dialect, image, _Inlines(remarks or {} if word else {}))
    blocks = writer.flow((content if word else agreed(content)).nodes)
    return {"pandoc-api-version": list(API_VERSION), "meta": {}, "blocks": blocks}


@dataclass(slots=True)
class _List:
    """A numbered list being built; its last item takes what belongs under it."""

    kind: str
    blocks: dict[str, Any]

    @property
    def last(self) -> list[Any]:
        items: list[list[Any]] = self.blocks["c"][1]
        return items[-1]


KINDS = {"clause": ("Decimal", "TwoParens"), "point": ("LowerAlpha", "OneParen"), "second": ("Decimal", "Period")}
RANKS = {"clause": 1, "point": 2, "second": 3}


def _kind(node: Node) -> str:
    return "second" if node.type == "point" and node.attrs.get("level") == 2 else node.type


def _own(numbers: Numbers, kind: str) -> int:
    return {"clause": numbers.clause, "point": numbers.point, "second": numbers.subpoint}[kind]


@dataclass(slots=True)
class _Writer:
    dialect: Dialect
    image: Callable[[str], str]
    inlines: _Inlines
    numbers: Numbers = field(default_factory=Numbers)

    def flow(self, nodes: Sequence[Node | Text]) -> list[Any]:
        """Blocks, in which runs of clauses and points have become nested numbered lists."""
        written: list[Any] = []
        open_lists: list[_List] = []
        for node in nodes:
            if not isinstance(node, Node):
                continue
            if node.type in {"clause", "point"} and self.dialect is not Dialect.HTML:
                self._listed(node, written, open_lists)
            else:
                open_lists.clear()
                written += self._block(node)
        return written

    def _listed(self, node: Node, written: list[Any], open_lists: list[_List]) -> None:
        kind = _kind(node)
        self.numbers = self.numbers.after(node)
        item = [element("Para", self.inlines.write(node))]
        while open_lists and RANKS[open_lists[-1].kind] > RANKS[kind]:
            open_lists.pop()
        if open_lists and open_lists[-1].kind == kind:
            open_lists[-1].blocks["c"][1].append(item)
            return
        style, delimiter = KINDS[kind]
        started = element("OrderedList", [_own(self.numbers, kind), element(style), element(delimiter)], [item])
        if open_lists:
            open_lists[-1].last.append(self._under(kind, open_lists[-1].kind, started))
        else:
            written.append(self._under(kind, "", started))
        open_lists.append(_List(kind, started))

    def _under(self, kind: str, parent: str, started: dict[str, Any]) -> dict[str, Any]:
        """A list of the second level says so, unless it stands in a point, where it cannot be anything else."""
        return element("Div", attr([LEVEL_TWO]), [started]) if kind == "second" and parent != "point" else started

    def _block(self, node: Node) -> Iterator[Any]:
        match node.type:
            case "paragraph":
                yield self._aligned(node, element("Para", self.inlines.write(node)))
            case "heading":
                yield self._heading(node)
            case "article":
                yield self._article(node)
            case "clause" | "point":
                yield self._labelled(node)
            case "bulletList":
                yield element("BulletList", self._items(node))
            case "orderedList":
                yield self._ordered(node)
            case "blockquote":
                yield element("BlockQuote", self.flow(node.content))
            case "table":
                yield tables.write(node, self._cell)
            case _:
                yield self._leaf(node)

    def _leaf(self, node: Node) -> dict[str, Any]:
        match node.type:
            case "image":
                return element("Para", [self._image(node)])
            case "horizontalRule":
                return element("HorizontalRule")
            case _ if self.dialect is Dialect.DOCX:
                return element("RawBlock", "openxml", WORD_PAGE_BREAK)
            case _:
                return element("Div", attr([PAGE_BREAK], {"style": "break-after: page"}), [])

    def _aligned(self, node: Node, block: dict[str, Any]) -> dict[str, Any]:
        side = node.attrs.get("textAlign")
        return element("Div", attr([f"align-{side}"]), [block]) if side else block

    def _heading(self, node: Node) -> dict[str, Any]:
        side = node.attrs.get("textAlign")
        level = node.attrs.get("level", 1)
        return element("Header", level, attr([f"align-{side}"] if side else []), self.inlines.write(node))

    def _label(self, node: Node) -> str:
        self.numbers = self.numbers.after(node)
        return label(node, self.numbers).replace(" ", "\u00a0")

    def _article(self, node: Node) -> dict[str, Any]:
        shown = element("Str", self._label(node))
        number = element("Span", attr([LABEL]), [shown]) if self.dialect is Dialect.HTML else shown
        title = self.inlines.write(node)
        return element("Header", 2, attr(["article"]), [number, *([element("Space")] if title else []), *title])

    def _labelled(self, node: Node) -> dict[str, Any]:
        number = element("Span", attr([LABEL]), [element("Str", self._label(node))])
        name = "point2" if _kind(node) == "second" else node.type
        return element("Div", attr([name]), [element("Para", [number, element("Space"), *self.inlines.write(node)])])

    def _items(self, node: Node) -> list[Any]:
        return [self.flow(item.content) for item in node.content if isinstance(item, Node)]

    def _ordered(self, node: Node) -> dict[str, Any]:
        style = NUMBERING_OF.get(str(node.attrs.get("type")), "Decimal")
        return element(
            "OrderedList", [node.attrs.get("start", 1), element(style), element("Period")], self._items(node)
        )

    def _cell(self, cell: Node) -> list[Any]:
        first = cell.content[0]
        if tables.is_plain(cell) and isinstance(first, Node) and not first.attrs.get("textAlign"):
            return [element("Plain", self.inlines.write(first))] if first.content else []
        return self.flow(cell.content)

    def _image(self, node: Node) -> dict[str, Any]:
        sizes = {name: f"{node.attrs[name]}px" for name in ("width", "height") if node.attrs.get(name)}
        alt = words(str(node.attrs.get("alt") or ""))
        target = [self.image(str(node.attrs.get("src"))), str(node.attrs.get("title") or "")]
        return element("Image", attr(pairs=sizes), alt, target)


def words(text: str) -> list[Any]:
    """`Str` and `Space` elements of a text; every other white space stays inside a word."""
    parts: list[Any] = []
    for number, word in enumerate(text.split(" ")):
        parts += [element("Space")] if number else []
        parts += [element("Str", word)] if word else []
    return parts


@dataclass(slots=True)
class _Inlines:
    """Writes what stands inside blocks; remembers which comments it has begun, for each is begun once."""

    remarks: Mapping[str, Remark]
    begun: set[str] = field(default_factory=set)

    def write(self, block: Node) -> list[Any]:
        written: list[Any] = []
        open_ids: list[str] = []
        for group in _grouped_by_comment(block.content):
            ids = [identity for identity in _comments(group[0]) if identity in self.remarks]
            written += [_comment_end(identity) for identity in open_ids if identity not in ids]
            open_ids = [identity for identity in open_ids if identity in ids]
            fresh = [identity for identity in ids if identity not in self.begun]
            written += [self._comment_start(identity) for identity in fresh]
            open_ids += fresh
            written += _marked(group, list(_ORDER))
        return written + [_comment_end(identity) for identity in open_ids]

    def _comment_start(self, identity: str) -> dict[str, Any]:
        self.begun.add(identity)
        remark = self.remarks[identity]
        pairs = {"id": identity, "author": remark.author, "date": remark.date}
        return element("Span", attr(["comment-start"], pairs), words(remark.text))


def _comment_end(identity: str) -> dict[str, Any]:
    return element("Span", attr(["comment-end"], {"id": identity}), [])


_ORDER = (*SUGGESTED, "link", *MARKS)


def _comments(part: Node | Text) -> tuple[str, ...]:
    marks = part.marks if isinstance(part, Text) else ()
    return tuple(str(mark.attrs.get("id")) for mark in marks if mark.type == "comment")


def _grouped_by_comment(parts: Sequence[Node | Text]) -> Iterator[list[Node | Text]]:
    group: list[Node | Text] = []
    for part in parts:
        if group and _comments(group[-1]) != _comments(part):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


_TOLD = {"href", "title", "id", "name", "at"}


def _mark_key(part: Node | Text, name: str) -> tuple[tuple[str, str], ...] | None:
    """The attributes of a mark on a part, None without it: neighbours with the same key share one element."""
    for mark in part.marks if isinstance(part, Text) else ():
        if mark.type == name:
            return tuple(sorted((key, str(value)) for key, value in mark.attrs.items() if key in _TOLD))
    return None


def _marked(parts: Sequence[Node | Text], names: list[str]) -> list[Any]:
    """Elements of parts: runs of neighbours that bear the first name stand in one element, and so on inward."""
    if not names:
        return [element for part in parts for element in _bare(part)]
    written: list[Any] = []
    run: list[Node | Text] = []
    for part in parts:
        if run and _mark_key(run[-1], names[0]) != _mark_key(part, names[0]):
            written += _wrapped(run, names)
            run = []
        run.append(part)
    return written + _wrapped(run, names) if run else written


def _wrapped(run: Sequence[Node | Text], names: list[str]) -> list[Any]:
    inside = _marked(run, names[1:])
    key = _mark_key(run[0], names[0])
    if key is None:
        return inside
    attrs = dict(key)
    if names[0] in SUGGESTED:
        return [
            element("Span", attr(names[:1], {"author": attrs.get("name", ""), "date": attrs.get("at", "")}), inside)
        ]
    if names[0] != "link":
        return [element(MARKS[names[0]], inside)]
    return [element("Link", attr(), inside, [attrs.get("href") or "", attrs.get("title") or ""])]


def _bare(part: Node | Text) -> list[Any]:
    if isinstance(part, Text):
        return words(part.text)
    if part.type == "hardBreak":
        return [element("LineBreak")]
    return [element("Note", [element("Para", _marked(part.content, list(_ORDER)))])]
