from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.identity.mint import Mint

HERE, ELSEWHERE = Mint(b"h" * 32), Mint(b"e" * 32)


def test_the_office_knows_what_it_made_and_nothing_else() -> None:
    made = HERE.new("pat_")
    assert made.startswith("pat_")
    assert HERE.new("pat_") != made
    assert HERE.knows(made)
    assert not ELSEWHERE.knows(made)


@pytest.mark.parametrize("at", [0, 4, 30, -17, -16, -1])
def test_one_sign_changed_makes_it_a_strangers(at: int) -> None:
    made = list(HERE.new("pat_"))
    made[at] = "-" if made[at] != "-" else "_"
    assert not HERE.knows("".join(made))


@given(st.text(alphabet=st.characters()))
def test_any_text_is_looked_at(text: str) -> None:
    assert not HERE.knows(text)
