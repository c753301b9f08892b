from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from review.comparison import ChangeKind, compare, to_json
from review.content import Content, Mark, Node, Text
from review.words import SpanKind, compared_words
from tests.counted import counting, steps

SAME, ADDED, REMOVED, CHANGED, MOVED = ChangeKind


def p(id: str | None, text: str, type: str = "paragraph", **attrs: int) -> Node:
    named = {"id": id} if id else {}
    return Node(type, {**named, **attrs}, (Text(text),) if text else ())


def doc(*blocks: Node) -> Content:
    return Content(1, blocks)


def table(*cells: Node) -> Node:
    row = Node("tableRow", {}, tuple(Node("tableCell", {}, (cell,)) for cell in cells))
    return Node("table", {"id": "t"}, (row,))


def kinds(before: Content, after: Content) -> list[tuple[ChangeKind, str | None]]:
    return [(change.kind, change.unit.node.id) for change in compare(before, after).blocks]


def spans(before: str, after: str) -> list[tuple[str, str]]:
    return [(span.kind.value, span.text) for span in compared_words(before, after)]


def test_the_same_content_has_no_difference() -> None:
    content = doc(p("a", "Úvod"), table(p("b", "1"), p("c", "2")))
    assert not compare(content, content).changes


def test_a_word_changed_in_a_block_is_shown_as_a_word() -> None:
    assert spans("Lhůta činí 30 dnů.", "Lhůta činí 15 dnů.") == [
        ("same", "Lhůta činí"),
        ("removed", " 30"),
        ("added", " 15"),
        ("same", " dnů."),
    ]


def test_a_sentence_rewritten_is_not_shown_as_a_salad_of_small_words() -> None:
    shown = spans("žadatel podá žádost a připojí doklady úřadu", "kraj vyzve příjemce a stanoví novou lhůtu")
    assert [kind for kind, _ in shown] == ["removed", "added"]


def test_blocks_added_and_removed_stand_where_they_stood() -> None:
    before = doc(p("a", "první"), p("b", "druhý"), p("c", "třetí"))
    after = doc(p("a", "první"), p("c", "třetí"), p("d", "čtvrtý"))
    assert kinds(before, after) == [(SAME, "a"), (REMOVED, "b"), (SAME, "c"), (ADDED, "d")]


def test_a_block_carried_elsewhere_has_moved_and_the_others_have_not() -> None:
    before = doc(*(p(id, f"odstavec {id}") for id in "abcde"))
    after = doc(*(p(id, f"odstavec {id}") for id in "bcdae"))
    assert kinds(before, after) == [(SAME, "b"), (SAME, "c"), (SAME, "d"), (MOVED, "a"), (SAME, "e")]


def test_a_moved_block_shows_its_changed_words_too() -> None:
    before = doc(p("a", "text jedna"), p("b", "text dva"), p("c", "text tři"))
    after = doc(p("b", "text dva"), p("c", "text tři"), p("a", "text nový"))
    moved = compare(before, after).blocks[-1]
    assert moved.kind is MOVED
    assert [span.kind for span in moved.spans] == [SpanKind.SAME, SpanKind.REMOVED, SpanKind.ADDED]


def test_a_block_that_lost_its_id_is_recognised_by_its_words() -> None:
    before = doc(p("a", "Úvod"), p("b", "Žadatel předloží vyúčtování do 30 dnů."), p("c", "Závěr"))
    after = doc(p("x", "Úvod"), p("y", "Žadatel předloží vyúčtování do 15 dnů."), p("z", "Závěr"))
    assert kinds(before, after) == [(SAME, "x"), (CHANGED, "y"), (SAME, "z")]


def test_a_cell_of_a_table_and_an_item_of_a_list_are_compared_in_their_place() -> None:
    item = Node("listItem", {}, (p("i", "bod"),))
    before = doc(table(p("b", "100 Kč"), p("c", "rok")), Node("bulletList", {"id": "l"}, (item,)))
    changed = Node("listItem", {}, (p("i", "jiný bod"),))
    after = doc(table(p("b", "200 Kč"), p("c", "rok")), Node("bulletList", {"id": "l"}, (changed,)))
    shown = compare(before, after).changes
    assert [change.unit.path for change in shown] == [
        ("table", "tableRow 1", "tableCell 1"),
        ("bulletList", "listItem 1"),
    ]


def test_a_footnote_changed_is_seen() -> None:
    note = Node("footnote", {}, (Text("§ 5 zákona"),))
    before = doc(replace(p("a", "Kraj"), content=(Text("Kraj"), note)))
    after = doc(replace(p("a", "Kraj"), content=(Text("Kraj"), replace(note, content=(Text("§ 6 zákona"),)))))
    assert ("added", "6") in [(s.kind.value, s.text.strip()) for s in compare(before, after).blocks[0].spans]


