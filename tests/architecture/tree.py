"""The files that belong to the project, as git knows them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("review", "collab", "signing", "storage", "server", "tests", "tools")


@cache
def files(*endings: str) -> tuple[Path, ...]:
    """Tracked files and such as are about to be, with one of the endings; all of them without."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.splitlines()
    found = [ROOT / name for name in listed if (ROOT / name).is_file()]
    return tuple(path for path in found if not endings or path.suffix in endings)


@cache
def modules() -> tuple[Path, ...]:
    return tuple(path for path in files(".py") if path.relative_to(ROOT).parts[0] in PACKAGES)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
