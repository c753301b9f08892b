"""The way of a document from its draft to its second signed version, over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from review.content import to_json
from server.app import now
from signing.pki import DemoPki
from tests.server.desk import PIN, Desk, a_desk, job, upload
from tests.server.world import World
from tests.signing.office import block, contract


@pytest.fixture
async def desk(world: World) -> Desk:
    return await a_desk(world)


async def test_a_draft_becomes_a_final_version_whose_bytes_are_as_announced(desk: Desk) -> None:
    version = await desk.final()
    data = await desk.file(version["id"])
    assert (version["kind"], version["number"], version["pages"]) == ("final", "1", 1)
    assert hashlib.sha256(data).hexdigest() == version["fileHash"]
    assert len(data) == version["size"]
    document = (await desk.submitter.get(f"/api/v1/documents/{version['document']}")).json
    assert document["state"] == "ready"
    part = await desk.submitter.get(f"/api/v1/versions/{version['id']}/file", Range="bytes=0-7")
    assert (part.status, part.raw) == (206, data[:8])


async def test_two_approvers_sign_the_very_bytes_they_saw_one_after_another(desk: Desk) -> None:
    version = await desk.final()
    seen = await desk.file(version["id"])
    assert (await desk.ask(version["id"], desk.first, desk.second, order="ordered")).status == 201
    (row,) = await desk.desk(desk.first)
    assert row["fileHash"] == version["fileHash"]
    assert (row["version"], row["reference"], row["pages"]) == (version["id"], "KÚ 1/2026", 1)
    assert await desk.desk(desk.second) == []
    assert (await desk.sign(desk.first))[0]["result"] == "signed"
    assert (await desk.version(version["id"]))["kind"] == "final"
    assert (await desk.sign(desk.second))[0]["result"] == "signed"
    signed, data = await desk.version(version["id"]), await desk.file(version["id"])
    assert signed["kind"] == "signed"
    assert [one["level"] for one in signed["signatures"]] == ["B-T", "B-T"]
    assert data.startswith(seen)
    verified = await desk.verdict(data)
    assert verified["verdict"] == "valid"
    assert [one["by"] for one in verified["signatures"]] == ["Marie Ředitelová", "Jan Hlava"]
    assert verified["known"] == {"document": version["document"], "version": version["id"], "current": True}
    document = (await desk.submitter.get(f"/api/v1/documents/{version['document']}")).json
    assert document["state"] == "signed"


async def test_a_dozen_are_signed_in_one_act_with_an_outcome_each(desk: Desk) -> None:
    for n in range(12):
        version = await desk.final(f"Smlouva č. {n}")
        await desk.ask(version["id"], desk.first, desk.second)
    outcomes = await desk.sign(desk.first)
    assert [one["result"] for one in outcomes] == ["signed"] * 12
    assert await desk.desk(desk.first) == []
    requests = [row["request"] for row in await desk.desk(desk.second)]
    assert len(requests) == 12
    again = await desk.sign(
        desk.second,
        *requests,
    )
    assert {one["result"] for one in again} == {"signed"}


async def test_a_change_makes_the_next_version_and_the_first_still_verifies(desk: Desk) -> None:
    one = await desk.signed()
    first = await desk.file(one["id"])
    changed = await desk.submitter.post(f"/api/v1/versions/{one['id']}/change", {"reason": "Chyba v částce."})
    assert changed.status == 201, changed.raw
    assert changed.json["draft"]["version"] == 2
    assert changed.json["draft"]["hash"] == one["contentHash"]
    assert changed.json["state"] == "draft"
    again = await desk.submitter.post(f"/api/v1/versions/{one['id']}/change", {"reason": "Ještě jednou."})
    assert (again.status, again.code) == (409, "not_in_state")
    two = await desk.finalised(one["document"])
    assert two["number"] == "2"
    assert "supersedes" not in two
    await desk.ask(two["id"], desk.second)
    await desk.sign(desk.second)
    assert (await desk.version(two["id"]))["supersedes"] == one["id"]
    assert (await desk.version(one["id"]))["supersededBy"] == two["id"]
    old = await desk.verdict(first)
    assert old["verdict"] == "valid"
    assert old["known"] == {
        "document": one["document"],
        "version": one["id"],
        "current": False,
        "supersededBy": two["id"],
    }
    late = await desk.submitter.post(f"/api/v1/versions/{one['id']}/change", {"reason": "Pozdě."})
    assert (late.status, late.code) == (409, "version_not_current")
    types = [recorded.fact.type for recorded in await desk.world.office.facts.since(0)]
    assert types.count("version.signed") == 2
    assert types.count("version.superseded") == 1


async def test_an_altered_copy_is_found_and_told(desk: Desk) -> None:
    one = await desk.signed()
    data = await desk.file(one["id"])
    at = data.index(b"stream\n", data.index(b"/FlateDecode")) + 60
    bent = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    for altered in (bent, data + b"% x\n", data[:-40] + b"x" * 40):
        answer = await upload(desk.submitter, "/api/v1/verifications", altered)
        told = answer.json.get("verdict") or answer.json["code"]
        assert told in ("modified", "broken", "stripped", "truncated", "unreadable_pdf"), told
    found = await desk.verdict(data + b"% x\n")
    assert found["verdict"] == "modified"
    assert found["known"]["version"] == one["id"]
    assert found["changes"]
    report = await desk.submitter.get(found["reportUrl"])
    assert report.raw.startswith(b"%PDF-")
    assert (await desk.second.get(found["reportUrl"])).status == 404


async def test_who_may_not_read_a_document_learns_nothing_from_its_copy(desk: Desk) -> None:
    document = await desk.world.document(title="Tajné", confidentiality="confidential", content=to_json(contract()))
    version = await desk.finalised(document["id"])
    data = await desk.file(version["id"])
    stranger = await desk.world.browser("kralova")
    assert "known" not in await desk.verdict(data + b"% x\n", stranger)
    assert "known" in await desk.verdict(data + b"% x\n")


async def test_refusing_takes_the_document_back_to_its_draft(desk: Desk) -> None:
    version = await desk.final()
    signing = (await desk.ask(version["id"], desk.first, desk.second)).json
    path = f"/api/v1/signings/{signing['id']}/refuse"
    assert (await desk.first.post(path, {"reason": " "})).code == "invalid"
    refused = await desk.first.post(path, {"reason": "Chybí příloha."})
    assert refused.json["state"] == "refused"
    assert refused.json["refusal"]["reason"] == "Chybí příloha."
    request = signing["steps"][0]["requests"][0]["id"]
    assert (await desk.first.get(f"/api/v1/signings/{request}")).json == refused.json
    assert await desk.desk(desk.second) == []
    document = (await desk.submitter.get(f"/api/v1/documents/{version['document']}")).json
    assert document["state"] == "draft"
    again = await desk.finalised(version["document"])
    late = await desk.ask(version["id"], desk.first)
    assert (late.status, late.code) == (409, "version_not_current")
    assert (await desk.ask(again["id"], desk.first)).status == 201


async def test_a_final_version_is_not_signed_once_the_draft_has_moved_on(desk: Desk) -> None:
    version = await desk.final()
    office = desk.world.office
    changed = contract("900 000 Kč")
    await office.rooms.edit(version["document"], "nobody", lambda draft: draft.become(changed))
    answer = await desk.ask(version["id"], desk.first)
    assert (answer.status, answer.code) == (409, "version_not_current")


async def test_a_wrong_key_signs_nothing_and_says_why(desk: Desk) -> None:
    version = await desk.final()
    await desk.ask(version["id"], desk.first)
    requests = [row["request"] for row in await desk.desk(desk.first)]
    mine = desk.keys["reditel"]
    wrong = await desk.first.post("/api/v1/signing-acts", {"requests": requests, "credential": mine, "pin": "9"})
    assert (wrong.status, wrong.code) == (422, "wrong_pin")
    theirs = {"requests": requests, "credential": desk.keys["hlava"], "pin": PIN}
    assert (await desk.first.post("/api/v1/signing-acts", theirs)).status == 404
    others = {"requests": requests, "credential": desk.keys["hlava"], "pin": PIN}
    assert (await desk.second.post("/api/v1/signing-acts", others)).status == 404
    unknown = {"requests": ["nothing"], "credential": mine, "pin": PIN}
    assert (await desk.first.post("/api/v1/signing-acts", unknown)).status == 404
    assert (await desk.version(version["id"]))["kind"] == "final"


async def test_only_good_key_stores_are_taken(desk: Desk) -> None:
    pki = await desk.world.office.signatures.trust.pki()
    key = ec.generate_private_key(ec.SECP256R1())
    expired = pki.certify(key, "Marie", "Úřad", PIN, now() - timedelta(days=400), 30)
    foreign = DemoPki.make("Jinde", now()).certify(key, "Marie", "Jinde", PIN, now(), 30)
    good = pki.certify(key, "Marie", "Úřad", PIN, now(), 30)
    for data, pin, code in (
        (expired, PIN, "certificate_expired"),
        (foreign, PIN, "certificate_untrusted"),
        (good, "0000", "wrong_pin"),
        (b"nothing", PIN, "bad_credential"),
    ):
        answer = await upload(desk.first, "/api/v1/credentials", data, pin=pin)
        assert (answer.status, answer.code) == (422, code), answer.raw
    taken = (await upload(desk.first, "/api/v1/credentials", good, pin=PIN)).json
    assert taken["subject"] == "Marie"
    listed = (await desk.first.get("/api/v1/credentials")).json
    assert taken["id"] in {one["id"] for one in listed}
    path = f"/api/v1/credentials/{taken['id']}"
    assert (await desk.first.ask("DELETE", path)).status == 428
    assert (await desk.second.change("DELETE", path, rev=1)).status == 404
    assert (await desk.first.change("DELETE", path, rev=taken["rev"])).status == 204


def raw_signature(key: Any, digest: str) -> bytes:
    hashed = utils.Prehashed(SHA256())
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(bytes.fromhex(digest), padding.PKCS1v15(), hashed)
    value: bytes = key.sign(bytes.fromhex(digest), ec.ECDSA(hashed))
    return value


async def test_a_key_elsewhere_signs_in_two_calls(desk: Desk) -> None:
    pki = await desk.world.office.signatures.trust.pki()
    key, certificate, _ = pkcs12.load_key_and_certificates(pki.issue("Marie", "Úřad", PIN, now()), PIN.encode())
    assert certificate is not None
    versions = [await desk.final(f"Smlouva č. {n}") for n in range(3)]
    for version in versions:
        await desk.ask(version["id"], desk.first)
    requests = [row["request"] for row in await desk.desk(desk.first)]
    pem = certificate.public_bytes(Encoding.PEM).decode()
    body = {"requests": requests, "credential": {"kind": "external", "certificate": pem}}
    begun = await desk.first.post("/api/v1/signing-acts", body)
    assert begun.status == 201, begun.raw
    digests = begun.json["digests"]
    assert [one["request"] for one in digests] == requests
    values = [
        {"request": one["request"], "value": base64.b64encode(raw_signature(key, one["toSign"])).decode()}
        for one in digests
    ]
    values[1]["value"] = values[0]["value"]
    path = f"/api/v1/signing-acts/{begun.json['act']}/signatures"
    assert (await desk.second.ask("PUT", path, values)).status == 404
    outcomes = (await desk.first.ask("PUT", path, values)).json["outcomes"]
    assert [one["result"] for one in outcomes] == ["signed", "failed", "signed"]
    assert outcomes[1]["code"] == "wrong_signature"
    assert [row["request"] for row in await desk.desk(desk.first)] == [requests[1]]
    assert (await desk.verdict(await desk.file(versions[0]["id"])))["verdict"] == "valid"
    mended = [{"request": requests[1], "value": raw_signature(key, digests[1]["toSign"]).hex()}]
    assert (await desk.first.ask("PUT", path, mended)).json["outcomes"][0]["result"] == "signed"
    repeated = (await desk.first.ask("PUT", path, mended)).json["outcomes"][0]
    assert repeated["result"] == "skipped"


async def test_a_sign_without_a_glyph_stops_finalising_with_its_place(desk: Desk) -> None:
    given = {"type": "doc", "content": [block("paragraph", "Těšíme se 😀")]}
    document = await desk.world.document(content=given)
    done = await job(desk.submitter, await desk.submitter.post(f"/api/v1/documents/{document['id']}/finalize"))
    assert done["state"] == "failed"
    assert done["problem"]["code"] == "uncovered_sign"
    assert "😀" in done["problem"]["detail"]


async def test_what_cannot_be_finalised_or_asked_is_refused(desk: Desk) -> None:
    empty = await desk.world.document(title="Prázdný")
    answer = await desk.submitter.post(f"/api/v1/documents/{empty['id']}/finalize")
    assert (answer.status, answer.code) == (422, "nothing_to_finalise")
    stranger = await desk.world.browser("dvorak")
    version = await desk.final()
    refused = await stranger.post(f"/api/v1/documents/{version['document']}/finalize")
    assert refused.status in (403, 404)
    assert (await desk.ask(version["id"], desk.first, level="B-LTA")).code == "level_not_offered"
    assert (await desk.ask(version["id"])).status == 422
    assert (await desk.ask(version["id"], desk.first, desk.first)).code == "invalid"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [(b"text", 415, "not_pdf"), (b"%PDF-1.7\n" + b"0" * 9000, 422, "truncated"), (b"", 415, "not_pdf")],
)
async def test_a_file_that_cannot_be_verified_is_refused(desk: Desk, data: bytes, status: int, code: str) -> None:
    answer = await upload(desk.submitter, "/api/v1/verifications", data)
    assert (answer.status, answer.code) == (status, code)


async def test_a_huge_upload_is_refused_before_it_is_read(desk: Desk) -> None:
    cookies = "; ".join(f"{one.key}={one.value}" for one in desk.submitter.client.session.cookie_jar)
    head = (
        f"POST /api/v1/verifications HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {300 * 2**20}\r\n\r\n--x\r\n"
    )
    reader, writer = await asyncio.open_connection(desk.world.server.host, desk.world.server.port)
    writer.write(head.encode())
    assert b" 413 " in await reader.readline()
    writer.close()


async def test_the_anchors_are_public_and_the_printed_code_leads_to_its_page(desk: Desk) -> None:
    one = await desk.signed()
    stranger = await desk.world.browser()
    pem = await stranger.get("/public/v1/trust-anchors.pem")
    assert x509.load_pem_x509_certificates(pem.raw)
    code = (await desk.world.office.stores.versions.get(one["id"])).value.verify_code
    page = await stranger.get(f"/verify/{code}")
    assert page.status == 200
    assert "Toto je platné znění" in page.raw.decode()


async def test_an_act_interrupted_by_a_stop_leaves_each_document_signed_or_waiting(desk: Desk) -> None:
    office = desk.world.office
    for n in range(3):
        version = await desk.final(f"Smlouva č. {n}")
        await desk.ask(version["id"], desk.first)
    rows = await desk.desk(desk.first)
    await desk.sign(desk.first, rows[0]["request"])
    person = desk.world.people["reditel"]
    interrupted = await office.jobs.start("signing-act", person.id, {"requests": [row["request"] for row in rows]})
    ended = await office.jobs.finished(interrupted.id)
    assert [one["result"] for one in ended.outcomes] == ["signed", "failed", "failed"]
    assert {one["code"] for one in ended.outcomes[1:]} == {"act_interrupted"}
    assert [row["request"] for row in await desk.desk(desk.first)] == [row["request"] for row in rows[1:]]


async def test_who_is_to_sign_finds_it_among_the_tasks(desk: Desk) -> None:
    version = await desk.final()
    await desk.ask(version["id"], desk.first)
    tasks = (await desk.first.get("/api/v1/tasks")).json["items"]
    assert [(task["kind"], task["version"]) for task in tasks] == [("sign", version["id"])]
    await desk.sign(desk.first)
    assert (await desk.first.get("/api/v1/tasks")).json["items"] == []


@pytest.mark.parametrize(
    "due", ["9999-12-31T23:59:59Z", "9999-12-31", "2027-12-20T10:00:00", "0001-01-01T00:00:00+14:00"]
)
async def test_a_signature_is_not_asked_for_until_an_impossible_moment(desk: Desk, due: str) -> None:
    version = await desk.final()
    assert desk.first.person is not None
    path, steps = f"/api/v1/versions/{version['id']}/signing", [{"signers": [desk.first.person.id]}]
    refused = await desk.submitter.post(path, {"steps": steps, "due": due})
    assert (refused.status, refused.code) == (422, "invalid"), refused.raw
    asked = await desk.submitter.post(path, {"steps": steps, "due": "2027-12-20"})
    assert (asked.status, asked.json["due"]) == (201, "2027-12-20T22:59:59Z")
    assert (await desk.first.get("/api/v1/tasks")).status == 200


async def test_finalising_the_same_again_gives_the_same_version_and_another_title_a_new_one(desk: Desk) -> None:
    version = await desk.final()
    path = f"/api/v1/documents/{version['document']}"
    answers = await asyncio.gather(*(desk.submitter.post(f"{path}/finalize") for _ in range(3)))
    done = [await job(desk.submitter, answer) for answer in answers]
    assert [one["result"]["version"] for one in done] == [version["id"]] * 3
    document = (await desk.submitter.get(path)).json
    assert (await desk.submitter.change("PATCH", path, {"title": "Jinak"}, rev=document["rev"])).status == 200
    other = await desk.finalised(version["document"])
    assert other["id"] != version["id"]
    kinds = [one["kind"] for one in (await desk.submitter.get(f"{path}/versions")).json["items"]]
    assert kinds == ["final", "final"]


async def test_finalising_several_times_at_once_makes_one_version(desk: Desk) -> None:
    document = await desk.world.document(kind="contract", content=to_json(contract()))
    path = f"/api/v1/documents/{document['id']}"
    answers = await asyncio.gather(*(desk.submitter.post(f"{path}/finalize") for _ in range(3)))
    made = {(await job(desk.submitter, answer))["result"]["version"] for answer in answers}
    assert len(made) == 1
    assert len((await desk.submitter.get(f"{path}/versions")).json["items"]) == 1
