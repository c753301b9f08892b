"""All commands."""

from __future__ import annotations

from server.cli import backup, clients, demo, doctor, export, migrate, openapi, serve, users, verify
from server.cli.command import Command

COMMANDS: tuple[Command, ...] = (
    serve.COMMAND,
    demo.COMMAND,
    users.COMMAND,
    clients.COMMAND,
    *backup.COMMANDS,
    verify.COMMAND,
    doctor.COMMAND,
    migrate.COMMAND,
    export.COMMAND,
    openapi.COMMAND,
)
