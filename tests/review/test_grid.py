from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.content import Node
from review.errors import TableTooWide
from review.exchange.grid import MOST_COLUMNS, Place, grid
from tests.counted import steps

Asked = tuple[int, int]


def rows_of(*rows: list[Asked]) -> list[Node]:
    """Rows of cells, each asking for (columns, rows)."""
    return [
        Node("tableRow", content=tuple(Node("tableCell", {"colspan": wide, "rowspan": high}) for wide, high in row))
        for row in rows
    ]


def shape(rows: list[list[Place]]) -> list[list[tuple[int, int, int]]]:
    return [[(place.column, place.wide, place.high) for place in row] for row in rows]


def test_a_span_counts_by_what_it_covers() -> None:
    (rows,), edges = grid(rows_of([(100, 1000)]))
    assert (shape(rows), edges) == ([[(0, 1, 1)]], [0, 100])
    (rows,), edges = grid(rows_of([(2, 1), (2, 1)], [(4, 1)]))
    assert (shape(rows), edges) == ([[(0, 1, 1), (1, 1, 1)], [(0, 2, 1)]], [0, 2, 4])


def test_a_hole_is_an_empty_cell() -> None:
    (rows,), _ = grid(rows_of([(1, 1), (1, 1)], [(1, 1)], []))
    assert shape(rows) == [[(0, 1, 1), (1, 1, 1)], [(0, 1, 1), (1, 1, 1)], [(0, 2, 1)]]
    assert [place.node is None for place in rows[1]] == [False, True]


def test_no_span_reaches_into_the_body_or_another_cell() -> None:
    (head, body), _ = grid(rows_of([(1, 3), (1, 1)]), rows_of([(1, 1), (1, 1)]))
    assert shape(head) == shape(body) == [[(0, 1, 1), (1, 1, 1)]]
    (rows,), _ = grid(rows_of([(1, 1), (1, 2), (1, 1)], [(2, 1), (1, 1)]))
    assert shape(rows)[1] == [(0, 1, 1), (2, 1, 1)]


SPANS = st.lists(st.lists(st.tuples(st.integers(1, 100), st.integers(1, 1000)), max_size=5), min_size=1, max_size=5)


@given(SPANS, SPANS)
def test_every_place_has_one_cell_and_every_cell_a_place(head: list[list[Asked]], body: list[list[Asked]]) -> None:
    parts, edges = grid(rows_of(*head), rows_of(*body))
    for rows, asked in zip(parts, (head, body), strict=True):
        covered = [
            (x, y + below)
            for y, row in enumerate(rows)
            for place in row
            for below in range(place.high)
            for x in range(place.column, place.column + place.wide)
        ]
        assert sorted(covered) == [(x, y) for x in range(len(edges) - 1) for y in range(len(rows))]
        assert [sum(place.node is not None for place in row) for row in rows] == list(map(len, asked))


def test_more_columns_than_others_can_hold_are_refused() -> None:
    with pytest.raises(TableTooWide):
        grid(rows_of([(1, 1)] * (MOST_COLUMNS + 1)))
    with pytest.raises(TableTooWide):
        grid(rows_of(*[[(at, 1), (1, 1)] for at in range(1, 80)]))


def test_a_long_table_is_laid_out_in_linear_time() -> None:
    def laid_out(count: int) -> int:
        rows = rows_of(*[[(1, 10), (7, 1), (100, 3)]] * count)
        return steps(lambda: grid(rows))

    assert laid_out(2000) < 12 * laid_out(200)
