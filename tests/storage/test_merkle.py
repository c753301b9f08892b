from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.merkle import Tree, leaf_hash, node_hash, root_of_proof

ROWS = [b"row %d" % number for number in range(70)]


def grown(rows: list[bytes]) -> Tree:
    tree = Tree()
    for row in rows:
        tree.append(row)
    return tree


def by_definition(rows: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not rows:
        return hashlib.sha256(b"").digest()
    if len(rows) == 1:
        return leaf_hash(rows[0])
    split = 1
    while split * 2 < len(rows):
        split *= 2
    return node_hash(by_definition(rows[:split]), by_definition(rows[split:]))


def test_the_root_of_every_size_is_that_of_the_definition() -> None:
    tree = grown(ROWS)
    assert [tree.root(size) for size in range(71)] == [by_definition(ROWS[:size]) for size in range(71)]


def test_the_published_example_has_its_published_root() -> None:
    """The eight inputs that certificate transparency's implementations test with."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    tree = grown([bytes.fromhex(one) for one in inputs])
    assert tree.root(1).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert tree.root(8).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_every_row_is_proved_in_every_size() -> None:
    tree = grown(ROWS)
    for size in range(1, 71):
        for index in range(size):
            assert root_of_proof(ROWS[index], index, size, tree.inclusion(index, size)) == tree.root(size)


@settings(deadline=None)
@given(size=st.integers(2, 70), data=st.data())
def test_no_proof_fits_another_row_place_or_size(size: int, data: st.DataObject) -> None:
    tree, index = grown(ROWS), data.draw(st.integers(0, size - 1))
    proof, root = tree.inclusion(index, size), tree.root(size)
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index))
    assert root_of_proof(ROWS[other], index, size, proof) != root
    assert root_of_proof(ROWS[index], other, size, proof) != root
    assert root_of_proof(ROWS[index], index, size, proof[:-1]) != root
    assert root_of_proof(ROWS[index], index, size, [*proof, bytes(32)]) != root


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    tree = grown(ROWS[:3])
    with pytest.raises(ValueError, match="row 3"):
        tree.inclusion(3)
    with pytest.raises(ValueError, match="3 rows"):
        tree.root(4)
    assert root_of_proof(b"", 3, 3, []) is None
