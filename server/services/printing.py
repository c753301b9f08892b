"""Reports on paper that print whatever people wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from signing.errors import UncoveredSign
from signing.layout import Block
from signing.typeset import Masthead, Orientation, typeset_report


def printed(masthead: Masthead, body: Sequence[Block], orientation: Orientation = Orientation.PORTRAIT) -> bytes:
    """The PDF/A of a report. A sign that no font has becomes a question mark: a report is never kept back for one.

    CPU work: not for the loop.
    """
    missing: dict[int, str] = {}
    while True:
        try:
            return typeset_report(_masthead(masthead, missing), _translated(list(body), missing), orientation)
        except UncoveredSign as uncovered:
            missing[ord(uncovered.sign)] = "?"


def _masthead(masthead: Masthead, missing: Mapping[int, str]) -> Masthead:
    names = ("title", "authority", "kind", "department", "reference", "number", "notice")
    return replace(masthead, **{name: getattr(masthead, name).translate(missing) for name in names})


def _translated(value: Any, missing: Mapping[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(missing)
    if isinstance(value, list):
        return [_translated(item, missing) for item in value]
    return {name: _translated(item, missing) for name, item in value.items()} if isinstance(value, dict) else value
