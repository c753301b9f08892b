"""Fills an empty database with the demonstration office, and knows afterwards how to sign in there."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from review.errors import PortError
from review.people import Person
from review.ports import Kept
from server.demo.calendar import StoryClock
from server.demo.papers import contents, papers
from server.demo.people import DEPARTMENTS, PEOPLE, Colleague
from server.demo.story import tell
from server.demo.telling import Telling
from server.identity.passwords import matches
from server.office import Office
from server.services.directory import NewPerson

BEGINNING = 20
"""Working days before today on which the story begins."""
KEPT = "demo.json"
PIN_DIGITS = 6


class SignIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one person of the demonstration office signs in; `pin` opens the credential of who has one."""

    login: str
    password: str
    name: str
    department: str
    roles: list[str]
    pin: str = ""


@dataclass(eq=False)
class NotEmpty(PortError):
    """The database holds an office already, and not this one."""

    code = "not_empty"
    people: int

    def __str__(self) -> str:
        return f"the database is not empty ({self.people} people): the demonstration office fills only an empty one"


async def is_empty(office: Office) -> bool:
    return not (await office.stores.people.find(limit=1)).items


async def fill(office: Office, clock: StoryClock, password: str) -> list[SignIn]:
    """Raises `NotEmpty`, and `weak_password` for a password that nobody should have."""
    if not await is_empty(office):
        raise NotEmpty(len(await office.stores.people.all()))
    read = papers()
    telling = Telling(office, clock, read, await contents(read))
    for code, name in DEPARTMENTS.items():
        telling.departments[code] = (await office.directory.add_department(code, name)).id
    sign_ins = await asyncio.gather(*(_welcome(telling, colleague, password) for colleague in PEOPLE))
    await tell(telling)
    _keep(office.settings.data, sign_ins)
    return sign_ins


async def _welcome(telling: Telling, colleague: Colleague, password: str) -> SignIn:
    departments = (telling.departments[colleague.department],)
    new = NewPerson(colleague.login, colleague.name, password, departments, colleague.roles)
    person = (await telling.office.directory.add_person(new)).value
    telling.people[colleague.login] = person
    pin = await _credential(telling, person) if colleague.signs else ""
    roles = [str(role) for role in colleague.roles]
    return SignIn(colleague.login, password, colleague.name, DEPARTMENTS[colleague.department], roles, pin)


async def _credential(telling: Telling, person: Person) -> str:
    """A key of the demonstration's own infrastructure, as if it had been uploaded; its PIN."""
    signatures, pin = telling.office.signatures, "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
    pki = await signatures.trust.pki()
    store = await asyncio.to_thread(pki.issue, person.name, telling.office.settings.office, pin, telling.clock())
    await signatures.credentials.add(person, store, pin)
    telling.pins[person.login] = pin
    return pin


def chosen_password(environment: Mapping[str, str] = os.environ) -> str:
    """`PARAPH_DEMO_PASSWORD`, else a random one."""
    return environment.get("PARAPH_DEMO_PASSWORD") or secrets.token_urlsafe(9)


def _keep(folder: Path, sign_ins: list[SignIn]) -> None:
    """For nobody else's eyes, so that the sign-ins can be shown again."""
    path = folder / KEPT
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(sign_ins)))


async def told_before(office: Office) -> list[SignIn]:
    """The sign-ins of an office that was filled before, of those whose password is still the same. None: not ours."""
    try:
        kept = msgspec.json.decode((office.settings.data / KEPT).read_bytes(), type=list[SignIn])
    except (OSError, msgspec.DecodeError):
        return []
    return [sign_in for sign_in in kept if await _still_fits(office, sign_in)]


async def _still_fits(office: Office, sign_in: SignIn) -> bool:
    found: list[Kept[Person]] = list((await office.stores.people.find(login=sign_in.login, limit=1)).items)
    return bool(found) and await matches(found[0].value.password, sign_in.password)
