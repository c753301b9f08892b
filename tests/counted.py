"""Work counted instead of timed: a machine that stands still for a while takes no more steps for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest


@dataclass(slots=True)
class Count:
    steps: int = 0

    def step(self, frame: FrameType, event: str, argument: Any) -> Any:
        self.steps += event == "line"
        return self.step


@contextmanager
def counting() -> Iterator[Count]:
    """Lines of Python that this thread runs in functions entered meanwhile, a repeated one as often as it is repeated.

    What native code does within a line is not seen: work that may grow there is counted by what it is `handed`.
    """
    count, before = Count(), sys.gettrace()
    sys.settrace(count.step)
    try:
        yield count
    finally:
        sys.settrace(before)


def steps(work: Callable[[], object]) -> int:
    """See `counting`."""
    with counting() as count:
        work()
    return count.steps


def handed(patch: pytest.MonkeyPatch, owner: object, name: str) -> list[tuple[Any, ...]]:
    """What each call of a function of the owner brings to it by place from now on. The function does its work."""
    calls: list[tuple[Any, ...]] = []
    function = getattr(owner, name)

    def noted(*brought: Any, **named: Any) -> Any:
        calls.append(brought)
        return function(*brought, **named)

    patch.setattr(owner, name, noted)
    return calls
