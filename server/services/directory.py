"""People and departments: who there is, and keeping them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace

from review.errors import NotFound, Unavailable
from review.facts import Fact
from review.ids import DepartmentId, PersonId, new_id
from review.people import Department, Person, Role
from review.ports import Clock, Kept, Repository
from server.identity.passwords import MAX_LENGTH, MIN_LENGTH, hash_password
from server.problems import LOCALES, Field, Problem


@dataclass(frozen=True, slots=True)
class NewPerson:
    login: str
    name: str
    password: str
    departments: tuple[DepartmentId, ...]
    roles: tuple[Role, ...]
    locale: str = "cs"


@dataclass(frozen=True, slots=True)
class Directory:
    """`by` is the administrator who acts, None for the command line."""

    people: Repository[Person]
    departments: Repository[Department]
    clock: Clock
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def person(self, id: PersonId) -> Person:
        return (await self.people.get(id)).value

    async def names(self) -> dict[PersonId, str]:
        return {kept.value.id: kept.value.name for kept in await self.people.all()}

    async def search(self, words: str, department: str | None) -> list[Person]:
        """By the beginning of any word of the name, in order of names; the inactive left out."""
        wanted = words.casefold()
        found = [
            kept.value
            for kept in await self.people.all()
            if kept.value.active
            and (department is None or department in kept.value.departments)
            and any(word.startswith(wanted) for word in (*kept.value.name.casefold().split(), kept.value.login))
        ]
        return sorted(found, key=lambda person: person.name)

    async def department(self, id: str) -> Department:
        return (await self.departments.get(id)).value

    async def department_of(self, person: Person) -> str:
        """The name of the person's first department that is known; empty without one, or while storage is silent."""
        for id in person.departments:
            with suppress(NotFound, Unavailable):
                return (await self.department(id)).name
        return ""

    async def all_departments(self) -> list[Department]:
        return sorted((kept.value for kept in await self.departments.all()), key=lambda d: d.name)

    async def add_department(
        self, code: str, name: str, by: PersonId | None = None, id: str | None = None
    ) -> Department:
        department = Department(DepartmentId(id or new_id()), code, name)
        fact = Fact("department.added", self.clock(), by, data={"department": department.id})
        await self.departments.insert(department.id, department, [fact])
        return department

    async def add_person(self, new: NewPerson, by: PersonId | None = None, id: str | None = None) -> Kept[Person]:
        """Raises `weak_password`, `already_there` for a login that is taken, `invalid` for an unknown department."""
        login = new.login.strip().lower()
        check_password(new.password, login)
        await self._check(new.departments, new.locale)
        person = Person(
            PersonId(id or new_id()),
            login,
            new.name.strip(),
            new.locale,
            new.departments,
            new.roles,
            await hash_password(new.password),
        )
        fact = Fact("person.added", self.clock(), by, data={"person": person.id, "roles": list(person.roles)})
        return await self.people.insert(person.id, person, [fact])

    async def change_person(self, kept: Kept[Person], changed: Person, by: PersonId | None) -> Kept[Person]:
        """Raises `last_administrator` for a change after which nobody would administer."""
        await self._check(changed.departments, changed.locale)
        data = {"person": changed.id, "roles": list(changed.roles), "active": changed.active}
        async with self._changing:
            await self._keep_an_administrator(kept.value, changed)
            return await self.people.replace(kept, changed, [Fact("person.changed", self.clock(), by, data=data)])

    async def _keep_an_administrator(self, before: Person, after: Person) -> None:
        if not _administers(before) or _administers(after):
            return
        if not any(_administers(kept.value) for kept in await self.people.all() if kept.id != before.id):
            raise Problem("last_administrator")

    async def set_password(self, kept: Kept[Person], password: str, by: PersonId | None = None) -> None:
        check_password(password, kept.value.login)
        changed = replace(kept.value, password=await hash_password(password))
        fact = Fact("person.password_set", self.clock(), by, data={"person": kept.value.id})
        await self.people.replace(kept, changed, [fact])

    async def _check(self, departments: tuple[DepartmentId, ...], locale: str) -> None:
        if locale not in LOCALES:
            raise Problem("invalid", fields=[Field("locale", "enum", {"expected": ", ".join(LOCALES)})])
        for id in departments:
            try:
                await self.departments.get(id)
            except NotFound:
                raise Problem("invalid", fields=[Field("departments", "unknown")]) from None


def _administers(person: Person) -> bool:
    return person.active and Role.ADMINISTRATOR in person.roles


def check_password(password: str, login: str) -> None:
    """At least ten characters, at most two hundred, and not around the login."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH or login in password.lower():
        raise Problem("weak_password", fields=[Field("password", "weak")])
