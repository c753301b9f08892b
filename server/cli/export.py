"""`paraph export DOCUMENT DIR`: everything of one document as plain files, for whoever has no Paraph."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from review.content import to_json
from review.document import Document, Version
from review.suggestions import agreed
from server.app import open_office
from server.cli.command import STORAGE_OPTIONS, Command, add_settings, settings_of
from server.cli.running import Result, add_json, existing, running
from server.office import Office
from storage.opening import Access


async def export(chosen: argparse.Namespace) -> Result:
    """Raises `NotFound` for an unknown document and `FileExistsError` for a folder that is not empty."""
    _check_empty(chosen.folder)
    async with open_office(existing(settings_of(chosen)), Access.BESIDE) as office:
        document = (await office.stores.documents.get(chosen.document)).value
        files = await _files(office, document)
    _write(chosen.folder, files)
    told = {"document": document.id, "folder": str(chosen.folder), "files": sorted(files)}
    return Result(told, [*sorted(files), f"{len(files)} files in {chosen.folder}"])


def _check_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


async def _files(office: Office, document: Document) -> dict[str, bytes]:
    draft = await office.rooms.content(document.id)
    files = {
        "document.json": _json(asdict(document)),
        "draft.json": _json(to_json(draft)),
        "draft.txt": agreed(draft).plain.encode(),
        "audit-extract.json": _json(await office.registry.trail.extract(document.id)),
    }
    for id in document.versions:
        version = (await office.stores.versions.get(id)).value
        files |= await _version(office, version)
    for kept in await office.stores.handovers.all(document=document.id):
        for package in kept.value.packages.values():
            files[f"packages/{package.path}"] = await office.blobs.get(package.sha256)
    for kept_thread in await office.stores.threads.all(document=document.id):
        files[f"threads/{kept_thread.id}.json"] = _json(asdict(kept_thread.value))
    for kept_round in await office.stores.rounds.all(document=document.id):
        files[f"rounds/{kept_round.value.number}.json"] = _json(asdict(kept_round.value))
    return files


async def _version(office: Office, version: Version) -> dict[str, bytes]:
    folder = f"versions/{version.number}-{version.kind}"
    files = {
        f"{folder}/version.json": _json(asdict(version)),
        f"{folder}/content.json": await office.blobs.get(version.content),
    }
    if version.file:
        files[f"{folder}/document.pdf"] = await office.blobs.get(version.file)
    return files


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=_plain).encode() + b"\n"


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", help="its id")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    add_settings(parser, *STORAGE_OPTIONS)
    add_json(parser)


COMMAND = Command("export", "Write everything of one document into a folder", arguments, running(export))
