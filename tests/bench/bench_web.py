"""Script that the browser loads, gzip: for the first page, and with the editor."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure

DIST = Path(__file__).resolve().parent.parent.parent / "web" / "dist"
EDITOR = "workspace/"


def measure() -> list[Figure]:
    manifest: dict[str, Any] = json.loads((DIST / ".vite" / "manifest.json").read_text())
    entry = next(name for name, chunk in manifest.items() if chunk.get("isEntry"))
    first = closure(manifest, entry)
    editor = next(name for name in manifest if EDITOR in name and manifest[name].get("isDynamicEntry"))
    return [
        Figure("first page, script before the editor", kilobytes(manifest, first), "kB gzip", "≤ 250"),
        Figure("with the editor", kilobytes(manifest, first | closure(manifest, editor)), "kB gzip", "≤ 450"),
    ]


def closure(manifest: dict[str, Any], name: str) -> set[str]:
    """A chunk and everything it imports at once."""
    found, waiting = set(), [name]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += manifest[at].get("imports", [])
    return found


def kilobytes(manifest: dict[str, Any], names: set[str]) -> float:
    files = {manifest[name]["file"] for name in names}
    return sum(len(gzip.compress((DIST / file).read_bytes(), 9)) for file in files) / 1000
