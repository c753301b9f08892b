from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec import msgpack
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.document.draft import Draft
from collab.errors import BadSchema, CollabError, Malformed
from collab.history.replay import places_of
from collab.judging.codes import NO_TYPE, NUMBER, PARENT, Place
from collab.judging.places import Places
from collab.lib0 import write_any, write_string, write_uint
from collab.update import Content, read
from review.content import MAX_DEPTH, parse
from tests.collab.npm import bytes_of, vectors

KINDS = (Place.GONE, Place.IN_TEXT, Place.ATTRIBUTE, Place.CHILD)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_places_of_a_whole_are_those_of_its_updates_one_by_one(seed: int) -> None:
    """Except where something was collected meanwhile: that is nowhere."""
    places = Places()
    for update in vectors(seed)["updates"]:
        found = read(bytes_of(update))
        places.add(places.judge(found), found.halves)
    whole = read(bytes_of(vectors(seed)["whole"]))
    again = Places.of(whole)
    assert not again.judge(whole).new
    for struct in whole.structs:
        one, other = places.at((struct.client, struct.clock)), again.at((struct.client, struct.clock))
        assert one is not None
        assert other is not None
        if other & 3 != Place.GONE and struct.content is not Content.DELETED:
            assert said(places, one) == said(again, other)


def said(places: Places, code: int) -> tuple[int, int, int]:
    """A code's own bits, its parent's client and clock: clients are numbered as they come."""
    clients = {places.number(client): client for client in places.ends()}
    return code & (1 << PARENT) - 1, clients.get(code >> PARENT + NUMBER, 0), code >> PARENT & (1 << NUMBER) - 1


@pytest.mark.parametrize("seed", [1, 2])
def test_places_fall_back_to_any_moment(seed: int) -> None:
    places, moments = Places(), []
    for update in vectors(seed)["updates"]:
        moments.append((places.ends(), codes(places)))
        found = read(bytes_of(update))
        places.add(places.judge(found), found.halves)
    assert len(moments) > 10
    for ends, before in reversed(moments):
        places.cut(ends)
        assert (places.ends(), codes(places)) == (ends, before)


def codes(places: Places) -> dict[int, list[int | None]]:
    return {client: [places.at((client, clock)) for clock in range(end)] for client, end in places.ends().items()}


def a_document() -> Doc[Any]:
    """Paragraph with an attribute and a text, then a list: clocks are found by `id_of`."""
    doc: Doc[Any] = Doc(client_id=1)
    body = doc.get("body", type=XmlFragment)
    body.children.append(XmlElement("paragraph", {"id": "p"}, [XmlText("text")]))
    item = XmlElement("listItem", {}, [XmlElement("paragraph", {}, [XmlText("položka")])])
    body.children.append(XmlElement("bulletList", {"id": "l"}, [item]))
    return doc


WHOLE = read(a_document().get_update())


def id_of(content: Content, held: object) -> bytes:
    """Where the document has this, as a reference is written."""
    [found] = [struct for struct in WHOLE.structs if struct.content is content and struct.held == held][:1]
    return write_uint(found.client) + write_uint(found.clock)


TYPED = next(struct for struct in WHOLE.structs if struct.content is Content.TEXT)
LETTERS = write_uint(TYPED.client) + write_uint(TYPED.clock)
PARAGRAPH, LIST = id_of(Content.TYPE, "paragraph"), id_of(Content.TYPE, "bulletList")
ITEM, TEXT, ID = id_of(Content.TYPE, "listItem"), id_of(Content.TYPE, ""), id_of(Content.VALUE, ("p",))


def after(origin: bytes, info: int, content: bytes) -> bytes:
    return struct(0x80 | info, origin + content)


def inside(parent: bytes, info: int, content: bytes) -> bytes:
    return struct(info, b"\x00" + parent + content)


def struct(info: int, rest: bytes) -> bytes:
    return b"\x01\x01" + write_uint(7) + b"\x00" + bytes((info,)) + rest + b"\x00"


