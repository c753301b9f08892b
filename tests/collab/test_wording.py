from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collab.document import wording
from collab.document.wording import changes

SAYING = st.lists(st.sampled_from(["lhůta", "lhůty", "činí", "30", "dní", ",", " ", "  ", "\n", "😀"])).map("".join)


def said(old: str, new: str) -> str:
    for start, end, words in changes(old, new):
        old = old[:start] + words + old[end:]
    return old


@given(SAYING, SAYING)
def test_the_text_says_the_other_thing_afterwards(old: str, new: str) -> None:
    assert said(old, new) == new


def test_whole_words_give_way_and_only_those_that_differ() -> None:
    old = "Začátek lhůty počíná dnem doručení. Konec."
    found = changes(old, "Lhůta počíná dnem rozeslání.")
    assert [(old[start:end], words) for start, end, words in found] == [
        ("doručení. Konec", "rozeslání"),
        ("Začátek lhůty", "Lhůta"),
    ]


def test_a_long_text_of_other_words_is_not_compared_word_by_word() -> None:
    old, new = (" ".join(f"{sign}{n}" for n in range(400)) for sign in "ab")
    assert len(old.split()) ** 2 * 4 > wording.DEAR
    assert list(changes(f"Stejně {old}.", f"Stejně {new}.")) == [(7, 7 + len(old), new)]


def test_equal_texts_need_no_change() -> None:
    assert list(changes("Totéž.", "Totéž.")) == []
    assert list(changes("", "")) == []
