"""The story in the order of its days."""

from __future__ import annotations

from server.demo import drafts, reviews
from server.demo.telling import Telling


async def tell(telling: Telling) -> None:
    turn = telling.clock.turn_to
    turn(15, 9)
    await reviews.begin_rules(telling)
    turn(12, 11)
    await drafts.write_memorandum(telling)
    turn(10, 8, 30)
    rules = await reviews.ask_rules(telling)
    remark = await reviews.review_report(telling)
    await reviews.comment_rules(telling, rules)
    turn(5, 13)
    await reviews.settle_report(telling, remark)
    await reviews.ask_statute(telling)
    await drafts.write_directive(telling)
    turn(3, 9)
    await reviews.settle_rules(telling, rules)
    await drafts.write_prices(telling)
    await drafts.write_method(telling)
    await reviews.ask_ordinance(telling)
