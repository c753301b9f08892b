"""The page of rights: what the one permission table answers to people of every standing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from review.document import Confidentiality, Document, MemberRole
from review.ids import DepartmentId, DocumentId, PersonId
from review.people import Person, Role
from review.permissions import Case, Place, Right, may, may_create

OWNER, ASKED, ELSEWHERE = DepartmentId("owner"), DepartmentId("asked"), DepartmentId("elsewhere")
ME = PersonId("me")
NEW = datetime(2026, 1, 1, tzinfo=UTC)

WORDS: Mapping[Right, str] = {
    Right.READ: "read the document, its draft and history, its versions, rounds and remarks",
    Right.EDIT: "write in the draft, bring in a file or a picture, restore what it said",
    Right.REMARK: "remark on the draft, reply, resolve; reply to submitted comments",
    Right.MANAGE: "rename, set reference and confidentiality, give roles, issue status codes",
    Right.RUN_ROUND: "prepare, open, close, extend, cancel a round; admit a late opinion",
    Right.REOPEN_ROUND: "reopen a round, with a reason",
    Right.COMMENT: "draft comments for the consultee",
    Right.OPINE: "submit the consultee's opinion, answer settlements, withdraw submitted comments",
    Right.PROPOSE_SETTLEMENT: "propose a settlement; put a wording into the draft",
    Right.SETTLE: "settle comments",
    Right.DECIDE_DISPUTE: "decide a dispute",
    Right.FINALISE: "finalise the draft, ask for signatures",
    Right.SIGN: "sign, or refuse with a reason",
    Right.CHANGE: "begin a change of a signed version",
    Right.AUDIT: "read every fact of the document in order",
}


def case(
    *roles: Role,
    of: DepartmentId = ELSEWHERE,
    member: MemberRole | None = None,
    confidential: bool = False,
    place: Place | None = None,
    signer: bool = False,
) -> Case:
    """Somebody with these roles in a department, and a document of `OWNER` on which `ASKED` was consulted."""
    document = Document(
        DocumentId("document"),
        "",
        "",
        OWNER,
        Confidentiality.CONFIDENTIAL if confidential else Confidentiality.INTERNAL,
        {ME: member} if member else {},
        NEW,
        NEW,
        asked_departments=(ASKED,),
        asked_people=(ME,) if place and ME in (place.person, place.coordinator) else (),
    )
    return Case(Person(ME, "", "", "cs", (of,), roles), document, place, frozenset({ME}) if signer else frozenset())


CONSULTEE = Place(ASKED)
MEMBERS = {role.value: case(member=role) for role in MemberRole}
OWNERS = {
    "any of its people": case(Role.EDITOR, of=OWNER),
    "its head": case(Role.HEAD, of=OWNER),
    "any of its people, confidential": case(Role.EDITOR, of=OWNER, confidential=True),
    "its head, confidential": case(Role.HEAD, of=OWNER, confidential=True),
}
CONSULTED = {
    "reviewer": case(Role.REVIEWER, of=ASKED, place=CONSULTEE),
    "coordinator": case(Role.COORDINATOR, of=ASKED, place=CONSULTEE),
    "head": case(Role.HEAD, of=ASKED, place=CONSULTEE),
    "editor": case(Role.EDITOR, of=ASKED, place=CONSULTEE),
    "coordinator named for it": case(Role.COORDINATOR, place=Place(ASKED, coordinator=ME)),
    "person asked by name": case(Role.EDITOR, place=Place(person=ME)),
}
OTHERS = {
    "asked to sign": case(Role.EDITOR, signer=True),
    "approver of the owner": case(Role.APPROVER, of=OWNER),
    "auditor": case(Role.AUDITOR),
    "administrator": case(Role.ADMINISTRATOR),
    "anybody else": case(*set(Role) - {Role.AUDITOR}),
}


def table(people: Mapping[str, Case]) -> str:
    head = f"| right | {' | '.join(people)} |"
    rows = [
        f"| `{right}` | {' | '.join('✓' if may(right, person) else '–' for person in people.values())} |"
        for right in Right
    ]
    return "\n".join([head, "|---" * (len(people) + 1) + "|", *rows])


def creators() -> str:
    """The roles that may begin a document for their own department."""
    found = [role.value for role in Role if may_create(Person(ME, "", "", "cs", (OWNER,), (role,)), OWNER)]
    return " or ".join(found)


def words() -> str:
    return "\n".join(["| right | to |", "|---|---|", *(f"| `{right}` | {WORDS[right]} |" for right in Right)])


def page(note: str) -> str:
    return f"""# Rights

Who may do what with a document. HTTP, both sockets and every service ask this one table, and ask again where they
write. What one may not read answers 404 `not_found` to everything; what one sees but may not do, 403 `forbidden`. In
which states something is possible at all is another question: [states](states.md).

{note}
{words()}

A document is begun by an {creators()} of the department that will own it, who becomes its submitter.

## Members

A member has exactly one role on the document (`PUT …/members/{{person}}`), whatever their roles in the office.

{table(MEMBERS)}

## The owning department

Its people who are no members. `internal` documents are read by the whole department, `confidential` ones by members
only.

{table(OWNERS)}

## A department or person consulted

For their own consultee, from the opening of the first round in which they are asked.

{table(CONSULTED)}

## Others

{table(OTHERS)}

Rights add up: the head of the owning department who is a member as well may what either may. An inactive person may
nothing. Administrators keep people, departments and registry clients, and read no document by that role. A registry's
client sees hand-overs alone, by its scopes: [routes](routes.md) names the scope of each address.
"""
