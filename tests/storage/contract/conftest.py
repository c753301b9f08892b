"""Every test here runs on every engine, over the real file and the real wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.engine import Engine
from storage.opening import open_engine
from tests.servers.mongodb import fresh
from tests.storage.contract.kinds import KINDS

ENGINES = ("sqlite", "mongodb")


@pytest.fixture(params=ENGINES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/paraph.db"
    server: str = request.getfixturevalue("mongodb_server")
    return fresh(server)


@pytest.fixture
async def engine(address: str) -> AsyncIterator[Engine]:
    opened = await open_engine(address)
    await opened.setup(KINDS)
    yield opened
    await opened.close()
