"""`paraph backup FILE` and `paraph restore FILE`: everything in the database as one portable file, and back."""

from __future__ import annotations

import argparse
from pathlib import Path

from server.app import open_storage
from server.cli.command import STORAGE_OPTIONS, Command, add_settings, settings_of
from server.cli.running import Result, add_json, existing, running
from storage import backup as files
from storage.opening import Access


async def make(chosen: argparse.Namespace) -> Result:
    async with open_storage(existing(settings_of(chosen)), Access.BESIDE) as storage:
        await files.backup(storage.engine, chosen.file)
    checked = files.check(chosen.file)
    size = chosen.file.stat().st_size
    told = {"file": str(chosen.file), "items": checked.items, "sha256": checked.sha256, "size": size}
    lines = (
        f"{chosen.file}: {checked.items} items, {size} bytes, read back and whole",
        f"Keep the folder {settings_of(chosen).data / 'secrets'} as well: its keys are not in the file.",
    )
    return Result(told, lines)


async def take_back(chosen: argparse.Namespace) -> Result:
    async with open_storage(settings_of(chosen)) as storage:
        summary = await files.restore(storage.engine, chosen.file)
    told = {"file": str(chosen.file), "items": summary.items, "sha256": summary.sha256, "epoch": summary.epoch}
    return Result(told, [f"{chosen.file}: {summary.items} items restored, epoch {summary.epoch}"])


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    add_settings(parser, *STORAGE_OPTIONS)
    add_json(parser)


COMMANDS = (
    Command("backup", "Write everything to one file, also while the server runs", arguments, running(make)),
    Command("restore", "Fill an empty database from such a file", arguments, running(take_back)),
)
