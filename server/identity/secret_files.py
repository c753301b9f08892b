"""Keys of this office in files of its data folder: made at the first start, never shown, never guessed."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

LENGTH = 32


def secret_of(folder: Path, name: str) -> bytes:
    """The key kept as `name` under `secrets/`, 32 random bytes; made now when there is none.

    It appears under its name only when whole and on disk, so that two processes at a first start agree on one.
    Raises `OSError`, or `ValueError` for a file that is no key.
    """
    path = folder / "secrets" / name
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise ValueError(f"{path} is not a key of {LENGTH} bytes")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(LENGTH))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its key counts
        os.link(draft, path)
    draft.unlink()
