from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from review.errors import PackageFault
from review.facts import Fact
from review.ids import DocumentId
from server.services.proofs import Proofs, Trail
from tests.server.spisovka import signed, written
from tests.server.world import World


@dataclass(slots=True)
class Restless:
    """The office's trail, while the document goes on for some time after each sealing."""

    trail: Trail
    world: World
    document: str
    restless: int

    async def seal(self) -> object:
        sealed = await self.trail.seal()
        if self.restless:
            self.restless -= 1
            fact = Fact("document.changed", self.world.office.clock(), None, DocumentId(self.document))
            await self.world.office.facts.append([fact])
        return sealed

    async def extract(self, document: DocumentId) -> Mapping[str, Any]:
        return await self.trail.extract(document)


def proofs(world: World, trail: Trail) -> Proofs:
    office = world.office
    rounds, reports = office.reviewing.rounds, office.reviewing.reports
    return Proofs(rounds, reports, office.signatures.trust, trail, office.clock)


async def test_the_trail_in_a_package_is_time_stamped_though_the_document_goes_on(world: World) -> None:
    office, version = world.office, (await signed(world, (await written(world))["id"])).value
    document = (await office.stores.documents.get(version.document)).value
    pdf = await office.blobs.get(version.file or "")
    restless = Restless(office.registry.trail, world, document.id, 3)
    files = {file.path: file.data for file in await proofs(world, restless).of(document, version, pdf)}
    extract = json.loads(files["audit-extract.json"])
    assert extract["head"]["token"]
    assert [entry["type"] for entry in extract["entries"]].count("document.changed") == 3
    report = json.loads(files["validation-report.json"])
    assert (report["verdict"], report["signatures"][0]["indication"]) == ("valid", "TOTAL-PASSED")

    never = replace(restless, restless=1000)
    with pytest.raises(PackageFault, match="stand still"):
        await proofs(world, never).of(document, version, pdf)


async def test_a_document_that_was_altered_after_signing_has_no_proof(world: World) -> None:
    office, version = world.office, (await signed(world, (await written(world))["id"])).value
    document = (await office.stores.documents.get(version.document)).value
    pdf = (await office.blobs.get(version.file or "")).replace(b"/Producer", b"/Producex", 1)
    with pytest.raises(PackageFault, match="signatures do not hold"):
        await proofs(world, office.registry.trail).of(document, version, pdf)
