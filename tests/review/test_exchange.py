from __future__ import annotations

import json
import subprocess
from typing import Any

import pypandoc  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.content import Content, Mark, Node, Text, parse, to_json, with_ids
from review.errors import BadContent
from review.exchange import Dialect, Remark, read, write
from review.schema import schema
from tests.review.contents import contents

IMAGE = "/api/v1/blobs/" + "0" * 64
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)
PANDOC = [pypandoc.get_pandoc_path(), "--sandbox"]


def pandoc(*arguments: str, given: bytes) -> bytes:
    return subprocess.run([*PANDOC, *arguments], input=given, capture_output=True, check=True).stdout


def of_markdown(text: str) -> tuple[Node, ...]:
    return read(json.loads(pandoc("-f", "markdown", "-t", "json", given=text.encode()))).content.nodes


def there_and_back(content: Content, dialect: Dialect) -> Content:
    tree = json.dumps(write(content, dialect, image=lambda address: PIXEL)).encode()
    to = {"markdown": ["markdown", "--wrap=none"], "html": ["html"]}.get(dialect, [dialect.value])
    written = pandoc("-f", "json", "-t", *to, given=tree)
    return read(json.loads(pandoc("-f", dialect.value, "-t", "json", given=written)), lambda address: IMAGE).content


def doc(*nodes: Node) -> Content:
    return Content(schema().version, nodes)


def block(name: str, text: str, **attrs: Any) -> Node:
    return Node(name, attrs, (Text(text),) if text else ())


def outline(nodes: tuple[Node, ...]) -> list[tuple[str, str]]:
    return [(node.type + ("2" if node.attrs.get("level") == 2 else ""), node.text) for node in nodes]


@settings(max_examples=40, deadline=None)
@given(contents(), st.sampled_from([Dialect.MARKDOWN, Dialect.ODT, Dialect.HTML]))
def test_reading_what_was_written_gives_the_same_content(content: Content, dialect: Dialect) -> None:
    parsed = parse(to_json(content))
    reading = read(write(parsed, dialect))
    assert to_json(reading.content) == to_json(parsed)
    assert reading.left_out == ()


@settings(max_examples=10, deadline=None)
@given(contents())
def test_no_word_is_lost_on_the_way_through_a_word_file(content: Content) -> None:
    back = there_and_back(parse(to_json(content)), Dialect.DOCX)
    assert back.plain.split() == content.plain.split()


OFFICIAL = doc(
    block("heading", "Obecně závazná vyhláška"),
    block("article", "Úvodní ustanovení"),
    block("clause", "Kraj stanoví pravidla."),
    block("clause", "Pravidla se vztahují na"),
    block("point", "obce,"),
    block("point", "spolky, a to"),
    block("point", "zapsané,", level=2),
    block("point", "pobočné,", level=2),
    block("point", "církve."),
    block("clause", "Třetí odstavec."),
    block("article", "Účinnost"),
    block("clause", "Vyhláška nabývá účinnosti dnem 1. ledna 2027."),
    Node("table", content=(
        Node("tableRow", content=(Node("tableHeader", content=(block("paragraph", "Věc"),)),
                                  Node("tableHeader", {"align": "right"}, (block("paragraph", "Kč"),)))),
        Node("tableRow", content=(Node("tableCell", content=(block("paragraph", "Nájem"),)),
                                  Node("tableCell", {"align": "right"}, (block("paragraph", "100"),)))),
    )),
    Node("paragraph", content=(Text("Podle "), Text("zákona", (Mark("bold"),)), Node("footnote", content=(
        Text("§ 35 zákona č. 129/2000 Sb."),)), Text("."))),
)  # fmt: skip


@pytest.mark.parametrize("dialect", list(Dialect))
def test_an_official_document_survives_every_format(dialect: Dialect) -> None:
    back = there_and_back(OFFICIAL, dialect)
    assert outline(tuple(back.blocks())) == outline(tuple(OFFICIAL.blocks()))
    assert [node.type for node in back.nodes] == [node.type for node in OFFICIAL.nodes]
    note = back.nodes[-1].content[2]
    assert isinstance(note, Node)
    assert note.text == "§ 35 zákona č. 129/2000 Sb."


def test_numbers_are_written_and_go_on_after_an_interruption() -> None:
    content = doc(block("article", "A"), block("clause", "jedna"), block("paragraph", "mezi"), block("clause", "dvě"))
    text = pandoc("-f", "json", "-t", "markdown", given=json.dumps(write(content, Dialect.MARKDOWN)).encode()).decode()
    assert "Čl.\u00a01 A" in text.replace("&nbsp;", "\u00a0").replace("\\ ", "\u00a0")
    assert "(2) dvě" in text.replace("  ", " ")


def test_html_shows_the_numbers_in_words_of_the_page() -> None:
    text = pandoc("-f", "json", "-t", "html", given=json.dumps(write(OFFICIAL, Dialect.HTML)).encode()).decode()
    for number in ("Čl.&nbsp;2", "(3)", "b)", "2."):
        assert f'<span class="number">{number}</span>' in text.replace("\u00a0", "&nbsp;")