def element(name: str) -> bytes:
    return b"\x03" + write_string(name)


WORD, VALUE, RUN = write_string("abc"), b"\x01" + write_any("x"), b"\x06"
BOLD = write_string("bold") + write_string("{}")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "letters between elements": lambda: inside(PARAGRAPH, 4, WORD),
    "letters after an element": lambda: after(PARAGRAPH, 4, WORD),
    "letters after a value": lambda: after(ID, 4, WORD),
    "a format among elements": lambda: after(PARAGRAPH, 6, BOLD),
    "a text beside paragraphs": lambda: after(PARAGRAPH, 7, RUN),
    "a text in a list": lambda: inside(LIST, 7, RUN),
    "an element in a text": lambda: inside(TEXT, 7, element("paragraph")),
    "an element after letters": lambda: after(LETTERS, 7, element("paragraph")),
    "an element as an attribute": lambda: struct(0x27, b"\x00" + PARAGRAPH + write_string("id") + element("paragraph")),
    "a value among elements": lambda: after(PARAGRAPH, 8, VALUE),
    "a value in an element": lambda: inside(PARAGRAPH, 8, VALUE),
    "a value after letters": lambda: after(LETTERS, 8, VALUE),
    "an attribute of a text": lambda: struct(0x28, b"\x00" + TEXT + write_string("id") + VALUE),
    "an attribute of the document": lambda: struct(0x28, b"\x01" + write_string("body") + write_string("id") + VALUE),
    "another node's attribute": lambda: struct(0x28, b"\x00" + PARAGRAPH + write_string("src") + VALUE),
    "a row beside a paragraph": lambda: after(PARAGRAPH, 7, element("tableRow")),
    "a paragraph in a list": lambda: inside(LIST, 7, element("paragraph")),
    "a heading in place of an item": lambda: after(ITEM, 7, element("heading")),
    "a block in a paragraph": lambda: inside(PARAGRAPH, 7, element("paragraph")),
    "a footnote beside a paragraph": lambda: after(PARAGRAPH, 7, element("footnote")),
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_what_would_break_every_editor_is_refused(deed: str) -> None:
    with pytest.raises(BadSchema):
        Places.of(WHOLE).judge(read(HOSTILE[deed]()))


def test_letters_are_no_parent() -> None:
    for parent in (LETTERS, ID):
        with pytest.raises(Malformed):
            Places.of(WHOLE).judge(read(inside(parent, 4, WORD)))


def valued(node: str, name: str, value: Any) -> bytes:
    """A new block after the paragraph, with one attribute."""
    made = b"\x87" + PARAGRAPH + element(node)
    held = bytes((0x28,)) + b"\x00" + write_uint(7) + b"\x00" + write_string(name) + b"\x01" + write_any(value)
    return b"\x01\x02" + write_uint(7) + b"\x00" + made + held + b"\x00"


BEYOND: list[tuple[str, str, Any]] = [
    ("orderedList", "start", 2**53),
    ("orderedList", "start", 1e300),
    ("orderedList", "start", -1),
    ("orderedList", "type", "x" * 1000),
    ("heading", "level", True),
    ("image", "width", 2**60),
    ("image", "src", "javascript:alert(1)"),
    ("image", "alt", "a\u202eb"),
    ("paragraph", "id", "x" * 1000),
]


@pytest.mark.parametrize(("node", "name", "value"), BEYOND)
def test_values_beyond_their_bounds_are_refused(node: str, name: str, value: Any) -> None:
    with pytest.raises(BadSchema):
        Places.of(WHOLE).judge(read(valued(node, name, value)))
    Places.of(WHOLE).judge(read(valued("orderedList", "start", 3.0)))


@pytest.mark.parametrize("href", ["javascript:alert(1)", " java\nscript:x", "data:text/html,x", "//evil.test"])
def test_a_link_that_leads_to_a_script_is_refused(href: str) -> None:
    def link(address: str) -> bytes:
        return after(LETTERS, 6, write_string("link") + write_string(json.dumps({"href": address})))

    with pytest.raises(BadSchema):
        Places.of(WHOLE).judge(read(link(href)))
    Places.of(WHOLE).judge(read(link("https://example.test/")))


