from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import pytest

from review.errors import AlreadyThere, ChangedMeanwhile, NotFound, Unavailable
from review.facts import Fact, Recorded
from storage.engine import Engine
from storage.factlog import Log
from storage.kinds import OWN, Kind
from storage.marks import begin_epoch, epoch, reindex_changed
from storage.opening import open_engine
from storage.records import Records

AT = datetime(2026, 11, 23, 8, 0, 0, 123000, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Part:
    person: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    colour: Colour = Colour.RED
    open: bool = True
    parts: tuple[Part, ...] = ()
    roles: Mapping[str, Colour] = field(default_factory=dict)
    at: datetime = AT
    code: str | None = None


THINGS = Kind(
    "things",
    Thing,
    indexes={"colour": "colour", "open": "open", "person": "parts.person", "member": "roles"},
    unique={"code": "code"},
    together=(("colour", "open"),),
)


def fact(word: str) -> Fact:
    return Fact(f"thing.{word}", AT, data={"n": 1})


class Away(Log):
    """A log that does not answer until it is told to."""

    async def append(self, facts: Sequence[Fact]) -> list[Recorded]:
        raise Unavailable("away")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    opened = await open_engine(f"sqlite:///{tmp_path}/paraph.db")
    await opened.setup([*OWN, THINGS.declared])
    yield opened
    await opened.close()


@pytest.fixture
def log(engine: Engine) -> Log:
    return Log(engine)


@pytest.fixture
def things(engine: Engine, log: Log) -> Records[Thing]:
    return Records(engine, log, THINGS)


async def types(log: Log) -> list[str]:
    return [one.fact.type for one in await log.since(0)]


async def test_a_value_comes_back_equal_with_its_revision(things: Records[Thing]) -> None:
    thing = Thing("a", Colour.BLUE, False, (Part("eva", date(2026, 12, 1)), Part("jana")), {"eva": Colour.RED})
    kept = await things.insert("t1", thing)
    assert await things.get("t1") == kept
    assert (kept.rev, kept.value) == (1, thing)


async def test_a_value_of_an_older_program_is_read_with_the_defaults_of_this_one(
    engine: Engine, things: Records[Thing]
) -> None:
    await engine.insert("things", "t1", b'{"v": 3, "value": {"name": "old", "dropped": 1}}', {})
    kept = await things.get("t1")
    assert (kept.rev, kept.value) == (3, Thing("old"))


async def test_facts_are_in_the_log_when_the_write_returns_and_the_outbox_is_empty(
    engine: Engine, things: Records[Thing], log: Log
) -> None:
    kept = await things.insert("t1", Thing("a"), [fact("made"), fact("named")])
    kept = await things.replace(kept, Thing("b"), [fact("changed")])
    await things.delete(kept, [fact("gone")])
    assert await types(log) == ["thing.made", "thing.named", "thing.changed", "thing.gone"]
    assert await engine.find("things", "pending", "true") == []
    with pytest.raises(NotFound):
        await things.get("t1")


async def test_who_read_an_older_value_is_refused(things: Records[Thing], log: Log) -> None:
    first = await things.insert("t1", Thing("a"))
    await things.replace(first, Thing("b"))
    with pytest.raises(ChangedMeanwhile):
        await things.replace(first, Thing("c"), [fact("changed")])
    with pytest.raises(ChangedMeanwhile):
        await things.delete(first)
    assert (await things.get("t1")).value == Thing("b")
    assert await types(log) == []


async def test_emptying_an_outbox_is_no_change_of_the_value(engine: Engine, things: Records[Thing], log: Log) -> None:
    away = Records(engine, Away(engine), THINGS)
    seen = await away.insert("t1", Thing("a"), [fact("made")])
    assert seen.waiting
    assert await things.deliver_pending() == 1
    changed = await things.replace(seen, Thing("b"), [fact("changed")])
    assert (changed.rev, changed.waiting) == (2, ())
    assert await types(log) == ["thing.made", "thing.changed"]


async def test_of_many_who_change_one_value_at_once_exactly_one_wins(things: Records[Thing], log: Log) -> None:
    kept = await things.insert("t1", Thing("a"), [fact("made")])
    for rev in range(1, 6):
        tries = (things.replace(kept, Thing(f"{rev} {who}"), [fact(f"{who}")]) for who in range(8))
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(one, ChangedMeanwhile) for one in outcomes) == 7
        kept = await things.get("t1")
        assert kept.rev == rev + 1
    assert len(await types(log)) == 6


