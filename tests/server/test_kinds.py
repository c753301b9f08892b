from __future__ import annotations

from dataclasses import fields

import msgspec
import pytest

from server.app import KINDS
from server.stores import Stores


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_value_of_this_kind_can_be_read_and_is_found_by_what_it_has(name: str) -> None:
    kind = KINDS[name]
    msgspec.json.Decoder(kind.type)
    attributes = {one.name for one in fields(kind.type)}
    paths = {**kind.indexes, **kind.unique}
    assert {path.split(".")[0] for path in paths.values()} <= attributes
    assert {index for names in kind.together for index in names} <= paths.keys()


def test_there_is_one_kind_for_each_store() -> None:
    assert {one.name for one in fields(Stores)} == KINDS.keys()
