"""The one permission table: who may do what with a document. HTTP, both sockets and the services ask it.

Predicates are pure and total: they never raise. What one may not read, one is not told of (404, not 403).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from review.document import Confidentiality, Document, MemberRole
from review.errors import Forbidden, NotFound
from review.ids import DepartmentId, PersonId
from review.people import Person, Role


class Right(StrEnum):
    READ = "read"
    EDIT = "edit"
    REMARK = "remark"
    MANAGE = "manage"
    RUN_ROUND = "run_round"
    REOPEN_ROUND = "reopen_round"
    COMMENT = "comment"
    OPINE = "opine"
    PROPOSE_SETTLEMENT = "propose_settlement"
    SETTLE = "settle"
    DECIDE_DISPUTE = "decide_dispute"
    FINALISE = "finalise"
    SIGN = "sign"
    CHANGE = "change"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Place:
    """The consultee that a right is asked for: a department, or a single person, and its named coordinator."""

    department: DepartmentId | None = None
    person: PersonId | None = None
    coordinator: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A question: may this person, with this document, for this consultee? `signers` are named in the running step."""

    person: Person
    document: Document
    place: Place | None = None
    signers: frozenset[PersonId] = frozenset()

    @property
    def membership(self) -> MemberRole | None:
        return self.document.members.get(self.person.id)

    @property
    def of_owner(self) -> bool:
        return self.document.department in self.person.departments


STAFF = frozenset({Role.REVIEWER, Role.COORDINATOR, Role.HEAD})
SPEAKERS = frozenset({Role.COORDINATOR, Role.HEAD})


def _asked(case: Case) -> bool:
    asked = set(case.person.departments) & set(case.document.asked_departments)
    return case.person.id in case.document.asked_people or bool(asked and STAFF & set(case.person.roles))


def _reads(case: Case) -> bool:
    if case.membership or Role.AUDITOR in case.person.roles or _asked(case) or case.person.id in case.signers:
        return True
    return case.of_owner and case.document.confidentiality is Confidentiality.INTERNAL


def _edits(case: Case) -> bool:
    return case.membership in (MemberRole.EDITOR, MemberRole.SUBMITTER)


def _submits(case: Case) -> bool:
    return case.membership is MemberRole.SUBMITTER


def _heads_owner(case: Case) -> bool:
    return case.of_owner and Role.HEAD in case.person.roles and _reads(case)


def _remarks(case: Case) -> bool:
    if case.membership:
        return case.membership is not MemberRole.READER
    working = set(Role) - {Role.AUDITOR, Role.ADMINISTRATOR}
    return (_asked(case) or _reads(case)) and bool(working & set(case.person.roles))


def _comments(case: Case) -> bool:
    place = case.place
    if place is None:
        return False
    if case.person.id in (place.person, place.coordinator):
        return True
    return place.department in case.person.departments and bool(STAFF & set(case.person.roles))


def _opines(case: Case) -> bool:
    place = case.place
    if place is None:
        return False
    if case.person.id in (place.person, place.coordinator):
        return True
    return place.department in case.person.departments and bool(SPEAKERS & set(case.person.roles))


def _decides(case: Case) -> bool:
    """Not the head of the department that disagrees: nobody decides the own dispute."""
    top = Role.APPROVER in case.person.roles and _reads(case)
    return top or _heads_owner(case)


TABLE: Mapping[Right, Callable[[Case], bool]] = {
    Right.READ: _reads,
    Right.EDIT: _edits,
    Right.REMARK: _remarks,
    Right.MANAGE: _submits,
    Right.RUN_ROUND: lambda case: _submits(case) or _heads_owner(case),
    Right.REOPEN_ROUND: _heads_owner,
    Right.COMMENT: _comments,
    Right.OPINE: _opines,
    Right.PROPOSE_SETTLEMENT: _edits,
    Right.SETTLE: _submits,
    Right.DECIDE_DISPUTE: _decides,
    Right.FINALISE: _submits,
    Right.SIGN: lambda case: case.person.id in case.signers,
    Right.CHANGE: lambda case: _submits(case) or _heads_owner(case),
    Right.AUDIT: lambda case: _submits(case) or Role.AUDITOR in case.person.roles,
}


def may(right: Right, case: Case) -> bool:
    """An inactive person may nothing."""
    return case.person.active and TABLE[right](case)


def require(right: Right, case: Case) -> None:
    """Raises `NotFound` where the document itself may not be read, `Forbidden` where it may, but not this."""
    if not may(Right.READ, case):
        raise NotFound("document", case.document.id)
    if not may(right, case):
        raise Forbidden(right)


def role_of(person: Person, document: Document) -> str:
    """The one word for what a person is on a document, as API and live socket tell it; empty = may not read it."""
    case = Case(person, document)
    if case.membership and person.active:
        return case.membership
    if not may(Right.READ, case):
        return ""
    return MemberRole.REVIEWER if _asked(case) else MemberRole.READER


def may_create(person: Person, department: DepartmentId) -> bool:
    """A document is begun by an editor or a submitter of the department that will own it."""
    return department in person.departments and bool({Role.EDITOR, Role.SUBMITTER} & set(person.roles))
