from __future__ import annotations

import asyncio

import pytest

from storage.engine import MAX_BODY, Engine, NewRecord, Record
from storage.errors import Conflict, Duplicate, NotFound, TooLarge
from storage.opening import open_engine
from tests.storage.contract.kinds import KINDS, PAPER, PERSON


async def test_what_was_inserted_is_read_back_with_revision_one(engine: Engine) -> None:
    body = bytes(range(256)) + "Příliš žluťoučký kůň 😀".encode()
    assert await engine.insert(PERSON, "p1", body, {"login": ["eva"]}) == 1
    assert await engine.get(PERSON, "p1") == Record("p1", 1, body)


async def test_a_record_outlives_the_process(engine: Engine, address: str) -> None:
    await engine.insert(PERSON, "p1", b"Eva", {"login": ["eva"]})
    await engine.close()
    again = await open_engine(address)
    await again.setup(KINDS)
    assert (await again.get(PERSON, "p1")).body == b"Eva"
    assert [found.id for found in await again.find(PERSON, "login", "eva")] == ["p1"]
    await again.close()


async def test_an_identity_belongs_to_one_record_of_its_kind(engine: Engine) -> None:
    await engine.insert(PERSON, "p1", b"first", {})
    with pytest.raises(Duplicate) as refused:
        await engine.insert(PERSON, "p1", b"second", {})
    assert (refused.value.kind, refused.value.id, refused.value.index) == (PERSON, "p1", None)
    assert (await engine.get(PERSON, "p1")).body == b"first"
    assert await engine.insert(PAPER, "p1", b"another kind", {}) == 1


async def test_a_unique_value_belongs_to_one_record_and_is_free_again_afterwards(engine: Engine) -> None:
    await engine.insert(PERSON, "p1", b"", {"login": ["eva"]})
    with pytest.raises(Duplicate) as refused:
        await engine.insert(PERSON, "p2", b"", {"login": ["eva"]})
    assert refused.value.index == "login"
    with pytest.raises(NotFound):
        await engine.get(PERSON, "p2")
    await engine.replace(PERSON, "p1", 1, b"", {"login": ["jana"]})
    await engine.insert(PERSON, "p2", b"", {"login": ["eva"]})
    await engine.delete(PERSON, "p1", 2)
    await engine.insert(PERSON, "p3", b"", {"login": ["jana"]})


async def test_a_refused_replacement_leaves_the_record_as_it_was(engine: Engine) -> None:
    await engine.insert(PERSON, "p1", b"Eva", {"login": ["eva"]})
    await engine.insert(PERSON, "p2", b"Jana", {"login": ["jana"]})
    with pytest.raises(Duplicate):
        await engine.replace(PERSON, "p2", 1, b"changed", {"login": ["eva"]})
    assert await engine.get(PERSON, "p2") == Record("p2", 1, b"Jana")
    assert [found.id for found in await engine.find(PERSON, "login", "jana")] == ["p2"]


async def test_many_records_may_have_no_value_in_a_unique_index(engine: Engine) -> None:
    for number in range(5):
        await engine.insert(PERSON, f"p{number}", b"", {})
    assert len(await engine.find(PERSON)) == 5


async def test_only_the_revision_that_stands_is_replaced(engine: Engine) -> None:
    await engine.insert(PERSON, "p1", b"1", {})
    assert await engine.replace(PERSON, "p1", 1, b"2", {}) == 2
    with pytest.raises(Conflict) as refused:
        await engine.replace(PERSON, "p1", 1, b"other", {})
    assert (refused.value.expected, refused.value.found) == (1, 2)
    with pytest.raises(NotFound):
        await engine.replace(PERSON, "nobody", 1, b"", {})
    assert await engine.get(PERSON, "p1") == Record("p1", 2, b"2")


async def test_of_twenty_who_replace_at_once_exactly_one_wins(engine: Engine) -> None:
    await engine.insert(PERSON, "p1", b"", {})
    for rev in range(1, 11):
        tries = (engine.replace(PERSON, "p1", rev, b"%d" % who, {}) for who in range(20))
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(outcome == rev + 1 for outcome in outcomes) == 1
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 19


async def test_of_twenty_who_claim_a_unique_value_at_once_exactly_one_wins(engine: Engine) -> None:
    tries = (engine.insert(PERSON, f"p{who}", b"", {"login": ["eva"]}) for who in range(20))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(outcome == 1 for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Duplicate) for outcome in outcomes) == 19


