from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from collab.drafts.rooms import Rooms
from review.content import Content, parse
from tests.collab.memory_log import MemoryLog

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


def content(*paragraphs: str) -> Content:
    blocks = [
        {"type": "paragraph", "attrs": {"id": f"p{at}"}, "content": [{"type": "text", "text": text}] if text else []}
        for at, text in enumerate(paragraphs)
    ]
    return parse({"type": "doc", "content": blocks})


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
async def rooms(log: MemoryLog) -> AsyncIterator[Rooms]:
    rooms = Rooms(log, lambda: NOON)
    await rooms.create("d", content("Úvod", ""), "eva")
    yield rooms
    await rooms.close_all()
