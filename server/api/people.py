"""Departments and people: looking them up, and keeping them for administrators."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from review.ids import DepartmentId
from review.people import Department, Person, Role
from review.ports import Kept
from server.api.route import Call, Created, Reply, Route
from server.api.shapes import Query, Shape
from server.problems import Problem
from server.services.directory import NewPerson


class DepartmentShape(Shape):
    id: str
    code: str
    name: str


class NewDepartment(Shape):
    code: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=200)


class PersonShape(Shape):
    id: str
    name: str
    departments: list[str]
    roles: list[str]


class Account(PersonShape):
    """A person as an administrator sees it."""

    login: str
    locale: str
    active: bool
    rev: int


class PeopleQuery(Query):
    q: str = ""
    department: str | None = None


class NewAccount(Shape):
    login: str = Field(min_length=1, max_length=100, pattern=r"^[\w.@-]+$")
    name: str = Field(min_length=1, max_length=200)
    password: str = Field(max_length=1000)
    departments: list[str]
    roles: list[Role] = Field(strict=False)
    locale: str = "cs"


class AccountChange(Shape):
    name: str | None = Field(None, min_length=1, max_length=200)
    departments: list[str] | None = None
    roles: list[Role] | None = Field(None, strict=False)
    active: bool | None = None
    password: str | None = Field(None, max_length=1000)


def department_shape(department: Department) -> DepartmentShape:
    return DepartmentShape(id=department.id, code=department.code, name=department.name)


def person_shape(person: Person) -> PersonShape:
    return PersonShape(
        id=person.id, name=person.name, departments=list(person.departments), roles=[str(r) for r in person.roles]
    )


def account(kept: Kept[Person]) -> Account:
    person = kept.value
    return Account(
        id=person.id,
        name=person.name,
        departments=list(person.departments),
        roles=[str(role) for role in person.roles],
        login=person.login,
        locale=person.locale,
        active=person.active,
        rev=kept.rev,
    )


def administrator(call: Call) -> Person:
    """The caller, when an administrator; to others these pages do not exist."""
    if Role.ADMINISTRATOR not in call.person.roles:
        raise Problem("forbidden")
    return call.person


async def departments(call: Call) -> Reply:
    return Reply([department_shape(d) for d in await call.office.directory.all_departments()])


async def add_department(call: Call, body: NewDepartment) -> Reply:
    by = administrator(call)
    added = await call.office.directory.add_department(body.code, body.name, by.id, call.fresh)
    return Reply(department_shape(added))


async def department_added(call: Call) -> Reply:
    administrator(call)
    return Reply(department_shape(await call.office.directory.department(call.fresh)))


async def people(call: Call, query: PeopleQuery) -> Reply:
    return Reply([person_shape(p) for p in await call.office.directory.search(query.q, query.department)])


async def accounts(call: Call) -> Reply:
    administrator(call)
    found = sorted(await call.office.stores.people.all(), key=lambda kept: kept.value.name)
    return Reply([account(kept) for kept in found])


async def add_account(call: Call, body: NewAccount) -> Reply:
    by = administrator(call)
    new = NewPerson(
        body.login,
        body.name,
        body.password,
        tuple(map(DepartmentId, body.departments)),
        tuple(body.roles),
        body.locale,
    )
    kept = await call.office.directory.add_person(new, by.id, call.fresh)
    return Reply(account(kept), rev=kept.rev)


async def account_added(call: Call) -> Reply:
    return await one_account(call.at(person=call.fresh))


async def one_account(call: Call) -> Reply:
    administrator(call)
    kept = await call.office.stores.people.get(call.part("person"))
    return Reply(account(kept), rev=kept.rev)


async def change_account(call: Call, body: AccountChange) -> Reply:
    """Who is made inactive is signed out everywhere; another password ends tokens too."""
    by = administrator(call)
    people = call.office.stores.people
    kept = await people.get(call.part("person"))
    call.match(kept.rev)
    person = kept.value
    changed = replace(
        person,
        name=body.name or person.name,
        departments=person.departments if body.departments is None else tuple(map(DepartmentId, body.departments)),
        roles=person.roles if body.roles is None else tuple(body.roles),
        active=person.active if body.active is None else body.active,
    )
    kept = await call.office.directory.change_person(kept, changed, by.id)
    if body.password is not None:
        await call.office.directory.set_password(kept, body.password, by.id)
    if body.password is not None:
        await call.office.sign_in.end_everything(person.id)
    elif not changed.active:
        await call.office.sign_in.end_all(person.id)
    kept = await people.get(person.id)
    return Reply(account(kept), rev=kept.rev)


ONE = "/api/v1/accounts/{person}"
DEPARTMENT, ACCOUNT = Created(department_added), Created(account_added, ONE)
ROUTES = (
    Route("GET", "/api/v1/departments", departments, "All departments", list[DepartmentShape]),
    Route("POST", "/api/v1/departments", add_department, "Add a department", DepartmentShape, 201, creates=DEPARTMENT),
    Route("GET", "/api/v1/people", people, "Look people up by name", list[PersonShape]),
    Route("GET", "/api/v1/accounts", accounts, "All accounts, for administrators", list[Account]),
    Route("POST", "/api/v1/accounts", add_account, "Add a person", Account, 201, creates=ACCOUNT),
    Route("GET", ONE, one_account, "One account", Account),
    Route("PATCH", ONE, change_account, "Change an account", Account, needs_match=True),
)
