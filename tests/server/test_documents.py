from __future__ import annotations

from dataclasses import replace
from typing import Any

from review.people import Role
from tests.server.rounds import CONTENT, PASSAGE
from tests.server.world import World


async def test_its_author_is_the_submitter_of_a_new_document(world: World) -> None:
    document = await world.document(title="Zásady pro dotace")
    assert document["role"] == "submitter"
    assert document["state"] == "draft"
    assert document["rev"] == 1


async def test_another_departments_document_does_not_exist_for_me(world: World) -> None:
    document = await world.document()
    stranger = await world.browser("svoboda")
    assert (await stranger.get(f"/api/v1/documents/{document['id']}")).status == 404
    assert (await stranger.get("/api/v1/documents")).json["items"] == []


async def test_a_confidential_document_is_hidden_from_its_own_department(world: World) -> None:
    document = await world.document(confidentiality="confidential")
    colleague = await world.browser("dvorak")
    assert (await colleague.get(f"/api/v1/documents/{document['id']}")).status == 404


async def test_a_colleague_reads_but_may_not_rename(world: World) -> None:
    document = await world.document()
    colleague = await world.browser("dvorak")
    path = f"/api/v1/documents/{document['id']}"
    assert (await colleague.get(path)).json["role"] == "reader"
    answer = await colleague.change("PATCH", path, {"title": "Jinak"}, rev=1)
    assert (answer.status, answer.code) == (403, "forbidden")


async def test_a_change_needs_the_revision_it_was_made_on(world: World) -> None:
    document, browser = await world.document(), await world.browser("novakova")
    path = f"/api/v1/documents/{document['id']}"
    assert (await browser.ask("PATCH", path, {"title": "A"})).code == "precondition_required"
    assert (await browser.change("PATCH", path, {"title": "A"}, rev=7)).code == "changed_meanwhile"
    changed = await browser.change("PATCH", path, {"title": "A"}, rev=1)
    assert (changed.json["title"], changed.headers["ETag"]) == ("A", '"2"')


async def test_a_document_always_keeps_a_submitter(world: World) -> None:
    document, browser = await world.document(), await world.browser("novakova")
    path = f"/api/v1/documents/{document['id']}/members/{world.people['novakova'].id}"
    answer = await browser.change("PUT", path, {"role": "reader"}, rev=1)
    assert (answer.status, answer.code) == (409, "last_submitter")


async def test_a_document_begins_with_what_another_says(world: World) -> None:
    template, browser = await world.document(kind="contract", content=CONTENT), await world.browser("novakova")
    remark = {"anchor": PASSAGE, "text": "Krátká lhůta."}
    assert (await browser.post(f"/api/v1/documents/{template['id']}/threads", remark)).status == 201
    made = await world.document(title="Podle vzoru", template=template["id"])
    assert (made["kind"], made["draft"]["words"]) == ("contract", template["draft"]["words"])
    (old, began), (new, begins) = [
        said((await browser.get(f"/api/v1/documents/{one['id']}/content")).json) for one in (template, made)
    ]
    assert new == old
    assert (len(began), len(begins), began & begins) == (5, 4, set())
    trail = await world.office.facts.of_document(made["id"])
    assert trail[0].fact.data["template"] == template["id"]


async def test_what_is_only_proposed_in_a_template_is_left_there(world: World) -> None:
    by = {"id": "s", "author": world.people["novakova"].id, "at": "2026-11-27T08:00:00Z"}
    parts = [
        {"type": "text", "text": "Lhůta činí "},
        {"type": "text", "text": "30", "marks": [{"type": "deletion", "attrs": by}]},
        {"type": "text", "text": "60", "marks": [{"type": "insertion", "attrs": by}]},
        {"type": "text", "text": " dnů."},
    ]
    content = {"type": "doc", "content": [{"type": "paragraph", "content": parts}]}
    template = await world.document(content=content)
    made, browser = await world.document(template=template["id"]), await world.browser("novakova")
    began = (await browser.get(f"/api/v1/documents/{made['id']}/content")).json
    assert began["content"][0]["content"] == [{"type": "text", "text": "Lhůta činí 30 dnů."}]


def said(content: Any) -> tuple[list[tuple[str, str]], set[str]]:
    """Kinds and words of its blocks, and its identities: of blocks and of remarks."""
    parts = [part for node in content["content"] for part in node["content"]]
    marks = {mark["attrs"]["id"] for part in parts for mark in part.get("marks", ()) if mark["type"] == "comment"}
    words = [(node["type"], "".join(part["text"] for part in node["content"])) for node in content["content"]]
    return words, marks | {node["attrs"]["id"] for node in content["content"]}


async def test_a_template_that_one_may_not_read_does_not_exist(world: World) -> None:
    template, stranger = await world.document(content=CONTENT), await world.browser("pravda")
    people = world.office.stores.people
    kept = await people.get(world.people["pravda"].id)
    await people.replace(kept, replace(kept.value, roles=(Role.SUBMITTER,)))
    body = {"title": "Podle cizího", "department": world.departments["OP"].id}
    refused = [
        (await stranger.post("/api/v1/documents", {**body, "template": id})).json for id in (template["id"], "nothing")
    ]
    assert [(one["status"], one["code"], one["fields"][0]["path"]) for one in refused] == [
        (422, "invalid", "template")
    ] * 2
    assert refused[0]["fields"][0]["message"] == "Nic takového tu není."
    both = await (await world.browser("novakova")).post(
        "/api/v1/documents",
        {**body, "department": world.departments["EO"].id, "template": template["id"], "content": CONTENT},
    )
    assert (both.status, both.json["fields"][0]["path"]) == (422, "template")


async def test_the_same_key_creates_once(world: World) -> None:
    browser = await world.browser("novakova")
    body = {"title": "Jednou", "department": world.departments["EO"].id}
    first = await browser.post("/api/v1/documents", body, Idempotency_Key="k1")
    again = await browser.post("/api/v1/documents", body, Idempotency_Key="k1")
    assert first.json["id"] == again.json["id"]
    other = await browser.post("/api/v1/documents", body | {"title": "Dvakrát"}, Idempotency_Key="k1")
    assert (other.status, other.code) == (409, "key_reused")


async def test_unknown_fields_and_parameters_are_refused(world: World) -> None:
    browser = await world.browser("novakova")
    body = {"title": "X", "department": world.departments["EO"].id, "colour": "red"}
    refused = (await browser.post("/api/v1/documents", body)).json
    assert refused["fields"] == [{"path": "colour", "message": "Toto pole tu není známé."}]
    assert (await browser.get("/api/v1/documents?colour=red")).status == 400


async def test_a_list_is_paged_by_its_cursor(world: World) -> None:
    for at in range(5):
        await world.document(title=f"Dokument {at}")
    browser = await world.browser("novakova")
    titles, path = [], "/api/v1/documents?limit=2"
    while path:
        page = (await browser.get(path)).json
        titles += [item["title"] for item in page["items"]]
        path = f"/api/v1/documents?limit=2&after={page['next']}" if "next" in page else ""
    assert titles == [f"Dokument {at}" for at in (4, 3, 2, 1, 0)]


async def test_everything_that_happened_is_in_the_trail_in_order(world: World) -> None:
    document, browser = await world.document(), await world.browser("novakova")
    path = f"/api/v1/documents/{document['id']}"
    await browser.ask("PUT", f"{path}/members/{world.people['dvorak'].id}", {"role": "editor"})
    trail = await world.office.facts.of_document(document["id"])
    assert [recorded.fact.type for recorded in trail] == ["document.created", "role.changed"]
    assert trail[0].seq < trail[1].seq
