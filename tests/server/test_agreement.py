"""Whoever alters a record and computes its checksum and its places in the indexes anew is betrayed by the facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from review import handover, settlement
from review import round as rounds
from review.ids import ConsulteeId, DocumentId, PersonId
from review.opinion import CommentClass, Stance
from server.office import Office
from storage.engine import Flaw
from storage.records import Records
from storage.verification import verify
from tests.server.rounds import a_closed_review
from tests.server.spisovka import offered, written
from tests.server.world import World

STRANGER = PersonId("stranger")
LATER = timedelta(days=1)
Change = Callable[[Any], Any]


async def flaws_of(office: Office) -> tuple[Flaw, ...]:
    kinds = {name: getattr(office.stores, name) for name in ("versions", "rounds", "comments", "handovers")}
    return (await verify(kinds["versions"].engine, kinds)).flaws


async def found(office: Office, kind: str, id: str, change: Change) -> list[str]:
    """What is told of the altered record, which then is as before."""
    records: Records[Any] = getattr(office.stores, kind)
    before = await records.get(id)
    altered = await records.replace(before, change(before.value))
    told = [flaw.why.removeprefix("the facts tell otherwise: its ") for flaw in await flaws_of(office)]
    await records.replace(altered, before.value)
    return told


async def test_rounds_and_comments_that_say_otherwise_than_their_facts_are_named(world: World) -> None:
    review, comment = await a_closed_review(world, **{"class": "major", "justification": "zákon"})
    assert (await review.settle(comment, "rejected", reason="nelze")).status == 200
    assert (await review.ask("kralova", "PUT", f"/comments/{comment}/answer", {"agree": True})).status == 200
    assert await flaws_of(world.office) == ()
    culture = ConsulteeId(review.id("OK"))

    def opinion(**changed: Any) -> Change:
        return lambda r: replace(r, opinions={**r.opinions, culture: replace(r.opinions[culture], **changed)})

    def settled(**changed: Any) -> Change:
        return lambda c: replace(c, settlements=(replace(c.settlements[0], **changed),))

    of_round: list[tuple[Change, str]] = [
        (lambda r: replace(r, state=rounds.State.OPEN), "state"),
        (lambda r: replace(r, number=7), "number"),
        (lambda r: replace(r, document=DocumentId("d")), "document"),
        (lambda r: replace(r, opinions={}), "opinions"),
        (opinion(stance=Stance.NO_COMMENTS), f"opinion of {culture}"),
        (opinion(late=True), f"opinion of {culture}"),
        (opinion(by=STRANGER), f"speaker of {culture}"),
    ]
    of_comment: list[tuple[Change, str]] = [
        (settled(kind=settlement.SettlementKind.ACCEPTED), "settlements"),
        (settled(confirmed=False), "settlements"),
        (settled(by=STRANGER), "settler of settlement 1"),
        (lambda c: replace(c, settlements=()), "settlements"),
        (lambda c: replace(c, answers=(replace(c.answers[0], agree=False),)), "answers"),
        (lambda c: replace(c, kind=CommentClass.EDITORIAL), "class"),
        (lambda c: replace(c, author=STRANGER), "author"),
        (lambda c: replace(c, number=9), "number"),
    ]
    for change, what in of_round:
        assert what in await found(world.office, "rounds", review.round, change)
    for change, what in of_comment:
        assert what in await found(world.office, "comments", comment, change)
    assert await flaws_of(world.office) == ()
    await world.office.stores.comments.delete(await world.office.stores.comments.get(comment))
    assert await flaws_of(world.office) == (Flaw(f"comment {comment}", "the facts name it, and it is missing"),)


async def test_versions_and_hand_overs_that_say_otherwise_than_their_facts_are_named(world: World) -> None:
    office = world.office
    id = await offered(world, await written(world))
    kept = (await office.stores.handovers.get(id)).value
    assert await flaws_of(office) == ()
    other = await office.blobs.put(b"no package")
    registration = handover.Registration("KÚ 1", "51.1", handover.RetentionSign.ARCHIVE, retention_years=5)

    def packages(**changed: Any) -> Change:
        return lambda h: replace(h, packages={name: replace(one, **changed) for name, one in h.packages.items()})

    def signature(**changed: Any) -> Change:
        return lambda v: replace(v, signatures=(replace(v.signatures[0], **changed),))

    of_handover: list[tuple[Change, str]] = [
        (lambda h: replace(h, state=handover.State.ARCHIVED), "state"),
        (lambda h: replace(h, archive_id="forged"), "archive's identifier"),
        (lambda h: replace(h, registration=registration), "registration"),
        (lambda h: replace(h, receipt=other), "receipt"),
        (lambda h: replace(h, attempt=2), "attempt"),
        (lambda h: replace(h, document=DocumentId("d")), "document"),
        (packages(sha256=other), "packages"),
        (lambda h: replace(h, packages=dict(list(h.packages.items())[:1])), "formats"),
    ]
    of_version: list[tuple[Change, str]] = [
        (lambda v: replace(v, file=v.earlier_files[0], earlier_files=(*v.earlier_files, v.file)), "files"),
        (lambda v: replace(v, published=not v.published), "publication"),
        (lambda v: replace(v, supersedes=v.id), "predecessor"),
        (signature(by=STRANGER), "signer of Podpis1"),
        (signature(level="B-B"), "signature Podpis1"),
        (lambda v: replace(v, signatures=(replace(v.signatures[0], at=v.created - LATER),)), "signature Podpis1"),
    ]
    for change, what in of_handover:
        assert what in await found(office, "handovers", id, change)
    for change, what in of_version:
        assert what in await found(office, "versions", kept.version, change)
    assert await flaws_of(office) == ()
