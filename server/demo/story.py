"""The story in the order of its days."""

from __future__ import annotations

from server.demo import drafts, reviews, signed
from server.demo.telling import Telling


async def tell(telling: Telling) -> None:
    turn = telling.clock.turn_to
    turn(18, 10)
    await signed.issue_structure(telling)
    await telling.offer()
    turn(15, 9)
    await reviews.begin_rules(telling)
    turn(12, 11)
    await drafts.write_memorandum(telling)
    await signed.archive(telling, signed.STRUCTURE, "KUPK/2026/089911", "51.2/2026/14", "SOA-2026-00431")
    turn(10, 8, 30)
    rules = await reviews.ask_rules(telling)
    remark = await reviews.review_report(telling)
    await signed.change_structure(telling)
    await reviews.comment_rules(telling, rules)
    turn(5, 13)
    await reviews.settle_report(telling, remark)
    await signed.issue_decision(telling)
    await reviews.ask_statute(telling)
    await signed.issue_resolution(telling)
    await drafts.write_directive(telling)
    await telling.offer()
    turn(3, 9)
    await signed.archive(telling, signed.RESOLUTION, "KUPK/2026/112093", "51.2/2026/31", "SOA-2026-00457")
    await signed.archive(telling, signed.STRUCTURE, "KUPK/2026/089911", "51.2/2026/14")
    await signed.receive(telling, signed.DECISION)
    await reviews.settle_rules(telling, rules)
    turn(2, 9)
    ordinance = await reviews.ask_ordinance(telling)
    await reviews.answer_rules(telling, rules)
    turn(2, 13)
    await drafts.write_prices(telling)
    turn(1, 8, 45)
    await reviews.comment_ordinance(telling, ordinance)
    await reviews.explain_rules(telling, rules)
    await reviews.ask_method(telling)
    turn(1, 15)
    await signed.issue_minutes_and_notice(telling)
    await signed.prepare_contracts(telling)
    await telling.offer()
