from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.errors import Malformed
from collab.lib0 import read_any, read_string, read_uint, write_any, write_int, write_string, write_uint
from tests.collab.npm import bytes_of, vectors

NUMBERS = st.integers(0, 2**53 - 1)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text() | st.binary()
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=8
)


def test_numbers_and_values_are_written_as_lib0_writes_them() -> None:
    made = vectors(1)
    assert made["reread"]
    for number, written in made["numbers"]:
        assert write_uint(number) == bytes_of(written)
        assert read_uint(bytes_of(written), 0) == (number, len(bytes_of(written)))
    for value, written in made["values"]:
        data = bytes_of(written)
        assert read_any(data, 0) == (value, len(data))
        if not isinstance(value, float) and abs(value if isinstance(value, int) else 0) < 2**31:
            assert write_any(value) == data


@given(NUMBERS)
def test_every_number_comes_back(number: int) -> None:
    assert read_uint(write_uint(number), 0)[0] == number
    assert read_any(b"\x7d" + write_int(-number), 0)[0] == -number


@given(VALUES)
def test_every_value_comes_back(value: Any) -> None:
    written = write_any(value)
    assert read_any(written, 0) == (value, len(written))


@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    written = write_string(text)
    assert read_string(written, 0) == (text, len(written))


@given(st.binary(max_size=64))
def test_nothing_but_its_own_refusals_comes_of_any_bytes(data: bytes) -> None:
    for read in (read_uint, read_string, read_any):
        try:
            read(data, 0)
        except (Malformed, IndexError):
            continue


@pytest.mark.parametrize("data", [b"\xff" * 9, b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x77\xff\xff\xff\xff\x0f"])
def test_a_number_or_a_length_beyond_all_bounds_is_refused(data: bytes) -> None:
    with pytest.raises((Malformed, IndexError)):
        read_any(data, 0) if data[0] == 0x77 else read_uint(data, 0)


def test_a_value_nested_without_end_is_refused() -> None:
    with pytest.raises(Malformed):
        read_any(b"\x75\x01" * 100_000 + b"\x7e", 0)
