from __future__ import annotations

import json

import pytest

from collab.awareness import GONE, LARGEST_STATE, MOST_CLIENTS, MOST_STATES, Awareness, State, read, write
from collab.errors import Malformed


def anybody(client: int) -> bool:
    return True


def said(**state: object) -> str:
    return json.dumps(state, separators=(",", ":"))


def test_a_newer_state_is_heard_and_an_older_one_is_not() -> None:
    awareness, eva = Awareness(), object()
    assert awareness.hear(eva, "eva", [State(1, 5, said(a=1))], anybody) == [State(1, 5, '{"a":1}')]
    assert awareness.hear(eva, "eva", [State(1, 5, said(a=2)), State(1, 4, said(a=3))], anybody) == []
    assert awareness.hear(eva, "eva", [State(1, 6, said(a=4))], anybody) == [State(1, 6, '{"a":4}')]
    assert awareness.states == [State(1, 6, '{"a":4}')]


def test_nobody_speaks_for_the_client_of_another() -> None:
    awareness, eva, petr = Awareness(), object(), object()
    owners = {1: "eva", 2: "petr"}
    awareness.hear(eva, "eva", [State(1, 1, said(a=1))], lambda client: owners[client] == "eva")
    forged = [State(1, 9, said(a=2)), State(1, 9, GONE), State(2, 1, said(b=1))]
    assert awareness.hear(petr, "petr", forged, lambda client: owners[client] == "petr") == [State(2, 1, '{"b":1}')]
    assert State(1, 1, '{"a":1}') in awareness.states


def test_a_client_id_that_has_written_nothing_belongs_to_who_is_there_with_it() -> None:
    awareness, eva, petr = Awareness(), object(), object()
    awareness.hear(eva, "eva", [State(1, 1, said(a=1))], anybody)
    assert awareness.hear(petr, "petr", [State(1, 2, said(a=2))], anybody) == []
    assert awareness.hear(petr, "petr", [State(1, 2, GONE)], anybody) == []


def test_what_a_member_said_goes_with_it() -> None:
    awareness, eva, petr = Awareness(), object(), object()
    awareness.hear(eva, "eva", [State(1, 3, said()), State(2, 4, said())], anybody)
    awareness.hear(petr, "petr", [State(3, 1, said())], anybody)
    assert awareness.forget(eva) == [State(1, 3, GONE), State(2, 4, GONE)]
    assert [state.client for state in awareness.states] == [3]
    assert awareness.forget(eva) == []


def test_the_same_person_goes_on_under_its_client_on_a_new_connection() -> None:
    awareness, old, new = Awareness(), object(), object()
    awareness.hear(old, "eva", [State(1, 3, said(a=1))], anybody)
    assert awareness.hear(new, "eva", [State(1, 4, said(a=2))], anybody)
    assert awareness.forget(old) == []
    assert awareness.states == [State(1, 4, '{"a":2}')]


def test_a_state_that_is_no_json_or_too_large_is_not_passed_on() -> None:
    awareness, eva = Awareness(), object()
    bad = ["{", "NaN", '{"a":NaN}', "[" * 5000, said(a="x" * LARGEST_STATE), ""]
    assert awareness.hear(eva, "eva", [State(at, 1, text) for at, text in enumerate(bad)], anybody) == []


def test_who_a_person_is_says_the_server_and_not_the_client() -> None:
    awareness, eva = Awareness(), object()
    told = State(1, 1, said(user={"id": "petr", "name": "Petr", "color": "#a61"}))
    [heard] = awareness.hear(eva, "eva", [told], anybody, {"name": "Eva", "department": "Odbor"})
    assert json.loads(heard.said) == {"user": {"id": "eva", "name": "Eva", "department": "Odbor", "color": "#a61"}}


def test_one_connection_speaks_for_a_few_clients_only() -> None:
    awareness, eva = Awareness(), object()
    states = [State(client, 1, said()) for client in range(100)]
    assert len(awareness.hear(eva, "eva", states, anybody)) == MOST_CLIENTS
    more = [State(100, 1, said())]
    assert awareness.hear(eva, "eva", more, anybody) == []
    assert awareness.hear(eva, "eva", [State(0, 2, GONE), *more], anybody) == [State(0, 2, GONE), *more]


def test_nor_does_it_take_over_more_from_other_connections_of_the_person() -> None:
    awareness, eva = Awareness(), object()
    for connection in range(3):
        theirs = [State(connection * MOST_CLIENTS + client, 1, said()) for client in range(MOST_CLIENTS)]
        assert len(awareness.hear(connection, "eva", theirs, anybody)) == MOST_CLIENTS
    taken = [State(client, 2, said()) for client in range(3 * MOST_CLIENTS)]
    assert len(awareness.hear(eva, "eva", taken, anybody)) == MOST_CLIENTS
    assert len(awareness.forget(eva)) == MOST_CLIENTS
    assert len(awareness.forget(0)) == 0
    assert len(awareness.forget(1)) == MOST_CLIENTS


def test_of_a_client_named_again_and_again_in_one_message_only_the_last_word_is_passed_on() -> None:
    awareness, eva = Awareness(), object()
    states = [State(1, clock, said(at=clock)) for clock in range(1, 100)]
    assert awareness.hear(eva, "eva", states, anybody) == [State(1, 99, '{"at":99}')]


def test_of_a_message_that_names_a_crowd_only_the_first_are_looked_at() -> None:
    states = [State(client, 1, said()) for client in range(MOST_STATES + 1)]
    assert read(write(states)) == states[:MOST_STATES]
    named = write(states[:MOST_STATES])
    assert read(b"\xff\xff\xff\xff\x0f" + named[2:] + b"\x01") == states[:MOST_STATES]


def test_whom_nobody_may_speak_for_costs_the_same_in_a_crowd() -> None:
    """Who may speak for a client is asked for new ones only as long as the member may have more."""
    awareness, eva = Awareness(), object()
    asked: list[int] = []

    def own(client: int) -> bool:
        asked.append(client)
        return True

    awareness.hear(eva, "eva", [State(client, 1, said()) for client in range(MOST_STATES)], own)
    assert asked == list(range(MOST_CLIENTS))


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\x01\x01\x01\x05ab", b"\xff\xff\xff\xff\x0f", b"\x01\x01\x01\x02\xc3\x28"]
)
def test_a_broken_presence_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data)
