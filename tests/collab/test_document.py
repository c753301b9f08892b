from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from pycrdt._xml import XmlChildrenView

from collab.document.beginning import begin
from collab.document.draft import Draft, new_client
from collab.document.merging import merge
from collab.errors import PlaceLost, Unreadable
from collab.judging.places import Places
from collab.update import read
from review.anchors import texts
from review.content import Content, Node, Text, parse
from review.mending import Fault
from review.schema import schema
from review.thread import Anchor
from tests.collab.npm import Editor, bytes_of, vectors
from tests.collab.scribble import any_content
from tests.counted import counting, handed, steps

CONTENTS = st.randoms(use_true_random=False).map(any_content)


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    with Editor() as editor:
        yield editor


def doc(*blocks: dict[str, Any]) -> Content:
    return parse({"type": "doc", "content": list(blocks)})


def paragraph(id: str, *parts: Any) -> dict[str, Any]:
    content = [{"type": "text", "text": part} if isinstance(part, str) else part for part in parts]
    return {"type": "paragraph", "attrs": {"id": id}, "content": content}


def bold(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text, "marks": [{"type": "bold"}]}


BREAK = {"type": "hardBreak"}
NOTE = {"type": "footnote", "content": [{"type": "text", "text": "pozn."}]}


def draft_of(content: Content) -> Draft:
    return Draft([begin(content, 7)], 9)


@given(CONTENTS)
def test_a_content_begun_is_read_back_and_brings_only_names_of_the_schema(content: Content) -> None:
    update = begin(content, new_client())
    Places().judge(read(update))
    assert Draft([update]).content() == content


@given(CONTENTS, CONTENTS)
def test_a_draft_becomes_any_other_content(before: Content, after: Content) -> None:
    first = begin(before, 7)
    draft, places = Draft([first], 9), Places.of(read(first))
    draft.become(after)
    assert draft.content() == after
    for edit in draft.edits():
        found = read(edit)
        places.add(places.judge(found), found.halves)
    count = len(draft.edits())
    draft.become(after)
    assert len(draft.edits()) == count


@settings(max_examples=40)
@given(content=CONTENTS)
def test_the_editor_loads_what_we_write_without_correcting_it(editor: Editor, content: Content) -> None:
    loaded = editor.load(begin(content, 7))
    assert (loaded["corrected"], loaded["valid"], loaded["pending"]) == (0, "", False)
    assert parse(loaded["tree"]) == content


def commented(part: Node | Text) -> bool:
    return isinstance(part, Text) and any(mark.type == "comment" for mark in part.marks)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_editor_takes_the_servers_edits_in_its_documents_as_its_own(editor: Editor, seed: int) -> None:
    draft = Draft([bytes_of(vectors(seed)["whole"])], new_client())
    plain = [block for block in draft.content().blocks() if not any(map(commented, block.content))]
    block = max(plain, key=lambda block: len(block.text))
    draft.mark_comment(Anchor(str(block.id), 1, len(block.text), ""), "c1")
    draft.replace_passage(Anchor(str(block.id), 1, 4, ""), "jiná\nslova 😀")
    loaded = editor.load(draft.since())
    assert (loaded["corrected"], loaded["valid"]) == (0, "")
    assert parse(loaded["tree"]) == draft.content()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_editor_shows_overlapping_comments_of_the_server(editor: Editor, seed: int) -> None:
    draft = Draft([bytes_of(vectors(seed)["whole"])], new_client())
    block = max(draft.content().blocks(), key=lambda block: len(block.text))
    draft.mark_comment(Anchor(str(block.id), 1, len(block.text), ""), "c1")
    draft.mark_comment(Anchor(str(block.id), 0, len(block.text) - 1, ""), "c77")
    assert parse(editor.load(draft.since())["tree"]) == draft.content()


def test_a_comment_lies_on_exactly_its_passage_and_goes_without_a_trace() -> None:
    content = doc(paragraph("p", "žluťoučký ", bold("kůň 😀"), BREAK, "úpěl", NOTE, " ódy"))
    draft = draft_of(content)
    draft.mark_comment(Anchor("p", 5, 20, ""), "c1")
    draft.mark_comment(Anchor("p", 12, 15, ""), "c2")
    assert texts(draft.content()).marks == {"c1": (("p", 5, 20),), "c2": (("p", 12, 15),)}
    draft.unmark_comment("c1")
    assert texts(draft.content()).marks == {"c2": (("p", 12, 15),)}
    draft.unmark_comment("c2")
    assert draft.content() == content


