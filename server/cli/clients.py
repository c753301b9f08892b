"""`paraph client add · list`: programs of a registry."""

from __future__ import annotations

import argparse

from server.app import open_office
from server.cli.command import STORAGE_OPTIONS, Command, add_settings, settings_of
from server.cli.running import Result, add_json, running
from server.identity.clients import SCOPES
from storage.opening import Access


async def add(chosen: argparse.Namespace) -> Result:
    async with open_office(settings_of(chosen), Access.BESIDE) as office:
        client, secret = await office.clients.add(chosen.name, (chosen.scopes or "").split())
    told = {"client_id": client.id, "client_secret": secret, "scopes": list(client.scopes)}
    lines = (
        f"client_id      {client.id}",
        f"client_secret  {secret}",
        f"scopes         {' '.join(client.scopes)}",
        "The secret is shown this once.",
    )
    return Result(told, lines)


async def listed(chosen: argparse.Namespace) -> Result:
    async with open_office(settings_of(chosen), Access.BESIDE) as office:
        found = [kept.value for kept in await office.clients.listed()]
    told = [{"client_id": one.id, "name": one.name, "scopes": list(one.scopes), "active": one.active} for one in found]
    lines = [f"{one.id}  {one.name}  {' '.join(one.scopes)}{'' if one.active else '  closed'}" for one in found]
    return Result(told, lines or ["No clients yet."])


def arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    adding = acts.add_parser("add", help="add a client and show its secret once")
    adding.add_argument("name", help="what people know it by")
    adding.add_argument("--scopes", help=f"some of: {' '.join(SCOPES)}; all unless named")
    adding.set_defaults(work=add)
    listing = acts.add_parser("list", help="all clients")
    listing.set_defaults(work=listed)
    for act in (adding, listing):
        add_settings(act, *STORAGE_OPTIONS)
        add_json(act)


def run(chosen: argparse.Namespace) -> int:
    return running(chosen.work)(chosen)


COMMAND = Command("client", "Look after registry clients", arguments, run)
