from __future__ import annotations

import asyncio
from dataclasses import replace

from review.comment import State as CommentState
from review.document import State as DocumentState
from review.ids import ConsulteeId, PersonId, VersionId
from review.opinion import Stance
from review.round import State, Submit, decide
from tests.server.rounds import a_review, an_open_review
from tests.server.world import World


async def test_comments_of_an_opinion_are_submitted_even_when_the_server_dies_right_after_it(world: World) -> None:
    review = await an_open_review(world)
    comment = (await review.comment("svoboda", "OK")).json["id"]
    rounds, comments = world.office.stores.rounds, world.office.stores.comments
    kept, now = await rounds.get(review.round), world.office.clock()
    opinion = Submit(PersonId("head"), ConsulteeId(review.id("OK")), Stance.WITH_COMMENTS, 1)
    await rounds.replace(kept, decide(kept.value, opinion, now)[0])
    assert (await comments.get(comment)).value.submitted is None
    assert (await review.ask("novakova", "GET", f"/comments/{comment}")).json["state"] == "submitted"
    await world.office.reviewing.rounds.catch_up()
    assert (await comments.get(comment)).value.state is CommentState.SUBMITTED
    assert comment in (await world.office.reviewing.passages.texts(review.document)).marks


async def test_a_document_follows_its_round_even_when_the_server_dies_in_between(world: World) -> None:
    review = await an_open_review(world)
    rounds, documents = world.office.stores.rounds, world.office.stores.documents
    kept = await rounds.get(review.round)
    await rounds.replace(kept, replace(kept.value, state=State.SETTLED))
    await world.office.reviewing.rounds.catch_up()
    assert (await documents.get(review.document)).value.state is DocumentState.READY


async def test_opening_that_broke_off_goes_on_with_the_version_it_had_frozen(world: World) -> None:
    review = await a_review(world)
    review.round = (await review.prepare()).json["id"]
    round = (await world.office.stores.rounds.get(review.round)).value
    document = (await world.office.stores.documents.get(review.document)).value
    author = PersonId(world.people["novakova"].id)
    frozen = await world.office.reviewing.versions.freeze(document, VersionId(round.version), author)
    opened = await review.ask("novakova", "POST", f"/rounds/{review.round}/open")
    assert (opened.status, opened.json["version"]) == (200, frozen.id)
    versions = (await review.ask("novakova", "GET", f"/documents/{review.document}/versions")).json["items"]
    assert [version["number"] for version in versions] == ["0.1"]


async def test_a_person_who_is_asked_by_name_answers_for_nobody_else(world: World) -> None:
    review = await a_review(world)
    person = world.people["reditel"].id
    prepared = await review.prepare(consultees=[{"person": person, "mandatory": True}])
    review.round = prepared.json["id"]
    assert (await review.ask("reditel", "GET", f"/rounds/{review.round}")).status == 404
    await review.ask("novakova", "POST", f"/rounds/{review.round}/open")
    path = f"/rounds/{review.round}/opinions/{person}"
    assert (await review.ask("ticha", "PUT", path, {"kind": "no_comments"})).status == 404
    assert (await review.ask("reditel", "PUT", path, {"kind": "no_comments"})).status == 200
    assert (await review.state())["state"] == "closed"


async def test_many_who_comment_at_once_all_get_a_number_of_their_own(world: World) -> None:
    review = await an_open_review(world)
    await world.browser("svoboda")
    answers = await asyncio.gather(*(review.comment("svoboda", "OK", text=f"Připomínka {n}") for n in range(12)))
    assert sorted(answer.json["number"] for answer in answers) == list(range(1, 13))


async def test_a_round_opened_and_cancelled_at_the_same_moment_leaves_a_document_that_goes_on(world: World) -> None:
    for _ in range(5):
        review = await a_review(world)
        review.round = (await review.prepare()).json["id"]
        opening = review.ask("novakova", "POST", f"/rounds/{review.round}/open")
        cancelling = review.ask("novakova", "POST", f"/rounds/{review.round}/cancel", {"reason": "omylem"})
        opened, cancelled = await asyncio.gather(opening, cancelling)
        assert {opened.status, cancelled.status} <= {200, 409, 412}
        wanted = "draft" if cancelled.status == 200 else "in_review"
        assert (await review.ask("novakova", "GET", f"/documents/{review.document}")).json["state"] == wanted


async def test_a_document_follows_the_round_that_was_opened_not_one_planned_after_it(world: World) -> None:
    review = await a_review(world)
    first, second = (await review.prepare()).json["id"], (await review.prepare()).json["id"]
    assert (await review.ask("novakova", "POST", f"/rounds/{first}/open")).status == 200
    assert (await review.ask("novakova", "POST", f"/rounds/{second}/open")).status == 409
    assert (await review.ask("novakova", "POST", f"/rounds/{second}/cancel", {"reason": "omylem"})).status == 200
    assert (await review.ask("novakova", "GET", f"/documents/{review.document}")).json["state"] == "in_review"
    assert (await review.ask("novakova", "POST", f"/rounds/{first}/cancel", {"reason": "omylem"})).status == 200
    assert (await review.ask("novakova", "GET", f"/documents/{review.document}")).json["state"] == "draft"