def test_words_made_bold_and_a_heading_made_smaller_change_the_form_only() -> None:
    before = doc(p("a", "tučně"), p("h", "Nadpis", "heading"))
    bold = replace(p("a", ""), content=(Text("tučně", (Mark("bold"),)),))
    shown = compare(before, doc(bold, p("h", "Nadpis", "heading", level=2))).blocks
    assert [(change.kind, change.form) for change in shown] == [(CHANGED, True), (CHANGED, True)]
    assert all(span.kind is SpanKind.SAME for change in shown for span in change.spans)


def test_a_comment_mark_is_no_difference() -> None:
    marked = replace(p("a", ""), content=(Text("te", (Mark("comment", {"id": "c"}),)), Text("xt")))
    assert not compare(doc(p("a", "text")), doc(marked)).changes


def test_the_json_form_counts_and_names() -> None:
    told = to_json(compare(doc(p("a", "x"), p("b", "y", "clause")), doc(p("b", "z", "clause"))))
    assert told["summary"] == {"added": 0, "removed": 1, "changed": 1, "moved": 0}
    assert told["blocks"][1]["label"] == "(1)"


TEXTS = st.text(alphabet="ab ,.\nč", max_size=40)


@given(TEXTS, TEXTS)
def test_what_is_not_removed_makes_up_the_later_text_to_the_letter(before: str, after: str) -> None:
    shown = compared_words(before, after)
    assert "".join(s.text for s in shown if s.kind is not SpanKind.REMOVED) == after
    squeezed = "".join("".join(s.text for s in shown if s.kind is not SpanKind.ADDED).split())
    assert squeezed == "".join(before.split())


BLOCKS = st.lists(st.tuples(st.sampled_from("abcdef"), TEXTS), unique_by=lambda pair: pair[0], max_size=6)


@given(BLOCKS, BLOCKS)
def test_every_block_of_both_sides_appears_once(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> None:
    shown = compare(doc(*(p(*pair) for pair in before)), doc(*(p(*pair) for pair in after))).blocks
    assert [change.after.node.id for change in shown if change.after] == [id for id, _ in after]
    assert sorted(str(change.before.node.id) for change in shown if change.before) == sorted(id for id, _ in before)


def long_content(pages: int, seed: int) -> list[Node]:
    chance = random.Random(seed)
    vocabulary = [f"slovo{n}" for n in range(400)] + ["a", "v", "na", "dle", ","] * 20
    return [p(f"b{n}", " ".join(chance.choices(vocabulary, k=60))) for n in range(pages * 7)]


def edited(blocks: list[Node], each: int) -> list[Node]:
    chance = random.Random(7)
    changed = []
    for n, block in enumerate(blocks):
        words = block.text.split()
        if n % each == 0:
            words[chance.randrange(len(words))] = "změna"
            words.insert(5, "vloženo")
        changed.append(p(block.id, " ".join(words)))
    return changed


def test_a_hundred_pages_are_compared_in_a_few_steps_a_word() -> None:
    before = long_content(100, 1)
    after = edited(before, each=1)
    with counting() as count:
        assert compare(doc(*before), doc(*after)).count(CHANGED) == len(before)
    assert count.steps < 2_000_000


def test_a_hundred_pages_that_lost_all_ids_are_compared_in_a_few_steps_a_word() -> None:
    before = long_content(100, 1)
    after = [p(f"new{n}", block.text) for n, block in enumerate(edited(before, each=9))]
    with counting() as count:
        assert compare(doc(*before), doc(*after)).count(SAME) > len(before) * 0.8
    assert count.steps < 2_000_000


def test_a_hundred_pages_that_lost_all_ids_and_are_all_rewritten_are_not_tried_each_with_each() -> None:
    before = long_content(100, 1)
    after = [p(f"new{n}", block.text) for n, block in enumerate(edited(before, each=1))]
    assert steps(lambda: compare(doc(*before), doc(*after))) < 2_000_000


def test_one_enormous_block_does_not_hold_the_server() -> None:
    before = " ".join(f"a{n % 7}" for n in range(50_000))
    after = " ".join(f"b{n % 5} a{n % 7}" for n in range(50_000))
    assert steps(lambda: compared_words(before, after)) < 1_500_000


def test_a_text_made_to_be_hard_does_not_hold_the_server() -> None:
    chance = random.Random(5)

    def hard() -> Content:
        return doc(*(p(f"b{n}", " ".join(chance.choices("ab", k=400))) for n in range(100)))

    before, after = hard(), hard()
    with counting() as count:
        assert compare(before, after).count(CHANGED) == 100
    assert count.steps < 2_000_000
