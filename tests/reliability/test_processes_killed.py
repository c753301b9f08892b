"""Two processes behind a balancer that remembers nothing: killed one after the other, and Redis with them."""

from __future__ import annotations

from pathlib import Path

from tests.reliability.region import region
from tests.reliability.soak import of

ROUNDS = of(25, at_least=2)
PEOPLE = 6


async def test_a_killed_process_and_a_killed_redis_lose_nothing(tmp_path: Path) -> None:
    async with region(tmp_path) as here:
        assert here.redis
        here.roam(PEOPLE, pause=0.05)
        await here.written(50)
        for round in range(ROUNDS):
            node = here.nodes[round % 2]
            await node.kill()
            await here.healed()
            await here.written(20)
            await node.start()
            await here.written(20)
            here.redis.kill()
            await here.written(20)
            await here.healed()
            here.redis.start()
            await here.written(20)
            await here.healed()
        await here.settled()
        assert all(count > 1 for count in here.balancer.taken.values())
        assert [roamer.refusals for roamer in here.roamers] == [[]] * PEOPLE
