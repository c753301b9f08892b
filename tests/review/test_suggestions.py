from __future__ import annotations

import pytest

from review.comparison import compare
from review.content import Content, Mark, Node, Text, content_hash, parse, to_json
from review.errors import BadContent, OpenSuggestions
from review.html import content_html
from review.schema import schema
from review.suggestions import agreed, authors, decided, signed, suggestions

BY = {"id": "s1", "author": "jan", "at": "2026-11-27T06:30:00Z"}
GONE, NEW = Mark("deletion", BY), Mark("insertion", BY)


def doc(*parts: Node | Text) -> Content:
    return parse(to_json(Content(schema().version, (Node("paragraph", {"id": "p"}, parts),))))


PLAIN = doc(Text("Dotace činí nejvýše 400 tis. Kč."))
SUGGESTED = doc(
    Text("Dotace činí nejvýše "), Text("400", (GONE,)), Text("500", (NEW,)), Text(" tis. Kč", ()), Text(".")
)


def test_the_agreed_text_has_no_insertions_and_still_what_is_to_be_deleted() -> None:
    assert agreed(SUGGESTED) == PLAIN
    assert content_hash(agreed(SUGGESTED)) == content_hash(PLAIN)
    assert not [change for change in compare(PLAIN, agreed(SUGGESTED)).blocks if change.kind != "same"]


def test_a_replacement_is_one_suggestion_of_one_author() -> None:
    assert suggestions(SUGGESTED) == ("s1",)
    assert authors(SUGGESTED) == {"jan"}


def test_suggestions_in_footnotes_count() -> None:
    content = doc(Text("Slovo"), Node("footnote", content=(Text("nová ", (NEW,)), Text("poznámka"))))
    assert suggestions(content) == ("s1",)
    assert agreed(content) == doc(Text("Slovo"), Node("footnote", content=(Text("poznámka"),)))


def test_what_is_only_proposed_is_never_frozen() -> None:
    assert decided(PLAIN) is PLAIN
    with pytest.raises(OpenSuggestions) as refused:
        decided(SUGGESTED)
    assert refused.value.count == 1


def test_html_shows_suggestions_as_insertions_and_deletions() -> None:
    html = content_html(SUGGESTED)
    assert '<del class="suggested" data-suggestion="s1" datetime="2026-11-27T06:30:00Z">400</del>' in html
    assert '<ins class="suggested" data-suggestion="s1" datetime="2026-11-27T06:30:00Z">500</ins>' in html


def test_who_goes_out_by_name_keeps_no_name_when_nobody_knows_it() -> None:
    assert signed(SUGGESTED, {}) == SUGGESTED
    named = {mark.attrs.get("name") for part in _texts(signed(SUGGESTED, {"jan": "Jan Novák"})) for mark in part.marks}
    assert named == {"Jan Novák"}


def _texts(content: Content) -> list[Text]:
    return [part for node in content.walk() for part in node.content if isinstance(part, Text)]


def test_content_of_an_earlier_schema_keeps_its_version_and_its_hash() -> None:
    earlier = parse({"schema": 1, "type": "doc", "content": [{"type": "paragraph"}]})
    assert to_json(earlier)["schema"] == 1
    with pytest.raises(BadContent):
        parse({"schema": schema().version + 1, "type": "doc", "content": [{"type": "paragraph"}]})
