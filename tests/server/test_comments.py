from __future__ import annotations

from typing import Any

from review.anchors import texts
from tests.server.rounds import PASSAGE, a_closed_review, an_open_review
from tests.server.world import World


async def test_a_reviewer_without_edit_right_comments_on_a_passage_of_the_frozen_version(world: World) -> None:
    review = await an_open_review(world)
    made = await review.comment("svoboda", "OK")
    assert made.status == 201
    comment = made.json
    assert (comment["number"], comment["class"], comment["state"]) == (1, "recommending", "draft")
    assert comment["anchor"]["version"] == (await review.state())["version"]
    assert comment["anchor"]["prefix"].endswith("vyúčtování ")
    assert comment["place"] == {"block": "c", "start": 28, "end": 37}


async def test_a_departments_comments_are_its_own_until_its_opinion(world: World) -> None:
    review = await an_open_review(world)
    comment = (await review.comment("svoboda", "OK")).json["id"]
    listing = f"/rounds/{review.round}/comments"
    for login, sees in (("svoboda", 1), ("kralova", 1), ("pravda", 0), ("novakova", 0), ("auditor", 0)):
        assert len((await review.ask(login, "GET", listing)).json["items"]) == sees, login
    assert (await review.ask("novakova", "GET", f"/comments/{comment}")).status == 404
    assert (await review.state("novakova"))["comments"]["total"] == 0
    await review.opine("kralova", "OK", "with_comments")
    assert (await review.ask("novakova", "GET", f"/comments/{comment}")).json["state"] == "submitted"
    assert (await review.state("pravda"))["comments"]["total"] == 1


async def test_numbers_are_handed_out_in_the_round_and_never_change(world: World) -> None:
    review = await an_open_review(world)
    first = (await review.comment("svoboda", "OK")).json
    second = (await review.comment("pravda", "OP")).json
    assert (first["number"], second["number"]) == (1, 2)
    await review.ask("svoboda", "POST", f"/comments/{first['id']}/withdraw")
    assert (await review.comment("svoboda", "OK")).json["number"] == 3
    assert (await review.ask("svoboda", "GET", f"/comments/{first['id']}")).json["number"] == 1


async def test_nobody_comments_for_another_department(world: World) -> None:
    review = await an_open_review(world)
    assert (await review.comment("svoboda", "OP")).code == "forbidden"
    assert (await review.comment("novakova", "OK")).code == "forbidden"
    assert (await review.comment("svoboda", "EO")).status == 422


async def test_what_is_wrong_with_a_comment_is_told(world: World) -> None:
    review = await an_open_review(world)
    wrong: dict[str, dict[str, Any]] = {
        "text": {"text": ""},
        "class": {"class": "huge"},
        "anchor": {"anchor": PASSAGE | {"quote": "jinak psáno"}},
        "anchor ": {"anchor": PASSAGE | {"end": 500}},
        "anchor  ": {"anchor": PASSAGE | {"block": "nowhere"}},
        "anchor   ": {"anchor": PASSAGE | {"version": "another"}},
        "place": {"whole": True},
        "justification": {"class": "major"},
        "proposal": {"anchor": None, "whole": True},
        "unknown": {"colour": "red"},
    }
    for name, fields in wrong.items():
        answer = await review.comment("svoboda", "OK", **fields)
        assert (answer.status, answer.code) == (422, "invalid"), name


async def test_a_draft_is_changed_at_the_revision_that_was_seen(world: World) -> None:
    review = await an_open_review(world)
    comment = (await review.comment("svoboda", "OK")).json
    path = f"/comments/{comment['id']}"
    assert (await review.ask("svoboda", "PATCH", path, {"text": "Jinak"})).code == "precondition_required"
    changed = await review.ask("kralova", "PATCH", path, {"text": "Jinak", "class": "editorial"}, rev=comment["rev"])
    assert (changed.json["text"], changed.json["class"]) == ("Jinak", "editorial")
    bare = await review.ask("svoboda", "PATCH", path, {"proposal": None}, rev=changed.json["rev"])
    assert ("proposal" in bare.json, bare.json["text"]) == (False, "Jinak")
    stale = await review.ask("svoboda", "PATCH", path, {"text": "Zase"}, rev=comment["rev"])
    assert (stale.status, stale.code) == (412, "changed_meanwhile")


