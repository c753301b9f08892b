"""One portable file with everything that a database holds, for either engine, and back into an empty one.

The file begins with a line that names the format. The rest is gzip over frames: the length of a frame in four bytes,
then the frame in MessagePack. The last frame holds the number of items and the SHA-256 of all frames before it.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from storage.engine import DumpedChunk, DumpedEntry, DumpedRecord, Engine, Entry, Item, Record
from storage.errors import Corrupt, Unsuitable
from storage.kinds import SETTINGS
from storage.marks import begin_epoch

FORMAT = b"paraph backup 1\n"
LONGEST = 64 * 1024 * 1024
AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Summary:
    """`sha256` is over the frames, so it names what is in the file, not how it was packed."""

    items: int
    sha256: str
    epoch: int | None = None


async def backup(engine: Engine, path: Path) -> Summary:
    """Write everything to `path`; an older file of this name stays until the new one is whole and on disk."""
    part = path.with_name(path.name + ".part")
    try:
        summary = await _write(engine, part)
        await asyncio.to_thread(_settle, part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return summary


async def _write(engine: Engine, path: Path) -> Summary:
    with await asyncio.to_thread(_Archive, path) as archive:
        waiting: list[Item] = []
        async for item in engine.dump():
            waiting.append(item)
            if len(waiting) == AT_ONCE:
                await asyncio.to_thread(archive.write, waiting)
                waiting = []
        await asyncio.to_thread(archive.write, waiting)
        return await asyncio.to_thread(archive.finish)


async def restore(engine: Engine, path: Path) -> Summary:
    """Fill an empty database, set up but never used, and begin a new epoch in it.

    The whole file is checked before the first item is kept. Raises `Corrupt` for a damaged file, `Unsuitable` for one
    of another format and for a database that is not empty.
    """
    summary = await asyncio.to_thread(check, path)
    await _clear_settings(engine)
    await engine.load(_items(path))
    return Summary(summary.items, summary.sha256, await begin_epoch(engine))


def check(path: Path) -> Summary:
    """Read a backup through and compare it with its checksum. Raises `Corrupt`, `Unsuitable`."""
    digest, frames = hashlib.sha256(), _frames(path)
    for items, raw in enumerate(frames):
        frame = _decoded(path, raw)
        if frame[0] == "end":
            if frame[1:] != [items, digest.hexdigest()] or next(frames, None) is not None:
                raise Corrupt(str(path), "its checksum does not match")
            return Summary(items, digest.hexdigest())
        digest.update(raw)
    raise Corrupt(str(path), "it is cut off")


async def _clear_settings(engine: Engine) -> None:
    """Make room for the settings in the backup. Raises `Unsuitable` when the database holds anything else."""
    async for item in engine.dump():
        if not isinstance(item, DumpedRecord) or item.kind != SETTINGS.name:
            raise Unsuitable("the database is not empty")
    for record in await engine.find(SETTINGS.name, limit=1000):
        await engine.delete(SETTINGS.name, record.id, record.rev)


class _Archive:
    """The writing side; every method blocks."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = open(path, "wb", opener=_private)  # noqa: SIM115 - `__exit__` closes it
        self._file.write(FORMAT)
        self._packed = gzip.GzipFile(fileobj=self._file, mode="wb", compresslevel=1, mtime=0)
        self._digest = hashlib.sha256()
        self._items = 0

    def __enter__(self) -> _Archive:
        return self

    def __exit__(self, *reason: object) -> None:
        self._packed.close()
        self._file.close()

    def write(self, items: Sequence[Item]) -> None:
        for item in items:
            self._put(_frame(item))
            self._items += 1

    def finish(self) -> Summary:
        summary = Summary(self._items, self._digest.hexdigest())
        self._put(["end", summary.items, summary.sha256])
        self._packed.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        return summary

    def _put(self, frame: list[Any]) -> None:
        raw = msgspec.msgpack.encode(frame)
        self._digest.update(raw)
        self._packed.write(len(raw).to_bytes(4, "big") + raw)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _settle(part: Path, path: Path) -> None:
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _frame(item: Item) -> list[Any]:
    if isinstance(item, DumpedRecord):
        record = item.record
        terms = {name: list(values) for name, values in sorted(item.terms.items())}
        return ["record", item.kind, record.id, record.rev, record.body, terms]
    if isinstance(item, DumpedEntry):
        return ["entry", item.stream, item.entry.seq, item.entry.writer, list(item.entry.rows)]
    return ["chunk", item.sha256, item.data, item.last]


def _item(frame: list[Any]) -> Item:
    if frame[0] == "record":
        _, kind, id, rev, body, terms = frame
        return DumpedRecord(kind, Record(id, rev, body), terms)
    if frame[0] == "entry":
        _, stream, seq, writer, rows = frame
        return DumpedEntry(stream, Entry(seq, writer, tuple(rows)))
    _, sha256, data, last = frame
    return DumpedChunk(sha256, data, last)


async def _items(path: Path) -> AsyncIterator[Item]:
    frames = _frames(path)
    while (raw := await asyncio.to_thread(next, frames, None)) is not None:
        frame = _decoded(path, raw)
        if frame[0] != "end":
            yield _item(frame)


def _frames(path: Path) -> Iterator[bytes]:
    """The frames of a backup. Raises `Unsuitable` when it is none, `Corrupt` when it is damaged."""
    try:
        with open(path, "rb") as file:
            if file.read(len(FORMAT)) != FORMAT:
                raise Unsuitable(f"{path} is not a backup that this program can read")
            packed = gzip.GzipFile(fileobj=file)
            while (raw := _next(path, packed)) is not None:
                yield raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Corrupt(str(path), str(error)) from error
    except OSError as error:
        raise Unsuitable(f"{path} cannot be read: {error.strerror}") from error


def _next(path: Path, packed: gzip.GzipFile) -> bytes | None:
    length = packed.read(4)
    if not length:
        return None
    size = int.from_bytes(length, "big")
    raw = packed.read(size) if size <= LONGEST else b""
    if len(raw) != size:
        raise Corrupt(str(path), "it is cut off or damaged")
    return raw


def _decoded(path: Path, raw: bytes) -> list[Any]:
    try:
        frame: list[Any] = msgspec.msgpack.decode(raw, type=list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Corrupt(str(path), str(error)) from error
    return frame
