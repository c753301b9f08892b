from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest

from review.document import SignatureSummary, Version, VersionKind
from review.facts import Fact
from review.ids import DocumentId, PersonId, VersionId
from storage.audit import Audit, check_extract
from storage.blobs import BlobStore
from storage.engine import Engine, Flaw
from storage.factlog import Log
from storage.kinds import OWN, Kind
from storage.opening import open_engine
from storage.records import Body, Records
from storage.verification import Report, verify

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EVA = PersonId("eva")
EMPTY = hashlib.sha256(b"").hexdigest()
VERSIONS = Kind("versions", Version, indexes={"document": "document"})


async def stamp(data: bytes) -> bytes:
    """Stands for a time-stamping authority: what matters here is over which bytes it was asked."""
    return b"token of " + data


def check_token(data: bytes, token: bytes) -> str | None:
    return None if token == b"token of " + data else "the time-stamp is of something else"


def fact(number: int, document: str) -> Fact:
    return Fact("comment.made", AT, EVA, DocumentId(document), {"number": number})


class Office:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.log = Log(engine)
        self.blobs = BlobStore(engine)
        self.versions: Records[Version] = Records(engine, self.log, VERSIONS)
        self.audit = Audit(engine, self.log, lambda: AT, stamp)

    async def fill(self) -> None:
        await self.log.append([fact(number, f"d{number % 3}") for number in range(9)])
        sha256 = await self.blobs.put(b'{"type": "doc"}')
        version = Version(VersionId("v1"), DocumentId("d1"), "0.1", VersionKind.FROZEN, 1, sha256, AT, EVA)
        made = Fact(
            "version.created", AT, EVA, version.document, {"version": "v1", "number": "0.1", "contentHash": sha256}
        )
        await self.versions.insert("v1", version, [made])
        await self.audit.seal()
        await self.log.append([fact(9, "d1"), fact(10, "d2")])
        await self.audit.seal()
        await self.log.append([fact(11, "d1")])

    async def verify(self) -> Report:
        return await verify(self.engine, {"versions": self.versions}, check_token)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "paraph.db"


@pytest.fixture
async def office(file: Path) -> AsyncIterator[Office]:
    engine = await open_engine(f"sqlite:///{file}")
    await engine.setup([*OWN, VERSIONS.declared])
    office = Office(engine)
    await office.fill()
    yield office
    await engine.close()


def forge(file: Path, *statements: str) -> None:
    """Somebody with the file and SQL, who knows nothing of our checksums."""
    connection = apsw.Connection(str(file))
    for statement in statements:
        connection.execute(statement)
    connection.close()


async def test_an_untouched_office_is_sound(office: Office) -> None:
    report = await office.verify()
    assert report.flaws == ()
    assert (report.facts, report.heads, report.versions) == (13, 2, 1)


async def test_a_log_without_news_is_sealed_once(office: Office) -> None:
    first = await office.audit.seal()
    assert await office.audit.seal() == first
    assert [head.size for head in await office.audit.sealed_heads()] == [10, 12, 13]


async def test_another_process_sees_the_same_head(office: Office) -> None:
    assert await Audit(office.engine, office.log, lambda: AT, stamp).head() == await office.audit.head()


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        (
            "update log set body = cast(replace(body, 'made', 'mode') as blob) where stream = 'facts' and seq = 4",
            "entry 4",
        ),
        ("delete from log where stream = 'facts' and seq = 5", "entry 5"),
        ("delete from log where stream = 'facts' and seq > 10", "sealed head of 12 facts"),
        ("delete from record where kind = 'fact' and id = '000000000003'", "fact 3"),
        (
            "update record set body = cast(replace(body, 'eva', 'jan') as blob) where kind = 'fact' and id like '%2'",
            "record fact/",
        ),
        ("update chunk set data = x'00'", "blob "),
        ("delete from blob", "version v1"),
        ("update record set body = replace(body, '0.1', '0.2') where kind = 'versions'", "record versions/v1"),
        ("delete from record where kind = 'versions'", "version v1"),
        ("delete from term where kind = 'versions' and name = 'document'", "record versions/v1"),
        ("update term set value = 'd2' where kind = 'versions'", "record versions/v1"),
        ("delete from term where kind = 'fact' and name = 'document' and value = 'd0'", "record fact/"),
        ("insert into term values ('versions', 'document', 'd1', 'v9', 0)", "record versions/v9"),
        ("update log set seq = 99 where stream = 'facts' and seq = 13", "entry 99"),
    ],
)
async def test_whatever_is_altered_or_cut_is_named(office: Office, file: Path, statement: str, place: str) -> None:
    forge(file, statement)
    flaws = (await office.verify()).flaws
    assert any(place in flaw.place for flaw in flaws), flaws


