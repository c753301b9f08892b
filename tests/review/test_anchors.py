from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.anchors import Found, Passage, anchor, checked, locate, texts
from review.content import Content, Mark, Node, Text
from review.errors import Invalid
from review.thread import Anchor
from tests.counted import steps


def block(id: str, *parts: str | Text) -> Node:
    content = tuple(Text(part) if isinstance(part, str) else part for part in parts if part)
    return Node("paragraph", {"id": id}, content)


def marked(text: str, *comments: str) -> Text:
    return Text(text, tuple(Mark("comment", {"id": comment}) for comment in comments))


def content(*blocks: Node) -> Content:
    return Content(1, blocks)


LONG = "Žadatel předloží vyúčtování dotace do třiceti dnů od ukončení projektu, nejpozději do konce roku."
GRANT = content(block("a", "Úvodní ustanovení"), block("b", LONG), block("c", "Kraj rozhodne do 30 dnů."))


def passage(words: str, of: Content = GRANT) -> Anchor:
    for found in of.blocks():
        at = found.text.find(words)
        if at >= 0 and found.id:
            return anchor(of, found.id, at, at + len(words))
    raise AssertionError(words)


def found(wanted: Anchor, now: Content) -> Passage | None:
    return locate(wanted, "mine", texts(now))


def test_an_anchor_carries_its_quote_and_its_surroundings() -> None:
    made = passage("vyúčtování")
    assert (made.quote, made.prefix, made.suffix[:7]) == ("vyúčtování", "Žadatel předloží ", " dotace")


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 0), (3, 2), (0, 999), (999, 1000)])
def test_an_anchor_outside_its_block_is_refused(start: int, end: int) -> None:
    with pytest.raises(Invalid):
        anchor(GRANT, "a", start, end)


def test_an_anchor_on_an_unknown_block_or_with_other_words_is_refused() -> None:
    with pytest.raises(Invalid) as unknown:
        checked(Anchor("x", 0, 3, "Úvo"), GRANT)
    assert unknown.value.field == "anchor.block"
    with pytest.raises(Invalid) as other:
        checked(Anchor("a", 0, 3, "jiné"), GRANT)
    assert other.value.field == "anchor.quote"


def test_positions_count_code_points_and_a_break_and_a_footnote_are_one_each() -> None:
    noted = block("n", "😀 a")
    noted = replace(
        noted, content=(*noted.content, Node("hardBreak"), Node("footnote", {}, (Text("pozn."),)), Text("b"))
    )
    assert anchor(content(noted), "n", 0, 6).quote == "😀 a\n￼b"


def test_an_untouched_passage_is_exact() -> None:
    wanted = passage("vyúčtování")
    assert found(wanted, GRANT) == Passage("b", wanted.start, wanted.end, Found.EXACT)


def test_the_mark_leads_to_a_passage_that_was_rewritten() -> None:
    now = content(block("b", "Žadatel ", marked("podá přehled", "mine"), " bez odkladu."))
    assert found(passage("předloží vyúčtování"), now) == Passage("b", 8, 20, Found.MARK)


def test_the_mark_spans_formatting_and_overlapping_marks() -> None:
    now = content(block("b", marked("před", "mine"), Text("loží", (Mark("bold"), Mark("comment", {"id": "mine"})))))
    assert found(passage("předloží"), now) == Passage("b", 0, 8, Found.MARK)


def test_a_copied_mark_does_not_draw_the_comment_away() -> None:
    now = content(block("x", marked("předloží", "mine")), block("b", "Žadatel ", marked("předloží", "mine")))
    assert found(passage("předloží"), now) == Passage("b", 8, 16, Found.MARK)


def test_words_before_it_move_the_passage_within_its_block() -> None:
    wanted = passage("do třiceti dnů")
    now = content(block("b", "Každý úspěšný " + LONG))
    assert found(wanted, now) == Passage("b", wanted.start + 14, wanted.end + 14, Found.MOVED)


def test_a_split_moves_the_passage_to_the_new_block() -> None:
    cut = LONG.index("nejpozději")
    wanted = passage("do konce roku")
    now = content(block("b", LONG[:cut]), block("new", LONG[cut:]))
    assert found(wanted, now) == Passage("new", wanted.start - cut, wanted.end - cut, Found.MOVED)


def test_deleted_text_is_orphaned_even_when_its_words_stand_elsewhere() -> None:
    wanted = passage("do 30 dnů")
    now = content(block("a", "Úvod"), block("z", "Námitky se podávají do 30 dnů od doručení výzvy."))
    assert found(wanted, now) is None


def test_two_places_that_look_alike_are_not_chosen_between() -> None:
    wanted = passage("Kraj rozhodne")
    now = content(block("x", "Kraj rozhodne do 30 dnů."), block("y", "Kraj rozhodne do 30 dnů."))
    assert found(wanted, now) is None


def test_a_letter_is_not_found_where_everything_around_it_is_new() -> None:
    wanted = anchor(GRANT, "a", 3, 4)
    assert found(wanted, content(block("a", "Xyzdqqq kkk wwww"))) is None


def test_a_common_word_in_a_long_text_is_given_up_soon() -> None:
    now = content(*(block(f"p{n}", "a tak dále a ne jinak, a proto a tedy a " * 5) for n in range(2000)))
    wanted = Anchor("gone", 0, 1, "a", "zcela jiný začátek", "zcela jiný konec")
    where = texts(now)
    assert locate(wanted, "mine", where) is None
    assert steps(lambda: locate(wanted, "mine", where)) < 1000


WORDS = st.lists(
    st.sampled_from(["kraj", "dotace", "žadatel", "do", "30", "dnů", "😀", "lhůta"]), min_size=3, max_size=25
)


@given(WORDS, WORDS, st.data())
def test_what_is_found_without_a_mark_reads_as_the_quote(
    before: list[str], after: list[str], data: st.DataObject
) -> None:
    text = " ".join(before)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    wanted = anchor(content(block("a", text)), "a", start, end)
    now = content(block("a", " ".join(after)), block("b", text + " " + " ".join(after)))
    place = found(wanted, now)
    if place is not None:
        words = {b.id: b.text for b in now.blocks()}[place.block]
        assert words[place.start : place.end] == wanted.quote


@given(WORDS, st.data())
def test_an_unchanged_text_always_gives_the_same_place(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    now = content(block("a", text))
    assert found(anchor(now, "a", start, end), now) == Passage("a", start, end, Found.EXACT)
