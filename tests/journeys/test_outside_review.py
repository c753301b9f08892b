"""Writing, remarking, reviewing and settling by a program that knows only the published interface."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from tests.journeys.outside import Outside, paragraph, write
from tests.journeys.story import C1, Story, anchor, begun, due


async def test_two_people_write_together_and_what_is_saved_survives_kill_9(story: Story) -> None:
    submitter, document = await begun(story)
    path = f"/api/v1/documents/{document['id']}"
    other_person = next(
        p for p in story.office.people if p["login"] != submitter.me["login"] and "editor" in p["roles"]
    )
    other = await story.sit(other_person)
    await submitter.put(f"{path}/members/{other.me['id']}", {"role": "editor"})
    first, second = await write(submitter, document["id"]), await write(other, document["id"])
    assert first.role == "submitter"
    assert second.role == "editor"
    assert isinstance(first.epoch, int)
    for at in range(20):
        for number, writer in enumerate((first, second)):
            await writer.send(lambda body, n=number, i=at: body.children.append(paragraph(f"{n}-{i}", f"p{n}-{i}")))
    await asyncio.gather(first.until_saved(), second.until_saved())
    story.office.restart_after_kill()
    again = await write(submitter, document["id"])
    lines = set(again.text().split("\n"))
    assert {f"{n}-{i}" for n in (0, 1) for i in range(20)} <= lines
    assert C1 in lines


async def test_a_reader_may_look_but_what_it_writes_is_refused(story: Story) -> None:
    submitter, document = await begun(story)
    reader = await story.sit(story.office.person("reviewer"))
    path = f"/api/v1/documents/{document['id']}/members/{reader.me['id']}"
    await submitter.put(path, {"role": "reader"})
    writer = await write(reader, document["id"])
    await writer.send(lambda body: body.children.append(paragraph("vetřelec", "x1")))
    while not writer.refusals:
        await writer.read()
    assert writer.refusals == [(writer.sent, "not_allowed")]
    content = await submitter.get(f"/api/v1/documents/{document['id']}/content?format=json")
    assert "vetřelec" not in str(content)


async def test_a_remark_follows_its_passage_and_is_orphaned_when_its_text_is_gone(story: Story) -> None:
    submitter, document = await begun(story)
    path = f"/api/v1/documents/{document['id']}"
    body = {"anchor": anchor(C1, "c1", "300 000 Kč"), "text": "Opravdu tolik?"}
    thread = await submitter.post(f"{path}/threads", body)
    assert thread["place"] == {"block": "c1", "start": C1.index("300"), "end": C1.index(" na jednoho")}
    writer = await write(submitter, document["id"])

    def edit(body: Any) -> None:
        body.children[1].children[0].insert(0, "Výjimečně: ")

    await writer.send(edit)
    await writer.until_saved()
    moved = (await submitter.all(f"{path}/threads"))[0]
    assert moved["place"]["start"] == C1.index("300") + len("Výjimečně: ")

    def wipe(body: Any) -> None:
        del body.children[1]

    await writer.send(wipe)
    await writer.until_saved()
    gone = (await submitter.all(f"{path}/threads"))[0]
    assert gone["place"] == "orphaned"
    assert gone["anchor"]["quote"] == "300 000 Kč"
    resolved = await submitter.ask("PATCH", f"/api/v1/threads/{gone['id']}", {"resolved": True}, match=gone["rev"])
    assert resolved.ok()["resolved"] is True


@dataclass(slots=True)
class Reviewed:
    submitter: Outside
    document: dict[str, Any]
    round: dict[str, Any]
    speakers: list[Outside]

    @property
    def path(self) -> str:
        return f"/api/v1/documents/{self.document['id']}"


async def reviewed(story: Story) -> Reviewed:
    """A round with three departments asked, open."""
    submitter, document = await begun(story)
    own = story.office.person("submitter")["department"]
    people = story.speakers(own)[:3]
    assert len(people) == 3
    speakers = [await story.sit(person) for person in people]
    asked = [{"department": speaker.me["departments"][0]["id"], "mandatory": True} for speaker in speakers]
    body = {"title": "1. kolo", "consultees": asked, "due": due(), "silence": "deemed"}
    prepared = await submitter.post(f"/api/v1/documents/{document['id']}/rounds", body)
    assert prepared["state"] == "prepared"
    opened = await submitter.post(f"/api/v1/rounds/{prepared['id']}/open")
    assert opened["state"] == "open"
    return Reviewed(submitter, document, opened, speakers)


def consultee(round: dict[str, Any], speaker: Outside) -> str:
    mine = {department["id"] for department in speaker.me["departments"]}
    return next(str(c["id"]) for c in round["consultees"] if c.get("department") in mine)


async def test_comments_are_internal_until_the_opinion_then_settled_and_a_dispute_is_removed(story: Story) -> None:
    it = await reviewed(story)
    rounds = f"/api/v1/rounds/{it.round['id']}"
    version = await it.submitter.get(f"/api/v1/versions/{it.round['version']}")
    assert (version["number"], version["kind"]) == ("0.1", "frozen")
    first, second, third = it.speakers
    major = {
        "class": "major",
        "anchor": anchor(C1, "c1", "300 000 Kč", version=version["id"]),
        "text": "Strop vyřadí festivaly.",
        "consultee": consultee(it.round, first),
        "proposal": "500 000 Kč",
    }
    (await first.ask("POST", f"{rounds}/comments", major)).refused(422, "invalid")
    comment = await first.post(f"{rounds}/comments", major | {"justification": "Náklady přesahují milion."})
    assert await it.submitter.all(f"{rounds}/comments") == []
    opinion = f"{rounds}/opinions/{consultee(it.round, first)}"
    await first.put(opinion, {"kind": "with_major_comments"})
    assert (await first.ask("PUT", opinion, {"kind": "no_comments"})).status in (409, 428)
    await second.put(f"{rounds}/opinions/{consultee(it.round, second)}", {"kind": "no_comments"})
    rejected = await second.ask("PUT", f"{rounds}/opinions/{consultee(it.round, first)}", {"kind": "no_comments"})
    assert rejected.status in (403, 404)
    (await it.submitter.ask("POST", f"{rounds}/close")).refused(409, "still_waiting")
    await third.put(f"{rounds}/opinions/{consultee(it.round, third)}", {"kind": "no_comments"})
    closed = await it.submitter.get(rounds)
    assert closed["state"] in ("closed", "settling")
    late = await first.ask("POST", f"{rounds}/comments", major | {"justification": "x"})
    assert late.status == 409
    (await it.submitter.ask("POST", f"{it.path}/finalize")).refused(409, "unsettled_comments")
    shown = (await it.submitter.all(f"{rounds}/comments"))[0]
    settle = f"/api/v1/comments/{comment['id']}/settlement"
    assert (await it.submitter.ask("PUT", settle, {"kind": "rejected"})).status == 422
    settled = await it.submitter.put(settle, {"kind": "rejected", "reason": "Rozpočet to neumožní."})
    assert settled["number"] == shown["number"]
    answer = {"agree": False, "note": "Trváme na svém."}
    disputed = await first.put(f"/api/v1/comments/{comment['id']}/answer", answer)
    assert disputed["dispute"]["state"] == "negotiating"
    removed = await it.submitter.post(
        f"/api/v1/comments/{comment['id']}/dispute/remove", {"note": "Dohoda na jednání."}
    )
    assert removed["dispute"]["state"] == "removed"
    done = await it.submitter.get(rounds)
    assert done["state"] == "settled"
    assert done["comments"] == {"total": 1, "unsettled": 0, "disputes": 0}
    report = await it.submitter.get(f"{rounds}/report?format=json")
    assert "Rozpočet to neumožní." in str(report)
    pdf = await it.submitter.ask("GET", f"{rounds}/report?format=pdf")
    assert pdf.raw.startswith(b"%PDF-")


async def test_an_accepted_proposal_goes_into_the_draft_once(story: Story) -> None:
    it = await reviewed(story)
    rounds = f"/api/v1/rounds/{it.round['id']}"
    first = it.speakers[0]
    comment = await first.post(
        f"{rounds}/comments",
        {
            "class": "recommending",
            "anchor": anchor(C1, "c1", "300 000 Kč"),
            "text": "Zvýšit.",
            "consultee": consultee(it.round, first),
            "proposal": "500 000 Kč",
        },
    )
    for speaker, kind in zip(it.speakers, ("with_comments", "no_comments", "not_competent"), strict=True):
        await speaker.put(f"{rounds}/opinions/{consultee(it.round, speaker)}", {"kind": kind})
    await it.submitter.put(f"/api/v1/comments/{comment['id']}/settlement", {"kind": "accepted"})
    await it.submitter.post(f"/api/v1/comments/{comment['id']}/apply")
    text = (await it.submitter.ask("GET", f"{it.path}/content?format=text")).raw.decode()
    assert "nejvýše 500 000 Kč na jednoho" in text
    again = await it.submitter.ask("POST", f"/api/v1/comments/{comment['id']}/apply")
    assert again.status in (200, 409)
    assert (await it.submitter.ask("GET", f"{it.path}/content?format=text")).raw.decode() == text
