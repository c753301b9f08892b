"""What a registry's client relies on, over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from review.content import EMPTY, parse, to_json
from review.document import Confidentiality
from review.errors import PackageFault
from review.people import Role
from server.app import build_app, open_office
from server.cli.verify import of_package, token_check
from server.services.directory import NewPerson
from server.services.documents import NewDocument
from server.settings import settings
from storage.packages import archive
from storage.packages.bag import ALGORITHMS, manifest
from tests.server.spisovka import Spisovka, kept_version, offered, packaged, sha256, signed, spisovka, written
from tests.server.test_drafts import png, upload
from tests.server.world import PASSWORD, World
from tests.signing.office import contract

WORDS = {"reference": "KULK 12345/2026/OK", "fileMark": "SpMa 7/2026", "retentionSign": "A", "retentionYears": 10}


@pytest.fixture
async def registry(world: World) -> Spisovka:
    return await spisovka(world)


@pytest.fixture
async def handover(world: World) -> str:
    return await offered(world, await written(world))


async def test_the_whole_way_from_the_feed_to_the_archive(world: World, registry: Spisovka, handover: str) -> None:
    events = (await registry.get("events")).json
    assert [event["type"] for event in events["items"]] == ["cz.paraph.handover.offered"]
    assert events["items"][0]["subject"] == handover
    one = (await registry.get(f"handovers/{handover}")).json
    assert (one["state"], one["attempt"], one["package"]["formats"]) == ("offered", 1, ["eark-sip", "bagit"])

    package = await registry.get(f"handovers/{handover}/package")
    assert sha256(package.raw) == one["package"]["sha256"]
    assert len(package.raw) == one["package"]["size"]

    receipt = await registry.put(f"handovers/{handover}/receipt", {"sha256": sha256(package.raw)})
    assert (receipt.status, receipt.json["state"]) == (200, "received")
    registered = await registry.put(f"handovers/{handover}/registration", WORDS)
    assert (registered.json["state"], registered.json["reference"]) == ("registered", "KULK 12345/2026/OK")
    archived = await registry.put(f"handovers/{handover}/archival", {"archiveId": "CZ-1"})
    assert (archived.json["state"], archived.json["archiveId"]) == ("archived", "CZ-1")

    news = (await registry.get(f"events?after={events['next']}")).json
    words = [event["type"].removeprefix("cz.paraph.handover.") for event in news["items"]]
    assert words == ["received", "registered", "archived"]
    document = (await world.office.stores.documents.get(one["document"])).value
    assert (document.state, document.matter) == ("handed_over", "KULK 12345/2026/OK")


async def test_an_event_is_a_cloud_event(registry: Spisovka, handover: str) -> None:
    (event,) = (await registry.get("events")).json["items"]
    assert event["specversion"] == "1.0"
    assert event["source"].endswith("/registry/v1")
    assert event["time"].endswith("Z")
    assert event["data"]["handover"] == handover
    assert set(event) == {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"}


async def test_every_format_is_a_whole_archive_and_a_receipt_may_name_any(registry: Spisovka, handover: str) -> None:
    document = (await registry.get(f"handovers/{handover}/files/document.pdf")).raw
    assert document.startswith(b"%PDF-")
    for format in ("eark-sip", "bagit"):
        package = await registry.get(f"handovers/{handover}/package?format={format}")
        with zipfile.ZipFile(io.BytesIO(package.raw)) as archive:
            assert archive.testzip() is None
            assert any(archive.read(name) == document for name in archive.namelist() if name.endswith("document.pdf"))
    assert (await registry.put(f"handovers/{handover}/receipt", {"sha256": sha256(package.raw)})).status == 200


async def test_a_wrong_checksum_is_refused_and_changes_nothing(registry: Spisovka, handover: str) -> None:
    refused = await registry.put(f"handovers/{handover}/receipt", {"sha256": "0" * 64})
    assert (refused.status, refused.code) == (409, "fixity_mismatch")
    assert (await registry.get(f"handovers/{handover}")).json["state"] == "offered"
    assert (await registry.put(f"handovers/{handover}/receipt", {"sha256": "short"})).status == 422


async def test_a_repeated_confirmation_gives_the_same_answer(registry: Spisovka, handover: str) -> None:
    digest = (await registry.get(f"handovers/{handover}")).json["package"]["sha256"]
    for path, body in (("receipt", {"sha256": digest}), ("registration", WORDS), ("archival", {"archiveId": "1"})):
        first = await registry.put(f"handovers/{handover}/{path}", body)
        again = await registry.put(f"handovers/{handover}/{path}", body)
        assert first.status == 200
        assert (again.status, again.raw) == (first.status, first.raw)
    other = await registry.put(f"handovers/{handover}/registration", WORDS | {"reference": "other"})
    assert (other.status, other.code) == (409, "not_in_state")


async def test_a_registration_before_the_receipt_is_refused(registry: Spisovka, handover: str) -> None:
    refused = await registry.put(f"handovers/{handover}/registration", WORDS)
    assert (refused.status, refused.code) == (409, "not_in_state")


WRONG_WORDS: list[dict[str, Any]] = [
    {key: value for key, value in WORDS.items() if key != "retentionYears"},
    WORDS | {"retentionYear": 2040},
    WORDS | {"retentionSign": "V"},
    WORDS | {"more": 1},
    WORDS | {"reference": ""},
]


async def test_a_registration_that_cannot_be_kept_is_wrong(registry: Spisovka, handover: str) -> None:
    digest = (await registry.get(f"handovers/{handover}")).json["package"]["sha256"]
    await registry.put(f"handovers/{handover}/receipt", {"sha256": digest})
    answers = [await registry.put(f"handovers/{handover}/registration", body) for body in WRONG_WORDS]
    assert [answer.status for answer in answers] == [422] * len(WRONG_WORDS)
    assert (await registry.get(f"handovers/{handover}")).json["state"] == "received"


async def test_a_rejected_hand_over_is_offered_again_as_the_next_attempt(
    world: World, registry: Spisovka, handover: str
) -> None:
    reason = {"code": "package_invalid", "detail": "METS nelze načíst"}
    first = (await registry.get(f"handovers/{handover}")).json
    rejected = await registry.ask("POST", f"/registry/v1/handovers/{handover}/rejection", reason)
    assert rejected.status == 200, rejected.raw
    assert rejected.json["state"] == "rejected"
    submitter = await world.browser("novakova")
    seen = (await submitter.get(f"/api/v1/handovers/{handover}")).json
    assert seen["trouble"] == reason
    assert (await submitter.post(f"/api/v1/handovers/{handover}/retry")).status == 200
    await packaged(world.office, await world.office.stores.versions.get(first["version"]))
    again = (await registry.get(f"handovers/{handover}")).json
    assert (again["state"], again["attempt"]) == ("offered", 2)
    assert again["package"]["sha256"] != first["package"]["sha256"]


async def test_bytes_are_served_in_ranges_with_their_digest(registry: Spisovka, handover: str) -> None:
    path = f"handovers/{handover}/package"
    whole = await registry.get(path)
    digest = base64.b64encode(bytes.fromhex(sha256(whole.raw))).decode()
    assert whole.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    tag = whole.headers["ETag"]
    part = await registry.get(path, Range="bytes=10-19")
    assert (part.status, part.raw) == (206, whole.raw[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.raw)}"
    assert part.headers["Repr-Digest"] == whole.headers["Repr-Digest"]
    assert (await registry.get(path, Range="bytes=-5")).raw == whole.raw[-5:]
    assert (await registry.get(path, Range=f"bytes={len(whole.raw) - 3}-")).raw == whole.raw[-3:]
    assert (await registry.get(path, Range=f"bytes={len(whole.raw)}-")).status == 416
    assert (await registry.get(path, Range="bytes=0-4", If_Range=tag)).status == 206
    assert (await registry.get(path, Range="bytes=0-4", If_Range='"other"')).raw == whole.raw
    assert (await registry.get(path, Range="bytes=0-1,3-4")).raw == whole.raw
    assert (await registry.get(path, If_None_Match=tag)).status == 304
    head = await registry.ask("HEAD", f"/registry/v1/{path}")
    assert (head.status, head.headers["Content-Length"], head.raw) == (200, str(len(whole.raw)), b"")


async def test_single_files_are_fetched_by_their_path(registry: Spisovka, handover: str) -> None:
    one = (await registry.get(f"handovers/{handover}")).json
    paths = {file["path"] for file in one["files"]}
    assert {"document.pdf", "content.json"} <= paths
    for file in one["files"]:
        fetched = await registry.get(f"handovers/{handover}/files/{file['path']}")
        assert (fetched.status, sha256(fetched.raw)) == (200, file["sha256"])
    assert (await registry.get(f"handovers/{handover}/files/../../secret")).status == 404
    assert (await registry.get(f"handovers/{handover}/files/absent.pdf")).code == "not_found"


async def test_the_package_holds_the_pictures_that_its_content_shows(world: World, registry: Spisovka) -> None:
    document = await world.document(title="S plánkem", content=to_json(contract()))
    src = (await upload(world, "novakova", document["id"], png())).json["src"]
    image = {"type": "image", "attrs": {"id": "obr", "src": src, "alt": "plán"}}
    content = parse({**to_json(contract()), "content": [*to_json(contract())["content"], image]})
    await world.office.rooms.edit(document["id"], world.people["novakova"].id, lambda draft: draft.become(content))
    one = (await registry.get(f"handovers/{await offered(world, document)}")).json
    assert one["state"] == "offered", one
    path = f"pictures/{src.rsplit('/', 1)[-1]}.png"
    assert path in {file["path"] for file in one["files"]}
    assert (await registry.get(f"handovers/{one['id']}/files/{path}")).raw == png()


async def test_a_format_that_is_not_built_here_is_a_typed_problem(registry: Spisovka, handover: str) -> None:
    capabilities = (await registry.get("capabilities")).json
    assert capabilities["formats"] == ["eark-sip", "bagit"]
    refused = await registry.get(f"handovers/{handover}/package?format=nsesss-sip")
    assert (refused.status, refused.code) == (422, "unknown_format")


async def test_hand_overs_are_listed_by_state_and_by_time(world: World, registry: Spisovka, handover: str) -> None:
    second = await offered(world, await written(world, "Druhý"))
    listed = (await registry.get("handovers?state=offered")).json["items"]
    assert [one["id"] for one in listed] == [handover, second]
    since = listed[1]["updated"].replace("+", "%2B")
    assert [one["id"] for one in (await registry.get(f"handovers?updatedSince={since}")).json["items"]] == [second]
    first_page = (await registry.get("handovers?limit=1")).json
    rest = (await registry.get(f"handovers?limit=1&after={first_page['next']}")).json
    assert [one["id"] for one in first_page["items"] + rest["items"]] == [handover, second]
    assert "next" not in rest
    assert (await registry.get("handovers?state=lost")).code == "bad_query"
    assert (await registry.get("handovers?limit=1000")).code == "bad_query"


async def test_a_waiting_feed_answers_when_something_happens(world: World, registry: Spisovka, handover: str) -> None:
    after = (await registry.get("events")).json["next"]
    waiting = asyncio.create_task(registry.get(f"events?after={after}&wait=30"))
    digest = (await registry.get(f"handovers/{handover}")).json["package"]["sha256"]
    await registry.put(f"handovers/{handover}/receipt", {"sha256": digest})
    news = (await asyncio.wait_for(waiting, 10)).json
    assert [event["type"] for event in news["items"]] == ["cz.paraph.handover.received"]


async def test_a_feed_with_nothing_new_gives_a_cursor_to_go_on_from(registry: Spisovka, handover: str) -> None:
    seen = (await registry.get("events")).json
    quiet = (await registry.get(f"events?after={seen['next']}&wait=0")).json
    assert quiet["items"] == []
    assert (await registry.get(f"events?after={quiet['next']}")).status == 200
    newest = (await registry.get("events?after=newest")).json
    assert newest["items"] == []


async def test_pages_of_the_feed_hold_every_event_once(world: World, registry: Spisovka) -> None:
    for title in ("a", "b", "c"):
        await offered(world, await written(world, title))
    whole = [event["id"] for event in (await registry.get("events")).json["items"]]
    paged, after = [], "0"
    while page := (await registry.get(f"events?limit=1&after={after}")).json["items"]:
        paged += [event["id"] for event in page]
        after = (await registry.get(f"events?limit=1&after={after}")).json["next"]
    assert paged == whole
    assert len(whole) == 3


async def test_a_cursor_of_another_past_is_gone(registry: Spisovka, handover: str) -> None:
    next = (await registry.get("events")).json["next"]
    number = next.split("-")[0]
    for cursor in (f"{number}-{'0' * 16}", "999999-abcdef0123456789", number):
        gone = await registry.get(f"events?after={cursor}")
        assert (gone.status, gone.code) == (410, "gone"), cursor
    assert (await registry.get("events?after=x")).code == "bad_query"


async def test_a_document_whose_signatures_do_not_hold_is_never_offered(world: World, registry: Spisovka) -> None:
    document = await world.document()
    version = await kept_version(world.office, world.people["novakova"], document["id"])
    failed = await packaged(world.office, version)
    one = (await registry.get(f"handovers/{failed}")).json
    assert (one["state"], one["trouble"]["code"]) == ("failed", PackageFault.code)
    assert "document.pdf" in one["trouble"]["detail"]
    assert "package" not in one
    refused = await registry.get(f"handovers/{failed}/package")
    assert (refused.status, refused.code) == (409, "not_offered")
    assert (await registry.get("events")).json["items"] == []
    submitter = await world.browser("novakova")
    assert (await submitter.post(f"/api/v1/handovers/{failed}/retry")).json["attempt"] == 1
    assert await packaged(world.office, version) == failed


async def test_a_signed_version_is_handed_over_by_itself(world: World, registry: Spisovka) -> None:
    after = (await registry.get("events?after=newest")).json["next"]
    await signed(world, (await written(world))["id"])
    news = (await registry.get(f"events?after={after}&wait=30")).json
    assert [event["type"] for event in news["items"]] == ["cz.paraph.handover.offered"]


async def test_what_was_signed_before_a_stop_is_handed_over_once_the_server_runs_again(tmp_path: Path) -> None:
    chosen = settings({"data": str(tmp_path)}, {})
    async with open_office(chosen) as office:
        department = await office.directory.add_department("EO", "Ekonomický odbor")
        roles = (Role.SUBMITTER,)
        new = NewPerson("novakova", "Eva Nováková", PASSWORD, (department.id,), roles)
        person = (await office.directory.add_person(new)).value
        draft = NewDocument("Zásady", "document", department.id, None, Confidentiality.INTERNAL, EMPTY)
        document = await office.documents.create(person, draft)
        version = await kept_version(office, person, document.id)
    async with open_office(chosen) as office, TestServer(build_app(office)):
        id = await packaged(office, version)
        assert (await office.registry.handovers.get(id)).value.version == version.id


async def test_the_audit_extract_needs_its_scope(world: World, registry: Spisovka, handover: str) -> None:
    assert (await registry.get(f"handovers/{handover}/audit")).status == 200
    reader = await spisovka(world, "handover:read")
    refused = await reader.get(f"handovers/{handover}/audit")
    assert (refused.status, refused.code) == (403, "insufficient_scope")
    assert (await reader.put(f"handovers/{handover}/receipt", {"sha256": "0" * 64})).code == "insufficient_scope"


async def test_people_see_the_hand_overs_of_what_they_may_read(world: World, registry: Spisovka, handover: str) -> None:
    await registry.get(f"handovers/{handover}/package")
    submitter, stranger, administrator = [await world.browser(who) for who in ("novakova", "svoboda", "spravce")]
    (seen,) = (await submitter.get("/api/v1/handovers")).json["items"]
    assert seen["title"] == "Zásady"
    assert [fetch["what"] for fetch in seen["fetches"]] == ["eark-sip"]
    assert (await stranger.get("/api/v1/handovers")).json["items"] == []
    assert (await stranger.get(f"/api/v1/handovers/{handover}")).status == 404
    (watched,) = (await administrator.get("/api/v1/handovers")).json["items"]
    assert "title" not in watched
    assert (await submitter.post(f"/api/v1/handovers/{handover}/retry")).code == "not_in_state"


async def test_what_is_offered_can_be_withdrawn_until_it_was_received(
    world: World, registry: Spisovka, handover: str
) -> None:
    submitter, editor = await world.browser("novakova"), await world.browser("dvorak")
    path = f"/api/v1/handovers/{handover}/withdrawal"
    assert (await editor.post(path, {"reason": "omyl"})).status == 403
    assert (await submitter.post(path, {"reason": "omyl"})).json["state"] == "withdrawn"
    digest = (await registry.get(f"handovers/{handover}")).json["package"]["sha256"]
    assert (await registry.put(f"handovers/{handover}/receipt", {"sha256": digest})).code == "not_in_state"
    assert json.loads((await registry.get("events")).raw)["items"][-1]["type"] == "cz.paraph.handover.withdrawn"


async def test_an_auditor_and_the_submitter_read_every_fact_in_order(
    world: World, registry: Spisovka, handover: str
) -> None:
    document = (await registry.get(f"handovers/{handover}")).json["document"]
    for login in ("auditor", "novakova"):
        trail = (await (await world.browser(login)).get(f"/api/v1/documents/{document}/audit")).json
        assert [fact["seq"] for fact in trail] == sorted(fact["seq"] for fact in trail)
        assert {"document.created", "version.created", "handover.offered"} <= {fact["type"] for fact in trail}
    assert (await (await world.browser("dvorak")).get(f"/api/v1/documents/{document}/audit")).status == 403
    assert (await (await world.browser("ticha")).get(f"/api/v1/documents/{document}/audit")).status == 404


async def test_the_package_proves_itself_to_whoever_has_only_the_package(
    world: World, registry: Spisovka, handover: str, tmp_path: Path
) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes((await (await world.browser()).get("/public/v1/trust-anchors.pem")).raw)
    for format in ("eark-sip", "bagit"):
        package = (await registry.get(f"handovers/{handover}/package?format={format}")).raw
        verdict = of_package(package, token_check(roots))
        assert verdict.good, verdict.lines
        assert verdict.data["facts"] > 5


async def test_the_trail_in_a_package_cannot_be_altered_unseen(
    registry: Spisovka, handover: str, tmp_path: Path
) -> None:
    package = (await registry.get(f"handovers/{handover}/package?format=bagit")).raw
    files = archive.unpack(package)
    (name,) = [path for path in files if path.endswith("audit-extract.json")]
    root = name.partition("/")[0]
    forged = json.loads(files[name])
    forged["entries"][0]["row"] = forged["entries"][0]["row"].replace("document.created", "document.deleted")
    files[name] = json.dumps(forged).encode()
    payload = {path.removeprefix(f"{root}/"): data for path, data in files.items() if "/data/" in path}
    tags = {name: files[f"{root}/{name}"] for name in ("bagit.txt", "bag-info.txt")}
    tags |= {f"manifest-{kind}.txt": manifest(payload, kind) for kind in ALGORITHMS}
    seals = {f"tagmanifest-{kind}.txt": manifest(tags, kind) for kind in ALGORITHMS}
    whole = {f"{root}/{path}": data for path, data in (payload | tags | seals).items()}
    verdict = of_package(archive.pack(whole, datetime(2026, 1, 1, tzinfo=UTC)), None)
    assert not verdict.good
    assert any("fact 1" in line or "fact" in line for line in verdict.lines)
