"""From the URL in the settings to an open engine."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from storage.engine import Engine
from storage.errors import Unsuitable
from storage.sqlite import Access, SqliteEngine


async def open_engine(url: str, access: Access = Access.ALONE) -> Engine:
    """`sqlite:///relative/path.db`, `sqlite:////absolute/path.db` or `mongodb://host/name`; then call `setup`.

    `access` matters to SQLite only: a server takes the file for itself, a command may run beside it.
    Raises `Unsuitable` for a URL of another shape, `InUse`, `Unavailable`.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        return await SqliteEngine.open(Path(unquote(parts.path[1:])), access)
    if parts.scheme in ("mongodb", "mongodb+srv"):
        from storage.mongodb import MongoEngine  # its driver takes a fifth of the time of a start that does not need it

        return await MongoEngine.open(url)
    raise Unsuitable("a database is sqlite:///path/to.db or mongodb://host/name")


__all__ = ["Access", "open_engine"]
