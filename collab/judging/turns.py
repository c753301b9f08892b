"""The turn of an update's structs: each after its client's earlier ones and after those that it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from collab.errors import Malformed
from collab.update import ROOT, Struct


def in_turn(structs: Sequence[Struct], known: Mapping[int, int]) -> Iterator[Struct]:
    """`known` tells how many clocks of each client are there. Raises `Malformed` for what waits in vain."""
    waiting: dict[int, list[Struct]] = {}
    for struct in reversed(structs):
        waiting.setdefault(struct.client, []).append(struct)
    reached = dict(known)
    stack = list(waiting)
    while stack:
        client = stack[-1]
        if not waiting[client]:
            stack.pop()
            continue
        lacking = _lacking(waiting[client][-1], reached)
        if lacking is None:
            struct = waiting[client].pop()
            reached[client] = struct.clock + struct.length
            yield struct
        elif not waiting.get(lacking) or len(stack) > 2 * len(structs) + len(waiting):
            raise Malformed("refers to what is not there")
        else:
            stack.append(lacking)


def _lacking(struct: Struct, reached: Mapping[int, int]) -> int | None:
    for id in (struct.left, struct.right, struct.parent):
        if id is not None and id != ROOT and id[0] != struct.client and id[1] >= reached.get(id[0], 0):
            return id[0]
    return None
