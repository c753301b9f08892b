from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.errors import Malformed
from collab.journal.row import Kind, Row, decode, encode

ROWS = st.builds(
    Row,
    st.sampled_from(Kind),
    st.text(max_size=30),
    st.integers(0, 2**45),
    st.lists(st.integers(0, 2**53 - 1), max_size=4).map(tuple),
    st.binary(max_size=200),
)


@given(ROWS)
def test_a_row_comes_back(row: Row) -> None:
    assert decode("d", encode("d", row)) == row


@given(ROWS, st.data())
def test_a_flipped_bit_is_found(row: Row, data: st.DataObject) -> None:
    written = bytearray(encode("d", row))
    bit = data.draw(st.integers(0, len(written) * 8 - 1))
    written[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Malformed):
        decode("d", bytes(written))


@given(ROWS, st.data())
def test_a_torn_row_is_found(row: Row, data: st.DataObject) -> None:
    written = encode("d", row)
    with pytest.raises(Malformed):
        decode("d", written[: data.draw(st.integers(0, len(written) - 1))])


def test_a_row_of_another_document_is_found() -> None:
    with pytest.raises(Malformed):
        decode("e", encode("d", Row(Kind.PERSON, "eva", 1, (7,), b"\0\0")))