async def test_a_submitted_comment_is_immutable_but_may_be_withdrawn_by_the_coordinator(world: World) -> None:
    review, comment = await a_closed_review(world)
    path = f"/comments/{comment}"
    rev = (await review.ask("kralova", "GET", path)).json["rev"]
    assert (await review.ask("kralova", "PATCH", path, {"text": "Jinak"}, rev=rev)).code == "not_in_state"
    assert (await review.ask("svoboda", "POST", f"{path}/withdraw")).code == "forbidden"
    assert (await review.ask("kralova", "POST", f"{path}/withdraw")).json["state"] == "withdrawn"
    refused = await review.settle(comment, "accepted")
    assert (refused.status, refused.code) == (409, "already_withdrawn")


async def test_a_withdrawn_comment_loses_its_mark_and_the_history_gains_no_moment(world: World) -> None:
    review, comment = await a_closed_review(world)
    rooms = world.office.rooms
    marked, before = await rooms.content(review.document), await rooms.history(review.document)
    assert (await review.ask("kralova", "POST", f"/comments/{comment}/withdraw")).json["state"] == "withdrawn"
    assert comment in texts(marked).marks
    assert comment not in texts(await rooms.content(review.document)).marks
    after = await rooms.history(review.document)
    assert [moment.begun_as for moment in after] == [moment.begun_as for moment in before]
    assert (after[0].seq, after[0].ended) == ((await rooms.digest(review.document)).seq, before[0].ended)


async def test_a_discussion_is_shared_when_its_comment_is(world: World) -> None:
    review = await an_open_review(world)
    comment = (await review.comment("svoboda", "OK")).json["id"]
    said = await review.ask("kralova", "POST", f"/comments/{comment}/replies", {"text": "Přidejte § 5, @Pavel Svoboda"})
    assert (said.status, said.json["mentions"]) == (201, [world.people["svoboda"].id])
    assert (await review.ask("pravda", "POST", f"/comments/{comment}/replies", {"text": "?"})).status == 404
    await review.opine("kralova", "OK", "with_comments")
    assert (await review.ask("novakova", "POST", f"/comments/{comment}/replies", {"text": "Děkuji"})).status == 201
    replies = (await review.ask("pravda", "GET", f"/comments/{comment}/replies")).json["items"]
    assert [reply["text"] for reply in replies][1] == "Děkuji"


async def test_an_opinion_says_what_was_drafted(world: World) -> None:
    review = await an_open_review(world)
    assert (await review.opine("kralova", "OK", "with_comments")).status == 422
    await review.comment("svoboda", "OK")
    assert (await review.opine("kralova", "OK", "no_comments")).status == 422
    assert (await review.opine("kralova", "OK", "with_comments")).status == 200


async def test_the_mark_of_a_submitted_comment_follows_its_passage_in_the_draft(world: World) -> None:
    review, comment = await a_closed_review(world)
    content = await world.office.rooms.content(review.document)
    rewritten = type(content)(content.schema, (content.nodes[3], content.nodes[2]))
    await world.office.rooms.edit(review.document, "somebody", lambda draft: draft.become(rewritten))
    assert (await review.ask("novakova", "GET", f"/comments/{comment}")).json["place"]["block"] == "c"
    gone = type(content)(content.schema, (content.nodes[3],))
    await world.office.rooms.edit(review.document, "somebody", lambda draft: draft.become(gone))
    orphan = (await review.ask("novakova", "GET", f"/comments/{comment}")).json
    assert (orphan["place"], orphan["anchor"]["quote"]) == ("orphaned", "do 30 dnů")


async def test_the_same_key_drafts_one_comment(world: World) -> None:
    review = await an_open_review(world)
    browser = await world.browser("svoboda")
    body = {"class": "editorial", "whole": True, "text": "Překlepy", "consultee": review.id("OK")}
    path = f"/api/v1/rounds/{review.round}/comments"
    first = await browser.post(path, body, Idempotency_Key="k")
    assert (await browser.post(path, body, Idempotency_Key="k")).json["id"] == first.json["id"]
    assert first.json["place"] == "whole"
