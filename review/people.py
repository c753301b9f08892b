"""Who works here: people, their departments and what they are allowed to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from review.ids import DepartmentId, PersonId


class Role(StrEnum):
    EDITOR = "editor"
    SUBMITTER = "submitter"
    REVIEWER = "reviewer"
    COORDINATOR = "coordinator"
    HEAD = "head"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Department:
    id: DepartmentId
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """`password` is an argon2id hash in PHC form, empty for who may not sign in. Names are shown, ids are kept."""

    id: PersonId
    login: str
    name: str
    locale: str
    departments: tuple[DepartmentId, ...]
    roles: tuple[Role, ...]
    password: str = ""
    active: bool = True
