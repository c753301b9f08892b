"""Content and comparisons as HTML that is safe to show: everything escaped, no style, no script, no foreign image.

Alignment and kinds are classes, so that a page with a strict Content-Security-Policy can show them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from review.comparison import BlockChange, ChangeKind, Comparison
from review.content import Content, Mark, Node, Text
from review.numbering import Numbers, footnotes, label
from review.schema import is_address
from review.suggestions import INSERTION, SUGGESTED
from review.words import Span, SpanKind

OWN_IMAGE = re.compile(r"/api/v1/blobs/[0-9a-f]{64}")
MARKS = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strike": "s",
    "subscript": "sub",
    "superscript": "sup",
}
WRAPPERS = {
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "tableRow": "tr",
    "tableHeader": "th",
    "tableCell": "td",
}
WORDS: Mapping[str, Mapping[ChangeKind, str]] = {
    "cs": {
        ChangeKind.ADDED: "přidáno",
        ChangeKind.REMOVED: "odstraněno",
        ChangeKind.CHANGED: "změněno",
        ChangeKind.MOVED: "přesunuto",
    },
    "en": {
        ChangeKind.ADDED: "added",
        ChangeKind.REMOVED: "removed",
        ChangeKind.CHANGED: "changed",
        ChangeKind.MOVED: "moved",
    },
}
FORM = {"cs": "změna podoby", "en": "change of form"}
NOTES = {"cs": "Poznámky pod čarou", "en": "Footnotes"}


def page(title: str, body: str, language: str) -> str:
    """A whole document around a fragment."""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title></head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def content_html(content: Content, language: str = "cs") -> str:
    """The content as a fragment, numbers written out, footnotes at the end."""
    writer = _Writer()
    body = "\n".join(writer.block(node) for node in content.nodes)
    notes = footnotes(content)
    if not notes:
        return body
    items = "\n".join(
        f'<li id="fn{note.number}" value="{note.number}">{escape(note.text)} <a href="#fnref{note.number}">↩</a></li>'
        for note in notes
    )
    return f'{body}\n<section class="footnotes" aria-label="{NOTES[language]}">\n<ol>\n{items}\n</ol>\n</section>'


class _Writer:
    """Counts numbers and footnotes while the blocks are written in reading order."""

    def __init__(self) -> None:
        self.numbers, self.notes = Numbers(), 0

    def block(self, node: Node) -> str:
        self.numbers = self.numbers.after(node)
        match node.type:
            case "heading":
                level = int(str(node.attrs.get("level", 1)))
                return f"<h{level}{_attrs(node)}>{self.inline(node)}</h{level}>"
            case "paragraph":
                return f"<p{_attrs(node)}>{self.inline(node)}</p>"
            case "article" | "clause" | "point":
                return self.numbered(node)
            case "image":
                return _image(node)
            case "horizontalRule":
                return "<hr>"
            case "pageBreak":
                return '<hr class="page-break">'
            case "table":
                return f"<table{_attrs(node)}><tbody>{self.children(node)}</tbody></table>"
            case _:
                tag = WRAPPERS[node.type]
                return f"<{tag}{_attrs(node)}>{self.children(node)}</{tag}>"

    def children(self, node: Node) -> str:
        return "".join(self.block(child) for child in node.content if isinstance(child, Node))

    def numbered(self, node: Node) -> str:
        number = f'<span class="number">{escape(label(node, self.numbers))}</span> '
        if node.type == "article":
            return f"<h3{_attrs(node)}>{number}{self.inline(node)}</h3>"
        return f"<p{_attrs(node)}>{number}{self.inline(node)}</p>"

    def inline(self, node: Node) -> str:
        return "".join(self.part(part) for part in node.content)

    def part(self, part: Node | Text) -> str:
        if isinstance(part, Text):
            return _marked(part)
        if part.type == "hardBreak":
            return "<br>"
        self.notes += 1
        return f'<sup class="footnote" id="fnref{self.notes}"><a href="#fn{self.notes}">{self.notes}</a></sup>'


def _attrs(node: Node) -> str:
    classes = [node.type] if node.type in ("article", "clause", "point", "blockquote") else []
    if node.type == "point":
        classes.append(f"level-{node.attrs.get('level', 1)}")
    aligned = node.attrs.get("textAlign") or node.attrs.get("align")
    if aligned:
        classes.append(f"align-{aligned}")
    written: dict[str, object] = {"data-block": node.id, "class": " ".join(classes) or None}
    written |= {name: node.attrs.get(name) for name in ("colspan", "rowspan") if node.attrs.get(name)}
    if node.type == "orderedList":
        written["start"] = node.attrs.get("start")
    return "".join(f' {name}="{escape(str(value))}"' for name, value in written.items() if value is not None)


def _image(node: Node) -> str:
    source, alt = str(node.attrs.get("src") or ""), escape(str(node.attrs.get("alt") or ""))
    if not OWN_IMAGE.fullmatch(source):
        return f'<p class="image-missing">{alt}</p>'
    sizes = "".join(f' {name}="{node.attrs[name]}"' for name in ("width", "height") if node.attrs.get(name))
    return f'<figure><img src="{source}" alt="{alt}"{sizes}></figure>'


def _marked(part: Text) -> str:
    html = escape(part.text)
    for mark in part.marks:
        html = _wrapped(html, mark)
    return html


def _wrapped(html: str, mark: Mark) -> str:
    if mark.type in MARKS:
        return f"<{MARKS[mark.type]}>{html}</{MARKS[mark.type]}>"
    if mark.type in SUGGESTED:
        return _suggested(html, mark)
    if mark.type == "comment":
        return f'<span class="comment" data-comment="{escape(str(mark.attrs.get("id") or ""))}">{html}</span>'
    href = str(mark.attrs.get("href") or "")
    if mark.type == "link" and is_address(href):
        return f'<a href="{escape(href)}" rel="noopener noreferrer nofollow">{html}</a>'
    return html


def _suggested(html: str, mark: Mark) -> str:
    tag = "ins" if mark.type == INSERTION else "del"
    id, at = (escape(str(mark.attrs.get(name) or "")) for name in ("id", "at"))
    return f'<{tag} class="suggested" data-suggestion="{id}" datetime="{at}">{html}</{tag}>'


def comparison_html(comparison: Comparison, language: str = "cs") -> str:
    """The comparison as a fragment: every block once, changed words in `ins` and `del`, kinds told in words too."""
    rows = "\n".join(_compared(change, language) for change in comparison.blocks)
    return f'<section class="comparison">\n{_summary(comparison, language)}\n{rows}\n</section>'


def _summary(comparison: Comparison, language: str) -> str:
    counted = (f"<li>{word}: {comparison.count(kind)}</li>" for kind, word in WORDS[language].items())
    return f'<ul class="summary">{"".join(counted)}</ul>'


def _compared(change: BlockChange, language: str) -> str:
    unit, kind = change.unit, change.kind
    told = "" if kind is ChangeKind.SAME else _told(change, language)
    number = f'<span class="number">{escape(unit.label)}</span> ' if unit.label else ""
    block = f' data-block="{escape(unit.node.id)}"' if unit.node.id else ""
    text = "".join(_spans(change.spans))
    return f'<div class="{kind.value} {unit.node.type}"{block}>{told}<p>{number}{text}</p></div>'


def _told(change: BlockChange, language: str) -> str:
    words = WORDS[language][change.kind] + (f", {FORM[language]}" if change.form else "")
    where = f" · {escape(change.unit.citation)}" if change.unit.citation else ""
    return f'<p class="kind">{words}{where}</p>'


def _spans(spans: tuple[Span, ...]) -> Iterator[str]:
    for span in spans:
        text = escape(span.text).replace("\n", "<br>")
        if span.kind is SpanKind.SAME:
            yield text
        else:
            tag = "ins" if span.kind is SpanKind.ADDED else "del"
            yield f"<{tag}>{text}</{tag}>"
