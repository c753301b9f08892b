from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.identity.throttle import MAX_KEYS, Limit, Throttle
from server.problems import Problem

LIMIT = Limit("a test", free=3, first=10, forgiven=60)
EVA = (LIMIT, "eva")


@dataclass
class Clock:
    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Guesser:
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.throttle = Throttle(self.clock)

    def wait(self, key: tuple[Limit, str] = EVA) -> int:
        """Seconds until the next guess; 0 when one was counted."""
        try:
            self.throttle.guess(key)
        except Problem as refused:
            return int(refused.headers["Retry-After"])
        return 0


def test_after_the_free_guesses_each_wrong_one_doubles_the_wait() -> None:
    guesser = Guesser()
    assert [guesser.wait() for _ in range(5)] == [0, 0, 0, 10, 10]
    waits = []
    for _ in range(3):
        guesser.clock.at += guesser.wait()
        assert guesser.wait() == 0
        waits.append(guesser.wait())
    assert waits == [20, 40, 40]


def test_in_the_end_a_guesser_gets_one_guess_in_the_time_that_forgives_one() -> None:
    guesser, made = Guesser(), 0
    begin, hours = guesser.clock.at, 10
    while guesser.clock.at < begin + hours * 3600:
        wait = guesser.wait()
        guesser.clock.at += wait
        made += wait == 0
    assert made <= LIMIT.free + hours * 3600 / LIMIT.forgiven + 5


def test_a_right_guess_is_not_counted_and_who_knows_starts_afresh() -> None:
    guesser = Guesser()
    for _ in range(20):
        assert guesser.wait() == 0
        guesser.throttle.right(EVA)
    assert [guesser.wait() for _ in range(4)] == [0, 0, 0, 10]
    guesser.throttle.forget(EVA)
    assert guesser.wait() == 0


def test_one_key_that_has_to_wait_stops_the_guess_and_counts_for_none() -> None:
    guesser, petr = Guesser(), (LIMIT, "petr")
    while not guesser.wait():
        pass
    for _ in range(5):
        with pytest.raises(Problem):
            guesser.throttle.guess(EVA, petr)
    assert guesser.wait(petr) == 0


@given(st.lists(st.one_of(st.just("guess"), st.just("right"), st.floats(0, 100)), max_size=60))
def test_whatever_happens_a_burst_never_has_more_than_the_free_guesses(steps: list[str | float]) -> None:
    guesser = Guesser()
    for step in steps:
        if step == "guess":
            guesser.wait()
        elif step == "right":
            guesser.throttle.right(EVA)
        else:
            guesser.clock.at += float(step)
    burst = [guesser.wait() for _ in range(LIMIT.free + 1)]
    assert burst.count(0) <= LIMIT.free


def test_the_oldest_keys_go_first_when_there_are_too_many() -> None:
    guesser = Guesser()
    while not guesser.wait():
        pass
    for at in range(MAX_KEYS):
        guesser.wait((LIMIT, str(at)))
    assert guesser.wait() == 0
