"""Blocks of a report: headings, facts, paragraphs and tables, for `typeset.typeset_report`."""

from __future__ import annotations

from collections.abc import Sequence

from signing.layout import Block


def heading(text: str, level: int = 1) -> Block:
    """A report's headings count from 1 and never skip a level."""
    return {"kind": "heading", "style": min(level + 1, 4), "level": level, "runs": [_run(text)]}


def paragraph(text: str) -> Block:
    return {"kind": "paragraph", "align": "left", "runs": _lines(text)}


def facts(rows: Sequence[tuple[str, str]], label_width: float = 4.2) -> Block:
    """Label and value, line by line; the width of the labels is in centimetres."""
    return {"kind": "facts", "label-width": label_width, "rows": [{"label": a, "value": b} for a, b in rows]}


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int] | None = None, size: float = 9.5
) -> Block:
    """A table with one head row, repeated on every page. `widths` are shares, `size` is in points."""
    cells = [_cell(x, 0, title, head=1) for x, title in enumerate(columns)]
    cells += [_cell(x, y, text, head=0) for y, row in enumerate(rows, 1) for x, text in enumerate(row)]
    shares = list(widths) if widths else [1] * len(columns)
    return {"kind": "table", "widths": shares, "head": 1 if rows else 0, "cells": cells, "size": size}


def _cell(x: int, y: int, text: str, head: int) -> Block:
    return {
        "x": x,
        "y": y,
        "colspan": 1,
        "rowspan": 1,
        "header": bool(head),
        "align": "left",
        "blocks": [paragraph(text)],
    }


def _lines(text: str) -> list[Block]:
    runs: list[Block] = []
    for line in text.split("\n"):
        runs += ([{"kind": "break"}] if runs else []) + ([_run(line)] if line else [])
    return runs


def _run(text: str) -> Block:
    return {"kind": "text", "text": text}
