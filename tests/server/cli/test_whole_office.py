"""Commands on an office in which something was signed and handed over, beside the server that did it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from server.__main__ import main
from storage.packages.check import inspect
from tests.server.spisovka import offered, written
from tests.server.world import World
from tests.storage.packages.judges import commons_ip, unpacked_bag


def _packages(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "packages").iterdir()]


async def test_others_find_the_packages_of_a_signed_document_valid(world: World, tmp_path: Path) -> None:
    id = await offered(world, await written(world))
    of = (await world.office.registry.handovers.get(id)).value
    name = f"paraph-{of.version}-1"
    sip, bag = [await world.office.blobs.get(of.packages[format].sha256) for format in ("eark-sip", "bagit")]
    report = await asyncio.to_thread(commons_ip, sip, name, tmp_path)
    assert (report["summary"]["result"], report["summary"]["errors"]) == ("VALID", 0), report
    unpacked_bag(bag, name, tmp_path / "bag").validate()


async def test_export_writes_all_of_a_document_and_verify_finds_nothing_altered(world: World, tmp_path: Path) -> None:
    document = await written(world, "Smlouva č. 1")
    handover = await offered(world, document)
    data, folder = ["--data", str(tmp_path)], tmp_path / "export"
    assert await asyncio.to_thread(main, ["verify", *data]) == 0
    assert await asyncio.to_thread(main, ["export", document["id"], str(folder), *data]) == 0
    written_files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"document.json", "draft.txt", "audit-extract.json", "versions/1-signed/document.pdf"} <= written_files
    packages = {found.format: found for found in map(inspect, _packages(folder))}
    assert set(packages) == {"bagit", "eark-sip"}
    assert json.loads((folder / "document.json").read_text("utf-8"))["title"] == "Smlouva č. 1"
    assert await asyncio.to_thread(main, ["export", document["id"], str(folder), *data]) == 2, "the folder is not empty"
    of = await world.office.registry.handovers.get(handover)
    assert (folder / "versions/1-signed/document.pdf").read_bytes() == await world.office.blobs.get(
        of.value.files[0].sha256
    )
