"""PyMongo's own asynchronous API against Motor, in one run on one server, in rounds that take turns.

Motor is not one of our dependencies: `uv run --with motor==3.7.1 python -m tests.bench.drivers`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from statistics import median
from typing import Any

from pymongo import AsyncMongoClient

from tests.bench.figure import processor_seconds
from tests.servers.mongodb import mongodb

WARM, ROUNDS, OPERATIONS = 2, 6, 1600
Work = Callable[[Any, int], Awaitable[object]]


async def insert(collection: Any, number: int) -> None:
    await collection.insert_one({"s": "draft", "n": number, "d": bytes(100)})


async def find_one(collection: Any, number: int) -> None:
    assert await collection.find_one({"_id": number % 500}) is not None


async def find_hundred(collection: Any, number: int) -> None:
    assert len(await collection.find({"g": number % 5}).to_list(100)) == 100


async def change(collection: Any, number: int) -> None:
    await collection.update_one({"_id": number % 500}, {"$set": {"d": bytes(100)}, "$inc": {"r": 1}})


KINDS: tuple[tuple[str, Work, int, int], ...] = (
    ("insert, 20 at once", insert, 20, OPERATIONS),
    ("find one, 20 at once", find_one, 20, OPERATIONS),
    ("compare and set, 20 at once", change, 20, OPERATIONS),
    ("find 100, 4 at once", find_hundred, 4, OPERATIONS // 8),
)


async def run(client: Any, database: str) -> dict[str, tuple[float, float]]:
    """Operations a second and CPU microseconds of this process an operation, by kind."""
    collection = client[database]["measured"]
    await collection.drop()
    await collection.insert_many([{"_id": n, "g": n % 5, "r": 0, "d": bytes(100)} for n in range(500)])
    found = {name: await _rate(collection, work, at_once, count) for name, work, at_once, count in KINDS}
    await client.drop_database(database)
    return found


async def _rate(collection: Any, work: Work, at_once: int, count: int) -> tuple[float, float]:
    async def some(first: int) -> None:
        for number in range(first, count, at_once):
            await work(collection, number)

    cpu, begun = processor_seconds(), time.perf_counter()
    await asyncio.gather(*(some(first) for first in range(at_once)))
    return count / (time.perf_counter() - begun), (processor_seconds() - cpu) / count * 1e6


async def _closed(client: Any) -> None:
    """Motor's client closes at once, PyMongo's is awaited."""
    closing = client.close()
    if closing is not None:
        await closing


async def main(url: str) -> None:
    motor = import_module("motor.motor_asyncio")
    drivers: dict[str, Callable[[], Any]] = {
        "PyMongo": lambda: AsyncMongoClient(url),
        "Motor": lambda: motor.AsyncIOMotorClient(url),
    }
    results: dict[str, list[dict[str, tuple[float, float]]]] = {name: [] for name in drivers}
    for turn in range(-WARM, ROUNDS):
        for driver in sorted(drivers, reverse=turn % 2 == 0):
            client = drivers[driver]()
            found = await run(client, f"measured_{driver.lower()}")
            await _closed(client)
            if turn >= 0:
                results[driver].append(found)
    for name, *_ in KINDS:
        for driver, rounds in sorted(results.items()):
            rate, cpu = (median(one[name][column] for one in rounds) for column in (0, 1))
            print(f"{name:30} {driver:8} {rate:8.0f} /s {cpu:8.0f} µs CPU")


if __name__ == "__main__":
    with mongodb() as url:
        asyncio.run(main(url))
