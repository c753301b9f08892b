"""Which signs may stand in a text that people send. What cannot be seen and cannot be printed is dropped.

Dropped are the signs that XML 1.0 cannot write (§ 2.2 Char), the other control signs, noncharacters, and what lets a
text read otherwise than it is stored: overrides and isolates of direction (UAX #9 § 2) and tag characters. Line feed,
tab and carriage return stay, and so do joiners and marks that some scripts need.
"""

from __future__ import annotations

import re

_BASIC = "\t\n\r -~\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd"
_BEYOND = "".join(
    f"{chr(plane << 16 | (0x80 if plane == 14 else 0))}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17)
)
_UNWRITABLE = re.compile(f"[^{_BASIC}{_BEYOND}]")


def is_writable(text: str) -> bool:
    return text.isprintable() or _UNWRITABLE.search(text) is None


def written(text: str) -> str:
    """The text without the signs that nobody can have meant."""
    return text if is_writable(text) else _UNWRITABLE.sub("", text)
