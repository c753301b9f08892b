"""A document of twenty pages with articles, tables and footnotes: warm, and after a change of every paragraph."""

from __future__ import annotations

import time
from itertools import count
from random import Random

import pypdfium2 as pdfium

from review.content import Content
from signing.typeset import Pages, typeset
from tests.bench.figure import Figure, median_ms
from tests.signing.office import SIGNERS, block, content, masthead, text

SAID = (
    "poskytovatel poskytne příjemci účelovou dotaci na projekt v celkové výši a příjemce se zavazuje ji použít v "
    "souladu se zásadami pro poskytování dotací z rozpočtu kraje do konce kalendářního roku nejpozději však do dne "
    "předložení závěrečného vyúčtování které schvaluje zastupitelstvo na návrh rady kraje podle zákona o krajích"
)
WORDS = SAID.split(" ")
ARTICLES = 38


def document(seed: int) -> Content:
    random = Random(seed)

    def words(number: int) -> str:
        return " ".join(random.choice(WORDS) for _ in range(number)).capitalize() + "."

    blocks = []
    for article in range(ARTICLES):
        blocks.append(block("article", words(3)))
        blocks += [block("clause", words(45)) for _ in range(3)]
        note = {"type": "footnote", "content": [text("Zákon č. 129/2000 Sb., o krajích.")]}
        blocks.append(block("paragraph", text(words(40)), note))
        blocks += [block("point", words(10)) for _ in range(3)]
        if article % 5 == 0:
            blocks.append(_table(words))
    return content(*blocks)


def _table(words: object) -> dict[str, object]:
    assert callable(words)
    cells = [
        [{"type": kind, "content": [block("paragraph", words(5))]} for _ in range(4)]
        for kind in ("tableHeader", *["tableCell"] * 6)
    ]
    return {"type": "table", "content": [{"type": "tableRow", "content": row} for row in cells]}


def measure() -> list[Figure]:
    same = document(0)
    pages = len(pdfium.PdfDocument(typeset(same, masthead(), SIGNERS).pdf))
    seeds = count(1)

    def anew() -> Pages:
        return typeset(document(next(seeds)), masthead(), SIGNERS)

    began = time.perf_counter()
    anew()
    once = (time.perf_counter() - began) * 1000
    return [
        Figure("pages of the document", pages, "pages", "≥ 20"),
        Figure("the same document again", median_ms(lambda: typeset(same, masthead(), SIGNERS)), "ms", "≤ 50"),
        Figure("another document of that length", min(once, median_ms(anew, times=5, warm=0)), "ms"),
    ]
