"""Who opens a socket. It is paid for before storage is asked who that is, and given back to who is somebody.

Strangers of one address share a purse. A secret that the office made, be it as old as it may, pays for itself: whoever
is signed in never waits for what others do behind the same address.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.api.addresses import address_of
from server.api.dispatch import LOCALE, OFFICE, bears, caller_of, locale_of, same_origin, secret_in
from server.identity.callers import Caller
from server.identity.sessions import digest
from server.identity.throttle import Key, Limit, Throttle
from server.office import Office
from server.problems import Problem

STRANGERS = Limit("sockets that strangers open from one address", 300, 1, 0.1)

ONE_SECRET = Limit("sockets that one ended sign-in opens", 5000, 1, 0.1)
"""All sockets that a person may have come back at once when the server does."""


@dataclass(frozen=True, slots=True)
class Doorway:
    office: Office
    throttle: Throttle

    def knock(self, request: web.Request, ticket: str | None) -> Opening:
        """Asks nothing of storage. Raises `cross_origin`, and `slow_down` with Retry-After."""
        request[LOCALE] = locale_of(request)  # or who is refused is looked up for it
        if ticket is None and not bears(request) and not same_origin(request):
            raise Problem("cross_origin")
        secret = secret_in(request) if ticket is None else ticket
        known = self.office.sign_in.mint.knows(secret)
        payer = (ONE_SECRET, digest(secret)) if known else (STRANGERS, address_of(request, self.office))
        self.throttle.guess(payer)
        return Opening(request, ticket, self.throttle, payer)


@dataclass(frozen=True, slots=True)
class Opening:
    """One, paid for."""

    request: web.Request
    ticket: str | None
    throttle: Throttle
    payer: Key

    async def caller(self) -> Caller | None:
        """None for who may not read."""
        sign_in = self.request.app[OFFICE].sign_in
        caller = await (caller_of(self.request) if self.ticket is None else sign_in.by_ticket(self.ticket))
        if caller is None or (caller.scopes and "read" not in caller.scopes):
            return None
        self.throttle.right(self.payer)
        return caller


DOORWAY: web.AppKey[Doorway] = web.AppKey("doorway", Doorway)
