"""Packages from npm that tests and benchmarks run, as their lock files say."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

TARGET = Path(__file__).parent.parent / "target"


def install(folder: Path) -> Path:
    """The folder with its packages, installed once; several test processes wait for the one that does it."""
    npm = shutil.which("npm")
    assert npm, "npm is needed: install Node.js 20 or newer"
    TARGET.mkdir(exist_ok=True)
    done = folder / "node_modules" / ".package-lock.json"
    with open(TARGET / f"{folder.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.stat().st_mtime < (folder / "package-lock.json").stat().st_mtime:
            subprocess.run([npm, "ci", "--no-fund", "--no-audit"], cwd=folder, check=True, capture_output=True)
    return folder