@pytest.mark.parametrize(
    ("start", "end", "wording", "text"),
    [
        (0, 8, "Dávka", "Dávka činí 400 Kč.\ufffc"),
        (14, 17, "450", "Poplatek činí 450 Kč.\ufffc"),
        (0, 21, "Poplatek je nejvýše 400 Kč.", "Poplatek je nejvýše 400 Kč.\ufffc"),
        (0, 21, "", "\ufffc"),
        (8, 8, " za psa", "Poplatek za psa činí 400 Kč.\ufffc"),
        (9, 13, "\n", "Poplatek \n 400 Kč.\ufffc"),
        (20, 22, ".\ufffc", "Poplatek činí 400 Kč.\ufffc"),
    ],
)
def test_other_words_take_a_passages_place(start: int, end: int, wording: str, text: str) -> None:
    draft = draft_of(doc(paragraph("p", "Poplatek ", bold("činí 400"), " Kč.", NOTE), paragraph("q", "dál")))
    draft.mark_comment(Anchor("p", 14, 17, ""), "c1")
    draft.replace_passage(Anchor("p", start, end, ""), wording)
    assert next(draft.content().blocks()).text == text
    assert draft.content().nodes[1] == doc(paragraph("q", "dál")).nodes[0]


def test_words_that_stay_keep_their_marks_and_new_ones_take_their_neighbours() -> None:
    draft = draft_of(doc(paragraph("p", "Poplatek činí ", bold("400 Kč"), " ročně")))
    draft.mark_comment(Anchor("p", 0, 8, ""), "c1")
    draft.replace_passage(Anchor("p", 0, 26, ""), "Poplatek nově činí 450 Kč měsíčně")
    [block] = draft.content().nodes
    marked = {part.text: [mark.type for mark in part.marks] for part in block.content if isinstance(part, Text)}
    assert marked["Poplatek"] == ["comment"]
    assert marked["450 Kč"] == ["bold"]


def test_a_passage_that_is_not_there_is_lost() -> None:
    draft = draft_of(doc(paragraph("p", "text")))
    with pytest.raises(PlaceLost):
        draft.mark_comment(Anchor("x", 0, 1, ""), "c")
    with pytest.raises(PlaceLost):
        draft.replace_passage(Anchor("p", 2, 9, ""), "")
    with pytest.raises(PlaceLost):
        draft.replace_passage(Anchor("x", 0, 1, ""), "")


def test_missing_and_repeated_ids_are_made_anew_and_the_first_keeps_its_own() -> None:
    raw: Doc[Any] = Doc(client_id=7)
    body = raw.get("body", type=XmlFragment)
    for attrs in ({"id": "a"}, {}, {"id": "a"}):
        body.children.append(XmlElement("paragraph", attrs, [XmlText("x")]))
    draft = Draft([raw.get_update()], 9)
    assert draft.mend()
    ids = [node.id for node in draft.content().nodes]
    assert ids[0] == "a"
    assert len({*ids, None}) == 4
    assert not draft.mend()


def test_an_empty_document_is_given_its_first_paragraph() -> None:
    draft = Draft((), 9)
    assert draft.mend()
    assert [node.type for node in draft.content().nodes] == ["paragraph"]


@pytest.mark.parametrize(
    ("child", "fault", "words"),
    [
        (XmlElement("tableRow"), Fault.MISPLACED, "x"),
        (XmlElement("neznámý"), Fault.UNKNOWN, "x"),
        (XmlText("holý text"), Fault.MISPLACED, "x\nholý text"),
    ],
)
def test_what_the_schema_does_not_allow_is_mended_and_told(child: Any, fault: Fault, words: str) -> None:
    raw: Doc[Any] = Doc(client_id=7)
    body = raw.get("body", type=XmlFragment)
    body.children.append(XmlElement("paragraph", {"id": "p"}, [XmlText("x")]))
    body.children.append(child)
    reading = Draft([raw.get_update()]).reading()
    assert reading.content.plain == words
    assert reading.faults == (fault,)


def test_mending_writes_what_was_read() -> None:
    raw: Doc[Any] = Doc(client_id=7)
    body = raw.get("body", type=XmlFragment)
    body.children.append(XmlElement("paragraph", {"id": "p", "colour": "red"}, [XmlText("a\x00b")]))
    body.children.append(XmlElement("bulletList", {"id": "l"}))
    huge: dict[str, Any] = {"colspan": 1e300}
    row = XmlElement("tableRow", {}, [XmlElement("tableCell", huge, [XmlElement("paragraph")])])
    body.children.append(XmlElement("table", {"id": "t"}, [row]))
    draft = Draft([raw.get_update()], 9)
    read_as = draft.content()
    assert draft.mend()
    again = draft.reading()
    assert again.faults == ()
    said = [[(node.type, node.text) for node in content.walk()] for content in (again.content, read_as)]
    assert said[0] == said[1]
    assert [node.type for node in again.content.nodes] == ["paragraph", "table"]


