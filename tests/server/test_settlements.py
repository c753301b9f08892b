from __future__ import annotations

import csv
import io
import subprocess
import zipfile
from pathlib import Path

import openpyxl

from tests.server.rounds import Review, a_closed_review, an_open_review
from tests.server.world import World

MAJOR = {"class": "major", "justification": "§ 10a zákona"}


async def disputed(world: World) -> tuple[Review, str]:
    review, comment = await a_closed_review(world, **MAJOR)
    assert (await review.settle(comment, "rejected", reason="zákon to neumožňuje")).status == 200
    answered = await review.ask("kralova", "PUT", f"/comments/{comment}/answer", {"agree": False, "note": "trváme"})
    assert answered.json["dispute"]["state"] == "negotiating"
    return review, comment


async def test_the_last_settlement_settles_the_round_and_readies_the_document(world: World) -> None:
    review, comment = await a_closed_review(world)
    settled = await review.settle(comment, "accepted")
    assert (settled.json["state"], settled.json["settlement"]["kind"]) == ("settled", "accepted")
    assert (await review.state())["state"] == "settled"
    assert (await review.ask("novakova", "GET", f"/documents/{review.document}")).json["state"] == "ready"


async def test_an_accepted_proposal_goes_into_the_draft_once_and_attributed(world: World) -> None:
    review, comment = await a_closed_review(world)
    await review.settle(comment, "accepted")
    applied = await review.ask("novakova", "POST", f"/comments/{comment}/apply")
    assert (applied.status, applied.json["applied"]["by"]) == (200, world.people["novakova"].id)
    assert "předloží vyúčtování do 60 dnů od ukončení" in await review.words()
    seq = (await world.office.rooms.digest(review.document)).seq
    assert (await review.ask("novakova", "POST", f"/comments/{comment}/apply")).status == 200
    assert (await world.office.rooms.digest(review.document)).seq == seq
    moments = await world.office.rooms.history(review.document)
    assert world.people["novakova"].id in moments[0].authors


async def test_a_wording_of_the_settlement_goes_before_the_proposal(world: World) -> None:
    review, comment = await a_closed_review(world)
    await review.settle(comment, "partly", reason="kompromis", wording="do 45 dnů")
    await review.ask("dvorak", "POST", f"/comments/{comment}/apply")
    assert "do 30 dnů" in await review.words()
    await review.ask("novakova", "POST", f"/comments/{comment}/apply")
    assert "do 45 dnů" in await review.words()


async def test_what_cannot_be_applied_is_refused_with_its_reason(world: World) -> None:
    review, comment = await a_closed_review(world)
    assert (await review.ask("svoboda", "POST", f"/comments/{comment}/apply")).code == "forbidden"
    content = await world.office.rooms.content(review.document)
    emptied = type(content)(content.schema, (content.nodes[0], content.nodes[3]))
    await world.office.rooms.edit(review.document, "somebody", lambda draft: draft.become(emptied))
    orphaned = await review.ask("novakova", "POST", f"/comments/{comment}/apply")
    assert (orphaned.status, orphaned.code) == (409, "orphaned")
    await review.settle(comment, "rejected", reason="nelze")
    assert (await review.ask("novakova", "POST", f"/comments/{comment}/apply")).code == "not_in_state"


async def test_a_comment_without_a_proposal_has_no_wording(world: World) -> None:
    review, comment = await a_closed_review(world, proposal=None)
    assert (await review.ask("novakova", "POST", f"/comments/{comment}/apply")).code == "no_wording"


async def test_nothing_is_settled_while_the_round_is_open(world: World) -> None:
    review = await an_open_review(world)
    comment = (await review.comment("svoboda", "OK")).json["id"]
    assert (await review.settle(comment, "accepted")).status == 404
    await review.opine("kralova", "OK", "with_comments")
    refused = await review.settle(comment, "accepted")
    assert (refused.status, refused.code) == (409, "not_in_state")


async def test_a_refusal_needs_a_reason_and_a_revision_the_tag_of_the_comment(world: World) -> None:
    review, comment = await a_closed_review(world)
    bare = await review.settle(comment, "rejected")
    assert (bare.status, bare.code) == (422, "invalid")
    first = await review.settle(comment, "rejected", reason="nelze")
    assert (await review.settle(comment, "accepted")).code == "precondition_required"
    assert (await review.settle(comment, "accepted", rev=1)).code == "changed_meanwhile"
    second = await review.settle(comment, "accepted", rev=first.json["rev"])
    assert [s["kind"] for s in second.json["settlements"]] == ["rejected", "accepted"]


