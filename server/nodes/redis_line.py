"""Letters over Redis: one channel an office, published by one task and heard by another. The only module with redis-py.

Redis keeps nothing. What it loses is found in the database, so that its absence only makes the office slower.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.nodes.letters import Letter, read, write
from server.nodes.post import Post

BEAT = 1.0
"""Seconds after which an empty letter tells that this process lives."""

PATIENCE = 3.0
"""Seconds without any letter, even of one's own, after which the line is taken for dead."""

ANSWER = 1.0
FIRST_RETRY, LAST_RETRY = 0.1, 2.0

log = logging.getLogger("paraph.nodes")


class RedisLine:
    """`hear` is told of every letter, the own ones too; `regained` when letters may have been missed. `whole` while
    nothing is known to be lost.
    """

    def __init__(
        self, url: str, channel: str, post: Post, hear: Callable[[Letter], None], regained: Callable[[], None]
    ) -> None:
        """Raises `ValueError` for what is no address of a Redis."""
        self._redis = Redis.from_url(
            url, socket_connect_timeout=ANSWER, socket_timeout=ANSWER, retry=Retry(NoBackoff(), 0)
        )
        self._channel, self._post, self._hear, self._regained = channel, post, hear, regained
        self.whole = True

    async def run(self) -> None:
        """For ever."""
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._publish())
                both.create_task(self._listen())
        finally:
            await self._say_goodbye()

    async def _publish(self) -> None:
        while True:
            try:
                async with asyncio.timeout(BEAT):
                    await self._post.news.wait()
            except TimeoutError:
                pass
            try:
                await self._redis.publish(self._channel, write(self._post.letter()))
            except (RedisError, OSError) as error:
                self._failed(error)
                await asyncio.sleep(BEAT)

    async def _listen(self) -> None:
        delay = FIRST_RETRY
        while True:
            try:
                await self._hear_until_silent()
            except (RedisError, OSError) as error:
                delay = FIRST_RETRY if self.whole else min(delay * 2, LAST_RETRY)
                self._failed(error)
            await asyncio.sleep(delay * random.uniform(0.5, 1))  # noqa: S311 - so that not all come at once

    async def _hear_until_silent(self) -> None:
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(self._channel)
            while message := await subscription.get_message(timeout=PATIENCE):
                self._take(message)
        raise TimeoutError(f"not a letter for {PATIENCE} seconds")

    def _take(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._regained()
        elif letter := read(message["data"]):
            if not self.whole:
                log.warning("the line to the other processes is there again")
            self.whole = True
            try:
                self._hear(letter)
            except Exception:
                log.exception("a letter of process %s could not be followed", letter.node)

    def _failed(self, error: Exception) -> None:
        if self.whole:
            log.warning("no line to the other processes, news is looked for in the database: %s", error)
        self.whole = False

    async def _say_goodbye(self) -> None:
        try:
            await self._redis.publish(self._channel, write(Letter(self._post.node, bye=True)))
        except (RedisError, OSError) as error:
            log.info("nobody heard the goodbye: %s", error)
        await self._redis.aclose()
