from __future__ import annotations

from collab.document import begin
from collab.history import PAUSE, SIDE_BY_SIDE, Moment, content_at, moments
from collab.journal import Page
from collab.row import Kind, Row
from tests.collab.conftest import content


def row(author: str, at: int, kind: Kind = Kind.PERSON) -> Row:
    return Row(kind, author, at, (), b"\0\0")


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


def test_a_moment_ends_when_many_others_have_begun() -> None:
    others = [(at + 2, [row(f"p{at}", at + 1)]) for at in range(SIDE_BY_SIDE)]
    pages: list[Page] = [(1, [row("eva", 0)]), *others, (90, [row("eva", 90)])]
    assert [moment.seq for moment in moments(pages) if moment.authors == ("eva",)] == [1, 90]


def test_the_content_then_is_that_of_all_entries_so_far() -> None:
    first = begin(content("Úvod"), 7)
    pages: list[Page] = [(1, [Row(Kind.SERVER, "eva", 0, (7,), first)]), (2, [row("eva", 1)])]
    assert content_at("d", 1, pages).plain == content_at("d", 2, pages).plain == "Úvod"
