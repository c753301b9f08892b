"""JSON bodies as they arrive: the signs that nobody can have meant are dropped from every text, secrets apart."""

from __future__ import annotations

import json
import re
from typing import Any

from review.signs import written

LARGE = 64 * 1024
"""Bytes from which on reading a body takes a thread: the loop has others to serve."""

SECRETS = frozenset({"password", "current", "pin"})

# Escapes, and the first bytes of whatever `review.signs` may drop: C1 and DEL, directions, noncharacters, tags.
_SUSPECT = re.compile(
    rb"\\u|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xb7[\x90-\xaf]|\xef\xbf[\xbe\xbf]"
    rb"|[\xf0-\xf4][\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]|\xf3\xa0[\x80\x81]"
)


def cleaned(raw: bytes) -> bytes:
    """The body without those signs; what is no JSON stays as it is, for its reader to refuse."""
    if _SUSPECT.search(raw) is None:
        return raw
    try:
        return json.dumps(_clean(json.loads(raw))).encode()
    except (ValueError, RecursionError):
        return raw


def _clean(value: Any) -> Any:
    match value:
        case str():
            return written(value)
        case list():
            return [_clean(item) for item in value]
        case dict():
            return {name: item if name in SECRETS else _clean(item) for name, item in value.items()}
        case _:
            return value