def nested(count: int) -> bytes:
    """Quotations, one in another, as one update."""
    structs = [b"\x87" + PARAGRAPH + element("blockquote")]
    structs += [b"\x07\x00" + write_uint(7) + write_uint(at) + element("blockquote") for at in range(count - 1)]
    return b"\x01" + write_uint(count) + write_uint(7) + b"\x00" + b"".join(structs) + b"\x00"


def test_nesting_has_an_end_in_one_update_and_in_many() -> None:
    with pytest.raises(BadSchema, match="deep"):
        Places.of(WHOLE).judge(read(nested(MAX_DEPTH + 1)))
    places = Places.of(WHOLE)
    places.add(places.judge(read(nested(MAX_DEPTH))))
    one_more = b"\x01\x01" + write_uint(8) + b"\x00\x07\x00" + write_uint(7) + write_uint(MAX_DEPTH - 1)
    with pytest.raises(BadSchema, match="deep"):
        places.judge(read(one_more + element("blockquote") + b"\x00"))


HONEST: dict[str, Callable[[], bytes]] = {
    "letters in a text": lambda: inside(TEXT, 4, WORD),
    "letters after letters": lambda: after(LETTERS, 4, WORD),
    "bold after letters": lambda: after(LETTERS, 6, BOLD),
    "a text in a paragraph": lambda: inside(PARAGRAPH, 7, RUN),
    "a break in a paragraph": lambda: inside(PARAGRAPH, 7, element("hardBreak")),
    "a table after a paragraph": lambda: after(PARAGRAPH, 7, element("table")),
    "another item": lambda: after(ITEM, 7, element("listItem")),
    "another id": lambda: after(ID, 8, VALUE),
    "an alignment": lambda: struct(
        0x28, b"\x00" + PARAGRAPH + write_string("textAlign") + b"\x01" + write_any("center")
    ),
    "something deleted": lambda: after(PARAGRAPH, 1, b"\x05"),
}


@pytest.mark.parametrize("deed", HONEST)
def test_what_an_editor_writes_is_let_in(deed: str) -> None:
    places = Places.of(WHOLE)
    places.add(places.judge(read(HONEST[deed]())))
    assert places.end(7) in (1, 3, 5)


def test_what_was_refused_leaves_no_trace() -> None:
    places = Places.of(WHOLE)
    with pytest.raises(CollabError):
        places.judge(read(HOSTILE["letters between elements"]()))
    assert places.end(7) == 0


def emoji() -> tuple[Places, bytes, int]:
    """A text with a sign of two clocks: its client and the clock of its first half."""
    doc: Doc[Any] = Doc(client_id=1)
    doc.get("body", type=XmlFragment).children.append(XmlElement("paragraph", {}, [XmlText("a😀b")]))
    whole = read(doc.get_update())
    [text] = [struct for struct in whole.structs if struct.content is Content.TEXT]
    return Places.of(whole), write_uint(1), text.clock + 1


def test_a_sign_of_two_halves_is_never_cut() -> None:
    places, client, first = emoji()
    before, high, low = (client + write_uint(first + at) for at in (-1, 0, 1))
    for update in (
        after(high, 4, WORD),
        between(high, low, 4, WORD),
        b"\x00\x01" + client + b"\x01" + write_uint(first) + b"\x01",
        b"\x00\x01" + client + b"\x01" + write_uint(first + 1) + b"\x02",
    ):
        with pytest.raises(Malformed):
            places.judge(read(update))
    for update in (
        after(low, 4, WORD),
        between(before, high, 4, WORD),
        b"\x00\x01" + client + b"\x01" + write_uint(first) + b"\x02",
    ):
        places.judge(read(update))


