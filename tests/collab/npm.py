"""The real Yjs, y-protocols, lib0 and the editor's binding, from npm: what they write, and how they read us."""

from __future__ import annotations

import base64
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Self

from review.schema import schema
from tests.servers.npm import install

FOLDER = Path(__file__).parent / "vectors"


@cache
def packages() -> Path:
    """The folder with the packages."""
    return install(FOLDER)


@cache
def vectors(seed: int) -> dict[str, Any]:
    """What `make.mjs` prints."""
    made = subprocess.run(["node", "make.mjs", str(seed)], cwd=packages(), check=True, capture_output=True)
    read: dict[str, Any] = json.loads(made.stdout)
    return read


def bytes_of(text: str) -> bytes:
    return base64.b64decode(text)


class Editor:
    """Loads updates as the browser's editor does."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["node", "load.mjs"], cwd=packages(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def load(self, update: bytes) -> dict[str, Any]:
        """`{tree, corrected, valid, pending}`; `tree` in our JSON form."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(base64.b64encode(update) + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        answer["tree"] = {"schema": schema().version, **answer["tree"]}
        return answer
