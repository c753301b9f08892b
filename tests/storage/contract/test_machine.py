"""Anything in any order: the engine against a model in plain dictionaries, restarted now and then."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from storage.engine import Engine, Entry
from storage.errors import Conflict, Duplicate, NotFound
from storage.opening import open_engine
from tests.servers.mongodb import fresh
from tests.storage.contract.kinds import KINDS, PAPER, pieces

T = TypeVar("T")

IDS = st.sampled_from(["a", "b", "c", "d"])
STATES = st.sampled_from(["draft", "ready"])
READERS = st.frozensets(st.sampled_from(["eva", "jana", "karel"]))
NUMBERS = st.sampled_from([None, "1", "2"])
STREAMS = st.sampled_from(["s", "t"])
WRITERS = st.integers(0, 12).map(str)


class EngineMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.address = self.next_address()
        self.runner = asyncio.Runner()
        self.engine = self.opened()
        self.records: dict[str, tuple[int, bytes, dict[str, list[str]]]] = {}
        self.streams: dict[str, list[Entry]] = {"s": [], "t": []}
        self.blobs: dict[str, bytes] = {}

    def next_address(self) -> str:
        """The URL of an empty database."""
        raise NotImplementedError

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def opened(self) -> Engine:
        engine = self.do(open_engine(self.address))
        self.do(engine.setup(KINDS))
        return engine

    @rule(id=IDS, body=st.binary(max_size=30), state=STATES, readers=READERS, number=NUMBERS)
    def insert(self, id: str, body: bytes, state: str, readers: frozenset[str], number: str | None) -> None:
        terms = terms_of(state, readers, number)
        if id in self.records or self.taken(number, but=id):
            with pytest.raises(Duplicate):
                self.do(self.engine.insert(PAPER, id, body, terms))
            return
        assert self.do(self.engine.insert(PAPER, id, body, terms)) == 1
        self.records[id] = (1, body, terms)

    @rule(id=IDS, body=st.binary(max_size=30), state=STATES, readers=READERS, number=NUMBERS, off=st.integers(0, 3))
    def replace(self, id: str, body: bytes, state: str, readers: frozenset[str], number: str | None, off: int) -> None:
        rev = self.rev(id) - off // 3
        terms = terms_of(state, readers, number)
        if id not in self.records:
            with pytest.raises(NotFound):
                self.do(self.engine.replace(PAPER, id, rev, body, terms))
        elif rev != self.rev(id):
            with pytest.raises(Conflict):
                self.do(self.engine.replace(PAPER, id, rev, body, terms))
        elif self.taken(number, but=id):
            with pytest.raises(Duplicate):
                self.do(self.engine.replace(PAPER, id, rev, body, terms))
        else:
            assert self.do(self.engine.replace(PAPER, id, rev, body, terms)) == rev + 1
            self.records[id] = (rev + 1, body, terms)

    @rule(id=IDS, off=st.integers(0, 3))
    def delete(self, id: str, off: int) -> None:
        rev = self.rev(id) + off // 3
        if id not in self.records:
            with pytest.raises(NotFound):
                self.do(self.engine.delete(PAPER, id, rev))
        elif rev != self.rev(id):
            with pytest.raises(Conflict):
                self.do(self.engine.delete(PAPER, id, rev))
        else:
            self.do(self.engine.delete(PAPER, id, rev))
            del self.records[id]

    @rule(stream=STREAMS, writer=WRITERS, rows=st.lists(st.binary(max_size=20), max_size=3), off=st.integers(-1, 4))
    def append(self, stream: str, writer: str, rows: list[bytes], off: int) -> None:
        head = self.head(stream)
        expect = None if off == 4 else head + min(off, 0) + off // 3
        known = next((entry.seq for entry in self.streams[stream] if entry.writer == writer), None)
        if known is not None:
            assert self.do(self.engine.append(stream, rows, writer, expect)) == known
        elif expect not in (None, head):
            with pytest.raises(Conflict):
                self.do(self.engine.append(stream, rows, writer, expect))
        else:
            assert self.do(self.engine.append(stream, rows, writer, expect)) == head + 1
            self.streams[stream].append(Entry(head + 1, writer, tuple(rows)))

    @rule(stream=STREAMS, back=st.integers(0, 4))
    def trim(self, stream: str, back: int) -> None:
        upto = self.head(stream) - back
        self.do(self.engine.trim(stream, upto))
        kept = self.streams[stream]
        self.streams[stream] = [entry for entry in kept if entry.seq > upto or entry is kept[-1]]

    @rule(data=st.binary(max_size=50), size=st.integers(1, 20))
    def put(self, data: bytes, size: int) -> None:
        sha256 = self.do(self.engine.put_blob(pieces(data, size)))
        assert sha256 == hashlib.sha256(data).hexdigest()
        self.blobs[sha256] = data

    @precondition(lambda self: self.blobs)
    @rule(which=st.integers(0), start=st.integers(0, 60))
    def read_blob(self, which: int, start: int) -> None:
        sha256 = sorted(self.blobs)[which % len(self.blobs)]
        assert self.do(all_of(self.engine, sha256, start)) == self.blobs[sha256][start:]

    @rule()
    def restart(self) -> None:
        self.do(self.engine.close())
        self.engine = self.opened()

    @invariant()
    def records_are_as_the_model_says(self) -> None:
        found = self.do(self.engine.find(PAPER))
        assert [(one.id, one.rev, one.body) for one in found] == [
            (id, rev, body) for id, (rev, body, _) in sorted(self.records.items())
        ]
        for index, value in (("state", "draft"), ("reader", "eva"), ("number", "1")):
            expected = sorted(id for id, (_, _, terms) in self.records.items() if value in terms.get(index, ()))
            assert [one.id for one in self.do(self.engine.find(PAPER, index, value))] == expected

    @invariant()
    def streams_are_as_the_model_says(self) -> None:
        for stream, entries in self.streams.items():
            assert self.do(self.engine.read(stream)) == entries
            assert self.do(self.engine.head(stream)) == self.head(stream)

    def teardown(self) -> None:
        assert self.do(self.engine.verify()) == []
        self.do(self.engine.close())
        self.runner.close()

    def rev(self, id: str) -> int:
        return self.records[id][0] if id in self.records else 1

    def head(self, stream: str) -> int:
        return self.streams[stream][-1].seq if self.streams[stream] else 0

    def taken(self, number: str | None, but: str) -> bool:
        others = (terms for id, (_, _, terms) in self.records.items() if id != but)
        return number is not None and any(number in terms.get("number", ()) for terms in others)


def terms_of(state: str, readers: frozenset[str], number: str | None) -> dict[str, list[str]]:
    return {"state": [state], "reader": sorted(readers)} | ({"number": [number]} if number else {})


async def all_of(engine: Engine, sha256: str, start: int) -> bytes:
    return b"".join([chunk async for chunk in engine.open_blob(sha256, start)])


def try_anything(machine: type[EngineMachine]) -> None:
    quiet = list(HealthCheck)
    plan = settings(max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=quiet)
    run_state_machine_as_test(machine, settings=plan)


def test_sqlite_keeps_the_contract_whatever_is_asked(tmp_path: Path) -> None:
    numbers = iter(range(1_000_000))

    class OnSqlite(EngineMachine):
        def next_address(self) -> str:
            return f"sqlite:///{tmp_path}/{next(numbers)}.db"

    try_anything(OnSqlite)


def test_mongodb_keeps_the_contract_whatever_is_asked(mongodb_server: str) -> None:
    class OnMongodb(EngineMachine):
        def next_address(self) -> str:
            return fresh(mongodb_server)

    try_anything(OnMongodb)
