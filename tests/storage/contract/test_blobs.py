from __future__ import annotations

import hashlib
import random
from collections.abc import AsyncIterator

import pytest

from storage.engine import CHUNK, Engine
from storage.errors import NotFound
from tests.storage.contract.kinds import pieces

SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7)


async def whole(engine: Engine, sha256: str, start: int = 0) -> bytes:
    return b"".join([chunk async for chunk in engine.open_blob(sha256, start)])


@pytest.mark.parametrize("size", SIZES)
async def test_bytes_come_back_under_their_hash_from_any_start(engine: Engine, size: int) -> None:
    data = random.Random(size).randbytes(size)
    sha256 = await engine.put_blob(pieces(data, 70_000))
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert await engine.blob_size(sha256) == size
    for start in {0, 1, size // 2, size - 1, size, size + 5, CHUNK, CHUNK - 1}:
        if start >= 0:
            assert await whole(engine, sha256, start) == data[start:]


async def test_the_same_bytes_twice_are_one_blob(engine: Engine) -> None:
    data = bytes(2 * CHUNK)
    assert await engine.put_blob(pieces(data, 1000)) == await engine.put_blob(pieces(data, CHUNK))
    assert await whole(engine, hashlib.sha256(data).hexdigest()) == data


async def test_an_upload_that_breaks_off_leaves_nothing(engine: Engine) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(2 * CHUNK)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await engine.put_blob(broken())
    assert await engine.is_empty()
    assert await engine.verify() == []


async def test_an_unknown_blob_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        await engine.blob_size("0" * 64)
    with pytest.raises(NotFound):
        await whole(engine, "0" * 64)
