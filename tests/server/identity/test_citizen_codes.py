from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.identity.citizen_codes import CHECKS, LENGTH, SYMBOLS, kept_as, new_code, read

KEY = b"k" * 32


def test_a_new_code_is_eighty_bits_in_groups_with_a_check_symbol() -> None:
    code = new_code()
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4, 1]
    assert set(code[:-1]) <= set(SYMBOLS + "-")
    assert code[-1] in CHECKS
    assert len({new_code() for _ in range(1000)}) == 1000


def test_a_code_is_read_however_it_was_typed() -> None:
    code = new_code()
    plain = read(code)
    assert plain is not None
    assert len(plain) == LENGTH
    sloppy = f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    assert read(sloppy) == plain


@given(st.integers(0, LENGTH - 1), st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_always_found(place: int, symbol: str) -> None:
    plain = new_code().replace("-", "")
    wrong = plain[:place] + symbol + plain[place + 1 :]
    assert (read(wrong) is None) == (wrong != plain)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    code = read(typed)
    assert code is None or len(code) == LENGTH


def test_what_is_kept_depends_on_the_key_and_does_not_show_the_code() -> None:
    plain = read(new_code())
    assert plain is not None
    assert kept_as(KEY, plain) != kept_as(b"x" * 32, plain)
    assert plain.lower() not in kept_as(KEY, plain)
    assert len(kept_as(KEY, None)) == len(kept_as(KEY, plain)) == 64
