"""Proves that nothing that is kept was altered, cut off or lost. What `paraph verify` runs."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from review.document import Version
from review.errors import Unavailable
from review.ports import Kept, Repository
from storage.audit import Head, sealed_heads
from storage.chain import ORIGIN, Told, flaw_of, hash_of
from storage.engine import Engine, Entry, Flaw, Record
from storage.errors import Corrupt, NotFound
from storage.factlog import STREAM
from storage.kinds import FACTS
from storage.merkle import Tree

PAGE = 500

CheckToken = Callable[[bytes, bytes], str | None]
"""What is wrong with a time-stamp token (second) over these bytes (first); None when nothing is."""

STATED = frozenset({"contentHash", "fileHash"})
"""Keys of a fact's data that state a hash of the version it names."""

_TOLD = msgspec.json.Decoder(Told)


@dataclass(frozen=True, slots=True)
class Report:
    """What was read, and every flaw that was found."""

    facts: int
    heads: int
    versions: int
    flaws: tuple[Flaw, ...]


@dataclass(slots=True)
class _Reading:
    """The facts as far as they are read: the tree they make and the hashes they state of versions."""

    tree: Tree = field(default_factory=Tree)
    prev: str = ORIGIN
    stated: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)


async def verify(engine: Engine, versions: Repository[Version], check_token: CheckToken | None = None) -> Report:
    """Reads everything: checksums of records, entries and blobs, the chain of facts, sealed heads, versions."""
    flaws, reading = list(await engine.verify()), _Reading()
    heads: list[Head] = []
    kept: list[Kept[Version]] = []
    with _as_flaw(flaws, "the log of facts"):
        await _read_facts(engine, reading)
    with _as_flaw(flaws, "the sealed heads"):
        heads = await sealed_heads(engine)
    with _as_flaw(flaws, "the versions"):
        kept = await versions.all()
        flaws += await _judge_versions(engine, kept, reading.stated)
    for head in heads:
        flaws += _judge_head(head, reading.tree, check_token)
    return Report(len(reading.tree), len(heads), len(kept), tuple(dict.fromkeys([*flaws, *reading.flaws])))


@contextmanager
def _as_flaw(flaws: list[Flaw], place: str) -> Iterator[None]:
    """What is too damaged to be read on is a flaw too; storage that does not answer is not."""
    try:
        yield
    except Corrupt as error:
        flaws.append(Flaw(place, f"not read to the end: {error.place}: {error.why}"))
    except Unavailable as error:
        if not isinstance(error.__cause__, Corrupt):
            raise
        flaws.append(Flaw(place, f"not read to the end: {error.why}"))


async def _read_facts(engine: Engine, reading: _Reading) -> None:
    records = _records(engine)
    async for entry in _entries(engine):
        record = await anext(records, None)
        _judge_row(reading, entry)
        _judge_record(reading, entry, record)
        reading.tree.append(entry.rows[0])
        reading.prev = hash_of(entry.rows[0])


async def _entries(engine: Engine) -> AsyncIterator[Entry]:
    after = 0
    while entries := await engine.read(STREAM, after, PAGE):
        for entry in entries:
            yield entry
        after = entries[-1].seq


async def _records(engine: Engine) -> AsyncIterator[Record]:
    after = ""
    while records := await engine.find(FACTS.name, after=after, limit=PAGE):
        for record in records:
            yield record
        after = records[-1].id


def _judge_row(reading: _Reading, entry: Entry) -> None:
    place, row = f"fact {entry.seq}", json.loads(entry.rows[0])
    if entry.seq != len(reading.tree) + 1 or row["seq"] != entry.seq:
        reading.flaws.append(Flaw(place, "the number before it is missing"))
    if row["prev"] != reading.prev:
        reading.flaws.append(Flaw(place, "it does not continue the fact before it"))
    if "version" in row["data"] and not STATED.isdisjoint(row["data"]):
        reading.stated.setdefault(row["data"]["version"], []).append(row["data"])


def _judge_record(reading: _Reading, entry: Entry, record: Record | None) -> None:
    place = f"fact {entry.seq}"
    if record is None or int(record.id) != entry.seq:
        reading.flaws.append(Flaw(place, "the record it is read from is missing"))
        return
    told = _TOLD.decode(record.body)
    if told.row.encode() != entry.rows[0]:
        reading.flaws.append(Flaw(place, "the record it is read from is not the row of the log"))
    if why := flaw_of(told):
        reading.flaws.append(Flaw(place, why))


def _judge_head(head: Head, tree: Tree, check_token: CheckToken | None) -> Iterable[Flaw]:
    place = f"sealed head of {head.size} facts"
    if head.size > len(tree):
        yield Flaw(place, f"only {len(tree)} facts are left")
    elif tree.root(head.size).hex() != head.root:
        yield Flaw(place, "the facts are not those that were sealed")
    why = check_token(head.stamped, base64.b64decode(head.token or "")) if check_token else None
    if why is not None:
        yield Flaw(place, why)


async def _judge_versions(
    engine: Engine, kept: Iterable[Kept[Version]], stated: Mapping[str, list[Mapping[str, Any]]]
) -> list[Flaw]:
    flaws: list[Flaw] = []
    for one in kept:
        version, place = one.value, f"version {one.id}"
        for sha256 in _blobs_of(version):
            try:
                await engine.blob_size(sha256)
            except NotFound:
                flaws.append(Flaw(place, f"blob {sha256} is missing"))
        for data in stated.get(one.id, ()):
            if not _agrees(version, data):
                flaws.append(Flaw(place, "its hashes are not those that the facts state"))
    known = {one.id for one in kept}
    return [
        *flaws,
        *(Flaw(f"version {id}", "the facts name it, and it is missing") for id in stated if id not in known),
    ]


def _blobs_of(version: Version) -> tuple[str, ...]:
    return (version.content, *((version.file,) if version.file else ()), *version.earlier_files)


def _agrees(version: Version, data: Mapping[str, Any]) -> bool:
    files = {version.file, *version.earlier_files}
    return data.get("contentHash", version.content) == version.content and data.get("fileHash", version.file) in files
