"""All commands."""

from __future__ import annotations

from server.cli import openapi, serve
from server.cli.command import Command

COMMANDS: tuple[Command, ...] = (serve.COMMAND, openapi.COMMAND)
