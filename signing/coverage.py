"""Which signs the typesetter's fonts can print.

A PDF/A must embed a glyph for every sign, so a sign without one stops the whole export. The typesetter itself is
asked, once for each sign and process: its fonts are compiled in, and no list can disagree with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import typst

from signing.errors import UncoveredSign
from signing.fonts import FONTS, STANDARDS

_PROBE = b"""#set document(title: "signs")
#set text(font: "Libertinus Serif")
#for sign in json(bytes(sys.inputs.data)) { par(sign) }
"""
_printable: set[str] = {chr(point) for point in range(0x20, 0x7F)} | {"\n"}


def require_covered(texts: Iterable[tuple[str, str]]) -> None:
    """Raises `UncoveredSign` for the first sign, in reading order, that no font has. Texts come as (place, text)."""
    texts = list(texts)
    new = list(dict.fromkeys(sign for _, text in texts for sign in text if sign not in _printable))
    covered = _covered_prefix(new)
    _printable.update(new[:covered])
    if covered == len(new):
        return
    place, at = next((place, text.index(new[covered])) for place, text in texts if new[covered] in text)
    raise UncoveredSign(new[covered], place, at)


def _covered_prefix(signs: list[str]) -> int:
    """How many signs from the start can be printed."""
    if not signs or _prints(signs):
        return len(signs)
    good, bad = 0, len(signs)
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if _prints(signs[:middle]) else (good, middle)
    return good


def _prints(signs: list[str]) -> bool:
    try:
        typst.compile(
            _PROBE,
            format="pdf",
            font_paths=FONTS,
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            sys_inputs={"data": json.dumps(signs)},
        )
    except typst.TypstError:
        return False
    return True
