from __future__ import annotations

import asyncio
import gc

import pytest

from server import background
from server.background import at_work


async def for_ever() -> None:
    await asyncio.Event().wait()


async def test_works_end_with_the_block_though_one_swallows_its_cancelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AGAIN", 0.01)
    swallowed: list[int] = []

    async def stubborn() -> None:
        while True:
            try:
                await for_ever()
            except asyncio.CancelledError:
                if len(swallowed) == 2:
                    raise
                swallowed.append(1)

    async with asyncio.timeout(60):
        async with at_work({"stubborn": stubborn(), "plain": for_ever()}):
            await asyncio.sleep(0)
    assert len(swallowed) == 2
    assert {task.get_name() for task in asyncio.all_tasks()}.isdisjoint({"stubborn", "plain"})


async def test_a_work_that_fails_is_told_of_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    went_on = asyncio.Event()

    async def fails() -> None:
        raise ZeroDivisionError

    async def goes_on() -> None:
        await asyncio.sleep(0.01)
        went_on.set()

    async with at_work({"counting": fails(), "the other": goes_on()}):
        await went_on.wait()
    assert "counting ended" in caplog.text


async def test_a_block_that_ends_at_once_leaves_no_work_that_was_never_begun() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    with pytest.raises(ValueError, match="at once"):
        async with at_work({"work": work()}):
            raise ValueError("at once")
    gc.collect()
