"""A process that reads, then appends to twenty streams for ever and says of each entry when it is on disk.

Ends by being killed.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys

from storage.opening import open_engine

STREAMS = 20


async def main(address: str) -> None:
    engine = await open_engine(address)
    await engine.setup(())
    await asyncio.gather(*(engine.head(f"s{number}") for number in range(STREAMS)))

    async def one(stream: str) -> None:
        while True:
            writer = secrets.token_hex(4)
            seq = await engine.append(stream, [os.urandom(60)], writer)
            os.write(1, f"{stream} {seq} {writer}\n".encode())

    await asyncio.gather(*(one(f"s{number}") for number in range(STREAMS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