async def test_a_forger_who_knows_the_checksums_is_betrayed_by_the_sealed_heads(tmp_path: Path, office: Office) -> None:
    """The whole history told anew, with one fact changed and everything recomputed but the tokens."""
    engine = await open_engine(f"sqlite:///{tmp_path}/forged.db")
    await engine.setup([*OWN, VERSIONS.declared])
    forged = Office(engine)
    for told in await office.log.since(0):
        data = {"number": 400} if told.seq == 4 else dict(told.fact.data)
        original = told.fact
        again = Fact(original.type, original.at, original.by, original.document, data, id=original.id)
        await forged.log.append([again])
    for record in await office.engine.find("audit_head"):
        await engine.insert("audit_head", record.id, record.body, {})
    places = [flaw.place for flaw in (await forged.verify()).flaws]
    assert "sealed head of 10 facts" in places
    await engine.close()


def final(sha256: str, *signed: str) -> tuple[Version, list[Fact]]:
    """A version with a signature for each further file, and the facts that tell of it."""
    first, *_ = files = [EMPTY, *signed]
    data = {"version": "v2", "number": "1"}
    told = [Fact("version.created", AT, EVA, DocumentId("d1"), data | {"contentHash": sha256, "fileHash": first})]
    for file in signed:
        told.append(
            Fact(
                "version.signature", AT, EVA, DocumentId("d1"), data | {"field": "F", "level": "B-T", "fileHash": file}
            )
        )
    version = Version(
        VersionId("v2"),
        DocumentId("d1"),
        "1",
        VersionKind.FINAL,
        1,
        sha256,
        AT,
        EVA,
        file=files[-1],
        earlier_files=tuple(files[:-1]),
        signatures=(SignatureSummary("F", EVA, AT, "B-T"),) * len(signed),
    )
    return version, told


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda v: replace(v, earlier_files=(*v.earlier_files, v.file), file=v.content), "its files"),
        (lambda v: replace(v, earlier_files=(*v.earlier_files, v.file), file=v.earlier_files[0]), "its files"),
        (lambda v: replace(v, earlier_files=()), "its files"),
        (lambda v: replace(v, file=None), "its files"),
        (lambda v: replace(v, signatures=v.signatures[:1]), "its number of signatures"),
        (
            lambda v: replace(v, signatures=(replace(v.signatures[0], by=PersonId("jan")), v.signatures[1])),
            "its signer of F",
        ),
        (lambda v: replace(v, number="7"), "its number"),
        (lambda v: replace(v, by=PersonId("jan")), "its maker"),
        (lambda v: replace(v, created=AT + timedelta(days=1)), "its moment of making"),
        (lambda v: replace(v, kind=VersionKind.SIGNED), "its kind"),
        (lambda v: replace(v, published=True), "its publication"),
        (lambda v: replace(v, superseded_by=VersionId("v1")), "its successor"),
        (lambda v: replace(v, document=DocumentId("d2")), "its document"),
    ],
)
async def test_a_version_that_says_otherwise_than_its_facts_is_named_whatever_its_checksum(
    office: Office, change: Callable[[Version], Version], what: str
) -> None:
    content = await office.blobs.put(b'{"type": "doc"}')
    version, facts = final(content, await office.blobs.put(b"one"), await office.blobs.put(b"two"))
    await office.blobs.put(b"")
    kept = await office.versions.insert(version.id, version, facts)
    assert (await office.verify()).flaws == ()
    await office.versions.replace(kept, change(version))
    assert Flaw("version v2", f"the facts tell otherwise: {what}") in (await office.verify()).flaws