async def test_an_editor_proposes_and_the_submitter_confirms(world: World) -> None:
    review, comment = await a_closed_review(world)
    member = f"/documents/{review.document}/members/{world.people['dvorak'].id}"
    assert (await review.ask("novakova", "PUT", member, {"role": "editor"})).status == 200
    proposed = await review.settle(comment, "accepted", login="dvorak")
    assert (proposed.json["state"], "settlement" in proposed.json) == ("proposed", False)
    tasks = (await review.ask("novakova", "GET", "/tasks")).json["items"]
    assert [task["kind"] for task in tasks] == ["confirm_settlement"]
    confirmed = await review.settle(comment, "accepted", rev=proposed.json["rev"])
    assert confirmed.json["state"] == "settled"


async def test_a_reviewer_does_not_settle(world: World) -> None:
    review, comment = await a_closed_review(world)
    assert (await review.settle(comment, "accepted", login="kralova")).code == "forbidden"


async def test_a_major_comment_refused_and_not_agreed_is_a_dispute_until_it_is_removed(world: World) -> None:
    review, comment = await disputed(world)
    assert (await review.state())["comments"] == {"total": 1, "unsettled": 0, "disputes": 1}
    assert (await review.ask("svoboda", "POST", f"/comments/{comment}/dispute/remove", {"note": "x"})).status == 403
    removed = await review.ask("novakova", "POST", f"/comments/{comment}/dispute/remove", {"note": "dohoda"})
    assert removed.json["dispute"]["state"] == "removed"
    assert (await review.state())["state"] == "settled"


async def test_a_dispute_climbs_and_is_decided_at_the_top_with_a_record(world: World) -> None:
    review, comment = await disputed(world)
    escalated = await review.ask("kralova", "POST", f"/comments/{comment}/dispute/escalate")
    assert (escalated.json["dispute"]["state"], escalated.json["dispute"]["level"]) == ("escalated", 1)
    ruling = {"result": "zamítnuto", "record": "zápis 12/2026"}
    assert (await review.ask("novakova", "POST", f"/comments/{comment}/dispute/decide", ruling)).code == "forbidden"
    assert (await review.ask("hlava", "POST", f"/comments/{comment}/dispute/decide", {"result": "x"})).status == 422
    decided = await review.ask("hlava", "POST", f"/comments/{comment}/dispute/decide", ruling)
    assert (decided.json["dispute"]["state"], decided.json["dispute"]["record"]) == ("decided", "zápis 12/2026")
    again = await review.ask("hlava", "POST", f"/comments/{comment}/dispute/decide", ruling)
    assert (again.status, again.code) == (409, "not_in_state")


async def test_a_settlement_is_answered_once_and_only_by_its_consultee(world: World) -> None:
    review, comment = await disputed(world)
    path = f"/comments/{comment}/answer"
    assert (await review.ask("pravda", "PUT", path, {"agree": True})).code == "forbidden"
    assert (await review.ask("kralova", "PUT", path, {"agree": True})).code == "already_answered"


async def test_the_report_exists_in_five_forms(world: World, tmp_path: Path) -> None:
    review, comment = await a_closed_review(world, **MAJOR, text="=1+1 Lhůta 🦄 je krátká")
    await review.settle(comment, "accepted")

    async def report(format: str) -> bytes:
        answer = await review.ask("pravda", "GET", f"/rounds/{review.round}/report?format={format}")
        assert answer.status == 200, answer.raw
        return answer.raw

    (tmp_path / "report.pdf").write_bytes(await report("pdf"))
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Vypořádání připomínek" in text
    rows = list(csv.reader(io.StringIO((await report("csv")).decode())))
    assert rows[1][6] == "'=1+1 Lhůta 🦄 je krátká"
    sheet = openpyxl.load_workbook(io.BytesIO(await report("xlsx"))).worksheets[0]
    assert (sheet["G2"].value, sheet["G2"].data_type) == ("'=1+1 Lhůta 🦄 je krátká", "s")
    with zipfile.ZipFile(io.BytesIO(await report("docx"))) as package:
        assert "Odbor kultury" in package.read("word/document.xml").decode()
    told = (await review.ask("pravda", "GET", f"/rounds/{review.round}/report?format=json")).json
    assert [c["settlement"] for c in told["comments"]] == ["accepted"]
    assert [c["deemed"] for c in told["consultees"]] == [False, False, True]


async def test_a_round_that_was_never_opened_has_no_report(world: World) -> None:
    review = await an_open_review(world)
    prepared = (await review.prepare()).json["id"]
    refused = await review.ask("novakova", "GET", f"/rounds/{prepared}/report?format=json")
    assert (refused.status, refused.code) == (409, "not_in_state")


async def test_every_step_is_a_fact_and_none_holds_the_words_of_a_person(world: World) -> None:
    review, _ = await disputed(world)
    trail = (await review.ask("novakova", "GET", f"/documents/{review.document}/audit")).json
    types = [fact["type"] for fact in trail]
    assert "comment.drafted" not in types
    for type in ("round.opened", "opinion.submitted", "comment.submitted", "round.closed"):
        assert type in types
    assert types.index("settlement.set") < types.index("comment.answered") < types.index("dispute.opened")
    assert all("Lhůta" not in str(fact["data"]) for fact in trail)
