from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.errors import ForeignClient, Incomplete, Malformed
from collab.judging.clocks import RECENT, Clocks, covers
from collab.update import NOTHING, Range, Reference, Update, read, read_vector


def written(*ranges: Range, refers: tuple[Reference, ...] = (), deletes: tuple[Range, ...] = ()) -> Update:
    return NOTHING._replace(ranges=list(ranges), references=list(refers), deletions=list(deletes))


def test_a_client_id_belongs_to_whom_it_was_first() -> None:
    clocks = Clocks({}, {})
    first = written(Range(1, 0, 3))
    assert clocks.judge(first, "eva") == (1,)
    clocks.expect(first, "eva")
    with pytest.raises(ForeignClient):
        clocks.judge(written(Range(1, 3, 1)), "petr")
    assert clocks.judge(written(Range(1, 3, 1)), "eva") == ()
    clocks.keep(first, "eva")
    assert not clocks.may_use(1, "petr")
    assert clocks.may_use(2, "petr")


def test_a_client_id_that_nobody_used_is_kept_for_who_is_there_with_it() -> None:
    clocks, there = Clocks({3: "petr"}, {3: 1}), {1: "eva", 3: "eva"}
    clocks.heed(there.get)
    first = written(Range(1, 0, 3))
    with pytest.raises(ForeignClient):
        clocks.judge(first, "petr")
    assert (clocks.may_use(1, "petr"), clocks.may_use(1, "eva")) == (False, True)
    assert clocks.judge(first, "eva") == (1,)
    assert clocks.judge(written(Range(3, 1, 1)), "petr") == (), "whoever wrote under it has it, whoever says to be it"
    del there[1]
    assert clocks.judge(first, "petr") == (1,)


def test_what_is_known_may_be_repeated_by_anybody() -> None:
    clocks = Clocks({1: "eva"}, {1: 5})
    assert clocks.judge(written(Range(1, 0, 5)), "petr") == ()
    assert not clocks.is_news(written(Range(1, 2, 3)))
    assert clocks.is_news(written(Range(1, 2, 4)))


def test_a_skipped_clock_or_an_unknown_struct_is_incomplete() -> None:
    clocks = Clocks({1: "eva"}, {1: 5})
    for update in (
        written(Range(1, 6, 1)),
        written(Range(1, 5, 1), refers=(Reference(2, 0, 1, 5),)),
        written(Range(1, 5, 1), refers=(Reference(1, 6, 1, 5),)),
        written(deletes=(Range(1, 3, 3),)),
        written(deletes=(Range(2, 0, 1),)),
    ):
        with pytest.raises(Incomplete):
            clocks.judge(update, "eva")


def test_references_in_a_circle_would_wait_for_ever_and_are_malformed() -> None:
    clocks = Clocks({}, {})
    for update in (
        written(Range(1, 0, 3), refers=(Reference(1, 2, 1, 1),)),
        written(Range(1, 0, 1), refers=(Reference(1, 0, 1, 0),)),
        written(Range(1, 0, 1), Range(2, 0, 1), refers=(Reference(2, 0, 1, 0), Reference(1, 0, 2, 0))),
        written(
            Range(1, 0, 2),
            Range(2, 0, 1),
            Range(3, 0, 1),
            refers=(Reference(2, 0, 1, 0), Reference(3, 0, 2, 0), Reference(1, 1, 3, 0)),
        ),
    ):
        with pytest.raises(Malformed):
            clocks.judge(update, "eva")


def test_clients_may_refer_to_each_other_turn_by_turn() -> None:
    turns = tuple(
        reference for at in range(1, 500) for reference in (Reference(2, at - 1, 1, at), Reference(1, at, 2, at))
    )
    update = written(Range(1, 0, 500), Range(2, 0, 500), refers=turns)
    assert set(Clocks({}, {}).judge(update, "eva")) == {1, 2}


def test_what_will_not_be_kept_is_expected_no_more() -> None:
    clocks = Clocks({}, {})
    clocks.expect(written(Range(1, 0, 3)), "eva")
    clocks.fall_back()
    assert clocks.judge(written(Range(1, 0, 1)), "petr") == (1,)
    assert clocks.kept() == {}


RANGES = st.lists(st.builds(Range, st.integers(0, 3), st.integers(0, 30), st.integers(0, 8)), max_size=12)


@given(RANGES, RANGES)
def test_covering_is_the_same_as_containing_every_clock(known: list[Range], asked: list[Range]) -> None:
    def clocks(ranges: list[Range]) -> set[tuple[int, int]]:
        return {(client, clock + at) for client, clock, length in ranges for at in range(length)}

    assert covers(known, asked) == (clocks(asked) <= clocks(known))


@given(st.randoms(use_true_random=False))
def test_whatever_replicas_write_in_turn_passes_in_that_order_only(chance: random.Random) -> None:
    """Any order that skips something is noticed; the order of writing never is refused."""
    docs: list[Doc[Any]] = [Doc(client_id=at + 1) for at in range(3)]
    updates: list[bytes] = []
    for doc in docs:
        doc.observe(lambda event: updates.append(event.update))
    with docs[0].transaction():
        docs[0].get("body", type=XmlFragment).children.append(XmlElement("paragraph", {}, [XmlText("ab")]))
    for _ in range(12):
        doc = chance.choice(docs)
        count = len(updates)
        other = chance.choice(docs)
        doc.apply_update(other.get_update(doc.get_state()))
        del updates[count:]
        _write(doc, chance)
    clocks, kept = Clocks({}, {}), []
    for update in updates:
        found = read(update)
        try:
            clocks.judge(found, "eva")
        except Incomplete:
            continue
        clocks.keep(found, "eva")
        kept.append(update)
    fresh: Doc[Any] = Doc()
    for update in kept:
        fresh.apply_update(update)
    assert read_vector(fresh.get_state()) == clocks.kept()


def _write(doc: Doc[Any], chance: random.Random) -> None:
    body = doc.get("body", type=XmlFragment)
    if not len(body.children):
        return
    paragraph = body.children[0]
    assert isinstance(paragraph, XmlElement)
    text = paragraph.children[0]
    assert isinstance(text, XmlText)
    size = len(text)
    if size > 2 and chance.random() < 0.3:
        at = chance.randrange(size)
        del text[at : at + 1]
    else:
        text.insert(chance.randint(0, size), chance.choice("xyz"))


def test_what_was_deleted_a_moment_ago_is_not_deleted_again() -> None:
    clocks = Clocks({}, {1: 9})
    clocks.keep(written(deletes=(Range(1, 2, 2), Range(1, 6, 1))), "eva")
    clocks.keep(written(deletes=(Range(1, 4, 1),)), "eva")
    assert not clocks.deletes(written(deletes=(Range(1, 2, 3),)))
    assert clocks.deletes(written(deletes=(Range(1, 2, 4),)))
    for clock in range(RECENT):
        clocks.keep(written(deletes=(Range(2, clock, 1),)), "petr")
    assert clocks.deletes(written(deletes=(Range(1, 2, 3),)))