def test_a_comment_lies_on_its_passage_beside_signs_that_cannot_be_written() -> None:
    raw: Doc[Any] = Doc(client_id=7)
    raw.get("body", type=XmlFragment).children.append(
        XmlElement("paragraph", {"id": "p"}, [XmlText("\x00a\x0bbč\x0cd")])
    )
    draft = Draft([raw.get_update()], 9)
    draft.mark_comment(Anchor("p", 1, 3, ""), "c1")
    draft.mend()
    assert draft.content().nodes[0].text == "abčd"
    assert texts(draft.content()).marks == {"c1": (("p", 1, 3),)}


def test_what_is_nested_without_end_is_read_as_its_text() -> None:
    """In journals from before there was a bound."""
    raw: Doc[Any] = Doc(client_id=7)
    parent: Any = raw.get("body", type=XmlFragment)
    for _ in range(3000):
        parent = parent.children.append(XmlElement("blockquote"))
    parent.children.append(XmlElement("paragraph", {}, [XmlText("dole")]))
    draft = Draft([raw.get_update()], 9)
    assert draft.content().plain == "dole"
    draft.mend()
    assert draft.reading().faults == ()


def test_an_edit_on_a_copy_leaves_no_copy_behind() -> None:
    draft = draft_of(doc(paragraph("p", "text")))
    copy = Draft([draft.since()], 9)
    copy.mark_comment(Anchor("p", 0, 4, ""), "c")
    gone = weakref.ref(copy._doc)
    assert len(copy.edits()) == 1
    del copy
    assert gone() is None


def alike(count: int) -> Content:
    return Content(schema().version, tuple(Node("paragraph", {}, (Text("x"),)) for _ in range(count)))


def test_a_long_document_is_begun_in_linear_time() -> None:
    def begun(count: int) -> int:
        content = alike(count)
        return steps(lambda: begin(content, 7))

    assert begun(12_000) < 10 * begun(1500)


def test_a_long_document_is_rewritten_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library counts its way to the place of what is put in from the first child."""
    put_in = handed(monkeypatch, XmlChildrenView, "insert")

    def rewritten(count: int) -> int:
        content, draft = alike(count), Draft((), 7)
        put_in.clear()
        taken = steps(lambda: draft.become(content))
        assert len(put_in) == 2 * count
        return taken + sum(int(at) for _, at, _ in put_in)

    assert rewritten(12_000) < 10 * rewritten(1500)


def test_what_the_library_cannot_take_is_unreadable() -> None:
    for data in (b"\x01", b"\x05\x05\x05"):
        with pytest.raises(Unreadable):
            Draft([data])
    with pytest.raises(Unreadable):
        merge([b"\x01", b"\x02"])


@given(st.integers(0, 40), st.integers(0, 40), st.text("ab\n č😀", max_size=12))
def test_any_passage_takes_any_wording(one: int, other: int, wording: str) -> None:
    content = doc(paragraph("p", "Poplatek ", bold("činí 😀"), BREAK, "400 Kč", NOTE, " dál"))
    text = next(content.blocks()).text
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    draft = draft_of(content)
    draft.replace_passage(Anchor("p", start, end, ""), wording)
    assert next(draft.content().blocks()).text == text[:start] + wording + text[end:]


def test_many_blocks_that_nothing_tells_apart_are_mended_in_linear_time() -> None:
    def mended(count: int) -> int:
        theirs: Doc[Any] = Doc(client_id=5)
        body = theirs.get("body", type=XmlFragment)
        for _ in range(count):
            body.children.append(XmlElement("paragraph", {}, [XmlText("x")]))
        body.children.append(XmlElement("bulletList"))
        draft = Draft([theirs.get_update()], 9)
        with counting() as taken:
            assert draft.mend()
        return taken.steps

    assert mended(4800) < 10 * mended(600)


def test_a_draft_opened_again_has_the_same_fingerprint_however_many_marks_lie_on_a_word() -> None:
    draft = draft_of(doc(paragraph("p", bold("Úvod"))))
    for n in range(12):
        draft.mark_comment(Anchor("p", 0, 4, "Úvod"), f"c{n}")
    assert {Draft([draft.since()]).fingerprint() for _ in range(20)} == {draft.fingerprint()}
