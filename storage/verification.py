"""Proves that nothing that is kept was altered, cut off or lost. What `paraph verify` runs."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from review.document import Version
from review.errors import NotFound as Missing
from review.errors import Unavailable
from review.facts import Fact
from review.ports import Kept
from storage.agreement import SUBJECTS, disagreements, place, subject
from storage.audit import Head, sealed_heads
from storage.chain import ORIGIN, Told, flaw_of, hash_of, recorded
from storage.engine import Engine, Entry, Flaw, Record, Terms
from storage.errors import Corrupt, NotFound
from storage.factlog import ERASURE, STREAM, key, terms_of
from storage.kinds import FACTS, HEADS
from storage.merkle import Tree
from storage.records import Records

PAGE = 500

CheckToken = Callable[[bytes, bytes], str | None]
"""What is wrong with a time-stamp token (second) over these bytes (first); None when nothing is."""

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
    """The facts as far as they are read: the tree they make and what they tell, by kind and identity of the record."""

    tree: Tree = field(default_factory=Tree)
    prev: str = ORIGIN
    told: defaultdict[tuple[str, str], list[Fact]] = field(default_factory=lambda: defaultdict(list))
    erased: set[int] = field(default_factory=set)
    erasures: set[int] = field(default_factory=set)
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def unexplained(self) -> list[Flaw]:
        """Facts that miss people although no fact tells of their erasure."""
        return [
            Flaw(f"fact {seq}", "no fact tells that a person was erased from it")
            for seq in sorted(self.erased - self.erasures)
        ]


async def verify(engine: Engine, kinds: Mapping[str, Records[Any]], check_token: CheckToken | None = None) -> Report:
    """Reads everything: checksums of records, entries and blobs, the chain of facts and its sealed heads; and whether
    versions, rounds, comments and hand-overs are what the facts tell of them. `kinds` are all that are kept, by name.
    """
    terms = {FACTS.name: terms_of, HEADS.name: _nothing, **{name: kind.terms_of for name, kind in kinds.items()}}
    flaws, reading = list(await engine.verify(terms)), _Reading()
    heads: list[Head] = []
    versions: list[Kept[Version]] = []
    with _as_flaw(flaws, "the log of facts"):
        await _read_facts(engine, reading)
    with _as_flaw(flaws, "the sealed heads"):
        heads = await sealed_heads(engine)
    with _as_flaw(flaws, "the versions"):
        versions = await kinds["versions"].all()
        flaws += await _missing_blobs(engine, versions)
    for name in sorted(kinds.keys() & set(SUBJECTS.values())):
        with _as_flaw(flaws, f"the {name}"):
            flaws += await _judge(engine, kinds[name], reading)
    for head in heads:
        flaws += _judge_head(head, reading.tree, check_token)
    flaws += [*reading.flaws, *reading.unexplained]
    return Report(len(reading.tree), len(heads), len(versions), tuple(dict.fromkeys(flaws)))


def _nothing(head: Record) -> Terms:
    return {}


@contextmanager
def _as_flaw(flaws: list[Flaw], place: str) -> Iterator[None]:
    """What is too damaged to be read on is a flaw too; storage that does not answer is not."""
    try:
        yield
    except Corrupt as error:
        flaws.append(Flaw(place, f"not read to the end: {error.place}: {error.why}"))
    except msgspec.DecodeError as error:
        flaws.append(Flaw(place, f"not read to the end: {error}"))
    except Unavailable as error:
        if not isinstance(error.__cause__, Corrupt):
            raise
        flaws.append(Flaw(place, f"not read to the end: {error.why}"))


async def _read_facts(engine: Engine, reading: _Reading) -> None:
    """Those beyond what was read before."""
    after = len(reading.tree)
    records = _records(engine, after)
    async for entry in _entries(engine, after):
        record = await anext(records, None)
        _judge_row(reading, entry)
        _judge_record(reading, entry, record)
        reading.tree.append(entry.rows[0])
        reading.prev = hash_of(entry.rows[0])


async def _entries(engine: Engine, after: int) -> AsyncIterator[Entry]:
    while entries := await engine.read(STREAM, after, PAGE):
        for entry in entries:
            yield entry
        after = entries[-1].seq


async def _records(engine: Engine, seq: int) -> AsyncIterator[Record]:
    after = key(seq)
    while records := await engine.find(FACTS.name, after=after, limit=PAGE):
        for record in records:
            yield record
        after = records[-1].id


def _judge_row(reading: _Reading, entry: Entry) -> None:
    where, row = f"fact {entry.seq}", json.loads(entry.rows[0])
    if entry.seq != len(reading.tree) + 1 or row["seq"] != entry.seq:
        reading.flaws.append(Flaw(where, "the number before it is missing"))
    if row["prev"] != reading.prev:
        reading.flaws.append(Flaw(where, "it does not continue the fact before it"))


def _judge_record(reading: _Reading, entry: Entry, record: Record | None) -> None:
    where = f"fact {entry.seq}"
    if record is None or int(record.id) != entry.seq:
        reading.flaws.append(Flaw(where, "the record it is read from is missing"))
        return
    told = _TOLD.decode(record.body)
    if told.row.encode() != entry.rows[0]:
        reading.flaws.append(Flaw(where, "the record it is read from is not the row of the log"))
    if why := flaw_of(told):
        reading.flaws.append(Flaw(where, why))
    if told.erased:
        reading.erased.add(entry.seq)
    fact = recorded(told).fact
    if fact.type == ERASURE:
        reading.erasures.update(fact.data["facts"])
    if about := subject(fact):
        reading.told[about].append(fact)


def _judge_head(head: Head, tree: Tree, check_token: CheckToken | None) -> Iterable[Flaw]:
    where = f"sealed head of {head.size} facts"
    if head.size > len(tree):
        yield Flaw(where, f"only {len(tree)} facts are left")
    elif tree.root(head.size).hex() != head.root:
        yield Flaw(where, "the facts are not those that were sealed")
    why = check_token(head.stamped, base64.b64decode(head.token or "")) if check_token else None
    if why is not None:
        yield Flaw(where, why)


async def _missing_blobs(engine: Engine, versions: Iterable[Kept[Version]]) -> list[Flaw]:
    flaws: list[Flaw] = []
    for one in versions:
        for sha256 in _blobs_of(one.value):
            try:
                await engine.blob_size(sha256)
            except NotFound:
                flaws.append(Flaw(place("versions", one.id), f"blob {sha256} is missing"))
    return flaws


def _blobs_of(version: Version) -> tuple[str, ...]:
    return (version.content, *((version.file,) if version.file else ()), *version.earlier_files)


async def _judge(engine: Engine, records: Records[Any], reading: _Reading) -> list[Flaw]:
    """What is written while we read is read again, and the facts after it: a flaw is only what stays as it is."""
    kind, flaws = records.kind.name, list[Flaw]()
    waiting: Sequence[Kept[Any]] = await records.all()
    known = {one.id for one in waiting}
    gone = [id for name, id in reading.told if name == kind and id not in known]
    flaws += [Flaw(place(kind, id), "the facts name it, and it is missing") for id in gone]
    while waiting:
        doubtful = {one.id: one.stamp for one in waiting if _wrong(kind, one, reading)}
        await _read_facts(engine, reading)
        again = [one for id in doubtful if (one := await _as_it_is(records, id))]
        for one in again:
            if one.stamp == doubtful[one.id]:
                flaws += [
                    Flaw(place(kind, one.id), f"the facts tell otherwise: its {name}")
                    for name in _wrong(kind, one, reading)
                ]
        waiting = [one for one in again if one.stamp != doubtful[one.id]]
    return flaws


def _wrong(kind: str, one: Kept[Any], reading: _Reading) -> list[str]:
    known = reading.told.get((kind, one.id), [])
    seen = {fact.id for fact in known}
    return disagreements(kind, one.value, [*known, *(fact for fact in one.waiting if fact.id not in seen)])


async def _as_it_is(records: Records[Any], id: str) -> Kept[Any] | None:
    try:
        return await records.get(id)
    except Missing:
        return None
