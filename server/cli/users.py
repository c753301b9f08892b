"""`paraph user add · passwd · list`: people, when nobody can sign in to do it in the browser."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys

from review.errors import NotFound
from review.ids import DepartmentId
from review.people import Person, Role
from review.ports import Kept
from server.app import open_office
from server.cli.command import STORAGE_OPTIONS, Command, add_settings, settings_of
from server.cli.running import Result, add_json, running
from server.office import Office
from server.services.directory import NewPerson
from storage.opening import Access


async def add(chosen: argparse.Namespace) -> Result:
    password, made = _password(chosen)
    async with open_office(settings_of(chosen), Access.BESIDE) as office:
        departments = tuple([await _department(office, code) for code in chosen.department])
        roles = tuple(Role(role) for role in dict.fromkeys(chosen.role))
        new = NewPerson(chosen.login, chosen.name, password, departments, roles, chosen.locale)
        person = (await office.directory.add_person(new)).value
    told = {"id": person.id, "login": person.login, "roles": list(person.roles)}
    lines = [f"{person.login} added: {person.name}, {', '.join(person.roles) or 'no roles'}"]
    return Result(told | ({"password": password} if made else {}), lines + _shown(password, made))


async def passwd(chosen: argparse.Namespace) -> Result:
    """Everywhere the person was signed in, it is signed out."""
    password, made = _password(chosen)
    async with open_office(settings_of(chosen), Access.BESIDE) as office:
        kept = await _person(office, chosen.login)
        await office.directory.set_password(kept, password)
        await office.sign_in.end_everything(kept.value.id)
    told = {"login": kept.value.login}
    return Result(
        told | ({"password": password} if made else {}), [f"{chosen.login}: new password", *_shown(password, made)]
    )


async def listed(chosen: argparse.Namespace) -> Result:
    async with open_office(settings_of(chosen), Access.BESIDE) as office:
        people = sorted((kept.value for kept in await office.stores.people.all()), key=lambda one: one.login)
        codes = {department.id: department.code for department in await office.directory.all_departments()}
    told = [
        {
            "login": one.login,
            "name": one.name,
            "departments": [codes.get(id, id) for id in one.departments],
            "roles": list(one.roles),
            "active": one.active,
        }
        for one in people
    ]
    lines = [f"{one.login}  {one.name}  {', '.join(one.roles)}{'' if one.active else '  inactive'}" for one in people]
    return Result(told, lines or ["Nobody yet."])


def _password(chosen: argparse.Namespace) -> tuple[str, bool]:
    """From standard input, from a prompt, else a random one; whether it was made up here."""
    if chosen.password_stdin:
        return sys.stdin.readline().rstrip("\n"), False
    if chosen.generate or not sys.stdin.isatty():
        return secrets.token_urlsafe(12), True
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise ValueError("the two passwords differ")
    return first, False


def _shown(password: str, made: bool) -> list[str]:
    return [f"password  {password}"] if made else []


async def _department(office: Office, code: str) -> DepartmentId:
    found = await office.stores.departments.find(code=code, limit=1)
    if not found.items:
        raise NotFound("department", code)
    return found.items[0].value.id


async def _person(office: Office, login: str) -> Kept[Person]:
    found = await office.stores.people.find(login=login.strip().lower(), limit=1)
    if not found.items:
        raise NotFound("person", login)
    return found.items[0]


def arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    adding = acts.add_parser("add", help="add a person")
    adding.add_argument("login")
    adding.add_argument("name", help="first name and family name")
    adding.add_argument("--department", action="append", default=[], metavar="CODE", help="may be given again")
    adding.add_argument("--role", action="append", default=[], choices=[str(role) for role in Role])
    adding.add_argument("--locale", default="cs", choices=["cs", "en"])
    adding.set_defaults(work=add)
    changing = acts.add_parser("passwd", help="set a new password; ends the person's sessions and tokens")
    changing.add_argument("login")
    changing.set_defaults(work=passwd)
    listing = acts.add_parser("list", help="everybody")
    listing.set_defaults(work=listed)
    for act in (adding, changing):
        act.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        act.add_argument("--generate", action="store_true", help="make a random password and show it")
    for act in (adding, changing, listing):
        add_settings(act, *STORAGE_OPTIONS)
        add_json(act)


def run(chosen: argparse.Namespace) -> int:
    return running(chosen.work)(chosen)


COMMAND = Command("user", "Look after people", arguments, run)
