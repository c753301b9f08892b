"""Deadlines that no calendar reaches, or that say no time zone, are refused before anything is kept."""

from __future__ import annotations

import pytest

from tests.server.rounds import a_review
from tests.server.world import World

IMPOSSIBLE = (
    "9999-12-31T23:59:59Z",
    "9999-12-31",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01",
    "2027-02-30",
    "2027-12-20T10:00:00",
    "2026-W51-1",
    "",
)


@pytest.mark.parametrize("due", IMPOSSIBLE)
async def test_a_round_is_not_planned_to_an_impossible_moment(world: World, due: str) -> None:
    review = await a_review(world)
    answer = await review.prepare(due=due)
    assert (answer.status, answer.code, answer.json["fields"][0]["path"]) == (422, "invalid", "due"), answer.raw
    assert (await review.ask("novakova", "GET", f"/documents/{review.document}/rounds")).json["items"] == []


async def test_a_round_is_not_planned_for_decades(world: World) -> None:
    review = await a_review(world)
    assert (await review.prepare(due="2090-01-01")).status == 422
    review.round = (await review.prepare()).json["id"]
    extended = await review.ask(
        "novakova", "POST", f"/rounds/{review.round}/extend", {"due": "2090-01-01", "reason": "x"}
    )
    assert extended.status == 422
    assert (await review.ask("kralova", "GET", "/tasks")).status == 200


async def test_a_deadline_that_is_too_early_is_refused_in_words_of_the_office_s_wall(world: World) -> None:
    review = await a_review(world)
    answer = await review.prepare(due="2020-05-04")
    assert answer.code == "too_soon"
    assert "4. 5. 2020 23:59" in answer.json["detail"]
    assert "+00:00" not in answer.json["detail"]
