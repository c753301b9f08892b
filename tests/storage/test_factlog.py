from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from review.facts import Fact, Recorded
from review.ids import DocumentId, PersonId
from storage.chain import ORIGIN, hash_of
from storage.engine import Engine
from storage.factlog import STREAM, Log
from storage.kinds import OWN
from storage.opening import Access, open_engine
from tests.servers.mongodb import fresh

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EVA, JANA = PersonId("eva"), PersonId("jana")


def fact(number: int, document: str | None = None, by: PersonId | None = EVA) -> Fact:
    return Fact("round.opened", AT, by, DocumentId(document) if document else None, {"number": number, "person": JANA})


@pytest.fixture(params=["sqlite", "mongodb"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/paraph.db"
    server: str = request.getfixturevalue("mongodb_server")
    return fresh(server)


@pytest.fixture
async def engine(address: str) -> AsyncIterator[Engine]:
    opened = await open_engine(address)
    await opened.setup(OWN)
    yield opened
    await opened.close()


async def test_facts_are_numbered_and_read_back_as_they_were(engine: Engine) -> None:
    facts = [fact(number, f"d{number % 2}") for number in range(5)]
    log = Log(engine)
    told = await log.append(facts)
    assert [one.seq for one in told] == [1, 2, 3, 4, 5]
    assert [one.fact for one in told] == facts
    assert await log.since(0) == told
    assert await log.since(3, limit=1) == told[3:4]
    assert await log.head() == 5


async def test_a_fact_is_in_the_log_once(engine: Engine) -> None:
    log, one = Log(engine), fact(1)
    first = await log.append([one])
    await log.append([fact(2)])
    assert await log.append([one]) == first
    assert await Log(engine).append([one]) == first
    assert await log.head() == 2


async def test_many_who_append_at_once_each_get_the_places_of_their_own_facts(engine: Engine) -> None:
    log = Log(engine)
    brought = [[fact(number), fact(number, "d1")] for number in range(300)]
    again = brought[:50]
    told = await asyncio.gather(*(log.append(facts) for facts in [*brought, *again]))
    assert [[one.fact for one in some] for some in told] == [*brought, *again]
    assert told[300:] == told[:50]
    assert [one.seq for one in await log.since(0, 1000)] == list(range(1, 601))
    rows = [entry.rows[0] for entry in await engine.read(STREAM)]
    assert [json.loads(row)["prev"] for row in rows] == [ORIGIN, *(hash_of(row) for row in rows[:-1])]


async def test_a_fact_that_cannot_be_written_is_refused_to_who_brought_it_only(engine: Engine) -> None:
    log = Log(engine)
    odd = Fact("round.opened", AT, data={"number": 2**70})
    told = await asyncio.gather(*(log.append([one]) for one in (fact(1), odd, fact(3))), return_exceptions=True)
    assert [isinstance(one, ValueError) for one in told] == [False, True, False]
    assert await log.head() == 2


async def test_a_document_has_its_facts_page_by_page(engine: Engine) -> None:
    log = Log(engine)
    told = await log.append([fact(number, "d1" if number % 3 else "d2") for number in range(12)])
    mine = [one for one in told if one.fact.document == "d1"]
    first = await log.of_document("d1", limit=5)
    assert first == mine[:5]
    assert await log.of_document("d1", after=first[-1].seq) == mine[5:]
    assert await log.of_document("d3") == []


async def test_every_row_names_the_hash_of_the_row_before(engine: Engine) -> None:
    log = Log(engine)
    told = await log.append([fact(number) for number in range(4)])
    rows = [entry.rows[0] for entry in await engine.read(STREAM)]
    assert [json.loads(row)["prev"] for row in rows] == [ORIGIN, *(hash_of(row) for row in rows[:-1])]
    assert [one.hash for one in told] == [hash_of(row) for row in rows]


async def test_no_row_names_a_person(engine: Engine) -> None:
    await Log(engine).append([fact(1)])
    row = (await engine.read(STREAM))[0].rows[0]
    assert b"eva" not in row
    assert b"jana" not in row


async def test_an_erased_person_is_gone_from_every_fact_and_the_rows_stay(engine: Engine) -> None:
    log = Log(engine)
    before = await log.append([fact(1), fact(2, by=JANA), fact(3, by=None)])
    assert await log.erase(JANA, AT) == 3
    *after, erasure = await log.since(0)
    assert (erasure.fact.type, erasure.fact.data) == ("person.erased", {"facts": [1, 2, 3]})
    assert [one.hash for one in after] == [one.hash for one in before]
    assert [one.fact.by for one in after] == [EVA, None, None]
    assert {one.fact.data["person"] for one in after} == {"erased"}
    assert await log.erase(JANA, AT) == 0


async def test_two_processes_continue_one_chain(engine: Engine, address: str) -> None:
    other = await open_engine(address, Access.BESIDE)
    await other.setup(OWN)
    logs = (Log(engine), Log(other))
    facts = [fact(number) for number in range(30)]
    await asyncio.gather(*(logs[number % 2].append([one]) for number, one in enumerate(facts)))
    rows = [entry.rows[0] for entry in await engine.read(STREAM)]
    assert [json.loads(row)["prev"] for row in rows] == [ORIGIN, *(hash_of(row) for row in rows[:-1])]
    assert {json.loads(row)["id"] for row in rows} == {one.id for one in facts}
    assert [one.seq for one in await logs[0].since(0)] == list(range(1, 31))
    await other.close()


async def test_listeners_hear_every_fact_in_order_also_those_of_other_processes(engine: Engine, address: str) -> None:
    other = await open_engine(address, Access.BESIDE)
    await other.setup(OWN)
    here, there, heard = Log(engine), Log(other), list[Recorded]()
    here.subscribe(heard.append)
    await here.append([fact(1)])
    await there.append([fact(2), fact(3)])
    await here.append([fact(4)])
    assert [one.seq for one in heard] == [1, 2, 3, 4]
    await there.append([fact(5)])
    assert await here.catch_up() == 5
    assert [one.fact.data["number"] for one in heard] == [1, 2, 3, 4, 5]
    await other.close()


async def test_a_listener_that_fails_does_not_keep_the_others_from_hearing(engine: Engine) -> None:
    log, heard = Log(engine), list[int]()

    def failing(told: Recorded) -> None:
        raise RuntimeError(told.seq)

    log.subscribe(failing)
    log.subscribe(lambda told: heard.append(told.seq))
    await log.append([fact(1), fact(2)])
    assert heard == [1, 2]


async def test_a_row_that_its_process_did_not_live_to_write_is_written_by_the_next(engine: Engine) -> None:
    first, lost = Log(engine), fact(2)
    await first.append([fact(1)])

    class Dying(Log):
        async def _write_row(self, told: object) -> Recorded:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Dying(engine).append([lost])
    assert [one.seq for one in await first.since(0)] == [1]
    told = await first.append([fact(3)])
    assert told[0].seq == 3
    assert (await first.since(1))[0].fact == lost
    assert (await first.append([lost]))[0].seq == 2
