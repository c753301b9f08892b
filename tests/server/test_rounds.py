from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.server.rounds import a_closed_review, a_review, an_open_review
from tests.server.world import World


async def test_opening_freezes_the_draft_as_version_0_1(world: World) -> None:
    review = await an_open_review(world)
    round = await review.state()
    assert (round["state"], round["number"], round["comments"]["total"]) == ("open", 1, 0)
    versions = (await review.ask("novakova", "GET", f"/documents/{review.document}/versions")).json["items"]
    assert [(v["id"], v["number"], v["kind"]) for v in versions] == [(round["version"], "0.1", "frozen")]
    document = (await review.ask("novakova", "GET", f"/documents/{review.document}")).json
    assert (document["state"], document["draft"]["hash"]) == ("in_review", versions[0]["contentHash"])


async def test_a_draft_with_undecided_suggestions_is_neither_opened_nor_finalised(world: World) -> None:
    review = await a_review(world)
    review.round = (await review.prepare()).json["id"]
    await review.suggest(" Nejpozději však do konce února.")
    opened = await review.ask("novakova", "POST", f"/rounds/{review.round}/open")
    assert (opened.status, opened.code) == (409, "open_suggestions")
    assert "1" in opened.json["detail"]
    finalised = await review.ask("novakova", "POST", f"/documents/{review.document}/finalize", {})
    assert (finalised.status, finalised.code) == (409, "open_suggestions")
    assert (await review.ask("novakova", "GET", f"/documents/{review.document}/versions")).json["items"] == []
    text = (await review.ask("novakova", "GET", f"/documents/{review.document}/content?format=text")).raw.decode()
    assert "února" not in text


async def test_a_department_reads_the_document_only_once_it_is_asked(world: World) -> None:
    review = await a_review(world)
    prepared = (await review.prepare()).json
    assert (await review.ask("svoboda", "GET", f"/rounds/{prepared['id']}")).status == 404
    await review.ask("novakova", "POST", f"/rounds/{prepared['id']}/open")
    assert (await review.ask("svoboda", "GET", f"/rounds/{prepared['id']}")).status == 200


async def test_a_round_needs_consultees_that_exist_and_a_deadline_that_leaves_time(world: World) -> None:
    review = await a_review(world)
    assert (await review.prepare(consultees=[])).status == 422
    unknown = await review.prepare(consultees=[{"department": "nowhere", "mandatory": True}])
    assert (unknown.status, unknown.code) == (422, "invalid")
    both = await review.prepare(consultees=[{"mandatory": True}])
    assert both.status == 422
    soon = await review.prepare(due=(datetime.now(UTC) + timedelta(minutes=5)).isoformat())
    assert (soon.status, soon.code) == (422, "too_soon")
    naive = await review.prepare(due="2030-01-01T10:00:00")
    assert naive.status == 422


async def test_a_deadline_given_as_a_date_lasts_to_the_end_of_the_office_day(world: World) -> None:
    review = await a_review(world)
    prepared = await review.prepare(due="2030-07-15")
    assert (prepared.status, prepared.json["due"]) == (201, "2030-07-15T21:59:59Z")


async def test_only_the_submitter_or_the_owners_head_runs_a_round(world: World) -> None:
    review = await an_open_review(world)
    later = {"due": (datetime.now(UTC) + timedelta(days=30)).isoformat(), "reason": "nemoc"}
    refused = await review.ask("dvorak", "POST", f"/rounds/{review.round}/extend", later)
    assert (refused.status, refused.code) == (403, "forbidden")
    assert (await review.ask("hlava", "POST", f"/rounds/{review.round}/extend", later)).status == 200


async def test_the_last_mandatory_opinion_closes_the_round_and_silence_is_deemed(world: World) -> None:
    review, _ = await a_closed_review(world)
    round = await review.state()
    assert round["state"] == "closed"
    silent = next(c for c in round["consultees"] if c["department"] == review.id("KR"))
    assert (silent["opinion"]["deemed"], "by" in silent["opinion"]) == (True, False)
    assert (await review.ask("novakova", "GET", f"/documents/{review.document}")).json["state"] == "settling"


async def test_a_second_opinion_and_one_after_closing_are_refused(world: World) -> None:
    review = await an_open_review(world)
    assert (await review.opine("kralova", "OK")).status == 200
    second = await review.opine("kralova", "OK", "not_competent")
    assert (second.status, second.code) == (409, "already_answered")
    await review.opine("pravda", "OP")
    late = await review.opine("ticha", "KR")
    assert (late.status, late.code) == (409, "not_in_state")


async def test_a_reviewer_does_not_speak_for_the_department(world: World) -> None:
    review = await an_open_review(world)
    assert (await review.opine("svoboda", "OK")).code == "forbidden"
    assert (await review.opine("pravda", "OK")).code == "forbidden"


async def test_the_clock_closes_a_round_that_somebody_reads(world: World) -> None:
    review = await an_open_review(world)
    await review.run_out()
    round = await review.state()
    assert round["state"] == "closed"
    assert all(consultee["opinion"]["deemed"] for consultee in round["consultees"])


