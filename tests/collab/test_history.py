from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from collab.document.beginning import begin
from collab.history.history import said
from collab.journal.moments import LONGEST, PAUSE, SIDE_BY_SIDE, Moment, Telling, in_order, tell
from collab.journal.row import Kind, Page, Row
from tests.collab.conftest import content

DELETION = b"\0\1\7\1\0\1"


def row(author: str, at: int, kind: Kind = Kind.PERSON, update: bytes = b"\0\0") -> Row:
    return Row(kind, author, at, (), update)


def moments(pages: list[Page]) -> list[Moment]:
    return in_order(tell(pages))


def told(found: list[Moment]) -> list[tuple[int, tuple[str, ...], int]]:
    return [(moment.seq, moment.authors, moment.edits) for moment in found]


def test_edits_of_one_author_without_a_pause_are_one_moment() -> None:
    pages: list[Page] = [
        (1, [row("eva", 0), row("eva", 1)]),
        (2, [row("eva", PAUSE)]),
        (3, [row("eva", 2 * PAUSE + 1)]),
    ]
    assert told(moments(pages)) == [(2, ("eva",), 3), (3, ("eva",), 1)]


def test_two_who_write_at_once_have_a_moment_each() -> None:
    pages: list[Page] = [(at, [row("eva" if at % 2 else "petr", at)]) for at in range(1, 11)]
    assert told(moments(pages)) == [(9, ("eva",), 5), (10, ("petr",), 5)]


def test_who_ended_in_the_same_instant_shares_the_moment() -> None:
    pages: list[Page] = [(1, [row("eva", 0)]), (2, [row("petr", 5), row("eva", 5)])]
    assert told(moments(pages)) == [(2, ("eva", "petr"), 3)]


def test_what_the_server_did_on_a_persons_behalf_stands_apart() -> None:
    pages: list[Page] = [(1, [row("eva", 0)]), (2, [row("eva", 1, Kind.SERVER)]), (3, [row("", 2, Kind.SERVER)])]
    found = moments(pages)
    assert [(moment.authors, moment.server) for moment in found] == [(("eva",), False), (("eva",), True), ((), True)]


def test_what_was_said_before_the_server_changed_the_text_stays_a_moment() -> None:
    pages: list[Page] = [
        (1, [row("eva", 0)]),
        (2, [row("eva", 1)]),
        (3, [row("eva", 2, Kind.SERVER, DELETION)]),
        (4, [row("eva", 3)]),
    ]
    assert [moment.seq for moment in moments(pages)] == [2, 3, 4]


def test_a_comments_mark_is_no_moment_but_belongs_to_the_one_before_it() -> None:
    pages: list[Page] = [(1, [row("eva", 0)]), (2, [row("petr", 1, Kind.MARKS)]), (3, [row("eva", 2)])]
    assert told(moments(pages)) == [(3, ("eva",), 3)]
    assert told(moments(pages[:2])) == [(2, ("eva",), 2)]
    assert moments(pages[:2])[0].ended == moments(pages[:1])[0].ended


def test_a_moment_does_not_last_for_ever() -> None:
    pages: list[Page] = [(n + 1, [row("eva", n * PAUSE // 2)]) for n in range(8)]
    first, second = moments(pages)
    assert (first.ended - first.began).total_seconds() * 1000 < LONGEST
    assert (first.edits, second.edits) == (6, 2)


def test_a_moment_ends_when_many_others_have_begun() -> None:
    others = [(at + 2, [row(f"p{at}", at + 1)]) for at in range(SIDE_BY_SIDE)]
    pages: list[Page] = [(1, [row("eva", 0)]), *others, (90, [row("eva", 90)])]
    assert [moment.seq for moment in moments(pages) if moment.authors == ("eva",)] == [1, 90]


def test_the_content_then_is_that_of_all_entries_so_far() -> None:
    first = begin(content("Úvod"), 7)
    pages: list[Page] = [(1, [Row(Kind.SERVER, "eva", 0, (7,), first)]), (2, [row("eva", 1)])]
    assert said(None, pages[:1]).plain == said(None, pages).plain == "Úvod"


@given(st.lists(st.tuples(st.integers(0, 24), st.integers(0, PAUSE)), max_size=80), st.data())
def test_cut_anywhere_the_moments_are_the_same(written: list[tuple[int, int]], data: st.DataObject) -> None:
    pages: list[Page] = []
    at = 0
    for seq, (who, pause) in enumerate(written, 1):
        at += pause
        kind = (Kind.SERVER if who % 2 else Kind.MARKS) if who % 5 == 0 else Kind.PERSON
        pages.append((seq, [row(f"p{who}", at, kind, DELETION)]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(pages)), max_size=4)))
    open: list[Moment] = []
    found: dict[object, Moment] = {}
    for start, end in pairwise([0, *cuts, len(pages)]):
        telling = Telling(open)
        for seq, rows in pages[start:end]:
            telling.add(seq, rows[0])
        found |= {moment.begun_as: moment for moment in telling.moments}
        open = telling.open
    assert in_order(found.values()) == moments(pages)
