"""`paraph migrate`: brings the database to what this program needs. The server does the same at its start."""

from __future__ import annotations

import argparse

from server.app import open_storage
from server.cli.command import STORAGE_OPTIONS, Command, add_settings, settings_of
from server.cli.running import Result, add_json, running


async def migrate(chosen: argparse.Namespace) -> Result:
    async with open_storage(settings_of(chosen)) as storage:
        health = await storage.engine.health()
    told = {"engine": health.engine, "version": health.version, "writable": health.writable}
    lines = [f"{health.engine} {health.version}: ready{'' if health.writable else ', but ' + health.detail}"]
    return Result(told, lines, health.writable)


def arguments(parser: argparse.ArgumentParser) -> None:
    add_settings(parser, *STORAGE_OPTIONS)
    add_json(parser)


COMMAND = Command("migrate", "Bring the database up to date", arguments, running(migrate))