async def test_a_record_is_deleted_at_its_revision_and_its_identity_is_free(engine: Engine) -> None:
    await engine.insert(PERSON, "p1", b"", {"login": ["eva"]})
    with pytest.raises(Conflict):
        await engine.delete(PERSON, "p1", 2)
    await engine.delete(PERSON, "p1", 1)
    with pytest.raises(NotFound):
        await engine.delete(PERSON, "p1", 1)
    assert await engine.find(PERSON, "login", "eva") == []
    assert await engine.insert(PERSON, "p1", b"new", {}) == 1


async def test_records_are_found_by_each_value_of_an_index_in_order_of_identity(engine: Engine) -> None:
    for number in (3, 1, 2, 0):
        readers = ["eva"] if number % 2 else ["eva", "jana"]
        await engine.insert(PAPER, f"d{number}", b"", {"state": ["draft"], "reader": readers})
    assert [found.id for found in await engine.find(PAPER, "reader", "eva")] == ["d0", "d1", "d2", "d3"]
    assert [found.id for found in await engine.find(PAPER, "reader", "jana")] == ["d0", "d2"]
    assert await engine.find(PAPER, "reader", "karel") == []
    assert await engine.find(PERSON) == []


async def test_a_replacement_moves_a_record_from_its_old_values_to_its_new_ones(engine: Engine) -> None:
    await engine.insert(PAPER, "d1", b"", {"state": ["draft"], "reader": ["eva", "jana"]})
    await engine.replace(PAPER, "d1", 1, b"", {"state": ["ready"], "reader": ["jana"]})
    assert await engine.find(PAPER, "state", "draft") == []
    assert await engine.find(PAPER, "reader", "eva") == []
    assert [found.rev for found in await engine.find(PAPER, "state", "ready")] == [2]


async def test_pages_follow_each_other_without_overlap(engine: Engine) -> None:
    for number in range(25):
        await engine.insert(PAPER, f"d{number:02}", b"", {"state": ["draft"]})
    seen: list[str] = []
    while page := await engine.find(PAPER, "state", "draft", after=seen[-1] if seen else "", limit=10):
        seen += [found.id for found in page]
    assert seen == [f"d{number:02}" for number in range(25)]


async def test_values_with_quotes_dots_and_dollars_are_only_values(engine: Engine) -> None:
    odd = ["$where", "a.b", "'; drop table record; --", "", "=x", "-d1", "č\n😀"]
    for number, value in enumerate(odd):
        await engine.insert(PAPER, f"d{number}", value.encode(), {"state": [value], "number": [value]})
    for number, value in enumerate(odd):
        assert [found.id for found in await engine.find(PAPER, "state", value)] == [f"d{number}"]
        assert [found.id for found in await engine.find(PAPER, "number", value)] == [f"d{number}"]


async def test_an_index_that_was_not_declared_is_a_mistake(engine: Engine) -> None:
    with pytest.raises(ValueError, match="colour"):
        await engine.insert(PAPER, "d1", b"", {"colour": ["red"]})
    with pytest.raises(ValueError, match="colour"):
        await engine.find(PAPER, "colour", "red")


async def test_several_records_are_inserted_in_order_up_to_the_first_that_is_refused(engine: Engine) -> None:
    await engine.insert_all(PERSON, [NewRecord(f"p{n}", b"%d" % n, {"login": [f"l{n}"]}) for n in range(5)])
    assert [found.id for found in await engine.find(PERSON)] == ["p0", "p1", "p2", "p3", "p4"]
    assert [found.id for found in await engine.find(PERSON, "login", "l3")] == ["p3"]
    with pytest.raises(Duplicate) as refused:
        await engine.insert_all(PERSON, [NewRecord(id, b"", {"login": [id]}) for id in ("p5", "p2", "p6")])
    assert (refused.value.id, refused.value.index) == ("p2", None)
    with pytest.raises(Duplicate) as refused:
        await engine.insert_all(PERSON, [NewRecord("p8", b"", {"login": ["l1"]})])
    assert (refused.value.id, refused.value.index) == ("p8", "login")
    assert not {"p6", "p8"} & {found.id for found in await engine.find(PERSON)}


async def test_a_body_too_large_for_any_engine_is_refused(engine: Engine) -> None:
    with pytest.raises(TooLarge):
        await engine.insert(PAPER, "d1", bytes(MAX_BODY + 1), {})
    assert await engine.insert(PAPER, "d1", bytes(MAX_BODY), {}) == 1
    assert len((await engine.get(PAPER, "d1")).body) == MAX_BODY