def test_a_heading_with_the_label_of_an_article_is_an_article() -> None:
    nodes = of_markdown("## Čl. 7 Závěr\n\n## Článek IV. Účel\n\n## Bez čísla {.article}\n\nČl. 9\n\n## Čl. nic\n")
    assert outline(nodes) == [
        ("article", "Závěr"), ("article", "Účel"), ("article", "Bez čísla"), ("article", ""), ("heading2", "Čl. nic"),
    ]  # fmt: skip


def test_numbered_lists_are_clauses_and_points_only_in_their_own_style() -> None:
    nodes = of_markdown("(1) odstavec\n    a) bod\n        1. podbod\n\n(2) další\n\nText\n\n1. položka\n2. druhá\n")
    assert outline(nodes)[:4] == [("clause", "odstavec"), ("point", "bod"), ("point2", "podbod"), ("clause", "další")]
    assert nodes[-1].type == "orderedList"


def test_a_picture_stands_between_the_paragraphs_and_a_foreign_one_is_named() -> None:
    tree = json.loads(pandoc("-f", "markdown", "-t", "json", given=b"before ![Map](map.png){width=2in} after"))
    kept = read(tree, {"map.png": "/api/v1/blobs/aa"}.get)
    assert [node.type for node in kept.content.nodes] == ["paragraph", "image", "paragraph"]
    assert kept.content.nodes[1].attrs == {"src": "/api/v1/blobs/aa", "alt": "Map", "width": 192}
    left = read(tree)
    assert left.left_out == ("image map.png",)
    assert left.content.plain == "before \n[Map]\n after"


def test_only_links_that_a_browser_may_follow_stay_links() -> None:
    (paragraph,) = of_markdown("[a](https://example.test) [b](javascript:alert(1)) [c](file:///etc/passwd)")
    links = [mark.attrs["href"] for part in paragraph.content if isinstance(part, Text) for mark in part.marks]
    assert links == ["https://example.test"]
    assert paragraph.text == "a b c"


def test_comments_of_a_word_file_are_found_at_their_passage_and_go_out_again() -> None:
    passage = Text("30 000 Kč", (Mark("comment", {"id": "7"}),))
    content = doc(block("paragraph", "Úvod"), Node("paragraph", content=(Text("Nejvýše "), passage, Text("."))))
    remark = Remark("Jana Dvořáková", "2026-11-20T08:00:00Z", "Navrhujeme 50 000 Kč.")
    tree = json.dumps(write(content, Dialect.DOCX, remarks={"7": remark})).encode()
    word = pandoc("-f", "json", "-t", "docx", given=tree)
    reading = read(json.loads(pandoc("-f", "docx", "-t", "json", "--track-changes=all", given=word)))
    (found,) = reading.remarks
    assert (found.author, found.text) == (remark.author, remark.text)
    assert (found.block, found.start, found.end) == (1, 8, 17)
    assert not any(mark for node in reading.content.blocks() for part in node.content if isinstance(part, Text)
                   for mark in part.marks)  # fmt: skip


def test_tracked_changes_are_suggestions() -> None:
    markdown = '[nové]{.insertion author="A" date="2026-11-20T08:00:00Z"} [staré]{.deletion author="A" date="x"} zbylé'
    [new, _, old, _] = of_markdown(markdown)[0].content
    assert [(part.text, [mark.type for mark in part.marks]) for part in (new, old) if isinstance(part, Text)] == [
        ("nové", ["insertion"]),
        ("staré", ["deletion"]),
    ]


def test_column_widths_and_merged_cells_survive() -> None:
    def cell(text: str, **attrs: Any) -> Node:
        return Node("tableCell", attrs, (block("paragraph", text),))

    wide = Node("tableRow", content=(cell("a", colwidth=(160,)), cell("b", colwidth=(480,))))
    merged = Node("tableRow", content=(cell("c", colspan=2, colwidth=(160, 480)),))
    content = parse(to_json(doc(Node("table", content=(wide, merged)))))
    assert to_json(read(write(content, Dialect.HTML)).content) == to_json(content)


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"blocks": 1},
        {"blocks": [{"t": "Para"}]},
        {"blocks": [{"t": "Unheard", "c": []}]},
        {"blocks": [{"t": "Para", "c": [{"t": "Str", "c": 5}]}]},
        {"blocks": [{"t": "Header", "c": [1, ["", [], []]]}]},
    ],
)
def test_what_is_no_tree_is_refused_with_a_typed_error(tree: dict[str, Any]) -> None:
    with pytest.raises(BadContent):
        read(tree)


def test_a_tree_nested_without_end_is_refused() -> None:
    blocks: list[Any] = [{"t": "Para", "c": []}]
    for _ in range(300):
        blocks = [{"t": "BlockQuote", "c": blocks}]
    with pytest.raises(BadContent, match="deep"):
        read({"blocks": blocks})


def test_reading_gives_no_ids_so_that_the_same_file_gives_the_same_content() -> None:
    nodes = of_markdown("# A\n\nb")
    assert [node.id for node in nodes] == [None, None]
    assert all(node.id for node in with_ids(doc(*nodes)).nodes)
