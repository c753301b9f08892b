from __future__ import annotations

import json

import pytest

from collab.awareness import GONE, LARGEST_STATE, MOST_CLIENTS, Awareness, State, read
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


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\x01\x01\x01\x05ab", b"\xff\xff\xff\xff\x0f", b"\x01\x01\x01\x02\xc3\x28"]
)
def test_a_broken_presence_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data)
