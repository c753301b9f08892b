"""Sessions, personal tokens and tickets: secrets that stand for a person, kept only as hashes."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from review.errors import AlreadyThere, ChangedMeanwhile, NotFound
from review.facts import Fact
from review.ids import PersonId, new_id
from review.people import Person
from review.ports import Clock, Kept, Repository
from server.identity.callers import Caller
from server.identity.mint import Mint
from server.identity.passwords import matches
from server.identity.throttle import ADDRESS, LOGIN, LOGIN_THERE, OWN_PASSWORD, Throttle
from server.problems import Field, Problem

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
TICKET_LIFE = timedelta(seconds=60)
SEEN_STEP = timedelta(minutes=5)
TOKEN_PREFIX = "pat_"  # noqa: S105 - what a token begins with, so that leaked ones are found
TOKEN_SCOPES = frozenset({"read", "write"})


@dataclass(frozen=True, slots=True)
class Session:
    person: PersonId
    created: datetime
    seen: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """`secret` is the SHA-256 of the token; `scopes` empty = everything its person may do.

    `parent` is the token that it was issued with, and ends with.
    """

    id: str
    person: PersonId
    name: str
    secret: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """Stands for the session or the token that asked for it."""

    session: str | None
    token: str | None
    expires: datetime


def digest(secret: str) -> str:
    """What is kept of a random secret of 256 bits: plain SHA-256 is enough for those. Any text that comes has one."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class SignIn:
    """Turns a password, cookie, token or ticket into a caller. Everything unknown or expired is `None`."""

    people: Repository[Person]
    sessions: Repository[Session]
    tokens: Repository[Token]
    tickets: Repository[Ticket]
    clock: Clock
    throttle: Throttle
    mint: Mint

    async def by_password(self, login: str, password: str, address: str) -> tuple[Person, str]:
        """The person and the secret of a new session. Raises `bad_credentials` or `slow_down`."""
        login = login.strip().lower()
        here, everywhere, crowd = (LOGIN_THERE, f"{address} {login}"), (LOGIN, login), (ADDRESS, address)
        self.throttle.guess(here, everywhere, crowd)
        found = await self.people.find(login=login, limit=1)
        person = found.items[0].value if found.items else None
        good = await matches(person.password if person else "", password)
        if person is None or not good or not person.active:
            raise Problem("bad_credentials")
        self.throttle.right(crowd)
        self.throttle.forget(here)
        self.throttle.forget(everywhere)
        return person, await self.begin(person)

    async def confirm(self, person: Person, password: str) -> None:
        """Raises `bad_credentials` when this is not the person's password, or `slow_down`."""
        guess = (OWN_PASSWORD, person.id)
        self.throttle.guess(guess)
        if not await matches(person.password, password):
            raise Problem("bad_credentials", fields=[Field("current", "wrong_password")])
        self.throttle.forget(guess)

    async def begin(self, person: Person) -> str:
        secret, now = self.mint.new(), self.clock()
        fact = Fact("session.began", now, person.id)
        await self.sessions.insert(digest(secret), Session(person.id, now, now), [fact])
        return secret

    async def by_cookie(self, secret: str) -> Caller | None:
        return await self._by_session(digest(secret))

    async def _by_session(self, id: str) -> Caller | None:
        try:
            kept = await self.sessions.get(id)
        except NotFound:
            return None
        session, now = kept.value, self.clock()
        if now - session.seen > IDLE or now - session.created > LONGEST:
            return None
        await self._touch(kept, now)
        person = await self._person(session.person)
        return Caller(person, session=kept.id, until=session.created + LONGEST) if person else None

    async def _touch(self, kept: Kept[Session], now: datetime) -> None:
        if now - kept.value.seen < SEEN_STEP:
            return
        try:
            await self.sessions.replace(kept, replace(kept.value, seen=now))
        except (ChangedMeanwhile, NotFound):
            return  # another request of the same person was first

    async def end(self, session: str) -> None:
        try:
            kept = await self.sessions.get(session)
            await self.sessions.delete(kept, [Fact("session.ended", self.clock(), kept.value.person)])
        except (NotFound, ChangedMeanwhile):
            return

    async def end_all(self, person: PersonId, but: Caller | None = None) -> None:
        """Every session of the person, but the one of this caller."""
        for kept in await self.sessions.all(person=person):
            if but is None or kept.id != but.session:
                await self.end(kept.id)

    async def end_everything(self, person: PersonId, but: Caller | None = None) -> None:
        """Sessions and tokens: the password that they were made with is another now."""
        await self.end_all(person, but)
        for kept in await self.tokens.all(person=person):
            if but is None or kept.id != but.token:
                await self._revoke(kept)

    async def issue_token(
        self, caller: Caller, name: str, scopes: frozenset[str], expires: datetime | None, id: str | None = None
    ) -> tuple[Token, str]:
        """The token and its secret. One that is there under this id was never told: it gets this secret instead.

        Raises `beyond_token` for a token that asks for more than it may itself.
        """
        scopes, expires = _within(caller, scopes, expires)
        secret, now, person = self.mint.new(TOKEN_PREFIX), self.clock(), caller.person.id
        kept_scopes = tuple(sorted(scopes))
        token = Token(id or new_id(), person, name, digest(secret), kept_scopes, now, expires, caller.token)
        try:
            await self.tokens.insert(token.id, token, [Fact("token.issued", now, person, data={"token": token.id})])
        except AlreadyThere:
            await self.tokens.replace(await self.tokens.get(token.id), token)
        return token, secret

    async def revoke_token(self, kept: Kept[Token]) -> None:
        """With all that were issued with it."""
        await self._revoke(kept)
        for other in await self.tokens.all(person=kept.value.person):
            if other.value.parent == kept.id:
                await self.revoke_token(other)

    async def _revoke(self, kept: Kept[Token]) -> None:
        token = kept.value
        fact = Fact("token.revoked", self.clock(), token.person, data={"token": token.id})
        with suppress(NotFound):
            await self.tokens.delete(kept, [fact])

    async def by_token(self, secret: str) -> Caller | None:
        found = await self.tokens.find(secret=digest(secret), limit=1)
        if not found.items:
            return None
        return await self._of_token(found.items[0].value)

    async def _of_token(self, token: Token) -> Caller | None:
        if token.expires is not None and token.expires <= self.clock():
            return None
        person = await self._person(token.person)
        return Caller(person, None, frozenset(token.scopes), token.id, token.expires) if person else None

    async def issue_ticket(self, caller: Caller) -> tuple[str, datetime]:
        secret, expires = self.mint.new(), self.clock() + TICKET_LIFE
        await self.tickets.insert(digest(secret), Ticket(caller.session, caller.token, expires))
        return secret, expires

    async def by_ticket(self, secret: str) -> Caller | None:
        """One use: the ticket is gone before it is believed."""
        try:
            kept = await self.tickets.get(digest(secret))
            await self.tickets.delete(kept)
        except (NotFound, ChangedMeanwhile, AlreadyThere):
            return None
        return await self._behind(kept.value) if kept.value.expires > self.clock() else None

    async def holds(self, caller: Caller) -> bool:
        """Whether what the caller came with still counts: a socket asks, which came with it some time ago."""
        return await self._behind(caller) is not None

    async def _behind(self, of: Ticket | Caller) -> Caller | None:
        if of.session is not None:
            return await self._by_session(of.session)
        try:
            return await self._of_token((await self.tokens.get(of.token or "")).value)
        except NotFound:
            return None

    async def _person(self, id: PersonId) -> Person | None:
        try:
            person = (await self.people.get(id)).value
        except NotFound:
            return None
        return person if person.active else None


def _within(caller: Caller, scopes: frozenset[str], expires: datetime | None) -> tuple[frozenset[str], datetime | None]:
    """What is asked for, of a token no more than it has itself: that much when it does not say."""
    if caller.token is None:
        return scopes, expires
    scopes, expires = scopes or caller.scopes, expires or caller.until
    wider = bool(caller.scopes) and not scopes <= caller.scopes
    longer = caller.until is not None and expires is not None and expires > caller.until
    if wider or longer:
        raise Problem("beyond_token")
    return scopes, expires
