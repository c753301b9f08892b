from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from collab.document.beginning import begin
from collab.errors import NotCompacted
from collab.history import presser as module
from collab.history.compaction import press
from collab.history.presser import Presser
from collab.journal.archive import Job
from collab.journal.row import Kind, Row, encode
from tests.collab.conftest import content
from tests.collab.test_room import until

JOB = Job("d", None, [], [(1, [encode("d", Row(Kind.SERVER, "eva", 0, (7,), begin(content("Úvod"), 7)))])], [])


@pytest.fixture
async def presser() -> AsyncIterator[Presser]:
    presser = Presser()
    yield presser
    await presser.close()


async def test_the_other_process_presses_the_same(presser: Presser) -> None:
    assert await presser(JOB) == press(JOB)
    assert await presser(JOB) == press(JOB)


async def test_what_it_refuses_is_told_and_it_goes_on(presser: Presser) -> None:
    with pytest.raises(NotCompacted, match="checksum differs"):
        await presser(Job("e", None, [], JOB.entries, []))
    assert (await presser(JOB)).last == 1


async def test_a_process_that_was_killed_is_started_anew(presser: Presser) -> None:
    await presser(JOB)
    assert presser._process is not None
    presser._process.kill()
    await presser._process.wait()
    with pytest.raises(NotCompacted):
        await presser(JOB)
    assert (await presser(JOB)).last == 1


async def test_a_process_whose_answer_is_not_understood_is_asked_no_more(
    presser: Presser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(module, "Answer", int)
        with pytest.raises(msgspec.ValidationError):
            await presser(JOB)
    assert presser._process is None
    assert (await presser(JOB)).last == 1


async def test_it_ends_when_nothing_is_to_be_done(presser: Presser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINGERS", 0.01)
    await presser(JOB)
    await until(lambda: presser._process is None)
    assert (await presser(JOB)).last == 1
