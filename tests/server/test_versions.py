from __future__ import annotations

import hashlib
import json

import rfc8785

from tests.server.rounds import CONTENT, a_closed_review, an_open_review
from tests.server.world import World


async def test_the_content_of_a_version_is_what_its_hash_says(world: World) -> None:
    review = await an_open_review(world)
    id = (await review.state())["version"]
    version = (await review.ask("svoboda", "GET", f"/versions/{id}")).json
    content = (await review.ask("svoboda", "GET", f"/versions/{id}/content")).json
    assert hashlib.sha256(rfc8785.dumps(content)).hexdigest() == version["contentHash"]
    assert [node["attrs"]["id"] for node in content["content"]] == ["h", "a", "c", "d"]
    text = await review.ask("svoboda", "GET", f"/versions/{id}/content?format=text")
    assert text.raw.decode().splitlines()[1] == "Lhůty"
    html = await review.ask("svoboda", "GET", f"/versions/{id}/content?format=html")
    assert '<span class="number">Čl. 1</span> Lhůty' in html.raw.decode()


async def test_a_version_of_another_departments_document_is_not_there(world: World) -> None:
    review = await an_open_review(world)
    id = (await review.state())["version"]
    stranger = await world.browser("spravce")
    for path in ("", "/content", "/file", f"/compare/{id}"):
        assert (await stranger.get(f"/api/v1/versions/{id}{path}")).status == 404, path
    assert (await review.ask("novakova", "GET", f"/versions/{id}/file")).code == "no_file"


async def test_a_version_is_compared_with_another_and_with_the_draft(world: World) -> None:
    review, comment = await a_closed_review(world)
    await review.settle(comment, "accepted")
    await review.ask("novakova", "POST", f"/comments/{comment}/apply")
    first = (await review.state())["version"]
    assert "version" not in (await review.ask("novakova", "GET", f"/comments/{comment}")).json["settlement"]
    second = (await review.prepare()).json["id"]
    opened = (await review.ask("novakova", "POST", f"/rounds/{second}/open")).json["version"]
    assert (await review.ask("novakova", "GET", f"/comments/{comment}")).json["settlement"]["version"] == "0.2"
    for other in (opened, "draft"):
        compared = (await review.ask("novakova", "GET", f"/versions/{first}/compare/{other}")).json
        assert compared["summary"] == {"added": 0, "removed": 0, "changed": 1, "moved": 0}
        changed = next(block for block in compared["blocks"] if block["kind"] == "changed")
        assert (changed["block"], changed["label"], changed["place"]) == ("c", "(1)", "čl. 1 odst. 1")
        assert [(s["kind"], s["text"].strip()) for s in changed["spans"]][1:3] == [("removed", "30"), ("added", "60")]
    html = await review.ask("novakova", "GET", f"/versions/{first}/compare/{opened}?format=html")
    assert "<del> 30</del><ins> 60</ins>" in html.raw.decode()
    pdf = await review.ask("novakova", "GET", f"/versions/{first}/compare/{opened}?format=pdf")
    assert pdf.raw.startswith(b"%PDF-")


async def test_the_frozen_version_stays_as_it_was_while_the_draft_goes_on(world: World) -> None:
    review, comment = await a_closed_review(world)
    id = (await review.state())["version"]
    await review.settle(comment, "accepted")
    await review.ask("novakova", "POST", f"/comments/{comment}/apply")
    content = (await review.ask("novakova", "GET", f"/versions/{id}/content")).json
    frozen = json.dumps(content, ensure_ascii=False)
    assert "do 30 dnů" in frozen
    assert content["content"][2]["content"] == CONTENT["content"][2]["content"]  # type: ignore[index]
