"""`paraph demo`: fills an empty database with the demonstration office, and shows how to sign in."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from server.app import now, open_office
from server.cli.command import STORAGE_OPTIONS, Command, add_settings, settings_of
from server.cli.running import Result, add_json, running
from server.demo.calendar import StoryClock
from server.demo.filling import BEGINNING, NotEmpty, SignIn, chosen_password, fill, is_empty, told_before
from server.demo.people import CODE, REGION
from server.settings import Settings
from storage.opening import Access


async def work(chosen: argparse.Namespace) -> Result:
    """An office that is there already may be served meanwhile: its sign-ins are shown all the same."""
    settings = replace(settings_of(chosen), office=REGION, office_code=CODE)
    async with open_office(settings, Access.BESIDE) as office:
        empty, sign_ins = await is_empty(office), await told_before(office)
        if not empty and not sign_ins and not chosen.if_empty:
            raise NotEmpty(len(await office.stores.people.all()))
    return _shown(await _filled(settings) if empty else sign_ins)


async def _filled(settings: Settings) -> list[SignIn]:
    clock = StoryClock.ending(now(), BEGINNING)
    async with open_office(settings, clock=clock) as office:
        return await fill(office, clock, chosen_password())


def _shown(sign_ins: Sequence[SignIn]) -> Result:
    lines = [f"{REGION} ({CODE}): the demonstration office", ""]
    lines += [_line("login", "password", "pin", "name, department, roles")]
    lines += [_line(s.login, s.password, s.pin, f"{s.name}, {s.department}, {' '.join(s.roles)}") for s in sign_ins]
    return Result(msgspec.to_builtins(sign_ins), lines if sign_ins else [])


def _line(login: str, password: str, pin: str, who: str) -> str:
    return f"{login:<11} {password:<16} {pin or '':<7} {who}"


def arguments(parser: argparse.ArgumentParser) -> None:
    add_settings(parser, *STORAGE_OPTIONS)
    parser.add_argument(
        "--if-empty", action="store_true", help="leave a database alone that holds another office, and say nothing"
    )
    add_json(parser)


COMMAND = Command("demo", "Fill an empty database with the demonstration office", arguments, running(work))