def two_paragraphs() -> tuple[Doc[Any], Draft]:
    """The same document twice: of an author who is offline, and of the office. Each paragraph has a word."""
    doc = Doc[Any](client_id=1)
    body = doc.get("body", type=XmlFragment)
    for word in ("abc", "def"):
        body.children.append(XmlElement("paragraph", {}, [XmlText(word)]))
    return doc, Draft([doc.get_update()])


def between(left: bytes, right: bytes, info: int, content: bytes) -> bytes:
    return struct(0xC0 | info, left + right + content)


def test_neighbours_stand_in_one_place_of_one_parent() -> None:
    doc, _ = two_paragraphs()
    whole = read(doc.get_update())
    ids = [write_uint(one.client) + write_uint(one.clock) for one in whole.structs if one.content is Content.TEXT]
    places = Places.of(whole)
    first, second = ids
    next_one = first[:-1] + bytes((first[-1] + 1,))
    for update in (
        between(first, second, 4, WORD),
        between(first, second, 6, BOLD),
        between(PARAGRAPH, LETTERS, 7, element("paragraph")),
    ):
        with pytest.raises(Malformed, match="two places"):
            places.judge(read(update))
    places.judge(read(between(first, next_one, 4, WORD)))


def test_nothing_comes_between_what_lives_and_what_is_collected() -> None:
    collected = b"\x01\x02" + write_uint(7) + b"\x00\x00\x01"
    gone = write_uint(7) + b"\x00"
    with pytest.raises(Malformed, match="two places"):
        Places.of(WHOLE).judge(read(collected + b"\xc4" + LETTERS + gone + WORD + b"\x00"))
    parent = b"\x84" + gone + WORD + b"\x04\x00" + write_uint(7) + b"\x01" + WORD
    with pytest.raises(Malformed, match="no element"):
        Places.of(WHOLE).judge(read(collected.replace(b"\x02", b"\x03", 1) + parent + b"\x00"))


def test_what_is_written_offline_into_a_paragraph_deleted_meanwhile_is_let_in() -> None:
    """The office went on from a dump: it read of that paragraph's newest letters only that they are collected."""
    doc, office = two_paragraphs()
    dumped = Places.of(read(office.since())).dump()
    paragraph = doc.get("body", type=XmlFragment).children[0]
    assert isinstance(paragraph, XmlElement)
    text = paragraph.children[0]
    assert isinstance(text, XmlText)
    text.insert(1, "X")
    office.apply([doc.get_update()])
    office.become(parse({"type": "doc", "content": [{"type": "paragraph", "attrs": {"id": "p"}}]}))
    places = places_of(office, dumped)
    before = doc.get_state()
    text.insert(1, "Y")
    places.add(places.judge(found := read(doc.get_update(before))))
    [written] = found.structs
    assert written.left
    assert written.right
    assert places.at((written.client, written.clock)) == Place.GONE | NO_TYPE


def test_a_dump_of_another_form_is_none() -> None:
    dumped = msgpack.decode(Places.of(WHOLE).dump())
    assert Places.loaded(msgpack.encode(dumped)) is not None
    dumped[1] = [(client, end, b"", b"") for client, (_, end, *_) in dumped[1]]
    assert Places.loaded(msgpack.encode(dumped)) is None


def test_a_block_that_somebody_else_split_meanwhile_is_split_once() -> None:
    doc, _ = two_paragraphs()
    places = Places.of(read(doc.get_update()))
    [first, _] = [one for one in read(doc.get_update()).structs if one.content is Content.TEXT]
    left, right = (write_uint(first.client) + write_uint(first.clock + at) for at in (0, 1))
    mine = places.judge(read(between(left, right, 4, WORD)))
    places.follow(read(between(left, right, 4, WORD).replace(b"\x07", b"\x08", 1)))
    places.add(mine)
    assert places.at((7, 2)) == places.at((8, 2)) == places.at((first.client, first.clock + 2))
    assert Places.loaded(places.dump()) is not None
    again = places.judge(read(between(left, write_uint(7) + b"\x00", 4, WORD).replace(b"\x07", b"\x09", 1)))
    assert again.cuts == {}
