"""Passwords: argon2id (RFC 9106), hashed off the event loop, a few at a time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
MAX_LENGTH = 200

# OWASP's password storage cheat sheet: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_POOL = ThreadPoolExecutor(2, thread_name_prefix="argon2")
_DECOY = _HASHER.hash("nobody has this password")


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_POOL, _HASHER.hash, password)


async def matches(hashed: str, password: str) -> bool:
    """Takes the same time for an unknown person (`hashed` empty) as for a wrong password."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _matches, hashed, password)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed or _DECOY, password) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False