async def test_the_clock_closes_a_round_that_nobody_reads(world: World) -> None:
    review = await an_open_review(world)
    await review.run_out()
    assert await world.office.reviewing.rounds.close_due() == 1
    assert (await world.office.stores.rounds.get(review.round)).value.state == "closed"


async def test_nobody_closes_early_while_a_mandatory_opinion_is_awaited(world: World) -> None:
    review = await an_open_review(world)
    early = await review.ask("novakova", "POST", f"/rounds/{review.round}/close")
    assert (early.status, early.code) == (409, "still_waiting")


async def test_a_late_opinion_needs_the_submitters_leave_and_is_flagged(world: World) -> None:
    review, _ = await a_closed_review(world)
    path = f"/rounds/{review.round}/opinions/{review.id('KR')}"
    assert (await review.ask("ticha", "POST", f"{path}/admit")).status == 403
    assert (await review.ask("novakova", "POST", f"{path}/admit")).status == 200
    assert (await review.opine("ticha", "KR")).json["late"] is True


async def test_only_the_head_of_the_owner_reopens_and_says_why(world: World) -> None:
    review, _ = await a_closed_review(world)
    path = f"/rounds/{review.round}/reopen"
    assert (await review.ask("novakova", "POST", path, {"reason": "chyba"})).status == 403
    assert (await review.ask("hlava", "POST", path, {"reason": " "})).status == 422
    assert (await review.ask("hlava", "POST", path, {"reason": "chyba"})).json["state"] == "open"


async def test_a_cancelled_round_gives_the_draft_back(world: World) -> None:
    review = await an_open_review(world)
    cancelled = await review.ask("novakova", "POST", f"/rounds/{review.round}/cancel", {"reason": "omyl"})
    assert cancelled.json["state"] == "cancelled"
    assert (await review.ask("novakova", "GET", f"/documents/{review.document}")).json["state"] == "draft"
    assert (await review.comment("svoboda", "OK")).status == 409


async def test_two_rounds_are_not_open_at_once(world: World) -> None:
    review = await an_open_review(world)
    second = (await review.prepare()).json["id"]
    refused = await review.ask("novakova", "POST", f"/rounds/{second}/open")
    assert (refused.status, refused.code) == (409, "not_in_state")


async def test_the_next_round_has_its_parent_and_a_version_of_its_own(world: World) -> None:
    review, comment = await a_closed_review(world)
    await review.settle(comment, "accepted")
    second = (await review.prepare()).json
    opened = (await review.ask("novakova", "POST", f"/rounds/{second['id']}/open")).json
    assert (opened["number"], opened["parent"]) == (2, review.round)
    versions = (await review.ask("novakova", "GET", f"/documents/{review.document}/versions")).json["items"]
    assert [v["number"] for v in versions] == ["0.1", "0.2"]
    assert versions[1]["parent"] == versions[0]["id"]


async def test_a_stale_tag_is_refused(world: World) -> None:
    review = await an_open_review(world)
    stale = await review.ask("novakova", "POST", f"/rounds/{review.round}/close", rev=1)
    assert (stale.status, stale.code) == (412, "changed_meanwhile")


async def test_rounds_are_listed_by_state_and_only_where_one_may_read(world: World) -> None:
    review = await an_open_review(world)
    assert [r["id"] for r in (await review.ask("svoboda", "GET", "/rounds?state=open")).json["items"]] == [review.round]
    assert (await review.ask("svoboda", "GET", "/rounds?state=closed")).json["items"] == []
    assert (await review.ask("spravce", "GET", "/rounds?state=open")).json["items"] == []
    assert (await review.ask("svoboda", "GET", "/rounds?state=sideways")).status == 400


async def test_tasks_follow_the_round_from_hand_to_hand(world: World) -> None:
    review = await an_open_review(world)

    async def kinds(login: str) -> list[str]:
        return [task["kind"] for task in (await review.ask(login, "GET", "/tasks")).json["items"]]

    assert (await kinds("kralova"), await kinds("svoboda"), await kinds("novakova")) == (["opinion"], ["comment"], [])
    comment = (await review.comment("svoboda", "OK", **{"class": "major", "justification": "zákon"})).json["id"]
    await review.opine("kralova", "OK", "with_major_comments")
    await review.opine("pravda", "OP")
    assert (await kinds("kralova"), await kinds("novakova")) == ([], ["settle"])
    await review.settle(comment, "rejected", reason="nelze")
    assert (await kinds("kralova"), await kinds("novakova")) == (["answer"], [])
    await review.ask("kralova", "PUT", f"/comments/{comment}/answer", {"agree": False})
    assert (await kinds("kralova"), await kinds("novakova")) == (["negotiate"], ["negotiate"])
    await review.ask("novakova", "POST", f"/comments/{comment}/dispute/remove", {"note": "dohoda"})
    assert (await kinds("kralova"), await kinds("novakova")) == ([], ["finalise"])