async def test_a_version_that_no_fact_tells_of_is_named(office: Office) -> None:
    version, _ = final(await office.blobs.put(b'{"type": "doc"}'))
    await office.blobs.put(b"")
    await office.versions.insert(version.id, version)
    assert (await office.verify()).flaws == (Flaw("version v2", "the facts tell otherwise: its making"),)


async def test_a_fact_that_still_waits_in_a_records_outbox_counts(office: Office) -> None:
    version, facts = final(await office.blobs.put(b'{"type": "doc"}'))
    await office.blobs.put(b"")
    body = msgspec.json.encode(Body(1, msgspec.Raw(msgspec.json.encode(version)), tuple(facts)))
    await office.engine.insert("versions", "v2", body, {"document": ["d1"], "pending": ["true"]})
    assert (await office.verify()).flaws == ()


async def test_a_head_with_another_token_is_named(office: Office) -> None:
    record = (await office.engine.find("audit_head"))[0]
    raw = json.loads(record.body) | {"token": "AAAA"}
    await office.engine.replace("audit_head", record.id, record.rev, json.dumps(raw).encode(), {})
    assert [flaw.place for flaw in (await office.verify()).flaws] == ["sealed head of 10 facts"]


async def test_erasing_a_person_leaves_everything_provable(office: Office) -> None:
    await office.audit.seal()
    before = await office.audit.extract("d1")
    assert await office.log.erase(EVA, AT) == 13
    after = await office.audit.extract("d1")
    assert (await office.verify()).flaws == ()
    assert check_extract(after) == []
    assert [entry["proof"] for entry in after["entries"]] == [entry["proof"] for entry in before["entries"]]
    assert "eva" not in json.dumps(after)


async def test_a_fact_that_misses_a_person_without_an_erasure_is_named(office: Office) -> None:
    record = await office.engine.get("fact", "000000000004")
    told = json.loads(record.body)
    told |= {"payload": told["payload"] | {"by": "jan"}, "erased": True}
    terms = {"fact": [json.loads(told["row"])["id"]], "person": ["jan"], "document": ["d0"]}
    await office.engine.replace("fact", record.id, record.rev, json.dumps(told).encode(), terms)
    assert (await office.verify()).flaws == (Flaw("fact 4", "no fact tells that a person was erased from it"),)


async def test_an_extract_proves_a_documents_facts_by_itself(office: Office) -> None:
    await office.audit.seal()
    extract: dict[str, Any] = json.loads(json.dumps(await office.audit.extract("d1")))
    assert check_extract(extract) == []
    assert [entry["seq"] for entry in extract["entries"]] == [2, 5, 8, 10, 11, 13]
    assert (extract["head"]["size"], bool(extract["head"]["token"])) == (13, True)


async def test_an_extract_of_what_is_not_sealed_yet_names_the_present_head(office: Office) -> None:
    assert (await office.audit.extract("d1"))["head"].keys() == {"size", "root"}
    assert (await office.audit.extract("d2"))["head"]["size"] == 12
    assert (await office.audit.extract("nobody"))["entries"] == []


async def test_an_altered_extract_is_refused(office: Office) -> None:
    extract = await office.audit.extract("d1")
    changes: tuple[Callable[[dict[str, Any]], object], ...] = (
        lambda entry: entry.update(row=entry["row"].replace("comment", "comics")),
        lambda entry: entry["payload"].update(by="jana"),
        lambda entry: entry.update(seq=entry["seq"] + 1),
        lambda entry: entry["proof"].pop(),
        lambda entry: entry.update(type="round.opened"),
    )
    for change in changes:
        altered = copy.deepcopy(extract)
        change(altered["entries"][1])
        assert check_extract(altered) != []
    assert check_extract(extract | {"document": "d2"}) != []
