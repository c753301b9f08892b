"""Consultees as people: who speaks for them, who works for them, and how they are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from review.document import Document, MemberRole
from review.errors import Invalid
from review.ids import ConsulteeId, PersonId
from review.opinion import Consultee
from review.people import Department, Person, Role
from review.permissions import SPEAKERS, STAFF, Case, Place, Right, may
from review.ports import Repository
from review.report import Names


def place_of(consultee: Consultee) -> Place:
    return Place(consultee.department, consultee.person, consultee.coordinator)


def works_for(person: Person, document: Document, consultee: Consultee) -> bool:
    """Drafts its comments and sees them before they are submitted."""
    return may(Right.COMMENT, Case(person, document, place_of(consultee)))


def speaks_for(person: Person, document: Document, consultee: Consultee) -> bool:
    """Submits its opinion, answers settlements, withdraws."""
    return may(Right.OPINE, Case(person, document, place_of(consultee)))


def submitters(document: Document) -> tuple[PersonId, ...]:
    return tuple(id for id, role in document.members.items() if role is MemberRole.SUBMITTER)


@dataclass(frozen=True, slots=True)
class Consultees:
    people: Repository[Person]
    departments: Repository[Department]

    async def check(self, consultees: Iterable[Consultee]) -> None:
        """Everybody named exists and is active. Raises `Invalid` with the place."""
        departments = {kept.id for kept in await self.departments.all()}
        people = {kept.id for kept in await self.people.all() if kept.value.active}
        for n, consultee in enumerate(consultees):
            named = (
                ("department", consultee.department, departments),
                ("person", consultee.person, people),
                ("coordinator", consultee.coordinator, people),
            )
            for name, id, known in named:
                if id and id not in known:
                    raise Invalid(f"consultees.{n}.{name}", "unknown")

    async def staff(self, *consultees: Consultee) -> dict[ConsulteeId, tuple[PersonId, ...]]:
        """Everybody who works for each: they alone are told of its drafts."""
        return await self._of(consultees, STAFF)

    async def speakers(self, *consultees: Consultee) -> dict[ConsulteeId, tuple[PersonId, ...]]:
        """Who may submit each one's opinion and answer for it."""
        return await self._of(consultees, SPEAKERS)

    async def _of(
        self, consultees: Iterable[Consultee], roles: frozenset[Role]
    ) -> dict[ConsulteeId, tuple[PersonId, ...]]:
        people = [kept.value for kept in await self.people.all() if kept.value.active]
        return {
            consultee.id: tuple(person.id for person in people if _belongs(person, consultee, roles))
            for consultee in consultees
        }

    async def names(self) -> Names:
        people = {kept.id: kept.value.name for kept in await self.people.all()}
        departments = {kept.id: kept.value.name for kept in await self.departments.all()}
        return Names(people, departments)


def _belongs(person: Person, consultee: Consultee, roles: frozenset[Role]) -> bool:
    if person.id in (consultee.person, consultee.coordinator):
        return True
    return consultee.department in person.departments and bool(roles & set(person.roles))
