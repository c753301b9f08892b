from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from collab import awareness, protocol
from collab.awareness import State
from collab.errors import Malformed
from collab.lib0 import read_bytes, read_string, read_uint
from collab.protocol import Brought, Other, Presence, PresenceAsked, Receipts, StepOne
from collab.update import read_vector
from tests.collab.npm import bytes_of, vectors

MESSAGES = {name: bytes_of(text) for name, text in vectors(1)["messages"].items()}


def test_messages_are_read_and_written_as_y_protocols_does() -> None:
    made = vectors(1)
    vector, whole, first = bytes_of(made["vector"]), bytes_of(made["whole"]), bytes_of(made["updates"][0])
    assert protocol.read(MESSAGES["step1"]) == StepOne(vector)
    assert protocol.read(MESSAGES["step2"]) == Brought(whole, whole=True)
    assert protocol.read(MESSAGES["update"]) == Brought(first, whole=False)
    assert protocol.read(MESSAGES["query"]) == PresenceAsked()
    assert protocol.read(MESSAGES["denied"]) == Other(2)
    assert protocol.sync_step_1(vector) == MESSAGES["step1"]
    assert protocol.sync_step_2(whole) == MESSAGES["step2"]
    assert protocol.sync_update(first) == MESSAGES["update"]
    assert protocol.denied("jen ke čtení") == MESSAGES["denied"]


def test_awareness_is_read_and_written_as_y_protocols_does() -> None:
    expected = vectors(1)["awareness"]
    message = protocol.read(MESSAGES["awareness"])
    assert isinstance(message, Presence)
    [state] = message.states
    assert (state.client, json.loads(state.said)) == (expected["client"], expected["state"])
    assert protocol.presence(message.states) == MESSAGES["awareness"]


def test_our_messages_say_what_the_promise_says() -> None:
    saved = protocol.saved(b"\x01\x07\x05", 300)
    kind, at = read_uint(saved, 0)
    vector, at = read_bytes(saved, at)
    assert (kind, read_vector(vector), read_uint(saved, at)) == (100, {7: 5}, (300, len(saved)))
    refused = protocol.refused(2, "not_allowed", "jen ke čtení")
    kind, at = read_uint(refused, 0)
    n, at = read_uint(refused, at)
    code, at = read_string(refused, at)
    assert (kind, n, code, read_string(refused, at)) == (101, 2, "not_allowed", ("jen ke čtení", len(refused)))
    assert protocol.role("") == b"\x66\x00"
    assert protocol.epoch(5) == b"\x67\x05"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_malformed(data: bytes) -> None:
    try:
        protocol.read(data)
    except Malformed:
        return


@given(st.sampled_from(sorted(MESSAGES)), st.data())
def test_mutated_messages_are_read_or_malformed(name: str, data: st.DataObject) -> None:
    message = bytearray(MESSAGES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    try:
        protocol.read(bytes(message))
    except Malformed:
        return


@pytest.mark.parametrize("step", [1, 2])
def test_an_update_in_a_broken_frame_is_still_counted_as_one(step: int) -> None:
    for broken in (b"\x05\x01", b"", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x01\x00\x00"):
        assert protocol.read(bytes((0, step)) + broken) == Brought(b"", whole=step == 1)


@given(st.lists(st.builds(State, st.integers(0, 2**53 - 1), st.integers(0, 2**32), st.text()), max_size=5))
def test_every_presence_comes_back(states: list[State]) -> None:
    assert awareness.read(awareness.write(states)) == states


class Counting(RuleBasedStateMachine):
    """Against a model that remembers what became of each update: the first `dealt` are exactly those dealt with."""

    def __init__(self) -> None:
        super().__init__()
        self.receipts = Receipts()
        self.fate: list[str] = []

    @rule(fate=st.sampled_from(["kept", "waits", "lacks"]))
    def send(self, fate: str) -> None:
        n = self.receipts.count()
        assert n == len(self.fate) + 1
        self.fate.append(fate)
        if fate == "waits":
            self.receipts.wait(n)
        elif fate == "lacks":
            self.receipts.lack(n)

    @rule()
    def commit_the_first(self) -> None:
        if "waits" in self.fate:
            at = self.fate.index("waits")
            self.fate[at] = "kept"
            self.receipts.settle(at + 1)

    @rule()
    def bring_the_whole(self) -> None:
        n = self.receipts.count()
        self.receipts.fulfil(n)
        self.fate = [*("kept" if fate == "lacks" else fate for fate in self.fate), "kept"]

    @invariant()
    def dealt_is_the_unbroken_beginning(self) -> None:
        unbroken = next((at for at, fate in enumerate(self.fate) if fate != "kept"), len(self.fate))
        assert self.receipts.dealt == unbroken


TestCounting = Counting.TestCase
