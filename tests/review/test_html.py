from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from review.comparison import compare
from review.content import Content, Mark, Node, Text
from review.html import comparison_html, content_html, page

OWN = "/api/v1/blobs/" + "a" * 64
HOSTILE = st.text(alphabet="<>&\"'=/ascriptonx:;`\n", max_size=30)


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def p(*parts: Node | Text, id: str = "a", type: str = "paragraph") -> Node:
    return Node(type, {"id": id}, parts)


def test_numbers_are_written_out_and_footnotes_stand_at_the_end() -> None:
    note = Node("footnote", {}, (Text("§ 5"),))
    html = content_html(Content(1, (p(Text("Předmět"), type="article"), p(Text("Kraj"), note, id="b", type="clause"))))
    assert '<span class="number">Čl. 1</span> Předmět' in html
    assert '<span class="number">(1)</span> Kraj<sup' in html
    assert '<li id="fn1" value="1">§ 5' in html


def test_a_link_that_could_run_a_script_is_only_text() -> None:
    link = Text("klik", (Mark("link", {"href": "javascript:alert(1)"}),))
    assert content_html(Content(1, (p(link),))) == '<p data-block="a">klik</p>'


def test_an_image_from_elsewhere_is_not_fetched() -> None:
    foreign = Node("image", {"id": "i", "src": "https://elsewhere.example/x.png", "alt": "erb"})
    assert content_html(Content(1, (foreign,))) == '<p class="image-missing">erb</p>'
    assert f'src="{OWN}"' in content_html(Content(1, (Node("image", {"id": "i", "src": OWN}),)))


def test_tables_and_lists_keep_their_shape() -> None:
    cell = Node("tableHeader", {"colspan": 2, "align": "right"}, (p(Text("Rok")),))
    table = Node("table", {"id": "t"}, (Node("tableRow", {}, (cell,)),))
    items = Node("orderedList", {"id": "l", "start": 3}, (Node("listItem", {}, (p(Text("x"), id="b"),)),))
    html = content_html(Content(1, (table, items)))
    assert '<th class="align-right" colspan="2"><p data-block="a">Rok</p></th>' in html
    assert '<ol data-block="l" start="3"><li><p data-block="b">x</p></li></ol>' in html


def test_a_comparison_tells_its_kinds_in_the_language_of_the_reader() -> None:
    before, after = Content(1, (p(Text("do 30 dnů")),)), Content(1, (p(Text("do 15 dnů")),))
    assert "<del> 30</del><ins> 15</ins>" in comparison_html(compare(before, after), "en")
    assert '<p class="kind">změněno</p>' in comparison_html(compare(before, after), "cs")


@given(HOSTILE.filter(bool), HOSTILE, HOSTILE)
def test_no_text_of_a_person_becomes_markup(text: str, id: str, href: str) -> None:
    mark = Mark("link", {"href": "https://" + href})
    content = Content(1, (p(Text(text, (mark, Mark("comment", {"id": id}))), id=id or "x"),))
    seen = Seen(page(text, content_html(content), "cs"))
    assert {tag for tag, _ in seen.tags} <= {"html", "head", "meta", "title", "body", "main", "p", "a", "span"}
    assert {name for _, attrs in seen.tags for name in attrs} <= {
        "lang",
        "charset",
        "name",
        "content",
        "data-block",
        "data-comment",
        "class",
        "href",
        "rel",
    }


@given(HOSTILE, HOSTILE)
def test_no_text_of_a_comparison_becomes_markup(before: str, after: str) -> None:
    pair = [Content(1, (p(*((Text(text),) if text else ())),)) for text in (before, after)]
    seen = Seen(comparison_html(compare(*pair)))
    assert {tag for tag, _ in seen.tags} <= {"section", "ul", "li", "div", "p", "ins", "del", "br"}
