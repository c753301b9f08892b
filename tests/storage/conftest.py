from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.mongodb import mongodb


@pytest.fixture(scope="session")
def mongodb_server() -> Iterator[str]:
    """The URL of a server, without a database's name."""
    with mongodb() as url:
        yield url
