"""Signing in and out, personal tokens, tickets for sockets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pydantic import Field

from review.people import Person
from server.api.dispatch import cookie_name
from server.api.people import DepartmentShape
from server.api.route import Access, Call, Reply, Route
from server.api.shapes import Listing, Shape
from server.identity.sessions import LONGEST, TOKEN_SCOPES
from server.office import Office
from server.problems import LOCALES, Problem
from server.problems import Field as Wrong


class Credentials(Shape):
    login: str = Field(max_length=200)
    password: str = Field(max_length=1000)
    code: str | None = Field(None, max_length=20)


class Me(Shape):
    id: str
    login: str
    name: str
    locale: str
    departments: list[DepartmentShape]
    roles: list[str]


class EndQuery(Shape):
    model_config = Shape.model_config | {"strict": False}
    all: bool = False


class NewToken(Shape):
    name: str = Field(min_length=1, max_length=100)
    scopes: list[str] | None = None
    expires: datetime | None = None


class IssuedToken(Shape):
    id: str
    token: str


class TokenShape(Shape):
    id: str
    name: str
    scopes: list[str]
    created: datetime
    expires: datetime | None = None


class TicketShape(Shape):
    ticket: str
    expires: datetime


class OwnChange(Shape):
    """`password` needs `current`."""

    locale: str | None = None
    password: str | None = Field(None, max_length=1000)
    current: str | None = Field(None, max_length=1000)


async def me(office: Office, person: Person) -> Me:
    departments = [await office.directory.department(id) for id in person.departments]
    return Me(
        id=person.id,
        login=person.login,
        name=person.name,
        locale=person.locale,
        departments=[DepartmentShape(id=d.id, code=d.code, name=d.name) for d in departments],
        roles=list(person.roles),
    )


async def sign_in(call: Call, body: Credentials) -> Reply:
    address = call.address
    person, secret = await call.office.sign_in.by_password(body.login, body.password, address)
    lifetime = int(LONGEST.total_seconds())
    return Reply(await me(call.office, person), headers={"Set-Cookie": _cookie(call.office, secret, lifetime)})


def _cookie(office: Office, value: str, lifetime: int) -> str:
    secure = "; Secure" if office.settings.secure else ""
    return f"{cookie_name(office)}={value}; Path=/; Max-Age={lifetime}; HttpOnly; SameSite=Lax{secure}"


async def who_am_i(call: Call) -> Reply:
    return Reply(await me(call.office, call.person))


async def sign_out(call: Call, query: EndQuery) -> Reply:
    caller = call.signed_in
    if query.all:
        await call.office.sign_in.end_all(caller.person.id)
    elif caller.session:
        await call.office.sign_in.end(caller.session)
    gone = {"Set-Cookie": _cookie(call.office, "", 0), "Clear-Site-Data": '"storage"'}
    return Reply(headers=gone)


async def change_own(call: Call, body: OwnChange) -> Reply:
    """Another password ends whatever else is signed in as the person: sessions, and tokens."""
    kept = await call.office.stores.people.get(call.person.id)
    if body.password is not None:
        await call.office.sign_in.confirm(kept.value, body.current or "")
        await call.office.directory.set_password(kept, body.password, call.person.id)
        await call.office.sign_in.end_everything(kept.value.id, but=call.signed_in)
        kept = await call.office.stores.people.get(call.person.id)
    if body.locale is not None:
        if body.locale not in LOCALES:
            raise Problem("invalid", fields=[Wrong("locale", "enum", {"expected": ", ".join(LOCALES)})])
        changed = replace(kept.value, locale=body.locale)
        kept = await call.office.directory.change_person(kept, changed, call.person.id)
    return Reply(await me(call.office, kept.value))


async def issue_token(call: Call, body: NewToken) -> Reply:
    scopes = frozenset(body.scopes or ())
    if not scopes <= TOKEN_SCOPES:
        raise Problem("invalid", fields=[Wrong("scopes", "enum", {"expected": ", ".join(sorted(TOKEN_SCOPES))})])
    if body.expires is not None and body.expires.tzinfo is None:
        raise Problem("invalid", fields=[Wrong("expires", "timezone_aware")])
    if body.expires is not None and body.expires <= call.office.clock():
        raise Problem("invalid", fields=[Wrong("expires", "past")])
    sign_in = call.office.sign_in
    token, secret = await sign_in.issue_token(call.signed_in, body.name, scopes, body.expires, call.fresh)
    return Reply(IssuedToken(id=token.id, token=secret))


async def tokens(call: Call) -> Reply:
    found = await call.office.stores.tokens.all(person=call.person.id)
    shapes = [
        TokenShape(id=t.id, name=t.name, scopes=list(t.scopes), created=t.created, expires=t.expires)
        for t in (kept.value for kept in found)
    ]
    return Reply(Listing[TokenShape](items=shapes))


async def revoke_token(call: Call) -> Reply:
    kept = await call.office.stores.tokens.get(call.part("token"))
    if kept.value.person != call.person.id:
        raise Problem("not_found")
    await call.office.sign_in.revoke_token(kept)
    return Reply()


async def issue_ticket(call: Call) -> Reply:
    ticket, expires = await call.office.sign_in.issue_ticket(call.signed_in)
    return Reply(TicketShape(ticket=ticket, expires=expires))


ROUTES = (
    Route("POST", "/api/v1/session", sign_in, "Sign in", Me, access=Access.PUBLIC),
    Route("GET", "/api/v1/session", who_am_i, "Who is signed in", Me),
    Route("PATCH", "/api/v1/session", change_own, "Change one's own language or password", Me),
    Route("DELETE", "/api/v1/session", sign_out, "Sign out, everywhere with all=true"),
    Route("POST", "/api/v1/tokens", issue_token, "Issue a personal token, shown once", IssuedToken, 201),
    Route("GET", "/api/v1/tokens", tokens, "One's own tokens", Listing[TokenShape]),
    Route("DELETE", "/api/v1/tokens/{token}", revoke_token, "Revoke a token"),
    Route("POST", "/api/v1/tickets", issue_ticket, "A ticket that opens one socket", TicketShape, 201),
)