async def test_what_a_log_that_was_away_missed_is_delivered_later_once(
    engine: Engine, things: Records[Thing], log: Log
) -> None:
    away = Records(engine, Away(engine), THINGS)
    kept = await away.insert("t1", Thing("a"), [fact("made")])
    kept = await away.replace(kept, Thing("b"), [fact("changed")])
    other = await away.insert("t2", Thing("c"), [fact("made")])
    await away.delete(other, [fact("gone")])
    assert await types(log) == []
    assert await things.deliver_pending() == 2
    assert await things.deliver_pending() == 0
    assert await types(log) == ["thing.made", "thing.changed", "thing.made", "thing.gone"]
    assert await engine.find("things") == [await engine.get("things", "t1")]


async def test_a_deleted_identity_can_be_taken_again_before_its_deletion_was_announced(
    engine: Engine, things: Records[Thing], log: Log
) -> None:
    away = Records(engine, Away(engine), THINGS)
    await away.delete(await away.insert("t1", Thing("a", code="7")), [fact("gone")])
    with pytest.raises(NotFound):
        await things.get("t1")
    assert (await things.insert("t1", Thing("b", code="7"), [fact("made")])).rev == 1
    assert await types(log) == ["thing.gone", "thing.made"]


async def test_a_taken_identity_and_a_taken_unique_value_are_refused(things: Records[Thing]) -> None:
    await things.insert("t1", Thing("a", code="7"))
    with pytest.raises(AlreadyThere):
        await things.insert("t1", Thing("b"))
    with pytest.raises(AlreadyThere):
        await things.insert("t2", Thing("b", code="7"))
    assert [kept.id for kept in (await things.find(code="7")).items] == ["t1"]


async def test_values_are_found_by_attributes_parts_keys_and_together(things: Records[Thing]) -> None:
    await things.insert("t1", Thing("a", parts=(Part("eva"), Part("jana"))))
    await things.insert("t2", Thing("b", Colour.BLUE, parts=(Part("eva"),), roles={"jana": Colour.RED}))
    await things.insert("t3", Thing("c", Colour.BLUE, open=False))

    async def ids(**equal: str | bool) -> list[str]:
        return [kept.id for kept in await things.all(**equal)]

    assert await ids() == ["t1", "t2", "t3"]
    assert await ids(person="eva") == ["t1", "t2"]
    assert await ids(member="jana") == ["t2"]
    assert await ids(open=False) == ["t3"]
    assert await ids(colour="blue", open=True) == ["t2"]
    assert await ids(open=True, colour="red") == ["t1"]
    with pytest.raises(ValueError, match="person and open"):
        await ids(person="eva", open=True)


async def test_pages_follow_their_cursor(things: Records[Thing]) -> None:
    for number in range(7):
        await things.insert(f"t{number}", Thing("a"))
    first = await things.find(colour="red", limit=4)
    second = await things.find(colour="red", limit=4, after=first.next)
    assert [kept.id for kept in (*first.items, *second.items)] == [f"t{number}" for number in range(7)]
    assert second.next is None


async def test_an_identity_that_cannot_be_written_is_not_found(things: Records[Thing]) -> None:
    for id in ("", "\ud800", "\0", "x" * 10_000, "$where"):
        with pytest.raises(NotFound):
            await things.get(id)


async def test_an_index_declared_later_finds_what_was_kept_before(engine: Engine, log: Log) -> None:
    plain = Records(engine, log, Kind("things", Thing))
    await reindex_changed(engine, [plain])
    kept = await plain.insert("t1", Thing("a", parts=(Part("eva"),)))
    things = Records(engine, log, THINGS)
    assert await things.all(person="eva") == []
    assert await reindex_changed(engine, [things]) == ["things"]
    assert [found.id for found in await things.all(person="eva")] == ["t1"]
    assert (await things.get("t1")).rev == kept.rev
    assert await reindex_changed(engine, [things]) == []


async def test_every_epoch_is_greater_than_the_one_before(engine: Engine) -> None:
    assert await epoch(engine) == 0
    first = await begin_epoch(engine)
    assert await begin_epoch(engine) > first
    assert await epoch(engine) > first
