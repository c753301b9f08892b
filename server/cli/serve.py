"""`paraph serve`: the server, until Ctrl-C or SIGTERM; then it drains and stops."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import resource
import signal
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from server.app import open_app
from server.cli.command import Command, add_settings, settings_of
from server.cli.running import REFUSED, cannot_write, database_file, why
from server.edge import Runner, silent_of
from server.settings import BadSetting, Settings, require_servable
from storage.errors import StorageError

HAND_OVER = 0.0005
"""Seconds until a thread that waits for the interpreter gets it. The default, ten times that, makes the writing thread
wait before every statement: with 200 documents edited at once an edit took 477 ms (median) to its reader, now 35."""


def run(chosen: argparse.Namespace) -> int:
    sys.setswitchinterval(HAND_OVER)
    open_files()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    file: Path | None = None
    try:
        settings = settings_of(chosen)
        file = database_file(settings)
        return uvloop.run(serve(settings))
    except (StorageError, BadSetting, OSError) as error:
        if isinstance(error, OSError) and not cannot_write(error):
            raise
        print(f"paraph: {why(error, file.parent if file else None)}", file=sys.stderr)
        return REFUSED


def open_files() -> None:
    """As many as the system allows: each connection is one, and the usual 1,024 are soon taken by silent ones."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def pin_program() -> None:
    """What the program itself consists of stays as long as it runs: the garbage collector need not look through it.
    A full collection stops the loop for 17 ms instead of 120.
    """
    gc.collect()
    gc.freeze()


async def serve(settings: Settings) -> int:
    """Prints `Paraph ready at URL` when connections are accepted. Raises `StorageError`, `BadSetting`."""
    require_servable(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with open_app(settings) as app:
        runner = Runner(app, silent_of(settings))
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            print(f"Port {settings.port} of {settings.host} is not free: {error.strerror}", file=sys.stderr)
            await runner.cleanup()
            return 1
        pin_program()
        print(f"Paraph ready at {settings.url}", flush=True)
        await stopping.wait()
        await runner.cleanup()
    return 0


COMMAND = Command("serve", "Start the server", add_settings, run)
