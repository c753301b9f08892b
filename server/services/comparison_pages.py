"""A comparison of two versions as PDF/A pages: added words underlined, removed ones struck out, kinds told in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from review.calendar import office_day
from review.comparison import BlockChange, ChangeKind, Comparison
from review.html import FORM, WORDS
from review.words import SpanKind
from server.services.printing import printed
from signing import reports as pages
from signing.layout import Block
from signing.typeset import Masthead

TITLE = {"cs": "Porovnání verzí", "en": "Comparison of versions"}
NOTHING = {"cs": "Verze se neliší.", "en": "The versions do not differ."}
LOOK = {SpanKind.SAME: {}, SpanKind.ADDED: {"underline": True, "bold": True}, SpanKind.REMOVED: {"strike": True}}


def comparison_pdf(comparison: Comparison, title: str, office: str, now: datetime, language: str) -> bytes:
    """CPU work: not for the loop. Blocks that did not change are left out, each change says where it stands."""
    spoken = "en" if language == "en" else "cs"
    masthead = Masthead(title, office, TITLE[spoken], office_day(now), language="en" if spoken == "en" else "cs")
    counted = [(word, str(comparison.count(kind))) for kind, word in WORDS[spoken].items()]
    changes = [block for change in comparison.changes for block in _blocks(change, spoken)]
    return printed(masthead, [pages.facts(counted), *(changes or [pages.paragraph(NOTHING[spoken])])])


def _blocks(change: BlockChange, language: str) -> Iterator[Block]:
    told = WORDS[language][change.kind] + (f", {FORM[language]}" if change.form else "")
    place = " · ".join(part for part in (told, change.unit.citation) if part)
    yield {"kind": "paragraph", "align": "left", "runs": [{"kind": "text", "text": place, "italic": True}]}
    runs = list(_runs(change))
    if runs:
        yield {"kind": "paragraph", "align": "left", "runs": runs}


def _runs(change: BlockChange) -> Iterator[Block]:
    if change.unit.label and change.kind is not ChangeKind.REMOVED:
        yield {"kind": "text", "text": f"{change.unit.label} "}
    for span in change.spans:
        for n, line in enumerate(span.text.split("\n")):
            if n:
                yield {"kind": "break"}
            if line:
                yield {"kind": "text", "text": line, **LOOK[span.kind]}
